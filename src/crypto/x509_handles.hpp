#pragma once

#include <openssl/encoder.h>
#include <openssl/decoder.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

/// Owners of OpenSSL's X.509 objects. Private to the room.

namespace chatelaine::crypto {

struct X509Free {
    void operator()(X509* p) const { X509_free(p); }
    void operator()(X509_REQ* p) const { X509_REQ_free(p); }
    void operator()(X509_NAME* p) const { X509_NAME_free(p); }
    void operator()(STACK_OF(X509_EXTENSION)* p) const {
        sk_X509_EXTENSION_pop_free(p, X509_EXTENSION_free);
    }
    void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
    void operator()(GENERAL_NAMES* p) const { GENERAL_NAMES_free(p); }
    void operator()(EXTENDED_KEY_USAGE* p) const { EXTENDED_KEY_USAGE_free(p); }
    void operator()(BIO* p) const { BIO_free_all(p); }
    void operator()(OSSL_ENCODER_CTX* p) const { OSSL_ENCODER_CTX_free(p); }
    void operator()(OSSL_DECODER_CTX* p) const { OSSL_DECODER_CTX_free(p); }
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(ASN1_INTEGER* p) const { ASN1_INTEGER_free(p); }
    void operator()(BIGNUM* p) const { BN_free(p); }
};

/// The subject's CN as UTF-8, empty when there is none.
std::string common_name(const X509_NAME* name);

}  // namespace chatelaine::crypto
