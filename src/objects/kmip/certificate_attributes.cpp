// What a certificate's own fields say, as attributes (KMIP 1.4 sections 3.9 to 3.16).
#include "crypto/certify.hpp"
#include "objects/kmip/key_material.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;
using crypto::AlternativeName;
using crypto::CertificateDetails;
using crypto::DistinguishedName;
using ttlv::DigitalSignatureAlgorithm;
using ttlv::Writer;

struct SignatureName {
    std::string_view oid;
    DigitalSignatureAlgorithm algorithm;
};
constexpr SignatureName kSignatures[] = {
    {"1.2.840.113549.1.1.2", DigitalSignatureAlgorithm::kMD2WithRSAEncryption},
    {"1.2.840.113549.1.1.4", DigitalSignatureAlgorithm::kMD5WithRSAEncryption},
    {"1.2.840.113549.1.1.5", DigitalSignatureAlgorithm::kSHA1WithRSAEncryption},
    {"1.2.840.113549.1.1.10", DigitalSignatureAlgorithm::kRSASSAPSS},
    {"1.2.840.113549.1.1.11", DigitalSignatureAlgorithm::kSHA256WithRSAEncryption},
    {"1.2.840.113549.1.1.12", DigitalSignatureAlgorithm::kSHA384WithRSAEncryption},
    {"1.2.840.113549.1.1.13", DigitalSignatureAlgorithm::kSHA512WithRSAEncryption},
    {"1.2.840.113549.1.1.14", DigitalSignatureAlgorithm::kSHA224WithRSAEncryption},
    {"1.2.840.10040.4.3", DigitalSignatureAlgorithm::kDSAWithSHA1},
    {"2.16.840.1.101.3.4.3.1", DigitalSignatureAlgorithm::kDSAWithSHA224},
    {"2.16.840.1.101.3.4.3.2", DigitalSignatureAlgorithm::kDSAWithSHA256},
    {"1.2.840.10045.4.1", DigitalSignatureAlgorithm::kECDSAWithSHA1},
    {"1.2.840.10045.4.3.1", DigitalSignatureAlgorithm::kECDSAWithSHA224},
    {"1.2.840.10045.4.3.2", DigitalSignatureAlgorithm::kECDSAWithSHA256},
    {"1.2.840.10045.4.3.3", DigitalSignatureAlgorithm::kECDSAWithSHA384},
    {"1.2.840.10045.4.3.4", DigitalSignatureAlgorithm::kECDSAWithSHA512},
    {"2.16.840.1.101.3.4.3.14", DigitalSignatureAlgorithm::kSHA3256WithRSAEncryption},
    {"2.16.840.1.101.3.4.3.15", DigitalSignatureAlgorithm::kSHA3384WithRSAEncryption},
    {"2.16.840.1.101.3.4.3.16", DigitalSignatureAlgorithm::kSHA3512WithRSAEncryption},
};

/// The serial number as the certificate encodes it: a DER INTEGER.
Bytes der_integer(BytesView magnitude) {
    const bool pad = magnitude.empty() || (magnitude.front() & 0x80U) != 0;
    const std::size_t size = magnitude.size() + (pad ? 1 : 0);
    // RFC 5280 section 4.1.2.2: at most 20 octets, so that the length has one.
    Bytes out{0x02, static_cast<std::uint8_t>(size & 0x7fU)};
    if (pad) {
        out.push_back(0);
    }
    out.insert(out.end(), magnitude.begin(), magnitude.end());
    return out;
}

std::string upper_hex(BytesView bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const std::uint8_t octet : bytes) {
        text.push_back(digits[octet >> 4U]);
        text.push_back(digits[octet & 0x0fU]);
    }
    return text.empty() ? "00" : text;
}

template <class F>
Result<void> put(ManagedObject& object, std::string_view name, F&& write) {
    return put_attribute(object, name, 0, make_value(std::forward<F>(write)));
}

/// The DER forms of 1.1 and on.
Result<void> put_encoded(ManagedObject& object, const CertificateDetails& details) {
    CH_TRY_VOID(put(object, "X.509 Certificate Identifier", [&](Writer& out) {
        out.begin(tag::kAttributeValue)
            .bytes(tag::kIssuerDistinguishedName, details.issuer.der)
            .bytes(tag::kCertificateSerialNumber, der_integer(details.serial))
            .end();
    }));
    CH_TRY_VOID(put(object, "X.509 Certificate Subject", [&](Writer& out) {
        out.begin(tag::kAttributeValue)
            .bytes(tag::kSubjectDistinguishedName, details.subject.der)
            .end();
    }));
    return put(object, "X.509 Certificate Issuer", [&](Writer& out) {
        out.begin(tag::kAttributeValue)
            .bytes(tag::kIssuerDistinguishedName, details.issuer.der)
            .end();
    });
}

void write_names(Writer& out, ttlv::Tag name, ttlv::Tag alternative,
                 const DistinguishedName& distinguished,
                 const std::vector<AlternativeName>& alternatives) {
    out.begin(tag::kAttributeValue).text(name, distinguished.text);
    for (const AlternativeName& one : alternatives) {
        if (one.kind != AlternativeName::Kind::kOther) {
            out.text(alternative, one.value);
        }
    }
    out.end();
}

/// The texts of 1.0, which later versions know too.
Result<void> put_texts(ManagedObject& object, const CertificateDetails& details) {
    CH_TRY_VOID(put(object, "Certificate Identifier", [&](Writer& out) {
        out.begin(tag::kAttributeValue)
            .text(tag::kIssuer, details.issuer.text)
            .text(tag::kSerialNumber, upper_hex(details.serial))
            .end();
    }));
    CH_TRY_VOID(put(object, "Certificate Subject", [&](Writer& out) {
        write_names(out, tag::kCertificateSubjectDistinguishedName,
                    tag::kCertificateSubjectAlternativeName, details.subject,
                    details.subject_alternatives);
    }));
    return put(object, "Certificate Issuer", [&](Writer& out) {
        write_names(out, tag::kCertificateIssuerDistinguishedName,
                    tag::kCertificateIssuerAlternativeName, details.issuer,
                    details.issuer_alternatives);
    });
}

}  // namespace

Result<void> describe_certificate(ManagedObject& object, BytesView der) {
    const auto details = crypto::read_certificate_details(der);
    if (!details) {
        return ok();  // kept as it came: a PGP certificate, or one of a form that is not read
    }
    CH_TRY_VOID(put(object, "Certificate Length", [&](Writer& out) {
        out.integer(tag::kAttributeValue, static_cast<std::int32_t>(der.size()));
    }));
    CH_TRY_VOID(put_encoded(object, *details));
    CH_TRY_VOID(put_texts(object, *details));
    for (const SignatureName& known : kSignatures) {
        if (known.oid == details->signature_algorithm) {
            CH_TRY_VOID(put(object, "Digital Signature Algorithm", [&](Writer& out) {
                out.enumeration(tag::kAttributeValue, known.algorithm);
            }));
        }
    }
    if (details->key && object.bits == 0) {
        object.bits = static_cast<std::uint32_t>(details->key->bits());
    }
    return ok();
}

}  // namespace chatelaine::objects::kmip
