// Encodings of the access records. Field numbers are in docs/formats.md ("Record fields"); a
// number is never used again for something else.
#include "access/policy_set.hpp"
#include "base/codec.hpp"

namespace chatelaine::access {
namespace {

constexpr std::uint8_t kFormat = 1;

Result<crypto::Sha256> hash_of(const Field& field) {
    crypto::Sha256 hash{};
    if (field.value.size() != hash.size()) {
        return Error(Code::kStoreCorrupt, "access.hash", "a hash has a wrong length");
    }
    std::copy(field.value.begin(), field.value.end(), hash.begin());
    return hash;
}

}  // namespace

void encode_grant(const Grant& grant, FieldWriter& out, std::uint16_t number) {
    Bytes inner;
    FieldWriter fields(inner, kFormat);
    for (const auto& action : grant.actions) {
        fields.text(1, action);
    }
    for (const auto& resource : grant.resources) {
        fields.text(2, resource);
    }
    out.bytes(number, inner);
}

Result<Grant> decode_grant(BytesView bytes) {
    Grant grant;
    CH_TRY(FieldReader reader, FieldReader::open(bytes, kFormat, "access.grant"));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return grant;
        }
        if (field->number == 1) {
            grant.actions.emplace_back(field->text());
        } else if (field->number == 2) {
            grant.resources.emplace_back(field->text());
        }
    }
}

void Identity::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.id(1, id);
    fields.id(2, account);
    fields.u32(3, party == Party::kProvider ? 2 : 1);
    fields.text(4, name);
    fields.text(5, description);
    fields.text(6, urn);
    for (const auto& grant : grants) {
        encode_grant(grant, fields, 7);
    }
    fields.flag(8, root);
    fields.flag(9, disabled);
    fields.time(10, created);
    for (const auto& group : groups) {
        fields.text(11, group);
    }
    if (client_secret) {
        fields.bytes(12, *client_secret);
        fields.text(13, label);
    }
}

Result<std::shared_ptr<const Identity>> Identity::decode(const seal::Origin& origin,
                                                         BytesView plaintext) {
    auto identity = std::make_shared<Identity>();
    identity->origin = origin;
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, "access.identity"));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            if (!identity->grants.empty()) {
                identity->own = PolicySet::compile(identity->grants);
            }
            return std::shared_ptr<const Identity>(std::move(identity));
        }
        switch (field->number) {
            case 1: { CH_TRY(identity->id, field->id<IdentityTag>()); break; }
            case 2: { CH_TRY(identity->account, field->id<AccountTag>()); break; }
            case 3: {
                CH_TRY(const std::uint32_t party, field->u32());
                identity->party = party == 2 ? Party::kProvider : Party::kCustomer;
                break;
            }
            case 4: identity->name = field->text(); break;
            case 5: identity->description = field->text(); break;
            case 6: identity->urn = field->text(); break;
            case 7: {
                CH_TRY(Grant grant, decode_grant(field->value));
                identity->grants.push_back(std::move(grant));
                break;
            }
            case 8: { CH_TRY(identity->root, field->flag()); break; }
            case 9: { CH_TRY(identity->disabled, field->flag()); break; }
            case 10: { CH_TRY(identity->created, field->time()); break; }
            case 11: identity->groups.emplace_back(field->text()); break;
            case 12: { CH_TRY(identity->client_secret, hash_of(*field)); break; }
            case 13: identity->label = field->text(); break;
            default: break;  // a later build's field
        }
    }
}

void Credential::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.id(1, id);
    fields.id(2, account);
    fields.id(3, domain);
    for (const auto& identity : identities) {
        fields.id(4, identity);
    }
    fields.text(5, name);
    fields.text(6, description);
    fields.bytes(7, fingerprint);
    fields.text(8, certificate_pem);
    fields.text(9, certificate_type);
    fields.flag(10, from_csr);
    fields.time(11, created);
    fields.time(12, not_before);
    fields.time(13, not_after);
    fields.time(14, revoked);
}

Result<std::shared_ptr<const Credential>> Credential::decode(const seal::Origin& origin,
                                                             BytesView plaintext) {
    auto credential = std::make_shared<Credential>();
    credential->origin = origin;
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, "access.credential"));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return std::shared_ptr<const Credential>(std::move(credential));
        }
        switch (field->number) {
            case 1: { CH_TRY(credential->id, field->id<CredentialTag>()); break; }
            case 2: { CH_TRY(credential->account, field->id<AccountTag>()); break; }
            case 3: { CH_TRY(credential->domain, field->id<DomainTag>()); break; }
            case 4: {
                CH_TRY(const IdentityId identity, field->id<IdentityTag>());
                credential->identities.push_back(identity);
                break;
            }
            case 5: credential->name = field->text(); break;
            case 6: credential->description = field->text(); break;
            case 7: { CH_TRY(credential->fingerprint, hash_of(*field)); break; }
            case 8: credential->certificate_pem = field->text(); break;
            case 9: credential->certificate_type = field->text(); break;
            case 10: { CH_TRY(credential->from_csr, field->flag()); break; }
            case 11: { CH_TRY(credential->created, field->time()); break; }
            case 12: { CH_TRY(credential->not_before, field->time()); break; }
            case 13: { CH_TRY(credential->not_after, field->time()); break; }
            case 14: { CH_TRY(credential->revoked, field->time()); break; }
            default: break;
        }
    }
}

void Domain::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.id(1, id);
    fields.id(2, account);
    fields.text(3, region);
    fields.text(4, name);
    fields.time(5, created);
    fields.time(6, terminated);
}

Result<std::shared_ptr<const Domain>> Domain::decode(const seal::Origin& origin,
                                                     BytesView plaintext) {
    auto domain = std::make_shared<Domain>();
    domain->origin = origin;
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, "access.domain"));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return std::shared_ptr<const Domain>(std::move(domain));
        }
        switch (field->number) {
            case 1: { CH_TRY(domain->id, field->id<DomainTag>()); break; }
            case 2: { CH_TRY(domain->account, field->id<AccountTag>()); break; }
            case 3: domain->region = field->text(); break;
            case 4: domain->name = field->text(); break;
            case 5: { CH_TRY(domain->created, field->time()); break; }
            case 6: { CH_TRY(domain->terminated, field->time()); break; }
            default: break;
        }
    }
}

void Token::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.uuid(1, id);
    fields.id(2, account);
    fields.id(3, domain);
    fields.id(4, identity);
    fields.text(5, name);
    fields.text(6, description);
    fields.bytes(7, hash);
    fields.time(8, created);
    fields.time(9, expires);
    fields.time(10, revoked);
    if (!parent.is_nil()) {
        fields.uuid(11, parent);
    }
}

Result<std::shared_ptr<const Token>> Token::decode(const seal::Origin& origin,
                                                   BytesView plaintext) {
    auto token = std::make_shared<Token>();
    token->origin = origin;
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, "access.token"));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return std::shared_ptr<const Token>(std::move(token));
        }
        switch (field->number) {
            case 1: { CH_TRY(token->id, field->uuid()); break; }
            case 2: { CH_TRY(token->account, field->id<AccountTag>()); break; }
            case 3: { CH_TRY(token->domain, field->id<DomainTag>()); break; }
            case 4: { CH_TRY(token->identity, field->id<IdentityTag>()); break; }
            case 5: token->name = field->text(); break;
            case 6: token->description = field->text(); break;
            case 7: { CH_TRY(token->hash, hash_of(*field)); break; }
            case 8: { CH_TRY(token->created, field->time()); break; }
            case 9: { CH_TRY(token->expires, field->time()); break; }
            case 10: { CH_TRY(token->revoked, field->time()); break; }
            case 11: { CH_TRY(token->parent, field->uuid()); break; }
            default: break;
        }
    }
}

}  // namespace chatelaine::access
