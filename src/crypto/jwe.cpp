#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstring>

#include "base/check.hpp"
#include "base/encoding.hpp"
#include "crypto/jose.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {
namespace {

Error not_opened() {
    return Error(Code::kDecryptFailed, "crypto.jwe", "the ciphertext does not open");
}

Error not_a_jwe(std::string message) {
    Error error(Code::kMalformed, "crypto.jwe", std::move(message));
    return std::move(error).in_field("ciphertext");
}

/// The five parts of a compact JWE, still encoded.
struct CompactParts {
    std::array<std::string_view, 5> part;
};
std::optional<CompactParts> split_compact(std::string_view token) {
    CompactParts parts;
    for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t dot = token.find('.');
        if (dot == std::string_view::npos) {
            return std::nullopt;
        }
        parts.part[i] = token.substr(0, dot);
        token.remove_prefix(dot + 1);
    }
    if (token.find('.') != std::string_view::npos) {
        return std::nullopt;
    }
    parts.part[4] = token;
    return parts;
}

/// protected ‖ '.' ‖ base64url(context), or the protected header alone (RFC 7516, 5.1, step 14).
class Aad {
public:
    Aad(std::string_view header, std::string_view context) {
        if (context.empty()) {
            view_ = header;
            return;
        }
        joined_.reserve(header.size() + 1 + base64_encoded_size(context.size()));
        joined_.append(header).push_back('.');
        append_base64url(joined_, as_bytes(context));
        view_ = joined_;
    }
    Aad(const Aad&) = delete;
    Aad& operator=(const Aad&) = delete;
    /// The context is the caller's: it must not lie about in ordinary memory.
    ~Aad() { wipe(joined_); }
    BytesView bytes() const { return as_bytes(view_); }

private:
    std::string joined_;
    std::string_view view_;
};

struct ContentKind {
    std::size_t key_bytes;
    std::size_t tag_bytes;
    const char* cbc;   ///< null for GCM
    const char* hash;
};
std::optional<ContentKind> content_kind(std::string_view enc) {
    if (enc == "A128GCM") { return ContentKind{16, 16, nullptr, nullptr}; }
    if (enc == "A192GCM") { return ContentKind{24, 16, nullptr, nullptr}; }
    if (enc == "A256GCM") { return ContentKind{32, 16, nullptr, nullptr}; }
    if (enc == "A128CBC-HS256") { return ContentKind{32, 16, "AES-128-CBC", "SHA256"}; }
    if (enc == "A192CBC-HS384") { return ContentKind{48, 24, "AES-192-CBC", "SHA384"}; }
    if (enc == "A256CBC-HS512") { return ContentKind{64, 32, "AES-256-CBC", "SHA512"}; }
    return std::nullopt;
}

std::string_view gcm_name(std::size_t key_bytes) {
    return key_bytes == 16 ? "A128GCM" : key_bytes == 24 ? "A192GCM" : "A256GCM";
}

struct Content {
    BytesView aad, nonce, ciphertext, tag;
};

Result<SecretBytes> open_gcm(const SecretBytes& key, const Content& content) {
    CH_TRY(AesGcm cipher, AesGcm::create(key));
    SecretBytes plaintext(content.ciphertext.size());
    CH_TRY_VOID(plaintext.with_exposed_mutable(
        insecure_expose_secret(), [&](MutableBytesView out) {
            return cipher.decrypt(content.aad, content.nonce, content.ciphertext, content.tag, out);
        }));
    return plaintext;
}

/// RFC 7518, section 5.2.2.2: MAC over AAD ‖ IV ‖ ciphertext ‖ AL, checked before decrypting.
bool mac_matches(const ContentKind& kind, BytesView mac_key, const Content& content) {
    Bytes input(content.aad.begin(), content.aad.end());
    input.insert(input.end(), content.nonce.begin(), content.nonce.end());
    input.insert(input.end(), content.ciphertext.begin(), content.ciphertext.end());
    const std::uint64_t bits = std::uint64_t{content.aad.size()} * 8;
    for (int shift = 56; shift >= 0; shift -= 8) {
        input.push_back(static_cast<std::uint8_t>(bits >> shift));
    }
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
    std::size_t size = 0;
    const bool made = EVP_Q_mac(nullptr, "HMAC", nullptr, kind.hash, nullptr, mac_key.data(),
                                mac_key.size(), input.data(), input.size(), mac.data(), mac.size(),
                                &size) != nullptr;
    CH_CHECK(made && size >= kind.tag_bytes);
    return equal_ct(BytesView(mac).first(kind.tag_bytes), content.tag);
}

Result<SecretBytes> open_cbc(const ContentKind& kind, const SecretBytes& key,
                             const Content& content) {
    if (content.nonce.size() != 16 || content.ciphertext.empty() ||
        content.ciphertext.size() % 16 != 0) {
        return not_opened();
    }
    const ExposeToken token = insecure_expose_secret();
    SecretBytes plaintext(content.ciphertext.size() + 16);
    const int size = key.with_exposed(token, [&](BytesView both) {
        const BytesView mac_key = both.first(both.size() / 2);
        const BytesView enc_key = both.subspan(both.size() / 2);
        if (!mac_matches(kind, mac_key, content)) {
            return -1;
        }
        struct Free {
            void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
            void operator()(EVP_CIPHER* c) const { EVP_CIPHER_free(c); }
        };
        const std::unique_ptr<EVP_CIPHER, Free> method(
            EVP_CIPHER_fetch(nullptr, kind.cbc, nullptr));
        const std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
        CH_CHECK(method != nullptr && context != nullptr);
        return plaintext.with_exposed_mutable(token, [&](MutableBytesView out) {
            int first = 0;
            int last = 0;
            const bool done =
                EVP_DecryptInit_ex2(context.get(), method.get(), enc_key.data(),
                                    content.nonce.data(), nullptr) == 1 &&
                EVP_DecryptUpdate(context.get(), out.data(), &first, content.ciphertext.data(),
                                  static_cast<int>(content.ciphertext.size())) == 1 &&
                EVP_DecryptFinal_ex(context.get(), out.data() + first, &last) == 1;
            return done ? first + last : -1;
        });
    });
    if (size < 0) {
        return not_opened();
    }
    plaintext.truncate(static_cast<std::size_t>(size));
    return plaintext;
}

}  // namespace

Result<DirectJwe> DirectJwe::create(const SecretBytes& key, std::string_view kid,
                                    std::string_view purpose) {
    CH_TRY(AesGcm cipher, AesGcm::create(key));
    std::string header;
    json::Writer out(header);
    out.begin_object().member("alg", "dir").member("enc", gcm_name(key.size())).member("kid", kid);
    if (!purpose.empty()) {
        out.member("typ", purpose);
    }
    out.end_object();
    return DirectJwe(std::move(cipher), encode_base64url(as_bytes(header)));
}

Result<std::string> DirectJwe::encrypt(BytesView plaintext, std::string_view context) {
    const Aad aad(header_, context);
    std::array<std::uint8_t, gcm_nonce_bytes> nonce{};
    std::array<std::uint8_t, gcm_tag_bytes> tag{};
    // Ciphertexts of the service's own size stay off the heap.
    std::array<std::uint8_t, 4096> small;
    Bytes large;
    MutableBytesView ciphertext(small.data(), plaintext.size());
    if (plaintext.size() > small.size()) {
        large.resize(plaintext.size());
        ciphertext = large;
    }
    CH_TRY_VOID(cipher_.encrypt(aad.bytes(), plaintext, nonce, ciphertext, tag));
    std::string token;
    token.reserve(header_.size() + 64 + base64_encoded_size(plaintext.size()));
    token.append(header_).append("..");
    append_base64url(token, nonce);
    token.push_back('.');
    append_base64url(token, ciphertext);
    token.push_back('.');
    append_base64url(token, tag);
    return token;
}

Result<SecretBytes> DirectJwe::decrypt(std::string_view token, std::string_view context) {
    const auto parts = split_compact(token);
    if (!parts) {
        return not_a_jwe("expected a compact JWE");
    }
    if (parts->part[0] != header_ || !parts->part[1].empty()) {
        return not_a_jwe("the token was not made by this key");
    }
    std::array<std::uint8_t, base64_decoded_max(32)> nonce{};
    std::array<std::uint8_t, base64_decoded_max(32)> tag{};
    if (parts->part[2].size() != 16 || parts->part[4].size() != 22) {
        return not_a_jwe("the nonce or the tag has a wrong length");
    }
    const auto nonce_size = decode_base64url_into(parts->part[2], nonce);
    const auto tag_size = decode_base64url_into(parts->part[4], tag);
    auto ciphertext = decode_base64url(parts->part[3]);
    if (!nonce_size || !tag_size || !ciphertext) {
        return not_a_jwe("expected base64url without padding");
    }
    const Aad aad(header_, context);
    SecretBytes plaintext(ciphertext->size());
    CH_TRY_VOID(plaintext.with_exposed_mutable(
        insecure_expose_secret(), [&](MutableBytesView out) {
            return cipher_.decrypt(aad.bytes(), BytesView(nonce).first(*nonce_size), *ciphertext,
                                   BytesView(tag).first(*tag_size), out);
        }));
    return plaintext;
}

Result<std::string> wrap_jwe(const PublicKey& kek, OaepHash hash, const SecretBytes& payload) {
    const SecretBytes content_key = random_secret(32);
    CH_TRY(const Bytes wrapped, kek.encrypt_oaep(hash, content_key));
    std::string header;
    json::Writer(header)
        .begin_object()
        .member("alg", hash == OaepHash::kSha1 ? "RSA-OAEP" : "RSA-OAEP-256")
        .member("enc", "A256GCM")
        .end_object();
    std::string token = encode_base64url(as_bytes(header));
    CH_TRY(AesGcm cipher, AesGcm::create(content_key));
    std::array<std::uint8_t, gcm_nonce_bytes> nonce{};
    std::array<std::uint8_t, gcm_tag_bytes> tag{};
    Bytes ciphertext(payload.size());
    CH_TRY_VOID(payload.with_exposed(insecure_expose_secret(), [&](BytesView bytes) {
        return cipher.encrypt(as_bytes(token), bytes, nonce, ciphertext, tag);
    }));
    token.push_back('.');
    append_base64url(token, wrapped);
    token.push_back('.');
    append_base64url(token, nonce);
    token.push_back('.');
    append_base64url(token, ciphertext);
    token.push_back('.');
    append_base64url(token, tag);
    return token;
}

Result<UnwrappedJwe> unwrap_jwe(const PrivateKey& kek, std::string_view token) {
    const auto parts = split_compact(token);
    if (!parts) {
        return not_a_jwe("expected a compact JWE");
    }
    const auto header_bytes = decode_base64url(parts->part[0]);
    if (!header_bytes) {
        return not_a_jwe("the header is not base64url");
    }
    auto document = json::Document::parse(as_text(*header_bytes));
    if (!document || !document->root().is_object()) {
        return not_a_jwe("the header is not a JSON object");
    }
    const json::Value header = document->root();
    const auto alg = header.member("alg").string();
    const auto enc = header.member("enc").string();
    if (!alg || !enc) {
        return not_a_jwe("the header lacks alg or enc");
    }
    // RFC 7516, section 4.1.13: what is critical and not understood must be refused.
    if (header.member("crit").exists() || header.member("zip").exists()) {
        return not_a_jwe("crit and zip are not supported");
    }
    const auto kind = content_kind(*enc);
    if (!kind || (*alg != "RSA-OAEP" && *alg != "RSA-OAEP-256")) {
        return not_a_jwe("expected alg RSA-OAEP or RSA-OAEP-256 and an AES enc of RFC 7518");
    }
    const OaepHash hash = *alg == "RSA-OAEP" ? OaepHash::kSha1 : OaepHash::kSha256;
    const auto wrapped = decode_base64url(parts->part[1]);
    const auto nonce = decode_base64url(parts->part[2]);
    const auto ciphertext = decode_base64url(parts->part[3]);
    const auto tag = decode_base64url(parts->part[4]);
    if (!wrapped || !nonce || !ciphertext || !tag) {
        return not_a_jwe("expected base64url without padding");
    }
    CH_TRY(SecretBytes content_key, kek.decrypt_oaep(hash, *wrapped));
    if (content_key.size() != kind->key_bytes || tag->size() != kind->tag_bytes ||
        (kind->cbc == nullptr && nonce->size() != gcm_nonce_bytes)) {
        return not_opened();
    }
    const Content content{as_bytes(parts->part[0]), *nonce, *ciphertext, *tag};
    auto opened = kind->cbc == nullptr ? open_gcm(content_key, content)
                                       : open_cbc(*kind, content_key, content);
    CH_TRY(SecretBytes payload, std::move(opened));
    return UnwrappedJwe{std::move(payload), hash};
}

}  // namespace chatelaine::crypto
