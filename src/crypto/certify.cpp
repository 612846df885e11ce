// Certificates and requests made to order.
#include "crypto/certify.hpp"

#include <openssl/objects.h>

#include <algorithm>

#include "base/check.hpp"
#include "crypto/ossl.hpp"
#include "crypto/x509_build.hpp"

namespace chatelaine::crypto {

namespace {

using Name = std::unique_ptr<X509_NAME, X509Free>;
using Names = std::unique_ptr<GENERAL_NAMES, X509Free>;

Error invalid(const char* field, const char* message) {
    ERR_clear_error();
    return Error::invalid("crypto.certify", field, message);
}

Result<Name> make_name(const std::vector<NamePiece>& pieces) {
    Name name(X509_NAME_new());
    CH_CHECK(name != nullptr);
    for (const NamePiece& piece : pieces) {
        const std::string& type = piece.oid.empty() ? piece.short_name : piece.oid;
        ASN1_OBJECT* const object = OBJ_txt2obj(type.c_str(), 0);
        const bool added =
            object != nullptr && !piece.value.empty() && piece.value.size() <= 1024 &&
            X509_NAME_add_entry_by_OBJ(name.get(), object, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(piece.value.data()),
                                       static_cast<int>(piece.value.size()), -1, 0) == 1;
        ASN1_OBJECT_free(object);
        if (!added) {
            return invalid("subject", "a piece of the name has no known type or a wrong value");
        }
    }
    return name;
}

Result<Name> ordered_name(const CertificateOrder& order) {
    if (order.subject_der.empty()) {
        return make_name(order.subject);
    }
    const unsigned char* at = order.subject_der.data();
    Name name(d2i_X509_NAME(nullptr, &at, static_cast<long>(order.subject_der.size())));
    if (name == nullptr || at != order.subject_der.data() + order.subject_der.size()) {
        return invalid("subject", "expected a name in DER");
    }
    return name;
}

/// What an IA5String of ours may hold: visible ASCII.
bool is_visible(const std::string& text) {
    constexpr std::size_t characters_max = 2048;
    return !text.empty() && text.size() <= characters_max &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool add_text(GENERAL_NAMES* names, int type, const std::string& text) {
    ASN1_IA5STRING* const value = ASN1_IA5STRING_new();
    CH_CHECK(value != nullptr &&
             ASN1_STRING_set(value, text.data(), static_cast<int>(text.size())) == 1);
    return add_name(names, type, value);
}

bool add_alternative(GENERAL_NAMES* names, const AlternativeName& name) {
    using Kind = AlternativeName::Kind;
    switch (name.kind) {
        case Kind::kEmail: return is_visible(name.value) && add_text(names, GEN_EMAIL, name.value);
        case Kind::kDns: return is_host_name(name.value) && add_text(names, GEN_DNS, name.value);
        case Kind::kUri: return is_visible(name.value) && add_text(names, GEN_URI, name.value);
        case Kind::kAddress: {
            ASN1_OCTET_STRING* const octets =
                is_visible(name.value) ? a2i_IPADDRESS(name.value.c_str()) : nullptr;
            return octets != nullptr && add_name(names, GEN_IPADD, octets);
        }
        case Kind::kDirectory:
        case Kind::kOther:
        case Kind::kEnd: break;
    }
    return false;
}

Result<Names> make_alternatives(const std::vector<AlternativeName>& alternatives) {
    Names names(GENERAL_NAMES_new());
    CH_CHECK(names != nullptr);
    for (const AlternativeName& name : alternatives) {
        if (!add_alternative(names.get(), name)) {
            return invalid("alternatives", "a name has a wrong value, or is of a kind not made");
        }
    }
    return names;
}

std::string key_usage_text(std::uint32_t usage) {
    constexpr const char* names[] = {"digitalSignature", "nonRepudiation",   "keyEncipherment",
                                     "dataEncipherment", "keyAgreement",     "keyCertSign",
                                     "cRLSign"};
    std::string text;
    for (std::size_t i = 0; i < std::size(names); ++i) {
        if ((usage >> i & 1U) != 0) {
            text += std::string(",") + names[i];
        }
    }
    return text.empty() ? text : "critical" + text;
}

Result<void> check_order(const CertificateOrder& order) {
    constexpr std::size_t serial_bytes_max = 20;
    constexpr std::int64_t last_second = 253402300799;  // 9999-12-31T23:59:59Z, RFC 5280 4.1.2.5
    if (order.not_after < order.not_before || order.not_before.seconds() < 0 ||
        order.not_after.seconds() > last_second) {
        return invalid("dates", "expected a beginning before an end, from 1970 to 9999");
    }
    const bool zero = std::all_of(order.serial.begin(), order.serial.end(),
                                  [](std::uint8_t octet) { return octet == 0; });
    if (!order.serial.empty() &&
        (zero || order.serial.size() > serial_bytes_max ||
         (order.serial.size() == serial_bytes_max && order.serial.front() >= 0x80))) {
        return invalid("serial", "expected a positive number of at most 20 octets");
    }
    return ok();
}

/// Everything but the signature. `issuer` null: the certificate is its own.
Result<Certificate> make_certificate(X509* issuer, const AnyPublicKey& key,
                                     const CertificateOrder& order) {
    CH_TRY_VOID(check_order(order));
    CH_TRY(const Name subject, ordered_name(order));
    CH_TRY(const Names alternatives, make_alternatives(order.alternatives));
    const bool nameless = X509_NAME_entry_count(subject.get()) == 0;
    const bool has_alternatives = sk_GENERAL_NAME_num(alternatives.get()) > 0;
    if (nameless && (order.authority || issuer == nullptr || !has_alternatives)) {
        return invalid("subject", "expected a name");
    }
    Certificate certificate(X509_new());
    CH_CHECK(certificate != nullptr);
    X509* const raw = certificate.get();
    X509* const signer = issuer == nullptr ? raw : issuer;
    const auto fresh = random_serial();
    const std::string usage =
        key_usage_text(order.authority ? order.key_usage | kKeyCertSign | kCrlSign
                                       : order.key_usage);
    const bool made =
        X509_set_version(raw, X509_VERSION_3) == 1 &&
        set_serial(raw, order.serial.empty() ? BytesView(fresh) : BytesView(order.serial)) &&
        X509_set_subject_name(raw, subject.get()) == 1 &&
        X509_set_issuer_name(raw, X509_get_subject_name(signer)) == 1 &&
        set_dates(raw, order.not_before, order.not_after) &&
        X509_set_pubkey(raw, key.native()) == 1 &&
        add_extension(raw, signer, NID_basic_constraints,
                      order.authority ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
        (usage.empty() || add_extension(raw, signer, NID_key_usage, usage)) &&
        add_extension(raw, signer, NID_subject_key_identifier, "hash") &&
        (issuer == nullptr || X509_get0_subject_key_id(issuer) == nullptr ||
         add_extension(raw, signer, NID_authority_key_identifier, "keyid:always")) &&
        // RFC 5280 section 4.2.1.6: critical when it is the only name.
        (!has_alternatives ||
         X509_add1_ext_i2d(raw, NID_subject_alt_name, alternatives.get(), nameless ? 1 : 0,
                           X509V3_ADD_DEFAULT) == 1);
    if (!made) {
        return ossl::failed("crypto.certify");
    }
    return certificate;
}

bool signs(const AnyPrivateKey& key) { return certificate_hash(key).has_value(); }

}  // namespace

Result<Bytes> issue_certificate(const AnyPrivateKey& authority_key, BytesView authority_der,
                                const AnyPublicKey& subject, const CertificateOrder& order) {
    const Certificate authority = parse_certificate(authority_der);
    if (!authority || !signs(authority_key) ||
        X509_check_private_key(authority.get(), authority_key.native()) != 1) {
        ERR_clear_error();
        return Error(Code::kWrongKeyType, "crypto.certify",
                     "the authority's key does not sign for its certificate");
    }
    CH_TRY(const Certificate made, make_certificate(authority.get(), subject, order));
    return sign_and_encode(made.get(), authority_key);
}

Result<Bytes> self_signed_certificate(const AnyPrivateKey& key, const CertificateOrder& order) {
    if (!signs(key)) {
        return Error(Code::kWrongKeyType, "crypto.certify", "the key does not sign");
    }
    CH_TRY(const Certificate made, make_certificate(nullptr, key.public_key(), order));
    return sign_and_encode(made.get(), key);
}

Result<Bytes> make_request(const AnyPrivateKey& key, const std::vector<NamePiece>& subject,
                           const std::vector<AlternativeName>& alternatives) {
    const auto hash = certificate_hash(key);
    if (!hash) {
        return Error(Code::kWrongKeyType, "crypto.certify", "the key does not sign");
    }
    CH_TRY(const Name name, make_name(subject));
    CH_TRY(const Names names, make_alternatives(alternatives));
    const ossl::Request request(X509_REQ_new());
    const std::unique_ptr<STACK_OF(X509_EXTENSION), X509Free> extensions(
        sk_X509_EXTENSION_new_null());
    CH_CHECK(request != nullptr && extensions != nullptr);
    if (!alternatives.empty()) {
        X509_EXTENSION* const extension = X509V3_EXT_i2d(NID_subject_alt_name, 0, names.get());
        CH_CHECK(extension != nullptr && sk_X509_EXTENSION_push(extensions.get(), extension) > 0);
    }
    if (X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
        X509_REQ_set_subject_name(request.get(), name.get()) != 1 ||
        X509_REQ_set_pubkey(request.get(), key.native()) != 1 ||
        (!alternatives.empty() &&
         X509_REQ_add_extensions(request.get(), extensions.get()) != 1) ||
        X509_REQ_sign(request.get(), key.native(), *hash) == 0) {
        return ossl::failed("crypto.certify");
    }
    unsigned char* der = nullptr;
    const int size = i2d_X509_REQ(request.get(), &der);
    if (size <= 0) {
        return ossl::failed("crypto.certify");
    }
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

}  // namespace chatelaine::crypto
