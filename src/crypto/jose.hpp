#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.hpp"
#include "crypto/aead.hpp"
#include "crypto/keys.hpp"

/// JOSE forms: JWK (RFC 7517/7518), JWE compact (RFC 7516), JWS compact (RFC 7515), JWT (RFC 7519).

namespace chatelaine::crypto {

/// Key material of a service key, in the form that can be used.
using KeyMaterial = std::variant<SecretBytes, PrivateKey, PublicKey>;

/// A JWK as a caller gave it, decoded.
struct Jwk {
    KeyMaterial material;
    std::string kid;                   ///< empty when absent
    std::vector<std::string> key_ops;  ///< as written
    std::string alg;
};

/// Reads one JWK object. Private when the private members are there. Integers with leading zeros
/// dropped are accepted (a known client does so): EC values and `k` one to seven bytes short of
/// 16, 24 or 32 are padded on the left. Errors name the member ("kty", "x").
Result<Jwk> parse_jwk(const json::Value& value);

struct JwkOptions {
    std::string_view kid;                                ///< left out when empty
    const std::vector<std::string>* key_ops = nullptr;   ///< left out when null
};
/// The public JWK as JSON text.
Result<std::string> public_jwk(const PublicKey& key, const JwkOptions& options);
/// The full JWK as UTF-8 JSON. Goes only into a wrap.
Result<SecretBytes> insecure_private_jwk(const KeyMaterial& material, const JwkOptions& options);

/// A service key's own ciphertexts: JWE compact, `alg` "dir", `enc` A128GCM, A192GCM or A256GCM,
/// `kid` the key's UUID. A non-empty context is bound as the JWE AAD of RFC 7516 section 5.1
/// step 14: AAD = protected ‖ '.' ‖ base64url(context). Threads: one at a time.
class DirectJwe {
public:
    /// `key` has 16, 24 or 32 bytes. `purpose` is the header's `typ`, left out when empty, so that
    /// a data key's envelope and a ciphertext are not taken for each other.
    static Result<DirectJwe> create(const SecretBytes& key, std::string_view kid,
                                    std::string_view purpose);
    Result<std::string> encrypt(BytesView plaintext, std::string_view context);
    /// kDecryptFailed when it does not open; kMalformed (field "ciphertext") when it is no JWE, its
    /// `kid` is another key's, or its `alg`, `enc` or `typ` are not what this key makes.
    Result<SecretBytes> decrypt(std::string_view token, std::string_view context);

private:
    AesGcm cipher_;
    std::string header_;          ///< base64url of the protected header, made once
    DirectJwe(AesGcm cipher, std::string header)
        : cipher_(std::move(cipher)), header_(std::move(header)) {}
};

/// JWE compact under an RSA key: `alg` RSA-OAEP or RSA-OAEP-256, content A256GCM.
Result<std::string> wrap_jwe(const PublicKey& kek, OaepHash hash, const SecretBytes& payload);
/// Content encryption may be any of A{128,192,256}GCM and
/// A{128CBC-HS256,192CBC-HS384,256CBC-HS512}. `hash` of the header is returned too. kMalformed when
/// it is no such JWE, kDecryptFailed else.
struct UnwrappedJwe {
    SecretBytes payload;
    OaepHash hash;
};
Result<UnwrappedJwe> unwrap_jwe(const PrivateKey& kek, std::string_view token);

/// JWS compact over any payload; `typ` "JWT" for a JWT, left out when empty.
Result<std::string> sign_jws(const PrivateKey& key, SignatureAlgorithm algorithm,
                             std::string_view kid, std::string_view typ, BytesView payload);
struct JwsParts {
    SignatureAlgorithm algorithm;
    std::string kid;
    Bytes payload;
    Bytes signature;
    std::string signing_input;
};
/// kMalformed when it is no JWS with one of the nine algorithms; nothing is verified here.
Result<JwsParts> parse_jws(std::string_view token);

}  // namespace chatelaine::crypto
