#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "base/check.hpp"
#include "crypto/key_handles.hpp"

namespace chatelaine::crypto {
namespace {

Error bad_key(std::string message) {
    return Error::invalid("crypto.ec", "key", std::move(message));
}

/// 0x04 ‖ x ‖ y (SEC 1, section 2.3.3), coordinates padded; empty when one is too long.
Bytes uncompressed_point(Curve curve, BytesView x, BytesView y) {
    const std::size_t size = curve_bytes(curve);
    if (x.size() > size || y.size() > size) {
        return {};
    }
    Bytes point(1 + 2 * size);
    point[0] = 0x04;
    std::copy(x.begin(), x.end(), point.begin() + static_cast<std::ptrdiff_t>(1 + size - x.size()));
    std::copy(y.begin(), y.end(), point.end() - static_cast<std::ptrdiff_t>(y.size()));
    return point;
}

/// The parameters of a key on a curve; `d` null for a public one.
std::shared_ptr<evp_pkey_st> make_key(Curve curve, BytesView point, const BIGNUM* d) {
    const ParamBuilder builder(OSSL_PARAM_BLD_new());
    CH_CHECK(builder != nullptr);
    const std::string_view group = curve_name(curve);
    CH_CHECK(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                             group.data(), group.size()) == 1);
    CH_CHECK(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                              point.size()) == 1);
    if (d != nullptr) {
        CH_CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, d) == 1);
    }
    const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
    return key_from("EC", d == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, params.get());
}

}  // namespace

Result<PublicKey> PublicKey::from_ec(Curve curve, BytesView x, BytesView y) {
    const Bytes point = uncompressed_point(curve, x, y);
    auto key = point.empty() ? nullptr : make_key(curve, point, nullptr);
    if (!key) {
        return bad_key("the point is not on the curve");
    }
    CH_TRY_VOID(check_public(key.get()));
    return PublicKey(std::move(key));
}

Result<PrivateKey> PrivateKey::generate_ec(Curve curve) {
    const std::string group(curve_name(curve));
    EVP_PKEY* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", group.c_str());
    if (key == nullptr) {
        return Error(Code::kCryptoFailed, "crypto.ec.generate");
    }
    return PrivateKey(own_key(key));
}

Result<PrivateKey> PrivateKey::from_ec(Curve curve, const SecretBytes& d, BytesView x,
                                       BytesView y) {
    const Bytes point = uncompressed_point(curve, x, y);
    const BigNumber number = secret_number_of(d);
    if (point.empty() || d.size() > curve_bytes(curve) || !number ||
        BN_is_zero(number.get()) != 0) {
        return bad_key("the numbers are not a key on this curve");
    }
    auto key = make_key(curve, point, number.get());
    if (!key) {
        return bad_key("the point is not on the curve");
    }
    CH_TRY_VOID(check_public(key.get()));
    CH_TRY_VOID(check_pair(key.get()));
    return PrivateKey(std::move(key));
}

Result<SecretBytes> PrivateKey::ec_d() const {
    const auto curve = public_key().curve();
    const BigNumber d = key_number(key_.get(), OSSL_PKEY_PARAM_PRIV_KEY);
    if (!curve || !d) {
        return Error(Code::kWrongKeyType, "crypto.ec.d", "not an EC private key");
    }
    return secret_bytes_of(d.get(), curve_bytes(*curve));
}

}  // namespace chatelaine::crypto
