#pragma once

#include "crypto/any_key.hpp"
#include "crypto/x509.hpp"

/// What KMIP shows of certificates and requests, and certificates made to order by any key. The
/// service's own authorities are in x509.hpp.

namespace chatelaine::crypto {

/// One attribute of a distinguished name: object identifier in dots, OpenSSL's short name ("CN",
/// "O", "OU", "emailAddress", "C", "ST", "L", "UID", "serialNumber", "title", "DC", "dnQualifier")
/// or the identifier again, and the text in UTF-8.
struct NamePiece {
    std::string oid, short_name, value;
    friend bool operator==(const NamePiece&, const NamePiece&) = default;
};
struct DistinguishedName {
    std::vector<NamePiece> pieces;  ///< in the order of the DER
    Bytes der;
    std::string text;  ///< RFC 4514 section 2: last piece first, escaped
};

/// A subject or issuer alternative name (RFC 5280 section 4.2.1.6).
struct AlternativeName {
    enum class Kind : std::uint8_t { kEmail, kDns, kUri, kAddress, kDirectory, kOther, kEnd };
    Kind kind = Kind::kDns;
    /// An address in its textual form, a directory's name as RFC 4514 has it, of other kinds the
    /// object identifier in dots.
    std::string value;
    friend bool operator==(const AlternativeName&, const AlternativeName&) = default;
};

/// RFC 5280 section 4.2.1.3, bit 0 first.
enum KeyUsageBit : std::uint32_t {
    kDigitalSignature = 1, kNonRepudiation = 2, kKeyEncipherment = 4, kDataEncipherment = 8,
    kKeyAgreement = 16, kKeyCertSign = 32, kCrlSign = 64
};

struct CertificateDetails {
    DistinguishedName subject, issuer;
    std::vector<AlternativeName> subject_alternatives, issuer_alternatives;
    Bytes serial;                     ///< big-endian, no leading zero
    std::string signature_algorithm;  ///< object identifier in dots
    std::string signature_algorithm_name;  ///< OpenSSL's long name ("sha256WithRSAEncryption")
    WallTime not_before, not_after;
    std::optional<AnyPublicKey> key;  ///< nothing when it is of a kind that is not read
    bool authority = false;           ///< basic constraints: cA
    std::uint32_t key_usage = 0;      ///< KeyUsageBit; 0 when absent
};
/// kMalformed when it is no certificate.
Result<CertificateDetails> read_certificate_details(BytesView der);
/// Whether `issuer` signed `certificate` and their names go together; dates are not looked at.
/// kMalformed when one of them cannot be read.
Result<bool> issued_by(BytesView certificate_der, BytesView issuer_der);

/// A PKCS#10 request (RFC 2986), DER, whose own signature is good. kInvalidArgument("csr") else.
struct RequestDetails {
    AnyPublicKey key;
    DistinguishedName subject;
    std::string subject_common_name;  ///< the first, as x509.hpp's facts have it; may be empty
    std::vector<AlternativeName> alternatives;
};
Result<RequestDetails> read_request(BytesView der);
Result<Bytes> make_request(const AnyPrivateKey& key, const std::vector<NamePiece>& subject,
                           const std::vector<AlternativeName>& alternatives);

struct CertificateOrder {
    /// By `oid`, or by `short_name` when that is empty; as UTF-8 (a country as PrintableString).
    std::vector<NamePiece> subject;
    Bytes subject_der;  ///< taken instead of `subject` when given (a request's name, a renewal)
    std::vector<AlternativeName> alternatives;  ///< e-mail, DNS, URI, address
    WallTime not_before, not_after;
    Bytes serial;  ///< empty: 16 random octets
    bool authority = false;
    std::uint32_t key_usage = kDigitalSignature;  ///< authorities always get cert and CRL signing
};
/// Signs with SHA-256 (curves from 384 bits SHA-384, from 512 SHA-512), Edwards keys as they do.
/// kInvalidArgument naming "subject", "alternatives", "dates", "serial"; kWrongKeyType when the
/// authority's key cannot sign or does not go with its certificate.
Result<Bytes> issue_certificate(const AnyPrivateKey& authority_key, BytesView authority_der,
                                const AnyPublicKey& subject, const CertificateOrder& order);
Result<Bytes> self_signed_certificate(const AnyPrivateKey& key, const CertificateOrder& order);

}  // namespace chatelaine::crypto
