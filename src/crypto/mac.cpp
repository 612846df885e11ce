#include "crypto/mac.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <initializer_list>

#include "base/check.hpp"
#include "crypto/ossl.hpp"

namespace chatelaine::crypto {

namespace {

constexpr std::uint8_t kNothing = 0;

/// Runs HMAC or CMAC over the parts as one message; the size written.
std::size_t run_mac(const char* name, const char* parameter, const char* value, BytesView key,
                    std::initializer_list<BytesView> parts, MutableBytesView out) {
    EVP_MAC* const mac = EVP_MAC_fetch(nullptr, name, nullptr);
    CH_CHECK(mac != nullptr);
    const ossl::MacCtx context(EVP_MAC_CTX_new(mac));
    EVP_MAC_free(mac);
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(parameter, const_cast<char*>(value), 0),
        OSSL_PARAM_construct_end()};
    CH_CHECK(context != nullptr && EVP_MAC_init(context.get(), key.empty() ? &kNothing : key.data(),
                                                key.size(), params) == 1);
    for (const BytesView part : parts) {
        CH_CHECK(part.empty() || EVP_MAC_update(context.get(), part.data(), part.size()) == 1);
    }
    std::size_t size = 0;
    CH_CHECK(EVP_MAC_final(context.get(), out.data(), &size, out.size()) == 1);
    return size;
}

void hmac_into(Hash hash, BytesView key, std::initializer_list<BytesView> parts,
               MutableBytesView out) {
    const std::size_t size = run_mac("HMAC", OSSL_MAC_PARAM_DIGEST,
                                     EVP_MD_get0_name(ossl::md_of(hash)), key, parts, out);
    CH_CHECK(size == out.size());
}

}  // namespace

Bytes hmac(Hash hash, const SecretBytes& key, BytesView message) {
    Bytes tag(hash_bytes(hash));
    key.with_exposed(insecure_expose_secret(),
                     [&](BytesView raw) { hmac_into(hash, raw, {message}, tag); });
    return tag;
}

Result<Bytes> cmac(const SecretBytes& key, BytesView message) {
    const char* const cipher = key.size() == 16   ? "AES-128-CBC"
                               : key.size() == 24 ? "AES-192-CBC"
                               : key.size() == 32 ? "AES-256-CBC"
                                                  : nullptr;
    if (cipher == nullptr) {
        return Error::invalid("crypto.cmac", "key", "an AES key has 16, 24 or 32 bytes");
    }
    Bytes tag(16);
    key.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
        CH_CHECK(run_mac("CMAC", OSSL_MAC_PARAM_CIPHER, cipher, raw, {message}, tag) == 16);
    });
    return tag;
}

Result<SecretBytes> hkdf(Hash hash, const SecretBytes& input, BytesView salt, BytesView info,
                         std::size_t size) {
    const std::size_t block_bytes = hash_bytes(hash);
    if (size > 255 * block_bytes) {
        return Error::invalid("crypto.hkdf", "size", "more than HKDF can give");
    }
    const ExposeToken token = insecure_expose_secret();
    SecretBytes extracted(block_bytes);
    SecretBytes block(block_bytes);
    SecretBytes output(size);
    // RFC 5869 section 2.2: an absent salt is zeros, which HMAC makes of an empty key too.
    extracted.with_exposed_mutable(token, [&](MutableBytesView prk) {
        input.with_exposed(token, [&](BytesView raw) { hmac_into(hash, salt, {raw}, prk); });
        block.with_exposed_mutable(token, [&](MutableBytesView t) {
            output.with_exposed_mutable(token, [&](MutableBytesView out) {
                std::uint8_t counter[1] = {0};
                for (std::size_t done = 0; done < out.size(); done += t.size()) {
                    ++counter[0];
                    hmac_into(hash, prk, {done == 0 ? BytesView() : BytesView(t), info, counter},
                              t);
                    std::copy_n(t.begin(), std::min(t.size(), out.size() - done),
                                out.begin() + static_cast<std::ptrdiff_t>(done));
                }
            });
        });
    });
    return output;
}

}  // namespace chatelaine::crypto
