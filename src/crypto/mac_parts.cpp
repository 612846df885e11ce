// MACs by scheme, whole and in parts.
#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>

#include "base/check.hpp"
#include "crypto/mac.hpp"
#include "crypto/ossl.hpp"

namespace chatelaine::crypto {

namespace {

constexpr std::uint8_t kNothing = 0;

Error invalid(const char* field, const char* message) {
    ERR_clear_error();
    return Error::invalid("crypto.mac", field, message);
}

const char* cbc_name(Cipher cipher, std::size_t key_bytes) {
    if (!cipher_available(cipher, CipherMode::kCbc, key_bytes)) {
        return nullptr;
    }
    switch (cipher) {
        case Cipher::kAes:
            return key_bytes == 16   ? "AES-128-CBC"
                   : key_bytes == 24 ? "AES-192-CBC"
                                     : "AES-256-CBC";
        case Cipher::kCamellia:
            return key_bytes == 16   ? "CAMELLIA-128-CBC"
                   : key_bytes == 24 ? "CAMELLIA-192-CBC"
                                     : "CAMELLIA-256-CBC";
        case Cipher::kTripleDes: return "DES-EDE3-CBC";
        case Cipher::kDes:
        case Cipher::kAria:
        case Cipher::kSm4:
        case Cipher::kBlowfish:
        case Cipher::kCast5:
        case Cipher::kSeed:
        case Cipher::kIdea:
        case Cipher::kRc2:
        case Cipher::kRc4:
        case Cipher::kChaCha20:
        case Cipher::kChaCha20Poly1305:
        case Cipher::kEnd: break;
    }
    return nullptr;
}

bool is_cmac_cipher(Cipher cipher) {
    return cipher == Cipher::kAes || cipher == Cipher::kCamellia || cipher == Cipher::kTripleDes;
}

/// The algorithms, looked up once.
EVP_MAC* method_of(MacScheme::Kind kind) {
    static EVP_MAC* const methods[] = {EVP_MAC_fetch(nullptr, "HMAC", nullptr),
                                       EVP_MAC_fetch(nullptr, "CMAC", nullptr)};
    EVP_MAC* const method = methods[kind == MacScheme::Kind::kHmac ? 0 : 1];
    CH_CHECK(method != nullptr);
    return method;
}

/// A two-key triple DES key with its first part again at the end, as CMAC wants it.
SecretBytes three_keys(const SecretBytes& key) {
    constexpr std::size_t part = 8;
    SecretBytes three(3 * part);
    three.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
        key.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
            std::copy(raw.begin(), raw.end(), out.begin());
            std::copy_n(raw.begin(), part, out.begin() + 2 * part);
        });
    });
    return three;
}

}  // namespace

struct MacStream::State {
    ossl::MacCtx context;
};

MacStream::MacStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
MacStream::MacStream(MacStream&&) noexcept = default;
MacStream& MacStream::operator=(MacStream&&) noexcept = default;
MacStream::~MacStream() = default;

Result<MacStream> MacStream::begin(const SecretBytes& key, const MacScheme& scheme) {
    const bool hmac = scheme.kind == MacScheme::Kind::kHmac;
    if (hmac ? !hash_available(scheme.hash)
             : (scheme.kind != MacScheme::Kind::kCmac || !is_cmac_cipher(scheme.cipher))) {
        return invalid("mac", "the library has no such MAC");
    }
    const char* const name = hmac ? EVP_MD_get0_name(ossl::md_of(scheme.hash))
                                  : cbc_name(scheme.cipher, key.size());
    if (name == nullptr) {
        return invalid("key", "the cipher takes no key of this size");
    }
    if (!hmac && scheme.cipher == Cipher::kTripleDes && key.size() == 16) {
        return begin(three_keys(key), scheme);
    }
    auto state = std::make_unique<State>();
    state->context.reset(EVP_MAC_CTX_new(method_of(scheme.kind)));
    CH_CHECK(state->context != nullptr);
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(hmac ? OSSL_MAC_PARAM_DIGEST : OSSL_MAC_PARAM_CIPHER,
                                         const_cast<char*>(name), 0),
        OSSL_PARAM_construct_end()};
    const bool made = key.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
        return EVP_MAC_init(state->context.get(), raw.empty() ? &kNothing : raw.data(), raw.size(),
                            params) == 1;
    });
    if (!made) {
        return ossl::failed("crypto.mac");
    }
    return MacStream(std::move(state));
}

void MacStream::update(BytesView part) {
    CH_CHECK(state_ != nullptr);
    CH_CHECK(part.empty() ||
             EVP_MAC_update(state_->context.get(), part.data(), part.size()) == 1);
}

void MacStream::update(const SecretBytes& part) {
    part.with_exposed(insecure_expose_secret(), [&](BytesView raw) { update(raw); });
}

SecretBytes MacStream::finish_secret() {
    CH_CHECK(state_ != nullptr);
    const std::unique_ptr<State> state = std::move(state_);
    SecretBytes tag(EVP_MAC_CTX_get_mac_size(state->context.get()));
    std::size_t size = 0;
    tag.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
        CH_CHECK(EVP_MAC_final(state->context.get(), out.data(), &size, out.size()) == 1);
    });
    CH_CHECK(size == tag.size());
    return tag;
}

Bytes MacStream::finish() {
    return finish_secret().with_exposed(
        insecure_expose_secret(), [](BytesView raw) { return Bytes(raw.begin(), raw.end()); });
}

std::size_t mac_bytes(const MacScheme& scheme) {
    return scheme.kind == MacScheme::Kind::kHmac ? hash_bytes(scheme.hash)
                                                 : cipher_block_bytes(scheme.cipher);
}

Result<Bytes> mac_with(const SecretBytes& key, const MacScheme& scheme, BytesView message) {
    CH_TRY(MacStream stream, MacStream::begin(key, scheme));
    stream.update(message);
    return stream.finish();
}

Result<bool> verify_mac_with(const SecretBytes& key, const MacScheme& scheme, BytesView message,
                             BytesView tag) {
    CH_TRY(const Bytes made, mac_with(key, scheme, message));
    return equal_ct(made, tag);
}

}  // namespace chatelaine::crypto
