// Encodings of accounts and claims, and the text of one-time codes.
#include "base/codec.hpp"
#include "base/encoding.hpp"
#include "tenancy/operations.hpp"

namespace chatelaine::tenancy {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::string_view kClaimPrefix = "claim-";
constexpr std::size_t kClaimCharacters = kClaimPrefix.size() + 43;

}  // namespace

void Account::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.id(1, id);
    fields.text(2, name);
    fields.time(3, created);
    fields.time(4, claimed);
    fields.u32(5, static_cast<std::uint32_t>(state));
    fields.text(6, reason);
    fields.time(7, since);
}

Result<std::shared_ptr<const Account>> Account::decode(const seal::Origin& origin,
                                                       BytesView plaintext) {
    auto account = std::make_shared<Account>();
    account->origin = origin;
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, "tenancy.account"));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return std::shared_ptr<const Account>(std::move(account));
        }
        switch (field->number) {
            case 1: { CH_TRY(account->id, field->id<AccountTag>()); break; }
            case 2: account->name = field->text(); break;
            case 3: { CH_TRY(account->created, field->time()); break; }
            case 4: { CH_TRY(account->claimed, field->time()); break; }
            case 5: {
                CH_TRY(const std::uint32_t state, field->u32());
                if (state > static_cast<std::uint32_t>(AccountState::kSuspended)) {
                    return Error(Code::kFormatTooNew, "tenancy.account", "a state is not known");
                }
                account->state = static_cast<AccountState>(state);
                break;
            }
            case 6: account->reason = field->text(); break;
            case 7: { CH_TRY(account->since, field->time()); break; }
            default: break;
        }
    }
}

void Claim::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.uuid(1, id);
    fields.flag(2, for_operator);
    fields.id(3, account);
    fields.text(4, name);
    fields.bytes(5, hash);
    fields.time(6, created);
    fields.time(7, expires);
    fields.time(8, used);
    for (const Grant& grant : grants) {
        access::encode_grant(grant, fields, 9);
    }
}

Result<std::shared_ptr<const Claim>> Claim::decode(const seal::Origin& origin,
                                                   BytesView plaintext) {
    auto claim = std::make_shared<Claim>();
    claim->origin = origin;
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, "tenancy.claim"));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return std::shared_ptr<const Claim>(std::move(claim));
        }
        switch (field->number) {
            case 1: { CH_TRY(claim->id, field->uuid()); break; }
            case 2: { CH_TRY(claim->for_operator, field->flag()); break; }
            case 3: { CH_TRY(claim->account, field->id<AccountTag>()); break; }
            case 4: claim->name = field->text(); break;
            case 5: {
                if (field->value.size() != claim->hash.size()) {
                    return Error(Code::kStoreCorrupt, "tenancy.claim", "a hash has a wrong length");
                }
                std::copy(field->value.begin(), field->value.end(), claim->hash.begin());
                break;
            }
            case 6: { CH_TRY(claim->created, field->time()); break; }
            case 7: { CH_TRY(claim->expires, field->time()); break; }
            case 8: { CH_TRY(claim->used, field->time()); break; }
            case 9: {
                CH_TRY(Grant grant, access::decode_grant(field->value));
                claim->grants.push_back(std::move(grant));
                break;
            }
            default: break;
        }
    }
}

crypto::SecretBytes make_claim_code(const crypto::SecretBytes& secret32) {
    std::string text(kClaimPrefix);
    secret32.with_exposed(crypto::insecure_expose_secret(),
                          [&](BytesView secret) { append_base64url(text, secret); });
    CH_CHECK(text.size() == kClaimCharacters);
    auto code = crypto::SecretBytes::copy_of(as_bytes(text));
    wipe(text);
    return code;
}

std::optional<Uuid> claim_id(std::string_view code) {
    if (code.size() != kClaimCharacters || !code.starts_with(kClaimPrefix)) {
        return std::nullopt;
    }
    const crypto::Sha256 hash = crypto::sha256(as_bytes(code));
    return Uuid::from_octets(BytesView(hash).first(16));
}

}  // namespace chatelaine::tenancy
