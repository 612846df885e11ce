#include "crypto/x509_build.hpp"

#include <openssl/asn1.h>

#include <algorithm>

#include "base/check.hpp"
#include "crypto/ossl.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {

namespace {

Error failed(std::string_view what) {
    return Error(Code::kCryptoFailed, "crypto.authority", std::string(what));
}

}  // namespace

Certificate parse_certificate(BytesView der) {
    const unsigned char* at = der.data();
    return Certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

bool set_serial(X509* certificate, BytesView octets) {
    const std::unique_ptr<BIGNUM, X509Free> number(
        BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
    return number &&
           BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

std::array<std::uint8_t, 16> random_serial() {
    std::array<std::uint8_t, 16> serial{};
    system_random().fill(serial);
    serial[0] = static_cast<std::uint8_t>((serial[0] & 0x7f) | 0x40);
    return serial;
}

bool set_dates(X509* certificate, WallTime not_before, WallTime not_after) {
    return ASN1_TIME_set(X509_getm_notBefore(certificate), not_before.seconds()) != nullptr &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), not_after.seconds()) != nullptr;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, X509Free> extension(
        X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool is_host_name(std::string_view name) {
    constexpr std::size_t characters_max = 253;
    return !name.empty() && name.size() <= characters_max &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.' || c == '*';
           });
}

bool add_name(GENERAL_NAMES* names, int type, ASN1_STRING* value) {
    GENERAL_NAME* const name = GENERAL_NAME_new();
    CH_CHECK(name != nullptr);
    GENERAL_NAME_set0_value(name, type, value);
    return sk_GENERAL_NAME_push(names, name) > 0;
}

std::optional<const EVP_MD*> certificate_hash(const AnyPrivateKey& key) {
    switch (key.algorithm()) {
        case KeyAlgorithm::kRsa: return EVP_sha256();
        case KeyAlgorithm::kEc:
            return key.bits() >= 512 ? EVP_sha512() : key.bits() >= 384 ? EVP_sha384()
                                                                        : EVP_sha256();
        case KeyAlgorithm::kEd25519:
        case KeyAlgorithm::kEd448:
        case KeyAlgorithm::kMlDsa44:
        case KeyAlgorithm::kMlDsa65:
        case KeyAlgorithm::kMlDsa87: return nullptr;
        case KeyAlgorithm::kX25519:
        case KeyAlgorithm::kX448:
        case KeyAlgorithm::kDsa:
        case KeyAlgorithm::kMlKem512:
        case KeyAlgorithm::kMlKem768:
        case KeyAlgorithm::kMlKem1024:
        case KeyAlgorithm::kEnd: break;
    }
    return std::nullopt;
}

Result<Bytes> sign_and_encode(X509* certificate, const AnyPrivateKey& key) {
    const auto hash = certificate_hash(key);
    if (!hash || X509_sign(certificate, key.native(), *hash) == 0) {
        ERR_clear_error();
        return failed("the certificate cannot be signed");
    }
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate, &der);
    if (size <= 0) {
        return failed("the certificate cannot be encoded");
    }
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

}  // namespace chatelaine::crypto
