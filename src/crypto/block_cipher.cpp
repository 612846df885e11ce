#include "crypto/block_cipher.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "crypto/aead.hpp"
#include "crypto/block_padding.hpp"
#include "crypto/cipher_steps.hpp"

namespace chatelaine::crypto {

namespace {

constexpr std::size_t kTripleDesBytes = 24;
constexpr std::uint8_t kNothing = 0;

/// What keys a cipher takes and how OpenSSL calls it.
struct CipherFacts {
    const char* name;
    std::size_t block_bytes;
    bool sized_name;  ///< the key's bits stand in the name; 16, 24 or 32 bytes
    std::size_t key_bytes_min, key_bytes_max;
};
constexpr std::array<CipherFacts, static_cast<std::size_t>(Cipher::kEnd)> kCiphers{{
    {"AES", 16, true, 16, 32},
    {"DES-EDE3", 8, false, 16, 24},
    {"DES", 8, false, 8, 8},
    {"CAMELLIA", 16, true, 16, 32},
    {"ARIA", 16, true, 16, 32},
    {"SM4", 16, false, 16, 16},
    {"BF", 8, false, 4, 56},
    {"CAST5", 8, false, 5, 16},
    {"SEED", 16, false, 16, 16},
    {"IDEA", 8, false, 16, 16},
    {"RC2", 8, false, 1, 128},
    {"RC4", 1, false, 1, 256},
    {"ChaCha20", 1, false, 32, 32},
    {"ChaCha20-Poly1305", 1, false, 32, 32},
}};
const CipherFacts& facts(Cipher cipher) { return kCiphers.at(static_cast<std::size_t>(cipher)); }

bool is_wrap(CipherMode mode) {
    return mode == CipherMode::kKeyWrap || mode == CipherMode::kKeyWrapPadded;
}
bool is_padded(CipherMode mode) { return mode == CipherMode::kEcb || mode == CipherMode::kCbc; }
bool mode_fits(Cipher cipher, CipherMode mode) {
    switch (cipher) {
        case Cipher::kRc4:
        case Cipher::kChaCha20: return mode == CipherMode::kStream;
        case Cipher::kChaCha20Poly1305: return mode == CipherMode::kAead;
        case Cipher::kAes:
        case Cipher::kTripleDes:
        case Cipher::kDes:
        case Cipher::kCamellia:
        case Cipher::kAria:
        case Cipher::kSm4:
        case Cipher::kBlowfish:
        case Cipher::kCast5:
        case Cipher::kSeed:
        case Cipher::kIdea:
        case Cipher::kRc2:
            return mode != CipherMode::kStream && mode != CipherMode::kAead &&
                   mode < CipherMode::kEnd && (!is_wrap(mode) || cipher == Cipher::kAes);
        case Cipher::kEnd: break;
    }
    return false;
}

bool key_fits(Cipher cipher, CipherMode mode, std::size_t bytes) {
    if (mode == CipherMode::kXts) {
        return facts(cipher).sized_name && (bytes == 32 || bytes == 64);
    }
    const CipherFacts& known = facts(cipher);
    return bytes >= known.key_bytes_min && bytes <= known.key_bytes_max &&
           (!known.sized_name || bytes % 8 == 0) &&
           (cipher != Cipher::kTripleDes || bytes == 16 || bytes == kTripleDesBytes);
}

std::string method_name(Cipher cipher, CipherMode mode, std::size_t key_bytes) {
    constexpr std::array<const char*, static_cast<std::size_t>(CipherMode::kEnd)> suffixes{
        "-ECB", "-CBC", "-CTR", "-GCM", "-CCM", "-XTS", "-CFB", "-OFB", "-WRAP", "-WRAP-PAD",
        "",     ""};
    std::string name = facts(cipher).name;
    if (facts(cipher).sized_name) {
        name += "-" + std::to_string(key_bytes * (mode == CipherMode::kXts ? 4 : 8));
    }
    return name + suffixes.at(static_cast<std::size_t>(mode));
}

/// The library's method, looked for once; null when its default provider has none.
const EVP_CIPHER* method_for(Cipher cipher, CipherMode mode, std::size_t key_bytes) {
    struct Slot {
        std::once_flag once;
        const EVP_CIPHER* method = nullptr;
    };
    constexpr std::size_t sizes = 3;
    static Slot slots[static_cast<std::size_t>(Cipher::kEnd)]
                     [static_cast<std::size_t>(CipherMode::kEnd)][sizes];
    const std::size_t bytes = mode == CipherMode::kXts ? key_bytes / 2 : key_bytes;
    const std::size_t size = facts(cipher).sized_name ? (bytes - 16) / 8 : 0;
    CH_CHECK(size < sizes);
    Slot& slot =
        slots[static_cast<std::size_t>(cipher)][static_cast<std::size_t>(mode)][size];
    std::call_once(slot.once, [&] {
        slot.method =
            EVP_CIPHER_fetch(nullptr, method_name(cipher, mode, key_bytes).c_str(), nullptr);
        ERR_clear_error();
    });
    return slot.method;
}

}  // namespace

namespace cipher_steps {

bool needs_whole(CipherMode mode) {
    return mode == CipherMode::kCcm || mode == CipherMode::kXts || is_wrap(mode);
}

Error invalid(const char* field, const char* message) {
    ERR_clear_error();
    return Error::invalid("crypto.cipher", field, message);
}

Error not_opened() {
    ERR_clear_error();
    return Error(Code::kDecryptFailed, "crypto.cipher");
}

namespace {

Result<void> check_iv(const CipherParameters& parameters) {
    const std::size_t size = parameters.iv.size();
    switch (parameters.mode) {
        case CipherMode::kEcb: return ok();
        case CipherMode::kCbc:
        case CipherMode::kCtr:
        case CipherMode::kCfb:
        case CipherMode::kOfb:
            return size == cipher_block_bytes(parameters.cipher)
                       ? ok()
                       : invalid("iv", "expected as many bytes as a block has");
        case CipherMode::kXts:
            return size == 16 ? ok() : invalid("iv", "expected a tweak of 16 bytes");
        case CipherMode::kGcm:
            return size >= 1 && size <= 128 ? ok() : invalid("iv", "expected 1 to 128 bytes");
        case CipherMode::kCcm:
            return size >= 7 && size <= 13 ? ok() : invalid("iv", "expected 7 to 13 bytes");
        case CipherMode::kAead:
            return size == 12 ? ok() : invalid("iv", "expected 12 bytes");
        case CipherMode::kKeyWrap:
        case CipherMode::kKeyWrapPadded:
            return size == 0 ? ok() : invalid("iv", "key wrap has its own initial value");
        case CipherMode::kStream:
            return parameters.cipher == Cipher::kRc4 || size == 8 || size == 12 || size == 16
                       ? ok()
                       : invalid("iv", "expected 8, 12 or 16 bytes");
        case CipherMode::kEnd: break;
    }
    return invalid("mode", "this mode is not known");
}

Result<void> check_tag_size(const CipherParameters& parameters) {
    const std::size_t size = parameters.tag_bytes;
    // SP 800-38D section 5.2.1.2 and appendix C; SP 800-38C, appendix A.1; RFC 8439 section 2.8.
    if (parameters.mode == CipherMode::kGcm && size != 4 && size != 8 &&
        (size < 12 || size > 16)) {
        return invalid("tag", "expected 4, 8 or 12 to 16 bytes");
    }
    if (parameters.mode == CipherMode::kCcm && (size < 4 || size > 16 || size % 2 != 0)) {
        return invalid("tag", "expected 4, 6, 8, 10, 12, 14 or 16 bytes");
    }
    if (parameters.mode == CipherMode::kAead && size != 16) {
        return invalid("tag", "expected 16 bytes");
    }
    return ok();
}

}  // namespace

Result<void> check(const SecretBytes& key, const CipherParameters& parameters) {
    if (!mode_fits(parameters.cipher, parameters.mode)) {
        return invalid("mode", "the cipher has no such mode");
    }
    if (!key_fits(parameters.cipher, parameters.mode, key.size())) {
        return invalid("key", "the cipher takes no key of this size");
    }
    if (method_for(parameters.cipher, parameters.mode, key.size()) == nullptr) {
        return invalid("mode", "the library has no such cipher in this mode");
    }
    if (parameters.padding >= BlockPadding::kEnd ||
        (parameters.padding != BlockPadding::kNone && !is_padded(parameters.mode))) {
        return invalid("padding", "only ECB and CBC are padded");
    }
    CH_TRY_VOID(check_iv(parameters));
    if (!parameters.aad.empty() && !mode_has_tag(parameters.mode)) {
        return invalid("aad", "this mode authenticates nothing");
    }
    if (parameters.aad.size() > cipher_input_bytes_max) {
        return invalid("aad", "expected at most 4 MiB");
    }
    CH_TRY_VOID(check_tag_size(parameters));
    const bool equal_halves =
        parameters.mode == CipherMode::kXts &&
        key.with_exposed(insecure_expose_secret(), [](BytesView raw) {
            return equal_ct(raw.first(raw.size() / 2), raw.last(raw.size() / 2));
        });
    return equal_halves ? invalid("key", "the halves of an XTS key must differ") : ok();
}

namespace {

/// What OpenSSL takes for an IV: ChaCha20 has its 32-bit counter, little-endian, in front.
std::array<std::uint8_t, 128> library_iv(const CipherParameters& parameters) {
    std::array<std::uint8_t, 128> iv{};
    const bool counted = parameters.cipher == Cipher::kChaCha20;
    const std::size_t at = counted ? 16 - parameters.iv.size() : 0;
    if (parameters.mode != CipherMode::kEcb && parameters.cipher != Cipher::kRc4) {
        std::copy(parameters.iv.begin(), parameters.iv.end(),
                  iv.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return iv;
}

bool set_key(EVP_CIPHER_CTX* context, const CipherParameters& parameters, const SecretBytes& key,
             int direction) {
    const auto iv = library_iv(parameters);
    if (EVP_CIPHER_CTX_get_key_length(context) != static_cast<int>(key.size()) &&
        parameters.cipher != Cipher::kTripleDes &&
        EVP_CIPHER_CTX_set_key_length(context, static_cast<int>(key.size())) != 1) {
        return false;
    }
    return key.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
        if (raw.size() == kTripleDesBytes || parameters.cipher != Cipher::kTripleDes) {
            return EVP_CipherInit_ex2(context, nullptr, raw.data(), iv.data(), direction,
                                      nullptr) == 1;
        }
        // SP 800-67 section 3.1, keying option 2: the third key is the first.
        SecretBytes three(kTripleDesBytes);
        return three.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
            std::copy(raw.begin(), raw.end(), out.begin());
            std::copy_n(raw.begin(), 8, out.begin() + 16);
            return EVP_CipherInit_ex2(context, nullptr, out.data(), iv.data(), direction,
                                      nullptr) == 1;
        });
    });
}

}  // namespace

ossl::CipherCtx context_for(const SecretBytes& key, const CipherParameters& parameters,
                            BytesView tag, bool encrypt) {
    ossl::CipherCtx context(EVP_CIPHER_CTX_new());
    CH_CHECK(context != nullptr);
    EVP_CIPHER_CTX* const raw = context.get();
    const int direction = encrypt ? 1 : 0;
    bool made = EVP_CipherInit_ex2(raw,
                                   method_for(parameters.cipher, parameters.mode, key.size()),
                                   nullptr, nullptr, direction, nullptr) == 1 &&
                EVP_CIPHER_CTX_set_padding(raw, 0) == 1;
    if (mode_has_tag(parameters.mode)) {
        made = made && EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_AEAD_SET_IVLEN,
                                           static_cast<int>(parameters.iv.size()), nullptr) == 1;
        if (!encrypt || parameters.mode == CipherMode::kCcm) {
            // An encrypting CCM context is told the length alone.
            std::array<std::uint8_t, 16> copy{};
            std::copy(tag.begin(), tag.end(), copy.begin());
            made = made && EVP_CIPHER_CTX_ctrl(raw, EVP_CTRL_AEAD_SET_TAG,
                                               static_cast<int>(parameters.tag_bytes),
                                               encrypt ? nullptr : copy.data()) == 1;
        }
    }
    made = made && set_key(raw, parameters, key, direction);
    int size = 0;
    if (made && !parameters.aad.empty() && parameters.mode != CipherMode::kCcm) {
        made = EVP_CipherUpdate(raw, nullptr, &size, parameters.aad.data(),
                                static_cast<int>(parameters.aad.size())) == 1;
    }
    return made ? std::move(context) : nullptr;
}

bool feed(EVP_CIPHER_CTX* context, BytesView in, MutableBytesView out, std::size_t& at) {
    int size = 0;
    if (in.empty()) {
        return true;
    }
    if (EVP_CipherUpdate(context, out.data() + at, &size, in.data(),
                         static_cast<int>(in.size())) != 1) {
        return false;
    }
    at += static_cast<std::size_t>(size);
    return true;
}

bool finalise(EVP_CIPHER_CTX* context, MutableBytesView out, std::size_t& at) {
    int size = 0;
    if (EVP_CipherFinal_ex(context, out.data() + at, &size) != 1) {
        return false;
    }
    at += static_cast<std::size_t>(size);
    return true;
}

Result<void> check_plaintext_size(const CipherParameters& parameters, std::size_t size) {
    if (size > cipher_input_bytes_max) {
        return invalid("data", "expected at most 4 MiB");
    }
    if (is_padded(parameters.mode) && parameters.padding == BlockPadding::kNone &&
        size % cipher_block_bytes(parameters.cipher) != 0) {
        return invalid("data", "without padding, expected whole blocks");
    }
    if (parameters.mode == CipherMode::kXts && size < 16) {
        return invalid("data", "XTS takes 16 bytes or more");
    }
    return ok();
}

bool ciphertext_size_fits(const CipherParameters& parameters, std::size_t size) {
    const std::size_t block = cipher_block_bytes(parameters.cipher);
    if (size > cipher_input_bytes_max + block) {
        return false;
    }
    if (is_padded(parameters.mode)) {
        const bool may_be_empty = parameters.padding == BlockPadding::kNone ||
                                  parameters.padding == BlockPadding::kZeros;
        return size % block == 0 && (size != 0 || may_be_empty);
    }
    return parameters.mode != CipherMode::kXts || size >= 16;
}

Result<Encrypted> end_encryption(EVP_CIPHER_CTX* context, const CipherParameters& parameters,
                                 std::size_t total, Bytes out, std::size_t at) {
    const std::size_t block = cipher_block_bytes(parameters.cipher);
    const Bytes fill = padding_after(total, block, parameters.padding);
    out.resize(at + fill.size() + 2 * block);
    if (!feed(context, fill, out, at) || !finalise(context, out, at)) {
        return ossl::failed("crypto.cipher");
    }
    out.resize(at);
    Encrypted result{std::move(out), {}};
    if (mode_has_tag(parameters.mode)) {
        result.tag.resize(parameters.tag_bytes);
        if (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG,
                                static_cast<int>(parameters.tag_bytes), result.tag.data()) != 1) {
            return ossl::failed("crypto.cipher");
        }
    }
    return result;
}

}  // namespace cipher_steps

namespace steps = cipher_steps;

namespace {

/// CCM wants the whole length, then the data, in one call each, an empty message too.
bool run_ccm(EVP_CIPHER_CTX* context, BytesView aad, BytesView in, MutableBytesView out) {
    int size = 0;
    return EVP_CipherUpdate(context, nullptr, &size, nullptr, static_cast<int>(in.size())) == 1 &&
           (aad.empty() || EVP_CipherUpdate(context, nullptr, &size, aad.data(),
                                            static_cast<int>(aad.size())) == 1) &&
           EVP_CipherUpdate(context, out.data(), &size, in.empty() ? &kNothing : in.data(),
                            static_cast<int>(in.size())) == 1;
}

Result<Encrypted> wrap(const SecretBytes& key, CipherMode mode, const SecretBytes& plaintext) {
    auto wrapped = wrap_key(key, plaintext, mode == CipherMode::kKeyWrapPadded);
    if (!wrapped && wrapped.error().code() == Code::kInvalidArgument) {
        return steps::invalid("data", "this size cannot be wrapped");
    }
    CH_TRY(Bytes ciphertext, std::move(wrapped));
    return Encrypted{std::move(ciphertext), {}};
}

}  // namespace

bool cipher_available(Cipher cipher, CipherMode mode, std::size_t key_bytes) {
    return cipher < Cipher::kEnd && mode_fits(cipher, mode) && key_fits(cipher, mode, key_bytes) &&
           method_for(cipher, mode, key_bytes) != nullptr;
}

std::size_t cipher_block_bytes(Cipher cipher) { return facts(cipher).block_bytes; }

bool mode_has_tag(CipherMode mode) {
    return mode == CipherMode::kGcm || mode == CipherMode::kCcm || mode == CipherMode::kAead;
}

std::size_t cipher_iv_bytes(Cipher cipher, CipherMode mode) {
    switch (mode) {
        case CipherMode::kGcm:
        case CipherMode::kCcm:
        case CipherMode::kAead: return 12;
        case CipherMode::kCbc:
        case CipherMode::kCtr:
        case CipherMode::kXts:
        case CipherMode::kCfb:
        case CipherMode::kOfb: return cipher_block_bytes(cipher);
        case CipherMode::kStream: return cipher == Cipher::kChaCha20 ? 12 : 0;
        case CipherMode::kEcb:
        case CipherMode::kKeyWrap:
        case CipherMode::kKeyWrapPadded:
        case CipherMode::kEnd: break;
    }
    return 0;
}

Result<Encrypted> cipher_encrypt(const SecretBytes& key, const CipherParameters& parameters,
                                 const SecretBytes& plaintext) {
    CH_TRY_VOID(steps::check(key, parameters));
    CH_TRY_VOID(steps::check_plaintext_size(parameters, plaintext.size()));
    if (is_wrap(parameters.mode)) {
        return wrap(key, parameters.mode, plaintext);
    }
    const ossl::CipherCtx context = steps::context_for(key, parameters, {}, true);
    if (context == nullptr) {
        return ossl::failed("crypto.cipher");
    }
    Bytes out(plaintext.size() + 2 * cipher_block_bytes(parameters.cipher));
    std::size_t at = 0;
    const bool done = plaintext.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
        if (parameters.mode != CipherMode::kCcm) {
            return steps::feed(context.get(), raw, out, at);
        }
        at = raw.size();
        return run_ccm(context.get(), parameters.aad, raw, out);
    });
    if (!done) {
        return ossl::failed("crypto.cipher");
    }
    return steps::end_encryption(context.get(), parameters, plaintext.size(), std::move(out), at);
}

Result<SecretBytes> cipher_decrypt(const SecretBytes& key, const CipherParameters& parameters,
                                   BytesView ciphertext, BytesView tag) {
    CH_TRY_VOID(steps::check(key, parameters));
    if (is_wrap(parameters.mode)) {
        return unwrap_key(key, ciphertext, parameters.mode == CipherMode::kKeyWrapPadded);
    }
    if (!steps::ciphertext_size_fits(parameters, ciphertext.size()) ||
        tag.size() != (mode_has_tag(parameters.mode) ? parameters.tag_bytes : 0)) {
        return steps::not_opened();
    }
    const ossl::CipherCtx context = steps::context_for(key, parameters, tag, false);
    if (context == nullptr) {
        return ossl::failed("crypto.cipher");
    }
    const std::size_t block = cipher_block_bytes(parameters.cipher);
    SecretBytes plaintext(ciphertext.size() + 2 * block);
    std::size_t at = 0;
    const bool opened =
        plaintext.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
            if (parameters.mode == CipherMode::kCcm) {
                at = ciphertext.size();
                return run_ccm(context.get(), parameters.aad, ciphertext, out);
            }
            if (!steps::feed(context.get(), ciphertext, out, at) ||
                !steps::finalise(context.get(), out, at)) {
                return false;
            }
            const auto padded = parameters.padding == BlockPadding::kNone || at == 0
                                    ? std::optional<std::size_t>(0)
                                    : padding_in(out.subspan(at - block, block),
                                                 parameters.padding);
            at -= padded.value_or(0);
            return padded.has_value();
        });
    if (!opened) {
        return steps::not_opened();
    }
    plaintext.truncate(at);
    return plaintext;
}

}  // namespace chatelaine::crypto
