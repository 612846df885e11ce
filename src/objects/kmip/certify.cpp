// Certify, Re-certify and Validate (KMIP 1.4 sections 4.7, 4.8 and 4.23).
#include "crypto/certify.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "objects/kmip/authority.hpp"
#include "objects/kmip/crypto_rules.hpp"
#include "objects/kmip/key_operations.hpp"
#include "objects/kmip/making.hpp"
#include "objects/kmip/object_form.hpp"

namespace chatelaine::objects::kmip {
namespace {

using ttlv::CertificateRequestType;
using ttlv::LinkType;

constexpr std::string_view kWhere = "kmip.certify";
constexpr std::int64_t kLifeSeconds = 365LL * 24 * 3600;
constexpr std::size_t kChainMax = 16;

Error wrong(std::string_view field, std::string message) {
    return Error::invalid(kWhere, std::string(field), std::move(message));
}

/// The bytes between the lines of a PEM request (RFC 7468).
Result<Bytes> from_pem(std::string_view text) {
    const std::size_t begin = text.find('\n', text.find("-----BEGIN"));
    const std::size_t end = text.find("-----END");
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) {
        return wrong("Certificate Request", "expected a request in PEM");
    }
    std::string base64;
    for (const char c : text.substr(begin, end - begin)) {
        if (c != '\n' && c != '\r' && c != ' ') {
            base64.push_back(c);
        }
    }
    auto der = decode_base64(base64);
    return der ? std::move(der) : Result<Bytes>(wrong("Certificate Request", "no valid base64"));
}

Result<std::optional<crypto::RequestDetails>> read_request(std::uint32_t type, BytesView bytes) {
    if (bytes.empty()) {
        return std::optional<crypto::RequestDetails>{};
    }
    Bytes der(bytes.begin(), bytes.end());
    switch (static_cast<CertificateRequestType>(type)) {
        case CertificateRequestType::kPKCS10: break;
        case CertificateRequestType::kPEM: {
            CH_TRY(der, from_pem(as_text(bytes)));
            break;
        }
        case CertificateRequestType::kCRMF:
        case CertificateRequestType::kPGP:
            return Error(Code::kNotSupported, kWhere, "requests are PKCS#10 or PEM");
        default: return wrong("Certificate Request Type", "unknown value of the enumeration");
    }
    auto details = crypto::read_request(der);
    if (!details) {
        return wrong("Certificate Request", "it cannot be read, or its signature is not good");
    }
    return std::optional(std::move(details).value());
}

/// What is certified and what is said of it.
struct Order {
    std::optional<crypto::AnyPublicKey> key;
    crypto::CertificateOrder certificate;
};

Result<Order> order_of(const std::optional<crypto::RequestDetails>& request,
                       const ManagedObject* public_key) {
    Order order;
    if (public_key != nullptr) {
        CH_TRY(order.key, public_key->any_public_key());
    }
    if (!request) {
        if (public_key == nullptr) {
            return Error::missing(kWhere, "Certificate Request");
        }
        const std::string name = public_key->names.empty() ? public_key->id.to_string()
                                                           : public_key->names.front().value;
        order.certificate.subject = {{"", "CN", name}};
        return order;
    }
    if (!order.key) {
        order.key = request->key;
    }
    order.certificate.subject_der = request->subject.der;
    for (const crypto::AlternativeName& one : request->alternatives) {
        if (one.kind != crypto::AlternativeName::Kind::kOther) {
            order.certificate.alternatives.push_back(one);
        }
    }
    return order;
}

/// The dates of the certificate: those that the client wants for the object, else a year from now.
void set_dates(crypto::CertificateOrder& order, const ManagedObject& made, WallTime now) {
    order.not_before = made.activation.value_or(now.plus_seconds(-60));
    order.not_after = made.deactivation.value_or(order.not_before.plus_seconds(kLifeSeconds));
}

Result<void> issue(ManagedObject& made, Order& order, const Authority& authority, WallTime now) {
    set_dates(order.certificate, made, now);
    CH_TRY(const auto key, authority.key->any_private_key());
    auto der = crypto::issue_certificate(key, authority.der(), *order.key, order.certificate);
    if (!der) {
        return der.error().code() == Code::kInvalidArgument
                   ? wrong("Certificate Request", der.error().detail().message)
                   : std::move(der).error();
    }
    return take_structure(made, certificate_structure(*der));
}

/// Points the public key to its newest certificate.
void link_certificate(ManagedObject& public_key, const ObjectId& certificate) {
    const auto link = std::find_if(
        public_key.links.begin(), public_key.links.end(),
        [](const Link& one) { return one.type == number(LinkType::kCertificateLink); });
    if (link != public_key.links.end()) {
        link->object = certificate;
    } else {
        add_link(public_key, LinkType::kCertificateLink, certificate);
    }
}

Result<std::shared_ptr<const ManagedObject>> load_public_key(const ObjectRef& ref,
                                                             Services& services) {
    CH_TRY(auto key, load(services.reader, ref));
    CH_TRY_VOID(require_present(*key, services.now));
    if (key->type != ObjectType::kPublicKey) {
        return Error(Code::kIllegalOperation, kWhere, "a public key is certified");
    }
    return key;
}

/// The public key that a certificate is linked to, if it is still here.
Result<std::shared_ptr<const ManagedObject>> certified_key(const ManagedObject& certificate,
                                                           Services& services) {
    for (const Link& one : certificate.links) {
        if (one.type == number(LinkType::kPublicKeyLink)) {
            return services.reader.load<ManagedObject>(certificate.domain.uuid, one.object.uuid);
        }
    }
    return std::shared_ptr<const ManagedObject>{};
}

Bytes der_of(const ManagedObject& certificate) {
    return certificate.material.bytes.with_exposed(
        crypto::insecure_expose_secret(),
        [](BytesView bytes) { return Bytes(bytes.begin(), bytes.end()); });
}

/// The order that renews a certificate as it is.
Result<Order> renewal(const ManagedObject& old) {
    const auto details = crypto::read_certificate_details(der_of(old));
    if (!details || !details->key) {
        return wrong("Unique Identifier", "the certificate cannot be read");
    }
    Order order;
    order.key = details->key;
    order.certificate.subject_der = details->subject.der;
    for (const crypto::AlternativeName& one : details->subject_alternatives) {
        if (one.kind != crypto::AlternativeName::Kind::kOther) {
            order.certificate.alternatives.push_back(one);
        }
    }
    return order;
}

/// The old certificate's names go over, behind those that are given.
void take_names(ManagedObject& made, ManagedObject& old) {
    for (Name& name : old.names) {
        std::uint32_t index = 0;
        for (const Name& there : made.names) {
            index = std::max(index, there.index + 1);
        }
        name.index = index;
        made.names.push_back(std::move(name));
    }
    old.names.clear();
}

}  // namespace

Result<gate::Outcome<Certify>> run(const gate::Authorised<Certify>& authorised,
                                   Services& services) {
    const Certify::Command& command = authorised.command();
    CH_TRY(const auto request, read_request(command.request_type, command.request));
    std::shared_ptr<const ManagedObject> public_key;
    if (command.id) {
        CH_TRY(public_key, load_public_key({command.domain, *command.id}, services));
    }
    CH_TRY(Order order, order_of(request, public_key.get()));
    CH_TRY(auto given, template_attributes(command.domain, command.templates, services));
    given = merged(std::move(given), command.attributes);
    CH_TRY(auto made, made_object(command.domain, ObjectType::kCertificate, given, services));
    CH_TRY(const Authority authority, authority_of(command.domain, services));
    CH_TRY_VOID(issue(*made, order, authority, services.now));
    gate::Outcome<Certify> outcome;
    put_authority(authority, outcome.changes);
    if (public_key) {
        add_link(*made, LinkType::kPublicKeyLink, public_key->id);
        auto linked = public_key->clone();
        link_certificate(*linked, made->id);
        put_change(outcome, *linked, services);
        outcome.details.emplace_back("certified", public_key->id.to_string());
    }
    put_new(outcome, *made, services);
    outcome.reply = made->id;
    return outcome;
}

Result<gate::Outcome<Recertify>> run(const gate::Authorised<Recertify>& authorised,
                                     Services& services) {
    const Recertify::Command& command = authorised.command();
    CH_TRY(const auto current, load(services.reader, command));
    CH_TRY_VOID(require_present(*current, services.now));
    if (current->type != ObjectType::kCertificate) {
        return Error(Code::kIllegalOperation, kWhere, "a certificate is renewed");
    }
    CH_TRY(const auto request, read_request(command.request_type, command.request));
    CH_TRY(const auto public_key, certified_key(*current, services));
    const bool key_lives = public_key && !public_key->destroy;
    CH_TRY(Order order, request ? order_of(request, key_lives ? public_key.get() : nullptr)
                                : renewal(*current));
    CH_TRY(auto given, template_attributes(command.domain, command.templates, services));
    given = merged(std::move(given), command.attributes);
    CH_TRY(auto made, made_object(command.domain, ObjectType::kCertificate, given, services));
    made->usage_mask = made->usage_mask != 0 ? made->usage_mask : current->usage_mask;
    if (command.offset) {
        made->activation = services.now.plus_seconds(*command.offset);
    }
    CH_TRY(const Authority authority, authority_of(command.domain, services));
    CH_TRY_VOID(issue(*made, order, authority, services.now));
    auto old = current->clone();
    take_names(*made, *old);
    gate::Outcome<Recertify> outcome;
    put_authority(authority, outcome.changes);
    if (key_lives) {
        add_link(*made, LinkType::kPublicKeyLink, public_key->id);
        auto linked = public_key->clone();
        link_certificate(*linked, made->id);
        put_change(outcome, *linked, services);
    }
    add_link(*made, LinkType::kReplacedObjectLink, old->id);
    add_link(*old, LinkType::kReplacementObjectLink, made->id);
    put_change(outcome, *old, services);
    put_new(outcome, *made, services);
    outcome.details.emplace_back("replaced", old->id.to_string());
    outcome.reply = made->id;
    return outcome;
}

Result<gate::Outcome<Validate>> run(const gate::Authorised<Validate>& authorised,
                                    Services& services) {
    const Validate::Command& command = authorised.command();
    std::vector<Bytes> chain = command.certificates;
    bool usable = true;
    for (const ObjectId& id : command.ids) {
        CH_TRY_VOID(authorised.also(services.plate, {Validate::row.actions[0], {}}, "serviceKey",
                                    id.to_string()));
        CH_TRY(const auto object, load(services.reader, {command.domain, id}));
        CH_TRY_VOID(require_present(*object, services.now));
        if (object->type != ObjectType::kCertificate) {
            return Error(Code::kIllegalOperation, kWhere, "certificates are validated");
        }
        usable = usable && object->revocation_reason == RevocationReason::kNone;
        chain.push_back(der_of(*object));
    }
    if (chain.empty()) {
        return Error::missing(kWhere, "Certificate");
    }
    if (chain.size() > kChainMax) {
        return wrong("Certificate", "expected at most 16 certificates");
    }
    const WallTime at = command.at.value_or(services.now);
    gate::Outcome<Validate> outcome;
    outcome.reply.valid = usable;
    for (std::size_t i = 0; i < chain.size() && outcome.reply.valid; ++i) {
        const auto details = crypto::read_certificate_details(chain[i]);
        const bool issuer = i + 1 < chain.size();
        const auto signed_by = crypto::issued_by(chain[i], issuer ? chain[i + 1] : chain[i]);
        // The last one stands for itself: a root that signed itself, or an anchor that was given.
        outcome.reply.valid = details && details->not_before <= at && at <= details->not_after &&
                              (!issuer || (signed_by && *signed_by)) &&
                              (i == 0 || details->authority);
    }
    return outcome;
}

}  // namespace chatelaine::objects::kmip
