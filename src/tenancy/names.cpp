#include "tenancy/names.hpp"

namespace chatelaine::tenancy {
namespace {

constexpr std::uint8_t kFormat = 1;

/// Part of the records' ids: never changes.
std::string_view term_of(NameSpace space) {
    switch (space) {
        case NameSpace::kIdentity: return "taken.identity";
        case NameSpace::kOperator: return "taken.operator";
        case NameSpace::kAccount: return "taken.account";
    }
    return {};
}

Result<Uuid> id_of(Services& services, const Uuid& scope, NameSpace space, std::string_view name) {
    CH_TRY(const auto term, services.reader.term(scope, term_of(space), name));
    return Uuid::from_octets(term.value);
}

}  // namespace

void TakenName::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.uuid(1, holder);
    fields.time(2, created);
    fields.time(3, until);
}

Result<std::shared_ptr<const TakenName>> TakenName::decode(const seal::Origin& origin,
                                                           BytesView plaintext) {
    auto name = std::make_shared<TakenName>();
    name->origin = origin;
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, "tenancy.name"));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return std::shared_ptr<const TakenName>(std::move(name));
        }
        switch (field->number) {
            case 1: { CH_TRY(name->holder, field->uuid()); break; }
            case 2: { CH_TRY(name->created, field->time()); break; }
            case 3: { CH_TRY(name->until, field->time()); break; }
            default: break;  // a later build's field
        }
    }
}

Result<seal::RecordChange> take_name(Services& services, const Uuid& scope, NameSpace space,
                                     std::string_view name, const Uuid& holder,
                                     std::optional<WallTime> until, const Uuid& from) {
    CH_TRY(const Uuid id, id_of(services, scope, space, name));
    // The version first: whoever takes the name between the two reads makes it an old one, and the
    // commit fails. The other way round it would be theirs that is overwritten.
    CH_TRY(const std::uint64_t version,
           services.reader.version_of({scope, TakenName::kind, id}));
    CH_TRY(const auto taken, services.reader.load<TakenName>(scope, id));
    if (taken) {
        const bool lapsed = taken->until && services.now >= *taken->until;
        const bool handed_over = !from.is_nil() && taken->holder == from;
        if (!lapsed && !handed_over) {
            return Error(Code::kAlreadyExists, "tenancy.unique", "the name is taken");
        }
    }
    TakenName record;
    record.holder = holder;
    record.created = services.now;
    record.until = until;
    return change_of(record, scope, id, version, services.now, services.now);
}

Result<std::optional<seal::RecordChange>> free_name(Services& services, const Uuid& scope,
                                                    NameSpace space, std::string_view name,
                                                    const Uuid& holder) {
    CH_TRY(const Uuid id, id_of(services, scope, space, name));
    CH_TRY(const auto taken, services.reader.load<TakenName>(scope, id));
    if (!taken || taken->holder != holder) {
        return std::optional<seal::RecordChange>();
    }
    auto change = change_of(*taken, scope, id, taken->origin.version, taken->created, services.now);
    change.tombstone = true;
    return std::optional(std::move(change));
}

}  // namespace chatelaine::tenancy
