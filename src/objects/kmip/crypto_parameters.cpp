#include "objects/kmip/crypto_parameters.hpp"

#include "objects/kmip/attributes.hpp"
#include "objects/kmip/key_material.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;
using crypto::BlockPadding;
using crypto::Cipher;
using crypto::CipherMode;
using crypto::Hash;
using ttlv::BlockCipherMode;
using ttlv::CryptographicAlgorithm;
using ttlv::DigitalSignatureAlgorithm;
using ttlv::HashingAlgorithm;
using ttlv::Item;
using ttlv::PaddingMethod;

Error wrong(std::string_view field, std::string message) {
    return Error::invalid("kmip.parameters", std::string(field), std::move(message));
}

Result<void> read_enumeration(const Item& item, std::optional<std::uint32_t>& into) {
    if (item) {
        CH_TRY(into, item.enumeration());
    }
    return ok();
}

Result<void> read_length(const Item& item, std::optional<std::size_t>& into) {
    if (item) {
        CH_TRY(const std::int32_t value, item.integer());
        if (value < 0) {
            return wrong(ttlv::tag_name(item.tag()), "expected zero or more");
        }
        into = static_cast<std::size_t>(value);
    }
    return ok();
}

std::optional<Cipher> cipher_named(std::uint32_t algorithm) {
    switch (static_cast<CryptographicAlgorithm>(algorithm)) {
        case CryptographicAlgorithm::kAES: return Cipher::kAes;
        case CryptographicAlgorithm::kDES3: return Cipher::kTripleDes;
        case CryptographicAlgorithm::kDES: return Cipher::kDes;
        case CryptographicAlgorithm::kCamellia: return Cipher::kCamellia;
        case CryptographicAlgorithm::kARIA: return Cipher::kAria;
        case CryptographicAlgorithm::kSM4: return Cipher::kSm4;
        case CryptographicAlgorithm::kBlowfish: return Cipher::kBlowfish;
        case CryptographicAlgorithm::kCAST5: return Cipher::kCast5;
        case CryptographicAlgorithm::kSEED: return Cipher::kSeed;
        case CryptographicAlgorithm::kIDEA: return Cipher::kIdea;
        case CryptographicAlgorithm::kRC2: return Cipher::kRc2;
        case CryptographicAlgorithm::kRC4: return Cipher::kRc4;
        case CryptographicAlgorithm::kChaCha20: return Cipher::kChaCha20;
        case CryptographicAlgorithm::kChaCha20Poly1305: return Cipher::kChaCha20Poly1305;
        default: return std::nullopt;
    }
}

std::optional<CipherMode> mode_named(std::uint32_t mode) {
    switch (static_cast<BlockCipherMode>(mode)) {
        case BlockCipherMode::kCBC: return CipherMode::kCbc;
        case BlockCipherMode::kECB: return CipherMode::kEcb;
        case BlockCipherMode::kCFB: return CipherMode::kCfb;
        case BlockCipherMode::kOFB: return CipherMode::kOfb;
        case BlockCipherMode::kCTR: return CipherMode::kCtr;
        case BlockCipherMode::kCCM: return CipherMode::kCcm;
        case BlockCipherMode::kGCM: return CipherMode::kGcm;
        case BlockCipherMode::kXTS: return CipherMode::kXts;
        case BlockCipherMode::kAESKeyWrapPadding: return CipherMode::kKeyWrapPadded;
        case BlockCipherMode::kNISTKeyWrap: return CipherMode::kKeyWrap;
        case BlockCipherMode::kAEAD: return CipherMode::kAead;
        default: return std::nullopt;
    }
}

std::optional<BlockPadding> padding_named(std::uint32_t padding) {
    switch (static_cast<PaddingMethod>(padding)) {
        case PaddingMethod::kNone: return BlockPadding::kNone;
        case PaddingMethod::kPKCS5: return BlockPadding::kPkcs7;
        case PaddingMethod::kZeros: return BlockPadding::kZeros;
        case PaddingMethod::kANSIX923: return BlockPadding::kAnsiX923;
        case PaddingMethod::kISO10126: return BlockPadding::kIso10126;
        default: return std::nullopt;
    }
}

/// Sets the mode (and a padding that goes with it) where nothing says one.
void default_mode(crypto::CipherParameters& cipher) {
    if (cipher.cipher == Cipher::kRc4 || cipher.cipher == Cipher::kChaCha20) {
        cipher.mode = CipherMode::kStream;
    } else if (cipher.cipher == Cipher::kChaCha20Poly1305) {
        cipher.mode = CipherMode::kAead;
    } else if (crypto::cipher_block_bytes(cipher.cipher) == 16) {
        cipher.mode = CipherMode::kGcm;
    } else {
        cipher.mode = CipherMode::kCbc;
        cipher.padding = BlockPadding::kPkcs7;
    }
}

/// What a Digital Signature Algorithm says: the padding and the hash in one word.
struct SignatureWord {
    crypto::SignaturePadding padding;
    std::optional<Hash> hash;
};
std::optional<SignatureWord> signature_named(std::uint32_t signature) {
    using crypto::SignaturePadding;
    switch (static_cast<DigitalSignatureAlgorithm>(signature)) {
        case DigitalSignatureAlgorithm::kMD5WithRSAEncryption:
            return SignatureWord{SignaturePadding::kPkcs1, Hash::kMd5};
        case DigitalSignatureAlgorithm::kSHA1WithRSAEncryption:
            return SignatureWord{SignaturePadding::kPkcs1, Hash::kSha1};
        case DigitalSignatureAlgorithm::kSHA224WithRSAEncryption:
            return SignatureWord{SignaturePadding::kPkcs1, Hash::kSha224};
        case DigitalSignatureAlgorithm::kSHA256WithRSAEncryption:
            return SignatureWord{SignaturePadding::kPkcs1, Hash::kSha256};
        case DigitalSignatureAlgorithm::kSHA384WithRSAEncryption:
            return SignatureWord{SignaturePadding::kPkcs1, Hash::kSha384};
        case DigitalSignatureAlgorithm::kSHA512WithRSAEncryption:
            return SignatureWord{SignaturePadding::kPkcs1, Hash::kSha512};
        case DigitalSignatureAlgorithm::kSHA3256WithRSAEncryption:
            return SignatureWord{SignaturePadding::kPkcs1, Hash::kSha3_256};
        case DigitalSignatureAlgorithm::kSHA3384WithRSAEncryption:
            return SignatureWord{SignaturePadding::kPkcs1, Hash::kSha3_384};
        case DigitalSignatureAlgorithm::kSHA3512WithRSAEncryption:
            return SignatureWord{SignaturePadding::kPkcs1, Hash::kSha3_512};
        case DigitalSignatureAlgorithm::kRSASSAPSS:
            return SignatureWord{SignaturePadding::kPss, std::nullopt};
        case DigitalSignatureAlgorithm::kECDSAWithSHA1:
            return SignatureWord{SignaturePadding::kEcdsaDer, Hash::kSha1};
        case DigitalSignatureAlgorithm::kECDSAWithSHA224:
            return SignatureWord{SignaturePadding::kEcdsaDer, Hash::kSha224};
        case DigitalSignatureAlgorithm::kECDSAWithSHA256:
            return SignatureWord{SignaturePadding::kEcdsaDer, Hash::kSha256};
        case DigitalSignatureAlgorithm::kECDSAWithSHA384:
            return SignatureWord{SignaturePadding::kEcdsaDer, Hash::kSha384};
        case DigitalSignatureAlgorithm::kECDSAWithSHA512:
            return SignatureWord{SignaturePadding::kEcdsaDer, Hash::kSha512};
        default: return std::nullopt;
    }
}

Result<crypto::SignatureScheme> rsa_signature(const CryptoParameters& parameters) {
    crypto::SignatureScheme scheme;
    CH_TRY(scheme.hash, hash_or_default(parameters));
    if (parameters.signature) {
        const auto word = signature_named(*parameters.signature);
        if (!word || word->padding == crypto::SignaturePadding::kEcdsaDer) {
            return wrong("Digital Signature Algorithm", "an RSA key does not sign so");
        }
        scheme.padding = word->padding;
        scheme.hash = word->hash.value_or(scheme.hash);
        if (!crypto::hash_available(scheme.hash)) {
            return wrong("Digital Signature Algorithm", "this service does not have the hash");
        }
    } else if (parameters.padding) {
        switch (static_cast<PaddingMethod>(*parameters.padding)) {
            case PaddingMethod::kPSS: scheme.padding = crypto::SignaturePadding::kPss; break;
            case PaddingMethod::kPKCS1V15:
            case PaddingMethod::kNone: break;
            default: return wrong("Padding Method", "expected PSS or PKCS1 v1.5");
        }
    }
    scheme.mgf_hash = scheme.hash;
    if (parameters.generator_hash) {
        CH_TRY(scheme.mgf_hash, hash_of(*parameters.generator_hash));
    }
    scheme.salt_bytes = parameters.salt_length.value_or(crypto::pss_salt_any);
    return scheme;
}

std::optional<Hash> hmac_hash(std::uint32_t algorithm) {
    switch (static_cast<CryptographicAlgorithm>(algorithm)) {
        case CryptographicAlgorithm::kHMACSHA1: return Hash::kSha1;
        case CryptographicAlgorithm::kHMACSHA224: return Hash::kSha224;
        case CryptographicAlgorithm::kHMACSHA256: return Hash::kSha256;
        case CryptographicAlgorithm::kHMACSHA384: return Hash::kSha384;
        case CryptographicAlgorithm::kHMACSHA512: return Hash::kSha512;
        case CryptographicAlgorithm::kHMACMD5: return Hash::kMd5;
        case CryptographicAlgorithm::kHMACSHA3224: return Hash::kSha3_224;
        case CryptographicAlgorithm::kHMACSHA3256: return Hash::kSha3_256;
        case CryptographicAlgorithm::kHMACSHA3384: return Hash::kSha3_384;
        case CryptographicAlgorithm::kHMACSHA3512: return Hash::kSha3_512;
        default: return std::nullopt;
    }
}

}  // namespace

Result<CryptoParameters> read_parameters(const Item& structure) {
    CH_TRY_VOID(structure.structure());
    CryptoParameters read;
    CH_TRY_VOID(read_enumeration(structure.find(tag::kBlockCipherMode), read.mode));
    CH_TRY_VOID(read_enumeration(structure.find(tag::kPaddingMethod), read.padding));
    CH_TRY_VOID(read_enumeration(structure.find(tag::kHashingAlgorithm), read.hash));
    CH_TRY_VOID(read_enumeration(structure.find(tag::kCryptographicAlgorithm), read.algorithm));
    CH_TRY_VOID(read_enumeration(structure.find(tag::kDigitalSignatureAlgorithm), read.signature));
    CH_TRY_VOID(read_enumeration(structure.find(tag::kMaskGeneratorHashingAlgorithm),
                                 read.generator_hash));
    CH_TRY_VOID(read_length(structure.find(tag::kIVLength), read.iv_length));
    CH_TRY_VOID(read_length(structure.find(tag::kTagLength), read.tag_length));
    CH_TRY_VOID(read_length(structure.find(tag::kSaltLength), read.salt_length));
    if (const Item random = structure.find(tag::kRandomIV)) {
        CH_TRY(read.random_iv, random.boolean());
    }
    if (const Item source = structure.find(tag::kPSource)) {
        CH_TRY(const BytesView bytes, source.bytes());
        read.p_source.emplace(bytes.begin(), bytes.end());
    }
    return read;
}

Result<CryptoParameters> parameters_for(const ManagedObject& object,
                                        const std::optional<CryptoParameters>& asked) {
    if (asked) {
        return *asked;
    }
    const Attribute* const kept = stored(object, "Cryptographic Parameters");
    if (kept == nullptr) {
        return CryptoParameters{};
    }
    CH_TRY(const ttlv::Document document, ttlv::Document::parse(kept->value));
    return read_parameters(document.root());
}

Result<crypto::CipherParameters> cipher_of(std::uint32_t algorithm,
                                           const CryptoParameters& parameters) {
    if (parameters.algorithm && *parameters.algorithm != algorithm) {
        return wrong("Cryptographic Algorithm", "the key is of another algorithm");
    }
    const auto cipher = cipher_named(algorithm);
    if (!cipher) {
        return Error(Code::kWrongKeyType, "kmip.cipher", "the key's algorithm is no cipher");
    }
    crypto::CipherParameters made;
    made.cipher = *cipher;
    default_mode(made);
    if (parameters.mode) {
        const auto mode = mode_named(*parameters.mode);
        if (!mode) {
            return wrong("Block Cipher Mode", "this service does not have the mode");
        }
        made.mode = made.mode == CipherMode::kStream ? made.mode : *mode;
        made.padding = BlockPadding::kNone;
    }
    if (parameters.padding) {
        const auto padding = padding_named(*parameters.padding);
        if (!padding) {
            return wrong("Padding Method", "a cipher is not padded so");
        }
        made.padding = *padding;
    }
    return made;
}

std::size_t iv_bytes(const crypto::CipherParameters& cipher, const CryptoParameters& parameters) {
    const std::size_t usual = crypto::cipher_iv_bytes(cipher.cipher, cipher.mode);
    constexpr std::size_t shortest = 8, longest = 64;
    if (cipher.mode != CipherMode::kGcm || !parameters.iv_length) {
        return usual;
    }
    const std::size_t said = *parameters.iv_length;
    const std::size_t bytes = said >= 64 && said % 8 == 0 ? said / 8 : said;
    return bytes >= shortest && bytes <= longest ? bytes : usual;
}

Result<crypto::Hash> hash_of(std::uint32_t hashing_algorithm) {
    const auto named = [&]() -> std::optional<Hash> {
        switch (static_cast<HashingAlgorithm>(hashing_algorithm)) {
            case HashingAlgorithm::kMD5: return Hash::kMd5;
            case HashingAlgorithm::kSHA1: return Hash::kSha1;
            case HashingAlgorithm::kSHA224: return Hash::kSha224;
            case HashingAlgorithm::kSHA256: return Hash::kSha256;
            case HashingAlgorithm::kSHA384: return Hash::kSha384;
            case HashingAlgorithm::kSHA512: return Hash::kSha512;
            case HashingAlgorithm::kRIPEMD160: return Hash::kRipemd160;
            case HashingAlgorithm::kSHA512224: return Hash::kSha512_224;
            case HashingAlgorithm::kSHA512256: return Hash::kSha512_256;
            case HashingAlgorithm::kSHA3224: return Hash::kSha3_224;
            case HashingAlgorithm::kSHA3256: return Hash::kSha3_256;
            case HashingAlgorithm::kSHA3384: return Hash::kSha3_384;
            case HashingAlgorithm::kSHA3512: return Hash::kSha3_512;
            default: return std::nullopt;
        }
    }();
    if (!named || !crypto::hash_available(*named)) {
        return wrong("Hashing Algorithm", "this service does not have the hash");
    }
    return *named;
}

Result<crypto::Hash> hash_or_default(const CryptoParameters& parameters) {
    return parameters.hash ? hash_of(*parameters.hash) : Result<crypto::Hash>(Hash::kSha256);
}

Result<crypto::SignatureScheme> signature_of(crypto::KeyAlgorithm key,
                                             const CryptoParameters& parameters) {
    using crypto::KeyAlgorithm;
    if (key == KeyAlgorithm::kRsa) {
        return rsa_signature(parameters);
    }
    crypto::SignatureScheme scheme;
    if (key != KeyAlgorithm::kEc && key != KeyAlgorithm::kDsa) {
        scheme.padding = crypto::SignaturePadding::kPure;
        return scheme;
    }
    scheme.padding = crypto::SignaturePadding::kEcdsaDer;
    CH_TRY(scheme.hash, hash_or_default(parameters));
    if (parameters.signature) {
        const auto word = signature_named(*parameters.signature);
        if (!word || word->padding != crypto::SignaturePadding::kEcdsaDer) {
            return wrong("Digital Signature Algorithm", "a key on a curve does not sign so");
        }
        scheme.hash = word->hash.value_or(scheme.hash);
    }
    return scheme;
}

Result<crypto::MacScheme> mac_of(std::uint32_t key_algorithm, const CryptoParameters& parameters) {
    const std::uint32_t algorithm = parameters.algorithm.value_or(key_algorithm);
    crypto::MacScheme scheme;
    if (const auto hash = hmac_hash(algorithm)) {
        scheme.hash = *hash;
        if (!crypto::hash_available(scheme.hash)) {
            return wrong("Cryptographic Algorithm", "this service does not have the hash");
        }
        return scheme;
    }
    const bool by_mode =
        parameters.mode && *parameters.mode == number(BlockCipherMode::kCMAC);
    const auto cipher = cipher_named(algorithm);
    if (cipher && (by_mode || (!parameters.mode && !parameters.hash)) &&
        crypto::cipher_block_bytes(*cipher) >= 8) {
        scheme.kind = crypto::MacScheme::Kind::kCmac;
        scheme.cipher = *cipher;
        return scheme;
    }
    if (parameters.hash) {
        CH_TRY(scheme.hash, hash_of(*parameters.hash));
        return scheme;
    }
    return wrong("Cryptographic Algorithm", "expected an HMAC, or a cipher for CMAC");
}

bool is_oaep(const CryptoParameters& parameters) {
    return parameters.padding && *parameters.padding == number(PaddingMethod::kOAEP);
}

Result<crypto::OaepScheme> oaep_of(const CryptoParameters& parameters) {
    crypto::OaepScheme scheme;
    // RFC 8017 appendix A.2.1, which KMIP goes by: SHA-1 where nothing is said.
    scheme.hash = Hash::kSha1;
    if (parameters.hash) {
        CH_TRY(scheme.hash, hash_of(*parameters.hash));
    }
    scheme.mgf_hash = scheme.hash;
    if (parameters.generator_hash) {
        CH_TRY(scheme.mgf_hash, hash_of(*parameters.generator_hash));
    }
    scheme.label = parameters.p_source.value_or(Bytes{});
    return scheme;
}

}  // namespace chatelaine::objects::kmip
