// Reading X.509 certificates (RFC 5280) and PEM (RFC 7468).
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "base/encoding.hpp"
#include "base/limits.hpp"
#include "crypto/certify.hpp"
#include "crypto/x509_handles.hpp"

namespace chatelaine::crypto {
namespace {

Error unreadable() {
    return Error(Code::kMalformed, "crypto.x509", "the certificate cannot be read");
}

Result<WallTime> time_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
        return unreadable();
    }
    return WallTime::from_seconds(::timegm(&parts));
}

std::vector<std::string> upn_names(X509* certificate) {
    std::vector<std::string> names;
    const std::unique_ptr<GENERAL_NAMES, X509Free> alternatives(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    const int count = alternatives ? sk_GENERAL_NAME_num(alternatives.get()) : 0;
    for (int i = 0; i < count; ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives.get(), i);
        if (name->type != GEN_OTHERNAME || OBJ_obj2nid(name->d.otherName->type_id) != NID_ms_upn ||
            name->d.otherName->value->type != V_ASN1_UTF8STRING) {
            continue;
        }
        const ASN1_UTF8STRING* text = name->d.otherName->value->value.utf8string;
        names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                           static_cast<std::size_t>(ASN1_STRING_length(text)));
    }
    return names;
}

bool has_client_auth(X509* certificate) {
    const std::unique_ptr<EXTENDED_KEY_USAGE, X509Free> usage(static_cast<EXTENDED_KEY_USAGE*>(
        X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr)));
    const int count = usage ? sk_ASN1_OBJECT_num(usage.get()) : 0;
    for (int i = 0; i < count; ++i) {
        if (OBJ_obj2nid(sk_ASN1_OBJECT_value(usage.get(), i)) == NID_client_auth) {
            return true;
        }
    }
    return false;
}

Bytes name_der(const X509_NAME* name) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_NAME(name, &der);
    Bytes bytes(der, der + (size > 0 ? size : 0));
    OPENSSL_free(der);
    return bytes;
}

}  // namespace

std::string common_name(const X509_NAME* name) {
    const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0) {
        return {};
    }
    unsigned char* text = nullptr;
    const int size =
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size < 0) {
        return {};
    }
    std::string result(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    return result;
}

Result<CertificateFacts> read_certificate(BytesView der) {
    const unsigned char* at = der.data();
    const std::unique_ptr<X509, X509Free> certificate(
        d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (!certificate || at != der.data() + der.size()) {
        return unreadable();
    }
    CertificateFacts facts;
    facts.fingerprint = sha256(der);
    const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate.get());
    const auto* octets = ASN1_STRING_get0_data(serial);
    facts.serial.assign(octets, octets + ASN1_STRING_length(serial));
    while (!facts.serial.empty() && facts.serial.front() == 0) {
        facts.serial.erase(facts.serial.begin());
    }
    if (facts.serial.size() > 20 || ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER) {
        return unreadable();
    }
    if (const ASN1_OCTET_STRING* key_id = X509_get0_authority_key_id(certificate.get())) {
        const auto* id = ASN1_STRING_get0_data(key_id);
        facts.issuer_key_id.assign(id, id + ASN1_STRING_length(key_id));
    }
    facts.issuer_name = sha256(name_der(X509_get_issuer_name(certificate.get())));
    facts.subject_common_name = common_name(X509_get_subject_name(certificate.get()));
    CH_TRY(facts.not_before, time_of(X509_get0_notBefore(certificate.get())));
    CH_TRY(facts.not_after, time_of(X509_get0_notAfter(certificate.get())));
    facts.upn_names = upn_names(certificate.get());
    facts.client_auth = has_client_auth(certificate.get());
    return facts;
}

Result<CertificateFacts> read_certificate_pem(std::string_view pem) {
    CH_TRY(const Bytes der, pem_to_der(pem, "CERTIFICATE"));
    return read_certificate(der);
}

Result<Bytes> pem_to_der(std::string_view pem, std::string_view label) {
    const std::string begin = "-----BEGIN " + std::string(label) + "-----";
    const std::string end = "-----END " + std::string(label) + "-----";
    const std::size_t from = pem.find(begin);
    const std::size_t to = from == std::string_view::npos ? from : pem.find(end, from);
    if (to == std::string_view::npos) {
        return Error(Code::kMalformed, "crypto.pem", "expected a PEM block " + std::string(label));
    }
    std::string text;
    for (const char c : pem.substr(from + begin.size(), to - from - begin.size())) {
        if (c != '\n' && c != '\r' && c != ' ' && c != '\t') {
            text.push_back(c);
        }
    }
    return decode_base64(text);
}

std::string der_to_pem(BytesView der, std::string_view label) {
    constexpr std::size_t line_characters = 64;  // RFC 7468, section 2
    std::string pem = "-----BEGIN " + std::string(label) + "-----\n";
    std::string text = encode_base64(der);
    for (std::size_t at = 0; at < text.size(); at += line_characters) {
        pem.append(text, at, line_characters).push_back('\n');
    }
    wipe(text);
    return pem.append("-----END ").append(label).append("-----\n");
}

Result<std::string> PublicKey::to_pem() const {
    CH_TRY(const Bytes der, to_spki());
    return der_to_pem(der, "PUBLIC KEY");
}

Result<CertificateRequest> read_request_pem(std::string_view pem) {
    const auto invalid = [](const char* message) {
        return Error::invalid("crypto.csr", "csr", message);
    };
    if (pem.size() > limits::csr_bytes_max) {
        return invalid("expected at most 16 KiB");
    }
    auto der = pem_to_der(pem, "CERTIFICATE REQUEST");
    if (!der) {
        der = pem_to_der(pem, "NEW CERTIFICATE REQUEST");
    }
    if (!der) {
        return invalid("expected a PEM certificate request (PKCS#10)");
    }
    CH_TRY(const RequestDetails request, read_request(*der));
    auto key = request.key.to_service_key();
    if (!key) {
        return invalid("expected an RSA key of 2048 bits or more, or an EC key of P-256 to P-521");
    }
    return CertificateRequest{std::move(key).value(), request.subject_common_name};
}

}  // namespace chatelaine::crypto
