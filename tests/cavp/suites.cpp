#include "suites.hpp"

#include "base/encoding.hpp"
#include "crypto/block_cipher.hpp"
#include "crypto/derive.hpp"

namespace chatelaine::cavp {

namespace {

using crypto::Cipher;
using crypto::CipherMode;
using crypto::CipherParameters;
using crypto::Hash;
using crypto::MacScheme;
using crypto::SecretBytes;

std::string text(const Record& record, const std::string& name) {
    const auto found = record.find(name);
    return found == record.end() ? std::string() : found->second;
}
Bytes hex(const Record& record, const std::string& name) {
    return decode_hex(text(record, name)).value();
}
std::size_t number(const Record& record, const std::string& name) {
    return std::stoul(text(record, name));
}
SecretBytes secret(const Bytes& bytes) { return SecretBytes::copy_of(bytes); }
Bytes shown(const SecretBytes& value) {
    return value.with_exposed(crypto::insecure_expose_secret(),
                              [](BytesView raw) { return Bytes(raw.begin(), raw.end()); });
}
Bytes joined(Bytes a, BytesView b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

struct Vector {
    Bytes key, iv, aad, plaintext, ciphertext, tag;
    bool encrypts = true;
    bool decrypts = true;
    bool fails = false;
};

/// The whole, and the same message in two parts.
bool encrypts(const CipherParameters& parameters, const Vector& vector) {
    const SecretBytes key = secret(vector.key);
    const auto whole = crypto::cipher_encrypt(key, parameters, secret(vector.plaintext));
    auto parts = crypto::CipherEncryption::begin(key, parameters);
    if (!whole || !parts) {
        return false;
    }
    const BytesView plaintext(vector.plaintext);
    const std::size_t cut = plaintext.size() / 2;
    const auto first = parts->update(SecretBytes::copy_of(plaintext.first(cut)));
    const auto last = parts->finish(SecretBytes::copy_of(plaintext.subspan(cut)));
    return first && last && whole->ciphertext == vector.ciphertext && whole->tag == vector.tag &&
           joined(*first, last->ciphertext) == vector.ciphertext && last->tag == vector.tag;
}

bool decrypts(const CipherParameters& parameters, const Vector& vector) {
    const SecretBytes key = secret(vector.key);
    const auto whole = crypto::cipher_decrypt(key, parameters, vector.ciphertext, vector.tag);
    auto parts = crypto::CipherDecryption::begin(key, parameters);
    if (!parts) {
        return false;
    }
    const BytesView ciphertext(vector.ciphertext);
    const std::size_t cut = ciphertext.size() / 2;
    const auto first = parts->update(ciphertext.first(cut));
    const auto last = parts->finish(ciphertext.subspan(cut), vector.tag);
    if (vector.fails) {
        return !whole && whole.error().code() == Code::kDecryptFailed && first && first->empty() &&
               !last && last.error().code() == Code::kDecryptFailed;
    }
    return whole && shown(*whole) == vector.plaintext && first && last &&
           joined(shown(*first), shown(*last)) == vector.plaintext;
}

bool agrees(Cipher cipher, CipherMode mode, const Vector& vector) {
    const CipherParameters parameters{cipher,     mode,       crypto::BlockPadding::kNone,
                                      vector.iv,  vector.aad,
                                      vector.tag.empty() ? 16 : vector.tag.size()};
    return (!vector.encrypts || vector.fails || encrypts(parameters, vector)) &&
           (!vector.decrypts || decrypts(parameters, vector));
}

/// Files that name KEY, IV, PLAINTEXT and CIPHERTEXT; both ways, whatever the section says.
auto plain(Cipher cipher, CipherMode mode) {
    return [=](const Record& record) -> std::optional<bool> {
        Vector vector;
        vector.key = hex(record, "key");
        if (const Bytes same = hex(record, "keys"); !same.empty()) {
            vector.key = joined(joined(same, same), same);
        }
        if (const Bytes first = hex(record, "key1"); !first.empty()) {
            vector.key = joined(joined(first, hex(record, "key2")), hex(record, "key3"));
        }
        vector.iv = hex(record, "iv");
        vector.plaintext = hex(record, "plaintext");
        vector.ciphertext = hex(record, "ciphertext");
        return agrees(cipher, mode, vector);
    };
}

std::optional<bool> gcm(const Record& record) {
    Vector vector{hex(record, "key"), hex(record, "iv"), hex(record, "aad"), hex(record, "pt"),
                  hex(record, "ct"),  hex(record, "tag")};
    vector.fails = record.contains("fail");
    return agrees(Cipher::kAes, CipherMode::kGcm, vector);
}

std::optional<bool> ccm(const Record& record) {
    Vector vector{hex(record, "key"), hex(record, "nonce"), hex(record, "adata"),
                  hex(record, "payload"), {}, {}};
    // A length of 0 is written as one zero octet.
    vector.aad.resize(number(record, "alen"));
    vector.plaintext.resize(number(record, "plen"));
    const Bytes sealed = hex(record, "ct");
    const auto tag_bytes = static_cast<std::ptrdiff_t>(number(record, "tlen"));
    vector.ciphertext.assign(sealed.begin(), sealed.end() - tag_bytes);
    vector.tag.assign(sealed.end() - tag_bytes, sealed.end());
    vector.fails = text(record, "result").starts_with("Fail");
    return agrees(Cipher::kAes, CipherMode::kCcm, vector);
}

std::optional<bool> xts(const Record& record) {
    if (number(record, "dataunitlen") % 8 != 0) {
        return std::nullopt;
    }
    Vector vector{hex(record, "key"), hex(record, "i"), {}, hex(record, "pt"), hex(record, "ct"),
                  {}};
    if (vector.iv.empty()) {
        vector.iv.resize(16);
        vector.iv[0] = static_cast<std::uint8_t>(number(record, "dataunitseqnumber"));
    }
    return agrees(Cipher::kAes, CipherMode::kXts, vector);
}

auto wrap(CipherMode mode, bool wraps) {
    return [=](const Record& record) -> std::optional<bool> {
        Vector vector{hex(record, "k"), {}, {}, hex(record, "p"), hex(record, "c"), {}};
        vector.encrypts = wraps;
        vector.fails = record.contains("fail");
        return agrees(Cipher::kAes, mode, vector);
    };
}

std::optional<MacScheme> prf_of(const std::string& name) {
    const std::pair<const char*, MacScheme> known[] = {
        {"CMAC_AES128", {MacScheme::Kind::kCmac, Hash::kSha1, Cipher::kAes}},
        {"CMAC_AES192", {MacScheme::Kind::kCmac, Hash::kSha1, Cipher::kAes}},
        {"CMAC_AES256", {MacScheme::Kind::kCmac, Hash::kSha1, Cipher::kAes}},
        {"CMAC_TDES2", {MacScheme::Kind::kCmac, Hash::kSha1, Cipher::kTripleDes}},
        {"CMAC_TDES3", {MacScheme::Kind::kCmac, Hash::kSha1, Cipher::kTripleDes}},
        {"HMAC_SHA1", {MacScheme::Kind::kHmac, Hash::kSha1, Cipher::kAes}},
        {"HMAC_SHA224", {MacScheme::Kind::kHmac, Hash::kSha224, Cipher::kAes}},
        {"HMAC_SHA256", {MacScheme::Kind::kHmac, Hash::kSha256, Cipher::kAes}},
        {"HMAC_SHA384", {MacScheme::Kind::kHmac, Hash::kSha384, Cipher::kAes}},
        {"HMAC_SHA512", {MacScheme::Kind::kHmac, Hash::kSha512, Cipher::kAes}}};
    for (const auto& [prf, scheme] : known) {
        if (prf == name) {
            return scheme;
        }
    }
    return std::nullopt;
}

/// The room has the 32-bit counter in front.
std::optional<bool> kbkdf(const Record& record) {
    const auto prf = prf_of(text(record, "prf"));
    if (text(record, "ctrlocation") != "BEFORE_FIXED" || text(record, "rlen") != "32_BITS" ||
        !prf) {
        return std::nullopt;
    }
    const auto made =
        crypto::derive_kbkdf({crypto::KbkdfMode::kCounter, *prf, {}}, secret(hex(record, "ki")),
                             hex(record, "fixedinputdata"), number(record, "l") / 8);
    return made && shown(*made) == hex(record, "ko");
}

std::optional<bool> ecdh(const Record& record) {
    const std::string curve = text(record, "curve");
    const auto own = crypto::AnyPrivateKey::from_ec(curve, secret(hex(record, "da")));
    const auto other = crypto::AnyPublicKey::from_ec(
        curve, joined(joined(Bytes{4}, hex(record, "x_qb")), hex(record, "y_qb")));
    if (!own || !other) {
        return false;
    }
    const auto made = crypto::derive_agreed(*own, *other, 0);
    return made && shown(*made) == hex(record, "x_z");
}

}  // namespace

std::vector<Suite> suites() {
    using enum CipherMode;
    return {
        {"AES-ECB", "ciphers/AES/ECB", {"ECB"}, 2138, plain(Cipher::kAes, kEcb)},
        {"AES-CBC", "ciphers/AES/CBC", {"CBC"}, 2138, plain(Cipher::kAes, kCbc)},
        {"AES-CFB128", "ciphers/AES/CFB", {"CFB128"}, 2138, plain(Cipher::kAes, kCfb)},
        {"AES-OFB", "ciphers/AES/OFB", {"OFB"}, 2138, plain(Cipher::kAes, kOfb)},
        {"AES-CTR", "ciphers/AES/CTR", {"aes-"}, 9, plain(Cipher::kAes, kCtr)},
        {"AES-GCM", "ciphers/AES/GCM", {"gcm"}, 47250, gcm},
        {"AES-CCM", "ciphers/AES/CCM", {"DVPT", "VADT", "VNT", "VPT", "VTT"}, 2880, ccm},
        {"AES-XTS, tweak", "ciphers/AES/XTS/tweak-128hexstr", {"XTS"}, 1400, xts},
        {"AES-XTS, number", "ciphers/AES/XTS/tweak-dataunitseqno", {"XTS"}, 1400, xts},
        {"AES-KW", "keywrap/kwtestvectors", {"KW_AE_128.", "KW_AE_192.", "KW_AE_256."}, 1500,
         wrap(kKeyWrap, true)},
        {"AES-KW, unwrap", "keywrap/kwtestvectors", {"KW_AD_128.", "KW_AD_192.", "KW_AD_256."},
         1500, wrap(kKeyWrap, false)},
        {"AES-KWP", "keywrap/kwtestvectors", {"KWP_AE_128.", "KWP_AE_192.", "KWP_AE_256."}, 1500,
         wrap(kKeyWrapPadded, true)},
        {"AES-KWP, unwrap", "keywrap/kwtestvectors", {"KWP_AD_128.", "KWP_AD_192.", "KWP_AD_256."},
         1500, wrap(kKeyWrapPadded, false)},
        {"TDES-ECB", "ciphers/3DES/ECB", {"TECB"}, 530, plain(Cipher::kTripleDes, kEcb)},
        {"TDES-CBC", "ciphers/3DES/CBC", {"TCBC", "!TCBCI"}, 530, plain(Cipher::kTripleDes, kCbc)},
        {"TDES-CFB64", "ciphers/3DES/CFB", {"TCFB64"}, 530, plain(Cipher::kTripleDes, kCfb)},
        {"TDES-OFB", "ciphers/3DES/OFB", {"TOFB", "!TOFBI"}, 530, plain(Cipher::kTripleDes, kOfb)},
        {"SP 800-108", "KDF", {"nist-800-108-KBKDF-CTR"}, 400, kbkdf},
        {"ECDH, brainpool", "asymmetric/ECDH", {"brainpool"}, 3, ecdh},
    };
}

}  // namespace chatelaine::cavp
