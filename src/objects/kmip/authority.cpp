#include "objects/kmip/authority.hpp"

#include "crypto/hash.hpp"
#include "objects/kmip/key_material.hpp"
#include "objects/kmip/making.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;

constexpr std::string_view kMark = "y-Authority";
constexpr std::size_t kKeyBits = 3072;
constexpr std::int64_t kLifeSeconds = 10LL * 365 * 24 * 3600;
/// Usage bits of KMIP 1.4 section 9.1.3.3.1: Certificate Sign.
constexpr std::uint32_t kCertificateSign = 0x400;

/// An id that only this service makes objects under: a hash of the domain's.
ObjectId id_of(const DomainId& domain, std::string_view part) {
    Bytes text;
    for (const BytesView piece :
         {as_bytes("chatelaine kmip authority "), as_bytes(part), domain.uuid.view()}) {
        text.insert(text.end(), piece.begin(), piece.end());
    }
    const crypto::Sha256 digest = crypto::sha256(text);
    Uuid uuid = Uuid::from_octets(BytesView(digest).first(16));
    // RFC 9562 section 5.8: a version 8 UUID.
    uuid.octets[6] = static_cast<std::uint8_t>((uuid.octets[6] & 0x0fU) | 0x80U);
    uuid.octets[8] = static_cast<std::uint8_t>((uuid.octets[8] & 0x3fU) | 0x80U);
    return ObjectId{uuid};
}

std::shared_ptr<ManagedObject> half(const DomainId& domain, ObjectType type,
                                    std::string_view part, Services& services) {
    auto object = new_object(domain, type, services);
    object->id = id_of(domain, part);
    object->origin.key.id = object->id.uuid;
    object->activation = services.now;
    return object;
}

Result<void> put_mark(ManagedObject& object) {
    return put_attribute(object, kMark, 0, make_value([](ttlv::Writer& out) {
                             out.text(tag::kAttributeValue, "Certificate authority of the domain");
                         }));
}

Result<Authority> make_authority(const DomainId& domain, Services& services) {
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, "kmip.authority");
    }
    CH_TRY(const auto pair, crypto::AnyPrivateKey::generate_rsa(kKeyBits));
    crypto::CertificateOrder order;
    order.subject = {{"", "O", "Chatelaine"}, {"", "CN", "KMIP CA " + domain.to_string()}};
    order.not_before = services.now.plus_seconds(-60);
    order.not_after = services.now.plus_seconds(kLifeSeconds);
    order.authority = true;
    CH_TRY(const Bytes der, crypto::self_signed_certificate(pair, order));
    const auto key = half(domain, ObjectType::kPrivateKey, "key", services);
    key->algorithm = algorithm::kRsa;
    key->bits = static_cast<std::uint32_t>(kKeyBits);
    key->usage_mask = kCertificateSign;
    key->material.format = format::kPkcs8;
    CH_TRY(key->material.bytes, pair.to_pkcs8());
    key->extractable = false;
    key->sensitive = true;
    settle_protection(*key);
    const auto certificate = half(domain, ObjectType::kCertificate, "certificate", services);
    CH_TRY_VOID(take_structure(*certificate, certificate_structure(der)));
    add_link(*key, ttlv::LinkType::kCertificateLink, certificate->id);
    add_link(*certificate, ttlv::LinkType::kPrivateKeyLink, key->id);
    for (ManagedObject* const object : {key.get(), certificate.get()}) {
        CH_TRY_VOID(put_mark(*object));
        CH_TRY_VOID(put_common(*object));
    }
    return Authority{key, certificate, true};
}

Result<void> require_usable(const ManagedObject& object, WallTime now) {
    const bool good = object.state(now) == State::kActive && !object.archive &&
                      object.revocation_reason == RevocationReason::kNone &&
                      stored(object, kMark) != nullptr;
    return good ? ok()
                : Result<void>(Error(Code::kWrongState, "kmip.authority",
                                     "the domain's certificate authority is not in use any more"));
}

}  // namespace

crypto::SecretBytes certificate_structure(BytesView der) {
    Bytes out;
    ttlv::Writer writer(out);
    writer.begin(tag::kCertificate)
        .enumeration(tag::kCertificateType, ttlv::CertificateType::kX509)
        .bytes(tag::kCertificateValue, der)
        .end();
    return crypto::SecretBytes::copy_of(out);
}

Bytes Authority::der() const {
    return certificate->material.bytes.with_exposed(
        crypto::insecure_expose_secret(),
        [](BytesView bytes) { return Bytes(bytes.begin(), bytes.end()); });
}

Result<Authority> authority_of(const DomainId& domain, Services& services) {
    const auto find = [&](std::string_view part) {
        return services.reader.load<ManagedObject>(domain.uuid, id_of(domain, part).uuid);
    };
    CH_TRY(const auto key, find("key"));
    CH_TRY(const auto certificate, find("certificate"));
    if (!key && !certificate) {
        return make_authority(domain, services);
    }
    if (!key || !certificate) {
        return Error(Code::kWrongState, "kmip.authority", "half of the authority is missing");
    }
    CH_TRY_VOID(require_usable(*key, services.now));
    CH_TRY_VOID(require_usable(*certificate, services.now));
    return Authority{key, certificate, false};
}

void put_authority(const Authority& authority, std::vector<seal::RecordChange>& changes) {
    if (authority.fresh) {
        changes.push_back(authority.key->to_change());
        changes.push_back(authority.certificate->to_change());
    }
}

}  // namespace chatelaine::objects::kmip
