// Certificate authorities and what they issue.
#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "base/check.hpp"
#include "crypto/x509.hpp"
#include "crypto/x509_build.hpp"

namespace chatelaine::crypto {
namespace {

Error failed(std::string_view what) {
    return Error(Code::kCryptoFailed, "crypto.authority", std::string(what));
}

bool set_common_name(X509_NAME* name, std::string_view text) {
    return X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()), -1, 0) == 1;
}

/// The critical SAN with the UPN. Built as a structure: the name holds no caller's text but a UUID.
bool add_upn(X509* certificate, const std::string& upn) {
    const std::unique_ptr<GENERAL_NAMES, X509Free> names(GENERAL_NAMES_new());
    GENERAL_NAME* const name = GENERAL_NAME_new();
    ASN1_TYPE* const value = ASN1_TYPE_new();
    ASN1_UTF8STRING* const text = ASN1_UTF8STRING_new();
    CH_CHECK(names && name != nullptr && value != nullptr && text != nullptr);
    CH_CHECK(ASN1_STRING_set(text, upn.data(), static_cast<int>(upn.size())) == 1);
    ASN1_TYPE_set(value, V_ASN1_UTF8STRING, text);
    CH_CHECK(GENERAL_NAME_set0_othername(name, OBJ_nid2obj(NID_ms_upn), value) == 1);
    CH_CHECK(sk_GENERAL_NAME_push(names.get(), name) > 0);
    return X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 1,
                             X509V3_ADD_DEFAULT) == 1;
}

/// The SAN of a server. Built as a structure: in OpenSSL's text form a comma in a name would add
/// another name.
bool add_server_names(X509* certificate, const ServerCertificate& facts) {
    const std::unique_ptr<GENERAL_NAMES, X509Free> names(GENERAL_NAMES_new());
    CH_CHECK(names != nullptr);
    for (const std::string& name : facts.dns_names) {
        if (!is_host_name(name)) {
            return false;
        }
        ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
        CH_CHECK(text != nullptr &&
                 ASN1_STRING_set(text, name.data(), static_cast<int>(name.size())) == 1);
        CH_CHECK(add_name(names.get(), GEN_DNS, text));
    }
    for (const std::string& address : facts.addresses) {
        ASN1_OCTET_STRING* const octets = a2i_IPADDRESS(address.c_str());
        if (octets == nullptr) {
            return false;
        }
        CH_CHECK(add_name(names.get(), GEN_IPADD, octets));
    }
    return sk_GENERAL_NAME_num(names.get()) == 0 ||
           X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0,
                             X509V3_ADD_DEFAULT) == 1;
}

struct Subject {
    BytesView serial;
    std::string_view common_name;
    WallTime not_before, not_after;
};

/// Everything that two kinds of end certificates share.
Certificate begin_issue(X509* issuer, const PublicKey& key, const Subject& subject) {
    Certificate certificate(X509_new());
    CH_CHECK(certificate != nullptr);
    const bool made =
        X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
        set_serial(certificate.get(), subject.serial) &&
        set_common_name(X509_get_subject_name(certificate.get()), subject.common_name) &&
        X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer)) == 1 &&
        set_dates(certificate.get(), subject.not_before, subject.not_after) &&
        X509_set_pubkey(certificate.get(), key.native()) == 1 &&
        add_extension(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE") &&
        add_extension(certificate.get(), issuer, NID_key_usage, "critical,digitalSignature") &&
        add_extension(certificate.get(), issuer, NID_subject_key_identifier, "hash") &&
        add_extension(certificate.get(), issuer, NID_authority_key_identifier, "keyid:always");
    return made ? std::move(certificate) : nullptr;
}

}  // namespace

Result<CertificateAuthority> CertificateAuthority::create(std::string_view name,
                                                          WallTime not_before,
                                                          WallTime not_after) {
    CH_TRY(PrivateKey key, PrivateKey::generate_ec(Curve::kP256));
    const Certificate certificate(X509_new());
    CH_CHECK(certificate != nullptr);
    X509* const raw = certificate.get();
    const bool made =
        X509_set_version(raw, X509_VERSION_3) == 1 && set_serial(raw, random_serial()) &&
        set_common_name(X509_get_subject_name(raw), name) &&
        X509_set_issuer_name(raw, X509_get_subject_name(raw)) == 1 &&
        set_dates(raw, not_before, not_after) && X509_set_pubkey(raw, key.native()) == 1 &&
        add_extension(raw, raw, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
        add_extension(raw, raw, NID_key_usage, "critical,keyCertSign,cRLSign") &&
        add_extension(raw, raw, NID_subject_key_identifier, "hash");
    if (!made) {
        return failed("the authority's certificate cannot be made");
    }
    CH_TRY(Bytes der, sign_and_encode(raw, key));
    return CertificateAuthority(std::move(der), std::move(key));
}

Result<CertificateAuthority> CertificateAuthority::load(BytesView certificate_der,
                                                        const SecretBytes& pkcs8) {
    CH_TRY(PrivateKey key, PrivateKey::from_pkcs8(pkcs8));
    const Certificate certificate = parse_certificate(certificate_der);
    if (!certificate || X509_check_private_key(certificate.get(), key.native()) != 1) {
        return Error(Code::kStoreCorrupt, "crypto.authority",
                     "the authority's certificate and key do not go together");
    }
    return CertificateAuthority(Bytes(certificate_der.begin(), certificate_der.end()),
                                std::move(key));
}

Result<Bytes> CertificateAuthority::issue_client(const PublicKey& subject,
                                                 const ClientCertificate& facts) const {
    const Certificate issuer = parse_certificate(certificate_);
    const Certificate certificate =
        begin_issue(issuer.get(), subject,
                    {facts.credential.uuid.octets, facts.subject_common_name, facts.not_before,
                     facts.not_after});
    const bool made = certificate &&
                      add_extension(certificate.get(), issuer.get(), NID_ext_key_usage,
                                    "clientAuth") &&
                      (facts.upn.empty() || add_upn(certificate.get(), facts.upn));
    if (!made) {
        return failed("the client certificate cannot be made");
    }
    return sign_and_encode(certificate.get(), key_);
}

Result<Bytes> CertificateAuthority::issue_server(const PublicKey& subject,
                                                 const ServerCertificate& facts) const {
    const Certificate issuer = parse_certificate(certificate_);
    const auto serial = random_serial();
    // RFC 5280, appendix A.1: a common name has at most 64 characters. The SAN is what counts.
    constexpr std::size_t common_name_max = 64;
    std::string_view first = !facts.dns_names.empty()   ? facts.dns_names.front()
                             : !facts.addresses.empty() ? facts.addresses.front()
                                                        : std::string_view();
    if (first.empty() || first.size() > common_name_max) {
        first = "chatelaine";
    }
    const Certificate certificate = begin_issue(
        issuer.get(), subject, {serial, first, facts.not_before, facts.not_after});
    const bool made = certificate &&
                      add_extension(certificate.get(), issuer.get(), NID_ext_key_usage,
                                    "serverAuth") &&
                      add_server_names(certificate.get(), facts);
    if (!made) {
        return failed("the server certificate cannot be made: check its names and addresses");
    }
    return sign_and_encode(certificate.get(), key_);
}

Result<SecretBytes> private_key_pem(const PrivateKey& key) {
    // "type-specific" is SEC1 for EC (RFC 5915) and PKCS#1 for RSA (RFC 8017).
    const std::unique_ptr<OSSL_ENCODER_CTX, X509Free> encoder(OSSL_ENCODER_CTX_new_for_pkey(
        key.native(), EVP_PKEY_KEYPAIR, "PEM", "type-specific", nullptr));
    unsigned char* text = nullptr;
    std::size_t size = 0;
    if (!encoder || OSSL_ENCODER_to_data(encoder.get(), &text, &size) != 1) {
        return failed("the private key cannot be encoded");
    }
    SecretBytes pem = SecretBytes::copy_of(BytesView(text, size));
    OPENSSL_clear_free(text, size);
    return pem;
}

Result<PrivateKey> private_key_from_pem(const SecretBytes& pem) {
    EVP_PKEY* native = nullptr;
    const std::unique_ptr<OSSL_DECODER_CTX, X509Free> decoder(OSSL_DECODER_CTX_new_for_pkey(
        &native, "PEM", nullptr, nullptr, EVP_PKEY_KEYPAIR, nullptr, nullptr));
    const bool read = pem.with_exposed(insecure_expose_secret(), [&](BytesView bytes) {
        const unsigned char* at = bytes.data();
        std::size_t left = bytes.size();
        return decoder && OSSL_DECODER_from_data(decoder.get(), &at, &left) == 1;
    });
    const std::unique_ptr<EVP_PKEY, X509Free> owner(native);
    if (!read || native == nullptr) {
        return Error(Code::kMalformed, "crypto.pem", "expected a PEM private key");
    }
    // Through PKCS#8, so that the same checks are made as on any other import.
    const std::unique_ptr<OSSL_ENCODER_CTX, X509Free> encoder(OSSL_ENCODER_CTX_new_for_pkey(
        native, EVP_PKEY_KEYPAIR, "DER", "PrivateKeyInfo", nullptr));
    unsigned char* der = nullptr;
    std::size_t size = 0;
    if (!encoder || OSSL_ENCODER_to_data(encoder.get(), &der, &size) != 1) {
        return Error(Code::kMalformed, "crypto.pem", "expected a PEM private key");
    }
    const SecretBytes pkcs8 = SecretBytes::copy_of(BytesView(der, size));
    OPENSSL_clear_free(der, size);
    return PrivateKey::from_pkcs8(pkcs8);
}

}  // namespace chatelaine::crypto
