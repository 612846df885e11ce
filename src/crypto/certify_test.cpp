// Proves certificates made to order: what an order says is read back, authorities of every kind
// sign what verifies, requests carry their names, and wrong orders are named.
#include "crypto/certify.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/encoding.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {
namespace {

using Kind = AlternativeName::Kind;

const std::vector<NamePiece> kSubject{{"", "C", "FR"},
                                      {"", "O", "Änderung, SA"},
                                      {"", "OU", "One"},
                                      {"", "OU", "Two"},
                                      {"2.5.4.3", "", "unit.example"},
                                      {"", "emailAddress", "a@unit.example"}};
const std::vector<AlternativeName> kAlternatives{{Kind::kDns, "unit.example"},
                                                 {Kind::kEmail, "a@unit.example"},
                                                 {Kind::kUri, "https://unit.example/x"},
                                                 {Kind::kAddress, "192.0.2.7"},
                                                 {Kind::kAddress, "2001:db8::7"}};

CertificateOrder order_of(std::vector<NamePiece> subject) {
    CertificateOrder order;
    order.subject = std::move(subject);
    order.not_before = WallTime::from_seconds(1'700'000'000);
    order.not_after = WallTime::from_seconds(1'800'000'000);
    return order;
}
CertificateOrder authority_order() {
    CertificateOrder order = order_of({{"", "CN", "Root"}});
    order.authority = true;
    return order;
}

TEST(Certify, WhatWasOrderedIsReadBack) {
    const auto root_key = *AnyPrivateKey::generate_ec("secp384r1");
    const Bytes root = *self_signed_certificate(root_key, authority_order());
    const auto root_details = *read_certificate_details(root);
    EXPECT_TRUE(root_details.authority);
    EXPECT_EQ(root_details.key_usage, static_cast<std::uint32_t>(kDigitalSignature | kKeyCertSign |
                                                                 kCrlSign));
    EXPECT_EQ(root_details.subject.der, root_details.issuer.der);
    EXPECT_EQ(root_details.signature_algorithm, "1.2.840.10045.4.3.3");
    EXPECT_TRUE(*issued_by(root, root));

    const auto key = *AnyPrivateKey::generate_rsa(1024);
    CertificateOrder order = order_of(kSubject);
    order.alternatives = kAlternatives;
    order.serial = Bytes{0x80, 1, 2};
    order.key_usage = kKeyEncipherment | kDataEncipherment;
    const Bytes made = *issue_certificate(root_key, root, key.public_key(), order);
    const auto details = *read_certificate_details(made);
    ASSERT_EQ(details.subject.pieces.size(), kSubject.size());
    for (std::size_t i = 0; i < kSubject.size(); ++i) {
        EXPECT_EQ(details.subject.pieces[i].value, kSubject[i].value);
    }
    EXPECT_EQ(details.subject.pieces[0], (NamePiece{"2.5.4.6", "C", "FR"}));
    EXPECT_EQ(details.subject.pieces[4], (NamePiece{"2.5.4.3", "CN", "unit.example"}));
    EXPECT_EQ(details.subject.text,
              "emailAddress=a@unit.example,CN=unit.example,OU=Two,OU=One,O=Änderung\\, SA,C=FR");
    EXPECT_EQ(details.issuer.der, root_details.subject.der);
    EXPECT_EQ(details.subject_alternatives, kAlternatives);
    EXPECT_TRUE(details.issuer_alternatives.empty());
    EXPECT_EQ(details.serial, order.serial);
    EXPECT_EQ(details.not_before, order.not_before);
    EXPECT_EQ(details.not_after, order.not_after);
    EXPECT_FALSE(details.authority);
    EXPECT_EQ(details.key_usage, order.key_usage);
    EXPECT_EQ(*details.key->to_spki(), *key.public_key().to_spki());
    EXPECT_EQ(*AnyPublicKey::from_certificate(made)->to_spki(), *key.public_key().to_spki());
    EXPECT_EQ(key_form(made), KeyForm::kCertificate);
    EXPECT_TRUE(*issued_by(made, root));
    EXPECT_FALSE(*issued_by(root, made));
    const auto facts = *read_certificate(made);
    EXPECT_EQ(facts.subject_common_name, "unit.example");
    EXPECT_EQ(facts.serial, order.serial);

    // A renewal takes the name as it is.
    CertificateOrder renewal = order_of({});
    renewal.subject_der = details.subject.der;
    const Bytes again = *issue_certificate(root_key, root, *details.key, renewal);
    EXPECT_EQ(read_certificate_details(again)->subject.der, details.subject.der);
    EXPECT_EQ(read_certificate_details(again)->serial.size(), 16u);
}

TEST(Certify, EverySigningKeyIsAnAuthority) {
    const auto subject = AnyPrivateKey::generate(KeyAlgorithm::kX25519)->public_key();
    std::vector<AnyPrivateKey> keys;
    keys.push_back(*AnyPrivateKey::generate_rsa(1024));
    keys.push_back(*AnyPrivateKey::generate_ec("secp256k1"));
    keys.push_back(*AnyPrivateKey::generate_ec("secp521r1"));
    keys.push_back(*AnyPrivateKey::generate(KeyAlgorithm::kEd25519));
    keys.push_back(*AnyPrivateKey::generate(KeyAlgorithm::kEd448));
    if (key_algorithm_available(KeyAlgorithm::kMlDsa65)) {
        keys.push_back(*AnyPrivateKey::generate(KeyAlgorithm::kMlDsa65));
    }
    for (const AnyPrivateKey& key : keys) {
        const Bytes root = *self_signed_certificate(key, authority_order());
        const Bytes made =
            *issue_certificate(key, root, subject, order_of({{"", "CN", "x"}}));
        EXPECT_TRUE(*issued_by(made, root));
        EXPECT_FALSE(read_certificate_details(made)->signature_algorithm_name.empty());
        EXPECT_EQ(*read_certificate_details(made)->key->raw(), *subject.raw());
        Bytes spoiled = made;
        spoiled.back() ^= 1;
        EXPECT_FALSE(*issued_by(spoiled, root));
        const Bytes request = *make_request(key, {{"", "CN", "x"}}, {});
        EXPECT_EQ(*read_request(request)->key.to_spki(), *key.public_key().to_spki());
    }
}

TEST(Certify, RequestsCarryTheirNames) {
    const auto key = *AnyPrivateKey::generate_ec("secp224r1");
    const Bytes request = *make_request(key, kSubject, kAlternatives);
    const auto read = *read_request(request);
    EXPECT_EQ(read.subject.pieces.size(), kSubject.size());
    EXPECT_EQ(read.subject_common_name, "unit.example");
    EXPECT_EQ(read.alternatives, kAlternatives);
    // Service requests keep to service keys.
    EXPECT_EQ(read_request_pem(der_to_pem(request, "CERTIFICATE REQUEST")).error().detail().field,
              "csr");
    for (const std::size_t at : {std::size_t{40}, request.size() - 1}) {
        Bytes spoiled = request;
        spoiled[at] ^= 1;
        EXPECT_EQ(read_request(spoiled).error().detail().field, "csr");
    }
    Bytes longer = request;
    longer.push_back(0);
    EXPECT_EQ(read_request(longer).error().detail().field, "csr");
    EXPECT_EQ(read_request({}).error().detail().field, "csr");
    EXPECT_EQ(make_request(*AnyPrivateKey::generate(KeyAlgorithm::kX448), {}, {}).error().code(),
              Code::kWrongKeyType);
}

TEST(Certify, NamesWhatIsWrong) {
    const auto key = *AnyPrivateKey::generate(KeyAlgorithm::kEd25519);
    const Bytes root = *self_signed_certificate(key, authority_order());
    const auto field = [&](const auto& change) {
        CertificateOrder order = order_of({{"", "CN", "x"}});
        change(order);
        const auto made = issue_certificate(key, root, key.public_key(), order);
        return made ? std::string("none") : made.error().detail().field;
    };
    using Order = CertificateOrder;
    EXPECT_EQ(field([](Order&) {}), "none");
    EXPECT_EQ(field([](Order& o) { o.subject = {}; }), "subject");
    EXPECT_EQ(field([](Order& o) {
                  o.subject = {};
                  o.alternatives = {{Kind::kDns, "a"}};
              }),
              "none");
    EXPECT_EQ(field([](Order& o) { o.subject = {{"", "NOSUCH", "x"}}; }), "subject");
    EXPECT_EQ(field([](Order& o) { o.subject = {{"", "CN", ""}}; }), "subject");
    EXPECT_EQ(field([](Order& o) { o.subject = {{"", "CN", std::string(65, 'x')}}; }), "subject");
    EXPECT_EQ(field([](Order& o) { o.subject = {{"", "C", "FRA"}}; }), "subject");
    EXPECT_EQ(field([](Order& o) { o.subject_der = Bytes{1, 2}; }), "subject");
    EXPECT_EQ(field([](Order& o) { o.alternatives = {{Kind::kDns, "a,b"}}; }), "alternatives");
    EXPECT_EQ(field([](Order& o) { o.alternatives = {{Kind::kAddress, "1.2"}}; }), "alternatives");
    EXPECT_EQ(field([](Order& o) { o.alternatives = {{Kind::kEmail, "a\nb"}}; }), "alternatives");
    EXPECT_EQ(field([](Order& o) { o.alternatives = {{Kind::kUri, ""}}; }), "alternatives");
    EXPECT_EQ(field([](Order& o) { o.alternatives = {{Kind::kOther, "1.2"}}; }), "alternatives");
    EXPECT_EQ(field([](Order& o) { o.not_after = WallTime{}; }), "dates");
    EXPECT_EQ(field([](Order& o) { o.not_after = WallTime::from_seconds(253402300800); }), "dates");
    EXPECT_EQ(field([](Order& o) { o.not_before = WallTime::from_seconds(-1); }), "dates");
    EXPECT_EQ(field([](Order& o) { o.serial = Bytes(1); }), "serial");
    EXPECT_EQ(field([](Order& o) { o.serial = Bytes(21, 1); }), "serial");
    EXPECT_EQ(field([](Order& o) { o.serial = Bytes(20, 0xff); }), "serial");
    const auto other = *AnyPrivateKey::generate(KeyAlgorithm::kEd25519);
    EXPECT_EQ(issue_certificate(other, root, key.public_key(), order_of({})).error().code(),
              Code::kWrongKeyType);
    EXPECT_EQ(issue_certificate(key, Bytes(3), key.public_key(), order_of({})).error().code(),
              Code::kWrongKeyType);
    EXPECT_EQ(read_certificate_details(Bytes(3)).error().code(), Code::kMalformed);
    EXPECT_EQ(read_certificate_details({}).error().code(), Code::kMalformed);
    EXPECT_EQ(issued_by(root, {}).error().code(), Code::kMalformed);
}

RC_GTEST_PROP(CertifyProperty, SpoiledCertificatesAreReadOrRefused, ()) {
    static const Bytes root =
        *self_signed_certificate(*AnyPrivateKey::generate_ec("secp256r1"), authority_order());
    Bytes spoiled = root;
    const auto count = *rc::gen::inRange(1, 6);
    for (int i = 0; i < count; ++i) {
        spoiled[*rc::gen::inRange<std::size_t>(0, spoiled.size())] =
            *rc::gen::arbitrary<std::uint8_t>();
    }
    const auto read = read_certificate_details(spoiled);
    const bool told = read || read.error().code() == Code::kMalformed;
    RC_ASSERT(told);
}

}  // namespace
}  // namespace chatelaine::crypto
