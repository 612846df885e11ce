// Encryption and decryption of messages in parts.
#include <algorithm>
#include <array>
#include <vector>

#include "base/check.hpp"
#include "crypto/block_padding.hpp"
#include "crypto/cipher_steps.hpp"

namespace chatelaine::crypto {

namespace steps = cipher_steps;

namespace {

/// Parameters and key for as long as a message takes.
struct Kept {
    CipherParameters parameters;
    Bytes iv, aad;
    SecretBytes key;
    std::size_t total = 0;
    ossl::CipherCtx context;  ///< null when the whole message is awaited

    Kept(const SecretBytes& given, const CipherParameters& named)
        : parameters(named), iv(named.iv.begin(), named.iv.end()),
          aad(named.aad.begin(), named.aad.end()), key(given.clone()) {
        parameters.iv = iv;
        parameters.aad = aad;
    }
    bool count(std::size_t size) {
        if (size > cipher_input_bytes_max + EVP_MAX_BLOCK_LENGTH - total) {
            return false;
        }
        total += size;
        return true;
    }
};

Error too_large() { return steps::invalid("data", "expected at most 4 MiB in all"); }

void append(SecretBytes& to, std::size_t at, BytesView part) {
    to.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
        std::copy(part.begin(), part.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
    });
}

SecretBytes joined(const std::vector<SecretBytes>& parts, std::size_t total) {
    SecretBytes whole(total);
    std::size_t at = 0;
    for (const SecretBytes& part : parts) {
        part.with_exposed(insecure_expose_secret(),
                          [&](BytesView raw) { append(whole, at, raw); });
        at += part.size();
    }
    return whole;
}

}  // namespace

struct CipherEncryption::State : Kept {
    using Kept::Kept;
    std::vector<SecretBytes> parts;
};

CipherEncryption::CipherEncryption(std::unique_ptr<State> state) : state_(std::move(state)) {}
CipherEncryption::CipherEncryption(CipherEncryption&&) noexcept = default;
CipherEncryption& CipherEncryption::operator=(CipherEncryption&&) noexcept = default;
CipherEncryption::~CipherEncryption() = default;

Result<CipherEncryption> CipherEncryption::begin(const SecretBytes& key,
                                                 const CipherParameters& parameters) {
    CH_TRY_VOID(steps::check(key, parameters));
    auto state = std::make_unique<State>(key, parameters);
    if (!steps::needs_whole(parameters.mode)) {
        state->context = steps::context_for(key, parameters, {}, true);
        if (state->context == nullptr) {
            return ossl::failed("crypto.cipher");
        }
    }
    return CipherEncryption(std::move(state));
}

Result<Bytes> CipherEncryption::update(const SecretBytes& part) {
    CH_CHECK(state_ != nullptr);
    if (part.size() > cipher_input_bytes_max - state_->total) {
        return too_large();
    }
    state_->total += part.size();
    if (state_->context == nullptr) {
        state_->parts.push_back(part.clone());
        return Bytes();
    }
    Bytes out(part.size() + EVP_MAX_BLOCK_LENGTH);
    std::size_t at = 0;
    if (!part.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
            return steps::feed(state_->context.get(), raw, out, at);
        })) {
        return ossl::failed("crypto.cipher");
    }
    out.resize(at);
    return out;
}

Result<Encrypted> CipherEncryption::finish(const SecretBytes& last) {
    CH_TRY(Bytes out, update(last));
    const std::unique_ptr<State> state = std::move(state_);
    if (state->context == nullptr) {
        return cipher_encrypt(state->key, state->parameters, joined(state->parts, state->total));
    }
    CH_TRY_VOID(steps::check_plaintext_size(state->parameters, state->total));
    const std::size_t at = out.size();
    return steps::end_encryption(state->context.get(), state->parameters, state->total,
                                 std::move(out), at);
}

struct CipherDecryption::State : Kept {
    using Kept::Kept;
    Bytes parts;
    SecretBytes held;  ///< the last block so far: it may be padding
};

CipherDecryption::CipherDecryption(std::unique_ptr<State> state) : state_(std::move(state)) {}
CipherDecryption::CipherDecryption(CipherDecryption&&) noexcept = default;
CipherDecryption& CipherDecryption::operator=(CipherDecryption&&) noexcept = default;
CipherDecryption::~CipherDecryption() = default;

Result<CipherDecryption> CipherDecryption::begin(const SecretBytes& key,
                                                 const CipherParameters& parameters) {
    CH_TRY_VOID(steps::check(key, parameters));
    auto state = std::make_unique<State>(key, parameters);
    if (!steps::needs_whole(parameters.mode) && !mode_has_tag(parameters.mode)) {
        state->context = steps::context_for(key, parameters, {}, false);
        if (state->context == nullptr) {
            return ossl::failed("crypto.cipher");
        }
    }
    return CipherDecryption(std::move(state));
}

Result<SecretBytes> CipherDecryption::update(BytesView part) {
    CH_CHECK(state_ != nullptr);
    if (!state_->count(part.size())) {
        return too_large();
    }
    if (state_->context == nullptr) {
        state_->parts.insert(state_->parts.end(), part.begin(), part.end());
        return SecretBytes();
    }
    const std::size_t before = state_->held.size();
    SecretBytes out(before + part.size() + EVP_MAX_BLOCK_LENGTH);
    state_->held.with_exposed(insecure_expose_secret(),
                              [&](BytesView raw) { append(out, 0, raw); });
    std::size_t at = before;
    if (!out.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView all) {
            return steps::feed(state_->context.get(), part, all, at);
        })) {
        return ossl::failed("crypto.cipher");
    }
    out.truncate(at);
    // A padded message's last block waits until it is known to be the last.
    const std::size_t keep = state_->parameters.padding == BlockPadding::kNone
                                 ? 0
                                 : std::min(at, cipher_block_bytes(state_->parameters.cipher));
    out.with_exposed(insecure_expose_secret(),
                     [&](BytesView raw) { state_->held = SecretBytes::copy_of(raw.last(keep)); });
    out.truncate(at - keep);
    return out;
}

Result<SecretBytes> CipherDecryption::finish(BytesView last, BytesView tag) {
    CH_TRY(SecretBytes out, update(last));
    const std::unique_ptr<State> state = std::move(state_);
    const CipherParameters& parameters = state->parameters;
    if (state->context == nullptr) {
        return cipher_decrypt(state->key, parameters, state->parts, tag);
    }
    std::array<std::uint8_t, EVP_MAX_BLOCK_LENGTH> rest{};
    std::size_t none = 0;
    if (!tag.empty() || !steps::ciphertext_size_fits(parameters, state->total) ||
        !steps::finalise(state->context.get(), rest, none)) {
        return steps::not_opened();
    }
    if (state->held.empty()) {
        return out;
    }
    const auto padded = state->held.with_exposed(
        insecure_expose_secret(),
        [&](BytesView raw) { return padding_in(raw, parameters.padding); });
    if (!padded) {
        return steps::not_opened();
    }
    std::vector<SecretBytes> both;
    state->held.truncate(state->held.size() - *padded);
    const std::size_t total = out.size() + state->held.size();
    both.push_back(std::move(out));
    both.push_back(std::move(state->held));
    return joined(both, total);
}

}  // namespace chatelaine::crypto
