// What KMIP's attributes show of certificates and requests.
#include <arpa/inet.h>
#include <openssl/objects.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "base/check.hpp"
#include "crypto/certify.hpp"
#include "crypto/ossl.hpp"
#include "crypto/x509_build.hpp"

namespace chatelaine::crypto {

namespace {

Error unreadable() {
    ERR_clear_error();
    return Error(Code::kMalformed, "crypto.x509", "the certificate cannot be read");
}

Error bad_request(const char* message) {
    ERR_clear_error();
    return Error::invalid("crypto.csr", "csr", message);
}

std::string oid_text(const ASN1_OBJECT* object) {
    std::array<char, 128> text{};
    const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
    return size > 0 && size < static_cast<int>(text.size()) ? std::string(text.data())
                                                            : std::string();
}

std::string octets_text(const ASN1_STRING* value) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
            static_cast<std::size_t>(ASN1_STRING_length(value))};
}

std::string utf8_text(const ASN1_STRING* value) {
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, value);
    if (size < 0) {
        ERR_clear_error();
        return {};
    }
    std::string result(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    return result;
}

std::string name_text(const X509_NAME* name) {
    const ossl::Bio out(BIO_new(BIO_s_mem()));
    CH_CHECK(out != nullptr);
    if (X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) {
        ERR_clear_error();
        return {};
    }
    const char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

DistinguishedName read_name(const X509_NAME* name) {
    DistinguishedName read;
    for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
        const X509_NAME_ENTRY* const entry = X509_NAME_get_entry(name, i);
        const ASN1_OBJECT* const object = X509_NAME_ENTRY_get_object(entry);
        const int nid = OBJ_obj2nid(object);
        NamePiece piece;
        piece.oid = oid_text(object);
        piece.short_name = nid == NID_undef ? piece.oid : OBJ_nid2sn(nid);
        piece.value = utf8_text(X509_NAME_ENTRY_get_data(entry));
        read.pieces.push_back(std::move(piece));
    }
    unsigned char* der = nullptr;
    const int size = i2d_X509_NAME(name, &der);
    read.der.assign(der, der + (size > 0 ? size : 0));
    OPENSSL_free(der);
    read.text = name_text(name);
    return read;
}

std::string address_text(const ASN1_OCTET_STRING* value) {
    constexpr int ipv4_bytes = 4;
    constexpr int ipv6_bytes = 16;
    const int size = ASN1_STRING_length(value);
    if (size != ipv4_bytes && size != ipv6_bytes) {
        return {};
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(size == ipv4_bytes ? AF_INET : AF_INET6, ASN1_STRING_get0_data(value), text.data(),
              static_cast<socklen_t>(text.size()));
    return text.data();
}

AlternativeName read_alternative(const GENERAL_NAME* name) {
    using Kind = AlternativeName::Kind;
    switch (name->type) {
        case GEN_EMAIL: return {Kind::kEmail, octets_text(name->d.rfc822Name)};
        case GEN_DNS: return {Kind::kDns, octets_text(name->d.dNSName)};
        case GEN_URI: return {Kind::kUri, octets_text(name->d.uniformResourceIdentifier)};
        case GEN_IPADD: return {Kind::kAddress, address_text(name->d.iPAddress)};
        case GEN_DIRNAME: return {Kind::kDirectory, name_text(name->d.directoryName)};
        case GEN_OTHERNAME: return {Kind::kOther, oid_text(name->d.otherName->type_id)};
        case GEN_RID: return {Kind::kOther, oid_text(name->d.registeredID)};
        default: return {Kind::kOther, {}};
    }
}

std::vector<AlternativeName> read_alternatives(const GENERAL_NAMES* names) {
    std::vector<AlternativeName> read;
    for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names); ++i) {
        read.push_back(read_alternative(sk_GENERAL_NAME_value(names, i)));
    }
    return read;
}

std::vector<AlternativeName> alternatives_of(const X509* certificate, int nid) {
    const std::unique_ptr<GENERAL_NAMES, X509Free> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, nid, nullptr, nullptr)));
    return read_alternatives(names.get());
}

Result<WallTime> read_time(const ASN1_TIME* time) {
    std::tm parts{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
        return unreadable();
    }
    return WallTime::from_seconds(::timegm(&parts));
}

std::uint32_t read_key_usage(X509* certificate) {
    const std::uint32_t usage = X509_get_key_usage(certificate);
    std::uint32_t bits = 0;
    if (usage == UINT32_MAX) {
        return 0;
    }
    // OpenSSL has the first bit of the octet as its highest.
    for (unsigned i = 0; i < 7; ++i) {
        bits |= (usage >> (7 - i) & 1U) << i;
    }
    return bits;
}

}  // namespace

Result<CertificateDetails> read_certificate_details(BytesView der) {
    const unsigned char* at = der.data();
    const Certificate certificate(
        der.empty() ? nullptr : d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (!certificate || at != der.data() + der.size()) {
        return unreadable();
    }
    X509* const raw = certificate.get();
    CertificateDetails details;
    details.subject = read_name(X509_get_subject_name(raw));
    details.issuer = read_name(X509_get_issuer_name(raw));
    details.subject_alternatives = alternatives_of(raw, NID_subject_alt_name);
    details.issuer_alternatives = alternatives_of(raw, NID_issuer_alt_name);
    const ASN1_INTEGER* const serial = X509_get0_serialNumber(raw);
    const auto* octets = ASN1_STRING_get0_data(serial);
    details.serial.assign(octets, octets + ASN1_STRING_length(serial));
    const auto first =
        std::find_if(details.serial.begin(), details.serial.end(), [](auto b) { return b != 0; });
    details.serial.erase(details.serial.begin(), first);
    const X509_ALGOR* algorithm = nullptr;
    const ASN1_OBJECT* object = nullptr;
    X509_get0_signature(nullptr, &algorithm, raw);
    X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
    details.signature_algorithm = oid_text(object);
    const int nid = OBJ_obj2nid(object);
    details.signature_algorithm_name =
        nid == NID_undef ? details.signature_algorithm : OBJ_nid2ln(nid);
    CH_TRY(details.not_before, read_time(X509_get0_notBefore(raw)));
    CH_TRY(details.not_after, read_time(X509_get0_notAfter(raw)));
    if (auto key = AnyPublicKey::from_certificate(der)) {
        details.key = std::move(*key);
    }
    details.authority = X509_check_ca(raw) == 1;
    details.key_usage = read_key_usage(raw);
    ERR_clear_error();
    return details;
}

Result<bool> issued_by(BytesView certificate_der, BytesView issuer_der) {
    const Certificate certificate = parse_certificate(certificate_der);
    const Certificate issuer = parse_certificate(issuer_der);
    if (!certificate || !issuer) {
        return unreadable();
    }
    EVP_PKEY* const key = X509_get0_pubkey(issuer.get());
    const bool good = key != nullptr &&
                      X509_check_issued(issuer.get(), certificate.get()) == X509_V_OK &&
                      X509_verify(certificate.get(), key) == 1;
    ERR_clear_error();
    return good;
}

Result<RequestDetails> read_request(BytesView der) {
    const unsigned char* at = der.data();
    const ossl::Request request(
        der.empty() ? nullptr : d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size())));
    if (request == nullptr || at != der.data() + der.size()) {
        return bad_request("the request cannot be read");
    }
    EVP_PKEY* const native = X509_REQ_get0_pubkey(request.get());
    if (native == nullptr || X509_REQ_verify(request.get(), native) != 1) {
        return bad_request("the request's own signature does not verify");
    }
    unsigned char* spki = nullptr;
    const int size = i2d_PUBKEY(native, &spki);
    if (size <= 0) {
        return bad_request("the public key cannot be read");
    }
    auto key = AnyPublicKey::from_spki(BytesView(spki, static_cast<std::size_t>(size)));
    OPENSSL_free(spki);
    if (!key) {
        return bad_request("the public key cannot be read");
    }
    const X509_NAME* const subject = X509_REQ_get_subject_name(request.get());
    const std::unique_ptr<STACK_OF(X509_EXTENSION), X509Free> extensions(
        X509_REQ_get_extensions(request.get()));
    const std::unique_ptr<GENERAL_NAMES, X509Free> names(
        static_cast<GENERAL_NAMES*>(X509V3_get_d2i(extensions.get(), NID_subject_alt_name, nullptr,
                                                   nullptr)));
    ERR_clear_error();
    return RequestDetails{std::move(*key), read_name(subject), common_name(subject),
                          read_alternatives(names.get())};
}

}  // namespace chatelaine::crypto
