#pragma once

#include <optional>

#include "crypto/block_cipher.hpp"
#include "crypto/mac.hpp"
#include "crypto/schemes.hpp"
#include "objects/managed_object.hpp"
#include "ttlv/enums.hpp"
#include "ttlv/ttlv.hpp"

/// Cryptographic Parameters (KMIP 1.4 section 3.6, 2.1 section 4.16): what a request or a key says
/// about how the key is used, and what that means for the crypto room.

namespace chatelaine::objects::kmip {

struct CryptoParameters {
    std::optional<std::uint32_t> mode, padding, hash, algorithm, signature, generator_hash;
    std::optional<bool> random_iv;
    std::optional<std::size_t> iv_length, tag_length, salt_length;
    std::optional<Bytes> p_source;
};

/// Reads the structure. kMalformed on a member of another type, kInvalidArgument on a negative
/// length.
Result<CryptoParameters> read_parameters(const ttlv::Item& structure);

/// The request's parameters, else the key's first ones, else none at all (1.4 section 4.29).
Result<CryptoParameters> parameters_for(const ManagedObject& object,
                                        const std::optional<CryptoParameters>& asked);

/// Which cipher, mode and padding a symmetric key is used with. Where nothing says a mode, blocks
/// of 16 bytes go by GCM and smaller ones by CBC with PKCS#5. The IV, associated data and the
/// length of the tag are not filled in. kInvalidArgument when the parameters do not go with the
/// key, kWrongKeyType for an algorithm that is no cipher.
Result<crypto::CipherParameters> cipher_of(std::uint32_t algorithm,
                                           const CryptoParameters& parameters);
/// How many bytes a generated IV has: IV Length counts bits, but some clients count bytes.
std::size_t iv_bytes(const crypto::CipherParameters& cipher, const CryptoParameters& parameters);

/// kInvalidArgument("Hashing Algorithm") when it is unknown or the library lacks it.
Result<crypto::Hash> hash_of(std::uint32_t hashing_algorithm);
/// The Hashing Algorithm of the parameters, or SHA-256.
Result<crypto::Hash> hash_or_default(const CryptoParameters& parameters);

/// How a key signs: RSA by PKCS#1 v1.5 unless PSS is asked for, ECDSA in DER, Edwards keys and
/// ML-DSA as they do. A hash that is not said is SHA-256.
Result<crypto::SignatureScheme> signature_of(crypto::KeyAlgorithm key,
                                             const CryptoParameters& parameters);
/// Which MAC a key makes: HMAC by the algorithm, CMAC by the mode (and for AES and 3DES without
/// any other word). kInvalidArgument("Cryptographic Algorithm").
Result<crypto::MacScheme> mac_of(std::uint32_t key_algorithm, const CryptoParameters& parameters);

/// OAEP by the parameters; the hash of the mask is that of the message unless it is said.
Result<crypto::OaepScheme> oaep_of(const CryptoParameters& parameters);
bool is_oaep(const CryptoParameters& parameters);

}  // namespace chatelaine::objects::kmip
