#pragma once

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>

#include <memory>

#include "crypto/keys.hpp"

/// Owners of OpenSSL's key objects and small conversions. Private to the room.

namespace chatelaine::crypto {

struct KeyFree {
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
    void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
    void operator()(BIGNUM* p) const { BN_clear_free(p); }
    void operator()(BN_CTX* p) const { BN_CTX_free(p); }
    void operator()(OSSL_PARAM_BLD* p) const { OSSL_PARAM_BLD_free(p); }
    void operator()(OSSL_PARAM* p) const { OSSL_PARAM_free(p); }
};
using BigNumber = std::unique_ptr<BIGNUM, KeyFree>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, KeyFree>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, KeyFree>;
using Params = std::unique_ptr<OSSL_PARAM, KeyFree>;

inline std::shared_ptr<evp_pkey_st> own_key(EVP_PKEY* key) {
    return std::shared_ptr<evp_pkey_st>(key, KeyFree{});
}

inline BigNumber number_of(BytesView bytes) {
    return BigNumber(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}
/// A number that stays secret: its arithmetic is told to take constant time.
inline BigNumber secret_number_of(const SecretBytes& bytes) {
    BigNumber number = bytes.with_exposed(insecure_expose_secret(),
                                          [](BytesView view) { return number_of(view); });
    if (number) {
        BN_set_flags(number.get(), BN_FLG_CONSTTIME);
    }
    return number;
}

/// A key number by its OSSL_PARAM name; null when the key has none.
inline BigNumber key_number(const EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) {
        return nullptr;
    }
    return BigNumber(number);
}

Bytes bytes_of(const BIGNUM* number);                       ///< minimal, big-endian
Bytes bytes_of(const BIGNUM* number, std::size_t size);     ///< padded
SecretBytes secret_bytes_of(const BIGNUM* number, std::size_t size);

/// Makes a key of parameters; null when the library refuses them.
std::shared_ptr<evp_pkey_st> key_from(const char* type, int selection, OSSL_PARAM* params);

/// The rules that every imported key meets: type, curve, RSA sizes, a point on the curve.
Result<void> check_public(const EVP_PKEY* key);
/// Public and private part go together.
Result<void> check_pair(const EVP_PKEY* key);

}  // namespace chatelaine::crypto
