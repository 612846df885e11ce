#pragma once

#include <memory>
#include <optional>

#include "crypto/secret.hpp"

/// Symmetric encryption with every parameter named, as KMIP's cryptographic parameters do: cipher,
/// mode, padding, IV, associated data and tag length all come from the caller, who answers for
/// fresh IVs (`cipher_iv_bytes` random bytes). Only faces of wire standards use it; the service's
/// own records go through aead.hpp.

namespace chatelaine::crypto {

/// What the linked OpenSSL's default provider lacks is found out at run time: cipher_available().
enum class Cipher : std::uint8_t {
    kAes, kTripleDes, kDes, kCamellia, kAria, kSm4, kBlowfish, kCast5, kSeed, kIdea, kRc2, kRc4,
    kChaCha20, kChaCha20Poly1305, kEnd
};

/// SP 800-38A: ECB, CBC, CTR, CFB (CFB128 or CFB64: whole blocks fed back), OFB. SP 800-38C: CCM;
/// 38D: GCM; 38E: XTS, its key twice as long. Key wrap: RFC 3394, with padding RFC 5649.
/// `kStream` is for RC4 and ChaCha20, `kAead` for ChaCha20-Poly1305.
enum class CipherMode : std::uint8_t {
    kEcb, kCbc, kCtr, kGcm, kCcm, kXts, kCfb, kOfb, kKeyWrap, kKeyWrapPadded, kStream, kAead, kEnd
};

/// How ECB and CBC fill the last block; other modes take kNone alone. kPkcs7 is KMIP's PKCS5;
/// kOneAndZeros is ISO/IEC 9797-1 method 2; kZeros adds nothing to whole blocks, and removing it
/// takes every zero at the end of the last block away.
enum class BlockPadding : std::uint8_t {
    kNone, kPkcs7, kAnsiX923, kIso10126, kZeros, kOneAndZeros, kEnd
};

struct CipherParameters {
    Cipher cipher = Cipher::kAes;
    CipherMode mode = CipherMode::kGcm;
    BlockPadding padding = BlockPadding::kNone;
    BytesView iv;                ///< ChaCha20: 8 or 12 bytes, or 16 with the counter in front
    BytesView aad;               ///< GCM, CCM and AEAD alone
    /// GCM 4, 8, 12..16; CCM 4, 6..16 even; AEAD 16; else not looked at.
    std::size_t tag_bytes = 16;
};

inline constexpr std::size_t cipher_input_bytes_max = 4 * 1024 * 1024;

/// Whether the library has the cipher in this mode for a key of this size.
bool cipher_available(Cipher cipher, CipherMode mode, std::size_t key_bytes);
/// 16 for AES; 1 for a stream cipher.
std::size_t cipher_block_bytes(Cipher cipher);
/// The size of a fresh random IV: 0 when the mode has none, 12 for GCM, CCM and AEAD.
std::size_t cipher_iv_bytes(Cipher cipher, CipherMode mode);
/// GCM, CCM, AEAD: whether a tag comes out and associated data goes in.
bool mode_has_tag(CipherMode mode);

struct Encrypted {
    Bytes ciphertext;
    Bytes tag;  ///< empty unless mode_has_tag
};

/// kInvalidArgument naming "mode" (not available, or not with this cipher), "key" (its size, or
/// XTS with equal halves), "iv", "padding", "aad", "tag" (its length) or "data" (no whole blocks
/// without padding, too short for XTS, not to be wrapped, above cipher_input_bytes_max).
Result<Encrypted> cipher_encrypt(const SecretBytes& key, const CipherParameters& parameters,
                                 const SecretBytes& plaintext);
/// kInvalidArgument as above for all but what was encrypted; kDecryptFailed for every reason that
/// lies in ciphertext, padding or tag. Modes without a tag do not authenticate: who tells a peer
/// about the padding gives the plaintext away to a peer that may choose ciphertexts.
Result<SecretBytes> cipher_decrypt(const SecretBytes& key, const CipherParameters& parameters,
                                   BytesView ciphertext, BytesView tag);

/// Encryption of a message in parts. CCM, XTS and key wrap need the whole message and give it out
/// at the end. Parts may be empty. Threads: one at a time; wipes itself when destroyed.
class CipherEncryption {
public:
    static Result<CipherEncryption> begin(const SecretBytes& key, const CipherParameters&);
    CipherEncryption(CipherEncryption&&) noexcept;
    CipherEncryption& operator=(CipherEncryption&&) noexcept;
    ~CipherEncryption();

    /// The ciphertext that is ready. kInvalidArgument("data") above cipher_input_bytes_max in all.
    Result<Bytes> update(const SecretBytes& part);
    /// The rest, and the tag. Call once; nothing may follow.
    Result<Encrypted> finish(const SecretBytes& last);

private:
    struct State;
    explicit CipherEncryption(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Decryption of a message in parts. Nothing of a message with a tag comes out before the tag was
/// checked: all of it at the end.
class CipherDecryption {
public:
    static Result<CipherDecryption> begin(const SecretBytes& key, const CipherParameters&);
    CipherDecryption(CipherDecryption&&) noexcept;
    CipherDecryption& operator=(CipherDecryption&&) noexcept;
    ~CipherDecryption();

    Result<SecretBytes> update(BytesView part);
    /// Errors as cipher_decrypt. Call once; nothing may follow.
    Result<SecretBytes> finish(BytesView last, BytesView tag);

private:
    struct State;
    explicit CipherDecryption(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace chatelaine::crypto
