// Proves certificates and requests: what an authority issues verifies against it and says what
// control-plane.md asks for; what is read back is what was written; malformed input is refused.
#include "crypto/x509.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/limits.hpp"
#include "crypto/ossl.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {
namespace {

constexpr WallTime kFrom = WallTime::from_seconds(1'700'000'000);
constexpr WallTime kTo = WallTime::from_seconds(2'600'000'000);  // past 2049: GeneralizedTime
constexpr std::string_view kDomain = "2f6d2b1e-6d8c-4a8a-9a44-4a4f8a4f0d11";

const CertificateAuthority& authority() {
    static const CertificateAuthority made =
        CertificateAuthority::create("Chatelaine test authority", kFrom, kTo).value();
    return made;
}

ossl::Cert parsed(BytesView der) {
    const std::uint8_t* at = der.data();
    return ossl::Cert(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

/// The error of a chain check for the purpose, X509_V_OK when it is good.
int chain_error(BytesView der, int purpose, BytesView root = authority().certificate_der()) {
    const ossl::Cert leaf = parsed(der);
    const ossl::Cert trusted = parsed(root);
    std::unique_ptr<X509_STORE, ossl::Deleter<X509_STORE_free>> store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), trusted.get());
    std::unique_ptr<X509_STORE_CTX, ossl::Deleter<X509_STORE_CTX_free>> context(
        X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr);
    X509_STORE_CTX_set_purpose(context.get(), purpose);
    X509_STORE_CTX_set_time(context.get(), 0, 1'800'000'000);
    X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context.get()), X509_V_FLAG_X509_STRICT);
    return X509_verify_cert(context.get()) == 1 ? X509_V_OK
                                                : X509_STORE_CTX_get_error(context.get());
}

ClientCertificate client_facts() {
    return {CredentialId::random(system_random()), std::string(kDomain),
            "okms.domain:" + std::string(kDomain), kFrom, kTo};
}

TEST(Authority, IsAProperRoot) {
    const ossl::Cert root = parsed(authority().certificate_der());
    ASSERT_NE(root, nullptr);
    EXPECT_EQ(X509_check_ca(root.get()), 1);
    EXPECT_EQ(X509_get_key_usage(root.get()), unsigned{KU_KEY_CERT_SIGN | KU_CRL_SIGN});
    EXPECT_NE(X509_get0_subject_key_id(root.get()), nullptr);
    EXPECT_EQ(X509_get_signature_nid(root.get()), NID_ecdsa_with_SHA256);
    EXPECT_EQ(chain_error(authority().certificate_der(), X509_PURPOSE_ANY), X509_V_OK);
    const CertificateFacts facts = read_certificate(authority().certificate_der()).value();
    EXPECT_EQ(facts.subject_common_name, "Chatelaine test authority");
    EXPECT_TRUE(facts.upn_names.empty());
    EXPECT_FALSE(facts.client_auth);
}

TEST(Authority, IssuesClientCertificatesThatSayTheirCredential) {
    const PrivateKey key = PrivateKey::generate_ec(Curve::kP256).value();
    for (int i = 0; i < 40; ++i) {  // identifiers that begin with a high bit or a zero come too
        ClientCertificate wanted = client_facts();
        wanted.credential.uuid.octets[0] = static_cast<std::uint8_t>(i < 3 ? i * 127 : i * 6);
        const Bytes der = authority().issue_client(key.public_key(), wanted).value();
        EXPECT_EQ(chain_error(der, X509_PURPOSE_SSL_CLIENT), X509_V_OK);
        EXPECT_NE(chain_error(der, X509_PURPOSE_SSL_SERVER), X509_V_OK);
        const CertificateFacts facts = read_certificate(der).value();
        Bytes serial(wanted.credential.uuid.octets.begin(), wanted.credential.uuid.octets.end());
        while (serial.front() == 0) {
            serial.erase(serial.begin());
        }
        EXPECT_EQ(facts.serial, serial);
        EXPECT_EQ(facts.subject_common_name, kDomain);
        EXPECT_EQ(facts.upn_names, std::vector<std::string>{wanted.upn});
        EXPECT_TRUE(facts.client_auth);
        EXPECT_EQ(facts.not_before, kFrom);
        EXPECT_EQ(facts.not_after, kTo);
        EXPECT_EQ(facts.fingerprint, sha256(der));
        const ossl::Cert root = parsed(authority().certificate_der());
        const ASN1_OCTET_STRING* id = X509_get0_subject_key_id(root.get());
        EXPECT_EQ(facts.issuer_key_id, Bytes(ASN1_STRING_get0_data(id),
                                             ASN1_STRING_get0_data(id) + ASN1_STRING_length(id)));
    }
}

TEST(Authority, MarksTheUpnCriticalAndLeavesItOutForOperators) {
    const PrivateKey key = PrivateKey::generate_rsa(2048).value();
    ClientCertificate wanted = client_facts();
    const ossl::Cert with =
        parsed(authority().issue_client(key.public_key(), wanted).value());
    const int at = X509_get_ext_by_NID(with.get(), NID_subject_alt_name, -1);
    ASSERT_GE(at, 0);
    EXPECT_EQ(X509_EXTENSION_get_critical(X509_get_ext(with.get(), at)), 1);
    EXPECT_EQ(X509_get_extended_key_usage(with.get()), unsigned{XKU_SSL_CLIENT});
    wanted.upn.clear();
    const ossl::Cert without =
        parsed(authority().issue_client(key.public_key(), wanted).value());
    EXPECT_EQ(X509_get_ext_by_NID(without.get(), NID_subject_alt_name, -1), -1);
}

TEST(Authority, IssuesServerCertificatesForNamesAndAddresses) {
    const PrivateKey key = PrivateKey::generate_ec(Curve::kP256).value();
    const Bytes der = authority()
                          .issue_server(key.public_key(), {{"kms.example.net", "localhost"},
                                                           {"127.0.0.1", "2001:db8::7"},
                                                           kFrom,
                                                           kTo})
                          .value();
    EXPECT_EQ(chain_error(der, X509_PURPOSE_SSL_SERVER), X509_V_OK);
    EXPECT_NE(chain_error(der, X509_PURPOSE_SSL_CLIENT), X509_V_OK);
    const ossl::Cert cert = parsed(der);
    EXPECT_EQ(X509_check_host(cert.get(), "localhost", 0, 0, nullptr), 1);
    EXPECT_EQ(X509_check_host(cert.get(), "other.example.net", 0, 0, nullptr), 0);
    EXPECT_EQ(X509_check_ip_asc(cert.get(), "127.0.0.1", 0), 1);
    EXPECT_EQ(X509_check_ip_asc(cert.get(), "2001:db8:0::7", 0), 1);
    EXPECT_EQ(X509_check_ip_asc(cert.get(), "127.0.0.2", 0), 0);
    EXPECT_FALSE(authority().issue_server(key.public_key(), {{}, {"300.1.2.3"}, kFrom, kTo}));
}

TEST(Authority, TakesNoExtensionsFromAName) {
    // The names come from a configuration; a comma in one may not add another.
    const PrivateKey key = PrivateKey::generate_ec(Curve::kP256).value();
    for (const char* const name : {"a.example,DNS:b.example", "", "a b", "a\n", "bücher.example"}) {
        EXPECT_FALSE(authority().issue_server(key.public_key(), {{name}, {}, kFrom, kTo})) << name;
    }
    EXPECT_FALSE(authority().issue_server(key.public_key(), {{}, {"::1,DNS:b"}, kFrom, kTo}));
    EXPECT_TRUE(authority().issue_server(key.public_key(), {{"*.a-1.Example"}, {}, kFrom, kTo}));
    const std::string longest = std::string(63, 'a') + "." + std::string(63, 'b') + ".example";
    EXPECT_TRUE(authority().issue_server(key.public_key(), {{longest}, {}, kFrom, kTo}));
}

TEST(Authority, LoadsOnlyAPairThatBelongsTogether) {
    const SecretBytes key = authority().key().to_pkcs8().value();
    const auto loaded = CertificateAuthority::load(authority().certificate_der(), key).value();
    const PrivateKey subject = PrivateKey::generate_ec(Curve::kP256).value();
    EXPECT_EQ(chain_error(loaded.issue_client(subject.public_key(), client_facts()).value(),
                          X509_PURPOSE_SSL_CLIENT),
              X509_V_OK);
    EXPECT_FALSE(CertificateAuthority::load(authority().certificate_der(),
                                            subject.to_pkcs8().value()));
    EXPECT_FALSE(CertificateAuthority::load(Bytes{1, 2, 3}, key));
    EXPECT_FALSE(CertificateAuthority::load({}, key));
    const auto stranger = CertificateAuthority::create("other", kFrom, kTo).value();
    EXPECT_NE(chain_error(stranger.issue_client(subject.public_key(), client_facts()).value(),
                          X509_PURPOSE_SSL_CLIENT),
              X509_V_OK);
}

TEST(Certificate, RefusesWhatIsCutOrAltered) {
    const Bytes& der = authority().certificate_der();
    for (std::size_t size = 0; size < der.size(); size += 7) {
        EXPECT_FALSE(read_certificate(BytesView(der).first(size)));
    }
    Bytes longer = der;
    longer.push_back(0);
    EXPECT_FALSE(read_certificate(longer));
    const std::string pem = der_to_pem(der, "CERTIFICATE");
    EXPECT_EQ(read_certificate_pem(pem).value().fingerprint, sha256(der));
    EXPECT_FALSE(read_certificate_pem("nothing"));
    EXPECT_FALSE(read_certificate_pem(der_to_pem(der, "PUBLIC KEY")));
}

TEST(Pem, GoesBothWays) {
    for (const std::size_t size : {0u, 1u, 47u, 48u, 49u, 1000u}) {
        Bytes der(size);
        system_random().fill(der);
        const std::string pem = der_to_pem(der, "X");
        EXPECT_EQ(pem_to_der(pem, "X").value(), der);
        EXPECT_EQ(pem_to_der("text before\r\n" + pem + "and after", "X").value(), der);
        EXPECT_FALSE(pem_to_der(pem, "Y"));
        EXPECT_FALSE(pem_to_der(pem.substr(0, pem.size() - 12), "X"));
    }
    EXPECT_FALSE(pem_to_der("-----BEGIN X-----\nA*==\n-----END X-----\n", "X"));
}

/// A request as another tool makes it.
std::string request_pem(const PrivateKey& key, const char* name, const EVP_MD* md,
                        EVP_PKEY* shown = nullptr) {
    const ossl::Request request(X509_REQ_new());
    X509_REQ_set_version(request.get(), 0);
    X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_REQ_set_pubkey(request.get(), shown == nullptr ? key.native() : shown);
    X509_REQ_sign(request.get(), key.native(), md);
    const ossl::Bio out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509_REQ(out.get(), request.get());
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return std::string(text, static_cast<std::size_t>(size));
}

TEST(Request, IsReadWhenItsSignatureIsGood) {
    for (const PrivateKey& key : {PrivateKey::generate_ec(Curve::kP256).value(),
                                  PrivateKey::generate_ec(Curve::kP384).value(),
                                  PrivateKey::generate_rsa(2048).value()}) {
        const auto request = read_request_pem(request_pem(key, "façade", EVP_sha256())).value();
        EXPECT_EQ(request.subject_common_name, "façade");
        EXPECT_EQ(request.key.to_spki().value(), key.public_key().to_spki().value());
    }
}

TEST(Request, IsRefusedElse) {
    const auto field = [](std::string_view pem) {
        const auto request = read_request_pem(pem);
        EXPECT_FALSE(request);
        EXPECT_EQ(request.error().code(), Code::kInvalidArgument);
        return request.error().detail().field;
    };
    const PrivateKey key = PrivateKey::generate_ec(Curve::kP256).value();
    const PrivateKey other = PrivateKey::generate_ec(Curve::kP256).value();
    EXPECT_EQ(field(""), "csr");
    EXPECT_EQ(field("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----"),
              "csr");
    // Signed by another key than the one it shows.
    EXPECT_EQ(field(request_pem(key, "x", EVP_sha256(), other.native())), "csr");
    const ossl::Pkey small(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}));
    const ossl::Pkey ed(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    EXPECT_EQ(field(request_pem(key, "x", EVP_sha256(), small.get())), "csr");
    EXPECT_EQ(field(request_pem(key, "x", EVP_sha256(), ed.get())), "csr");
    std::string padded = request_pem(key, "x", EVP_sha256());
    padded.append(limits::csr_bytes_max + 1 - padded.size(), '\n');
    EXPECT_EQ(field(padded), "csr");
    padded.pop_back();
    EXPECT_TRUE(read_request_pem(padded));
}

TEST(PrivateKeyPem, HasTheFormsThatClientsExpect) {
    const PrivateKey ec = PrivateKey::generate_ec(Curve::kP384).value();
    const PrivateKey rsa = PrivateKey::generate_rsa(2048).value();
    const auto check = [](const PrivateKey& key, std::string_view label) {
        const SecretBytes pem = private_key_pem(key).value();
        const bool begins = pem.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
            return as_text(raw).starts_with("-----BEGIN " + std::string(label) + "-----\n");
        });
        EXPECT_TRUE(begins);
        EXPECT_TRUE(equal_ct(private_key_from_pem(pem).value().to_pkcs8().value(),
                             key.to_pkcs8().value()));
    };
    check(ec, "EC PRIVATE KEY");
    check(rsa, "RSA PRIVATE KEY");
    // PKCS#8 is read too.
    const std::string pkcs8 = ec.to_pkcs8().value().with_exposed(
        insecure_expose_secret(), [](BytesView raw) { return der_to_pem(raw, "PRIVATE KEY"); });
    EXPECT_TRUE(private_key_from_pem(SecretBytes::copy_of(as_bytes(pkcs8))));
    EXPECT_FALSE(private_key_from_pem(SecretBytes::copy_of(as_bytes("nothing"))));
    EXPECT_FALSE(private_key_from_pem(SecretBytes()));
}

}  // namespace
}  // namespace chatelaine::crypto
