// RSA encryption: OAEP, and PKCS#1 v1.5 without an oracle.
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <optional>

#include "base/check.hpp"
#include "crypto/key_build.hpp"
#include "crypto/mac.hpp"
#include "crypto/ossl.hpp"
#include "crypto/schemes.hpp"

namespace chatelaine::crypto {

namespace {

ossl::PkeyCtx context_for(EVP_PKEY* key) {
    return ossl::PkeyCtx(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
}

Result<void> check_hashes(const OaepScheme& scheme) {
    return hash_available(scheme.hash) && hash_available(scheme.mgf_hash)
               ? ok()
               : Error::invalid("crypto.oaep", "hash", "the library has no such hash");
}

bool configure_oaep(EVP_PKEY_CTX* context, const OaepScheme& scheme) {
    if (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) <= 0 ||
        EVP_PKEY_CTX_set_rsa_oaep_md(context, ossl::md_of(scheme.hash)) <= 0 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(context, ossl::md_of(scheme.mgf_hash)) <= 0) {
        return false;
    }
    if (scheme.label.empty()) {
        return true;
    }
    // The context takes the copy over when the call succeeds.
    void* const label = OPENSSL_memdup(scheme.label.data(), scheme.label.size());
    if (EVP_PKEY_CTX_set0_rsa_oaep_label(context, label, static_cast<int>(scheme.label.size())) <=
        0) {
        OPENSSL_free(label);
        return false;
    }
    return true;
}

}  // namespace

Result<Bytes> encrypt_oaep_with(const AnyPublicKey& key, const OaepScheme& scheme,
                                const SecretBytes& plaintext) {
    if (key.algorithm() != KeyAlgorithm::kRsa) {
        return Error(Code::kWrongKeyType, "crypto.oaep");
    }
    CH_TRY_VOID(check_hashes(scheme));
    // RFC 8017 section 7.1.1 step 1b.
    const std::size_t modulus_bytes = (key.bits() + 7) / 8;
    if (plaintext.size() + 2 * hash_bytes(scheme.hash) + 2 > modulus_bytes) {
        return Error::invalid("crypto.oaep", "plaintext", "too long for this key");
    }
    const ossl::PkeyCtx context = context_for(key.native());
    Bytes ciphertext(modulus_bytes);
    std::size_t size = ciphertext.size();
    const bool done = plaintext.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
        // A null pointer would ask for the size alone.
        static constexpr std::uint8_t kNothing = 0;
        return context != nullptr && EVP_PKEY_encrypt_init(context.get()) > 0 &&
               configure_oaep(context.get(), scheme) &&
               EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size,
                                raw.empty() ? &kNothing : raw.data(), raw.size()) > 0;
    });
    if (!done || size != ciphertext.size()) {
        return ossl::failed("crypto.oaep");
    }
    return ciphertext;
}

Result<SecretBytes> decrypt_oaep_with(const AnyPrivateKey& key, const OaepScheme& scheme,
                                      BytesView ciphertext) {
    const AnyPublicKey public_key = key.public_key();
    if (public_key.algorithm() != KeyAlgorithm::kRsa) {
        return Error(Code::kWrongKeyType, "crypto.oaep");
    }
    CH_TRY_VOID(check_hashes(scheme));
    const std::size_t modulus_bytes = (public_key.bits() + 7) / 8;
    if (ciphertext.size() != modulus_bytes) {
        return Error(Code::kDecryptFailed, "crypto.oaep");
    }
    const ossl::PkeyCtx context = context_for(key.native());
    if (context == nullptr || EVP_PKEY_decrypt_init(context.get()) <= 0 ||
        !configure_oaep(context.get(), scheme)) {
        return ossl::failed("crypto.oaep");
    }
    SecretBytes plaintext(modulus_bytes);
    std::size_t size = modulus_bytes;
    const int opened =
        plaintext.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
            return EVP_PKEY_decrypt(context.get(), out.data(), &size, ciphertext.data(),
                                    ciphertext.size());
        });
    if (opened <= 0 || size > modulus_bytes) {
        ERR_clear_error();
        return Error(Code::kDecryptFailed, "crypto.oaep");
    }
    plaintext.truncate(size);
    return plaintext;
}

Result<Bytes> encrypt_pkcs1_with(const AnyPublicKey& key, const SecretBytes& plaintext) {
    constexpr std::size_t overhead = 11;
    if (key.algorithm() != KeyAlgorithm::kRsa) {
        return Error(Code::kWrongKeyType, "crypto.pkcs1");
    }
    const std::size_t modulus_bytes = (key.bits() + 7) / 8;
    if (plaintext.size() + overhead > modulus_bytes) {
        return Error::invalid("crypto.pkcs1", "plaintext", "too long for this key");
    }
    const ossl::PkeyCtx context = context_for(key.native());
    Bytes ciphertext(modulus_bytes);
    std::size_t size = ciphertext.size();
    const bool done = plaintext.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
        static constexpr std::uint8_t kNothing = 0;
        return context != nullptr && EVP_PKEY_encrypt_init(context.get()) > 0 &&
               EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) > 0 &&
               EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size,
                                raw.empty() ? &kNothing : raw.data(), raw.size()) > 0;
    });
    if (!done || size != ciphertext.size()) {
        return ossl::failed("crypto.pkcs1");
    }
    return ciphertext;
}

namespace {

constexpr std::size_t kPaddingBytesMin = 8;

/// The ciphertext to the power of d, as long as the modulus; nothing when it is not below it.
std::optional<SecretBytes> raw_decrypt(const AnyPrivateKey& key, BytesView ciphertext) {
    const ossl::PkeyCtx context = context_for(key.native());
    SecretBytes block(ciphertext.size());
    std::size_t size = block.size();
    const bool done =
        block.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
            return context != nullptr && EVP_PKEY_decrypt_init(context.get()) > 0 &&
                   EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) > 0 &&
                   EVP_PKEY_decrypt(context.get(), out.data(), &size, ciphertext.data(),
                                    ciphertext.size()) > 0;
        });
    if (!done || size != block.size()) {
        ERR_clear_error();
        return std::nullopt;
    }
    return block;
}

/// The bytes that a key gives for a label, in the way of draft-irtf-cfrg-rsa-guidance:
/// HMAC(key, i ‖ label ‖ bits) for i = 0, 1, …
SecretBytes stretch(const SecretBytes& key, std::string_view label, std::size_t size) {
    SecretBytes out(size);
    const auto bits = static_cast<std::uint16_t>(size * 8);
    for (std::size_t at = 0, i = 0; at < size; ++i) {
        auto mac = MacStream::begin(key, {MacScheme::Kind::kHmac, Hash::kSha256, Cipher::kAes});
        CH_CHECK(mac.has_value());
        const std::uint8_t index[] = {static_cast<std::uint8_t>(i >> 8),
                                      static_cast<std::uint8_t>(i)};
        const std::uint8_t length[] = {static_cast<std::uint8_t>(bits >> 8),
                                       static_cast<std::uint8_t>(bits)};
        mac->update(BytesView(index));
        mac->update(as_bytes(label));
        mac->update(BytesView(length));
        const SecretBytes block = mac->finish_secret();
        const std::size_t count = std::min(block.size(), size - at);
        out.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView to) {
            block.with_exposed(insecure_expose_secret(), [&](BytesView from) {
                std::copy_n(from.begin(), count, to.begin() + static_cast<std::ptrdiff_t>(at));
            });
        });
        at += count;
    }
    return out;
}

/// All ones when a < b; both below 2^31.
std::uint32_t less(std::uint32_t a, std::uint32_t b) { return 0U - ((a - b) >> 31); }
std::uint32_t is_zero(std::uint32_t a) { return less(a, 1); }
std::uint32_t pick(std::uint32_t mask, std::uint32_t yes, std::uint32_t no) {
    return (mask & yes) | (~mask & no);
}

/// How long the made-up message is: the last of 128 candidates that a block has room for.
std::uint32_t made_up_length(BytesView candidates, std::uint32_t block_bytes) {
    const auto too_long = static_cast<std::uint32_t>(block_bytes - 2 - kPaddingBytesMin);
    std::uint32_t mask = too_long;
    for (unsigned shift = 1; shift < 16; shift *= 2) {
        mask |= mask >> shift;
    }
    std::uint32_t length = 0;
    for (std::size_t i = 0; i + 1 < candidates.size(); i += 2) {
        const std::uint32_t candidate =
            (static_cast<std::uint32_t>(candidates[i]) << 8 | candidates[i + 1]) & mask;
        length = pick(less(candidate, too_long), candidate, length);
    }
    return length;
}

/// RFC 8017 section 7.2.2 step 3 on every byte: where the message begins, and ones when the block
/// is well formed.
struct Opened {
    std::uint32_t good = 0;
    std::uint32_t begin = 0;
};
Opened open_block(BytesView block) {
    Opened opened{is_zero(block[0]) & is_zero(block[1] ^ 2U), 0};
    std::uint32_t found = 0;
    for (std::uint32_t i = 2; i < block.size(); ++i) {
        const std::uint32_t first = ~found & is_zero(block[i]);
        opened.begin = pick(first, i + 1, opened.begin);
        found |= first;
    }
    opened.good &= found & less(2 + kPaddingBytesMin, opened.begin);
    return opened;
}

}  // namespace

Result<SecretBytes> decrypt_pkcs1_with(const AnyPrivateKey& key, BytesView ciphertext) {
    constexpr std::size_t candidates_bytes = 256;
    if (key.algorithm() != KeyAlgorithm::kRsa) {
        return Error(Code::kWrongKeyType, "crypto.pkcs1");
    }
    const std::size_t size = (key.bits() + 7) / 8;
    const auto block = ciphertext.size() == size ? raw_decrypt(key, ciphertext) : std::nullopt;
    if (!block) {
        return Error(Code::kDecryptFailed, "crypto.pkcs1");
    }
    CH_TRY(const SecretBytes d, secret_octets(key.native(), OSSL_PKEY_PARAM_RSA_D, size));
    CH_TRY(MacStream mac, MacStream::begin(digest_secret(Hash::kSha256, d),
                                           {MacScheme::Kind::kHmac, Hash::kSha256, Cipher::kAes}));
    mac.update(ciphertext);
    const SecretBytes seed = mac.finish_secret();
    const SecretBytes candidates = stretch(seed, "length", candidates_bytes);
    const SecretBytes made_up = stretch(seed, "message", size);
    const ExposeToken token = insecure_expose_secret();
    SecretBytes message(size);
    std::uint32_t begin = 0;
    block->with_exposed(token, [&](BytesView real) {
        made_up.with_exposed(token, [&](BytesView other) {
            const Opened opened = open_block(real);
            const auto width = static_cast<std::uint32_t>(size);
            const std::uint32_t length = candidates.with_exposed(
                token, [&](BytesView raw) { return made_up_length(raw, width); });
            begin = pick(opened.good, opened.begin, width - length);
            message.with_exposed_mutable(token, [&](MutableBytesView out) {
                for (std::size_t i = 0; i < size; ++i) {
                    out[i] = static_cast<std::uint8_t>(pick(opened.good, real[i], other[i]));
                }
                // Where the message begins shows in its length anyway.
                std::copy(out.begin() + begin, out.end(), out.begin());
            });
        });
    });
    message.truncate(size - begin);
    return message;
}

}  // namespace chatelaine::crypto
