#include "crypto/hash.hpp"

#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/core_names.h>

#include <array>
#include <cstring>
#include <memory>

#include "base/check.hpp"

namespace chatelaine::crypto {
namespace {

struct ContextFree {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

const EVP_MD* sha256_method() {
    // Fetched once: an implicit fetch at each use costs more than a short hash.
    static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    CH_CHECK(method != nullptr);
    return method;
}

EVP_MD_CTX* thread_context() {
    static thread_local const std::unique_ptr<EVP_MD_CTX, ContextFree> context(EVP_MD_CTX_new());
    CH_CHECK(context != nullptr);
    return context.get();
}

void digest_parts(std::initializer_list<BytesView> parts, Sha256& out) {
    EVP_MD_CTX* const context = thread_context();
    CH_CHECK(EVP_DigestInit_ex2(context, sha256_method(), nullptr) == 1);
    for (const BytesView part : parts) {
        CH_CHECK(EVP_DigestUpdate(context, part.data(), part.size()) == 1);
    }
    unsigned int size = 0;
    CH_CHECK(EVP_DigestFinal_ex(context, out.data(), &size) == 1 && size == out.size());
}

/// HMAC (RFC 2104) spelled out over the kept digest context: the library's MAC objects cost
/// several times the two compressions that a short message takes.
Sha256 hmac_parts(BytesView key, std::initializer_list<BytesView> parts) {
    constexpr std::size_t block_bytes = 64;
    std::array<std::uint8_t, block_bytes> pad{};
    if (key.size() > block_bytes) {
        const Sha256 shorter = sha256(key);
        std::memcpy(pad.data(), shorter.data(), shorter.size());
    } else if (!key.empty()) {
        std::memcpy(pad.data(), key.data(), key.size());
    }
    for (std::uint8_t& octet : pad) {
        octet ^= 0x36;
    }
    EVP_MD_CTX* const context = thread_context();
    CH_CHECK(EVP_DigestInit_ex2(context, sha256_method(), nullptr) == 1);
    CH_CHECK(EVP_DigestUpdate(context, pad.data(), pad.size()) == 1);
    for (const BytesView part : parts) {
        CH_CHECK(EVP_DigestUpdate(context, part.data(), part.size()) == 1);
    }
    Sha256 inner{};
    unsigned int size = 0;
    CH_CHECK(EVP_DigestFinal_ex(context, inner.data(), &size) == 1);
    for (std::uint8_t& octet : pad) {
        octet ^= 0x36 ^ 0x5c;
    }
    Sha256 outer{};
    digest_parts({pad, inner}, outer);
    wipe(pad.data(), pad.size());
    wipe(inner.data(), inner.size());
    return outer;
}

}  // namespace

Sha256 sha256(BytesView bytes) {
    Sha256 out{};
    digest_parts({bytes}, out);
    return out;
}

Sha256 sha256(const SecretBytes& secret) {
    return secret.with_exposed(insecure_expose_secret(),
                               [](BytesView bytes) { return sha256(bytes); });
}

Sha256 hmac_sha256(const SecretBytes& key, BytesView message) {
    return key.with_exposed(insecure_expose_secret(),
                            [&](BytesView bytes) { return hmac_parts(bytes, {message}); });
}

SecretBytes derive_key(const SecretBytes& key, std::string_view label, BytesView context) {
    // SP 800-108r1, section 4.1, one iteration: [i]32 ‖ Label ‖ 0x00 ‖ Context ‖ [L]32, L = 256.
    constexpr std::array<std::uint8_t, 4> counter{0, 0, 0, 1};
    constexpr std::array<std::uint8_t, 1> separator{0};
    constexpr std::array<std::uint8_t, 4> length{0, 0, 1, 0};
    Sha256 block = key.with_exposed(insecure_expose_secret(), [&](BytesView bytes) {
        return hmac_parts(bytes, {counter, as_bytes(label), separator, context, length});
    });
    SecretBytes derived = SecretBytes::copy_of(block);
    wipe(block.data(), block.size());
    return derived;
}

SecretBytes hkdf_sha256(const SecretBytes& input, BytesView salt, BytesView info,
                        std::size_t size) {
    static EVP_KDF* const method = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
    CH_CHECK(method != nullptr);
    const std::unique_ptr<EVP_KDF_CTX, ContextFree> context(EVP_KDF_CTX_new(method));
    CH_CHECK(context != nullptr);
    SecretBytes out(size);
    const ExposeToken token = insecure_expose_secret();
    input.with_exposed(token, [&](BytesView key) {
        // The parameters are read only; the interface lacks the const.
        std::array<OSSL_PARAM, 5> parameters{
            OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, const_cast<char*>("SHA256"), 0),
            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
                                              const_cast<std::uint8_t*>(key.data()), key.size()),
            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
                                              const_cast<std::uint8_t*>(salt.data()), salt.size()),
            OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
                                              const_cast<std::uint8_t*>(info.data()), info.size()),
            OSSL_PARAM_construct_end()};
        out.with_exposed_mutable(token, [&](MutableBytesView bytes) {
            CH_CHECK(EVP_KDF_derive(context.get(), bytes.data(), bytes.size(),
                                    parameters.data()) == 1);
        });
    });
    return out;
}

}  // namespace chatelaine::crypto
