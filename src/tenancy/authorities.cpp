#include "tenancy/authorities.hpp"

#include "tenancy/handlers.hpp"

namespace chatelaine::tenancy {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::int64_t kAuthoritySeconds = 10LL * 365 * 86400;

std::string common_name_of(std::string_view name) {
    return "Chatelaine " + std::string(name) + " CA";
}

}  // namespace

void Authority::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.text(1, name);
    fields.bytes(2, certificate);
    pkcs8.with_exposed(crypto::insecure_expose_secret(),
                       [&](BytesView key) { fields.bytes(3, key); });
}

Result<std::shared_ptr<const Authority>> Authority::decode(const seal::Origin& origin,
                                                           BytesView plaintext) {
    auto authority = std::make_shared<Authority>();
    authority->origin = origin;
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, "tenancy.authority"));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return std::shared_ptr<const Authority>(std::move(authority));
        }
        switch (field->number) {
            case 1: authority->name = field->text(); break;
            case 2: authority->certificate.assign(field->value.begin(), field->value.end()); break;
            case 3: authority->pkcs8 = crypto::SecretBytes::copy_of(field->value); break;
            default: break;
        }
    }
}

Uuid authority_id(std::string_view name) {
    const crypto::Sha256 hash = crypto::sha256(as_bytes(name));
    return Uuid::from_octets(BytesView(hash).first(16));
}

Result<std::pair<crypto::CertificateAuthority, seal::RecordChange>> new_authority(
    std::string_view name, WallTime now) {
    CH_TRY(crypto::CertificateAuthority made,
           crypto::CertificateAuthority::create(common_name_of(name), now.plus_seconds(-60),
                                                now.plus_seconds(kAuthoritySeconds)));
    Authority record;
    record.name = name;
    record.certificate = made.certificate_der();
    CH_TRY(record.pkcs8, made.key().to_pkcs8());
    auto change = change_of(record, access::provider_scope, authority_id(name), 0, now, now);
    return std::pair(std::move(made), std::move(change));
}

}  // namespace chatelaine::tenancy
