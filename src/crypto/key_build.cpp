#include "crypto/key_build.hpp"

#include "base/check.hpp"

namespace chatelaine::crypto {

ossl::Pkey key_from(const char* type, int selection, OSSL_PARAM_BLD* build) {
    const ossl::PkeyCtx context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    const ossl::Params params(OSSL_PARAM_BLD_to_param(build));
    EVP_PKEY* key = nullptr;
    if (context == nullptr || params == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) {
        ERR_clear_error();
        EVP_PKEY_free(key);
        return nullptr;
    }
    return ossl::Pkey(key);
}

ossl::Bn number_of(const EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) {
        ERR_clear_error();
        return nullptr;
    }
    return ossl::Bn(number);
}

Bytes public_octets(const EVP_PKEY* key, const char* name, std::size_t size) {
    const ossl::Bn number = number_of(key, name);
    CH_CHECK(number != nullptr);
    Bytes octets(size != 0 ? size : static_cast<std::size_t>(BN_num_bytes(number.get())));
    CH_CHECK(BN_bn2binpad(number.get(), octets.data(), static_cast<int>(octets.size())) >= 0);
    return octets;
}

Result<SecretBytes> secret_octets(const EVP_PKEY* key, const char* name, std::size_t size) {
    const ossl::Bn number = number_of(key, name);
    if (number == nullptr) {
        return ossl::failed("crypto.keys");
    }
    SecretBytes octets(size != 0 ? size : static_cast<std::size_t>(BN_num_bytes(number.get())));
    octets.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
        CH_CHECK(BN_bn2binpad(number.get(), out.data(), static_cast<int>(out.size())) >= 0);
    });
    return octets;
}

Result<Bytes> spki_der(const EVP_PKEY* key) {
    const int size = i2d_PUBKEY(key, nullptr);
    if (size <= 0) {
        return ossl::failed("crypto.keys");
    }
    Bytes der(static_cast<std::size_t>(size));
    std::uint8_t* at = der.data();
    i2d_PUBKEY(key, &at);
    return der;
}

Result<SecretBytes> pkcs8_der(const EVP_PKEY* key) {
    const ossl::Pkcs8 info(EVP_PKEY2PKCS8(key));
    const int size = info == nullptr ? 0 : i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
    if (size <= 0) {
        return ossl::failed("crypto.keys");
    }
    SecretBytes der(static_cast<std::size_t>(size));
    der.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
        std::uint8_t* at = out.data();
        i2d_PKCS8_PRIV_KEY_INFO(info.get(), &at);
    });
    return der;
}

Result<SecretBytes> type_specific_der(const EVP_PKEY* key) {
    std::uint8_t* made = nullptr;
    const int size = i2d_PrivateKey(key, &made);
    if (size <= 0) {
        return ossl::failed("crypto.keys");
    }
    SecretBytes der = SecretBytes::copy_of({made, static_cast<std::size_t>(size)});
    OPENSSL_clear_free(made, static_cast<std::size_t>(size));
    return der;
}

}  // namespace chatelaine::crypto
