#include "crypto/hash.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <initializer_list>

#include "base/check.hpp"
#include "crypto/ossl.hpp"

namespace chatelaine::crypto {

namespace {

/// Fetched once: a fetch by name costs more than hashing a short message.
const EVP_MD* sha256_md() {
    static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    CH_CHECK(md != nullptr);
    return md;
}

/// A thread's own context, made once. Its last state stays in OpenSSL's memory, which is wiped when
/// freed and never dumped.
EVP_MD_CTX* digest_context() {
    thread_local const ossl::MdCtx context(EVP_MD_CTX_new());
    CH_CHECK(context != nullptr);
    return context.get();
}

EVP_MAC_CTX* hmac_context() {
    thread_local const ossl::MacCtx context([] {
        static EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
        CH_CHECK(mac != nullptr);
        EVP_MAC_CTX* const made = EVP_MAC_CTX_new(mac);
        char digest[] = "SHA256";
        const OSSL_PARAM params[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
            OSSL_PARAM_construct_end()};
        CH_CHECK(made != nullptr && EVP_MAC_CTX_set_params(made, params) == 1);
        return made;
    }());
    return context.get();
}

/// HMAC over the parts as one message.
void hmac_parts(const SecretBytes& key, std::initializer_list<BytesView> parts,
                MutableBytesView out) {
    EVP_MAC_CTX* const context = hmac_context();
    static constexpr std::uint8_t kNoKey = 0;
    key.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
        // A null key would mean "the one before".
        CH_CHECK(EVP_MAC_init(context, raw.empty() ? &kNoKey : raw.data(), raw.size(), nullptr) ==
                 1);
    });
    for (const BytesView part : parts) {
        CH_CHECK(part.empty() || EVP_MAC_update(context, part.data(), part.size()) == 1);
    }
    std::size_t size = 0;
    CH_CHECK(EVP_MAC_final(context, out.data(), &size, out.size()) == 1 && size == out.size());
}

}  // namespace

Sha256 sha256(BytesView bytes) {
    Sha256 digest;
    EVP_MD_CTX* const context = digest_context();
    CH_CHECK(EVP_DigestInit_ex2(context, sha256_md(), nullptr) == 1 &&
             EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1 &&
             EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1);
    return digest;
}

Sha256 sha256(const SecretBytes& secret) {
    return secret.with_exposed(insecure_expose_secret(),
                               [](BytesView raw) { return sha256(raw); });
}

Sha256 hmac_sha256(const SecretBytes& key, BytesView message) {
    Sha256 tag;
    hmac_parts(key, {message}, tag);
    return tag;
}

SecretBytes derive_key(const SecretBytes& key, std::string_view label, BytesView context) {
    // SP 800-108 section 5.1: HMAC(key, [1]_32 ‖ label ‖ 0x00 ‖ context ‖ [256]_32).
    static constexpr std::uint8_t kCounter[] = {0, 0, 0, 1};
    static constexpr std::uint8_t kZero[] = {0};
    static constexpr std::uint8_t kBits[] = {0, 0, 1, 0};
    SecretBytes derived(32);
    derived.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
        hmac_parts(key, {kCounter, as_bytes(label), kZero, context, kBits}, out);
    });
    return derived;
}

SecretBytes hkdf_sha256(const SecretBytes& input, BytesView salt, BytesView info,
                        std::size_t size) {
    CH_CHECK(size <= 255 * 32);
    // RFC 5869 section 2.2: an absent salt is as many zeros as the hash has bytes.
    const SecretBytes salt_key = salt.empty() ? SecretBytes(32) : SecretBytes::copy_of(salt);
    SecretBytes extracted(32);
    extracted.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView prk) {
        input.with_exposed(insecure_expose_secret(),
                           [&](BytesView raw) { hmac_parts(salt_key, {raw}, prk); });
    });
    SecretBytes output(size);
    SecretBytes block(32);
    output.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
        block.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView t) {
            std::uint8_t counter[1] = {0};
            for (std::size_t done = 0; done < out.size(); done += t.size()) {
                const BytesView previous = done == 0 ? BytesView() : BytesView(t);
                ++counter[0];
                hmac_parts(extracted, {previous, info, counter}, t);
                const std::size_t part = std::min(t.size(), out.size() - done);
                std::copy_n(t.begin(), part, out.begin() + static_cast<std::ptrdiff_t>(done));
            }
        });
    });
    return output;
}

}  // namespace chatelaine::crypto
