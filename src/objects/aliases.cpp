// Names that stand for keys: their record, finding a key by one, giving, moving and taking them.
#include "objects/aliases.hpp"

#include <algorithm>

#include "base/codec.hpp"
#include "objects/key_alias.hpp"
#include "objects/key_rules.hpp"

namespace chatelaine::objects {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::string_view kWhere = "objects.alias";
/// Pages of the store that one list reads; its answer may hold nothing and still have a next page.
constexpr std::size_t kStorePagesMax = 10;

namespace field {
// On disk: a number is never used for another meaning.
constexpr std::uint16_t kName = 1, kDomain = 2, kKey = 3, kCreated = 4, kChanged = 5;
}  // namespace field

namespace term {
// Part of the records' ids and indices: never changed.
constexpr std::string_view kName = "key.alias", kOf = "key.alias.of";
}  // namespace term

Result<void> decode_field(KeyAlias& alias, const Field& in) {
    switch (in.number) {
        case field::kName: alias.name = in.text(); break;
        case field::kDomain: {
            CH_TRY(alias.domain, in.id<struct DomainTag>());
            break;
        }
        case field::kKey: {
            CH_TRY(alias.key, in.id<struct ObjectTag>());
            break;
        }
        case field::kCreated: {
            CH_TRY(alias.created, in.time());
            break;
        }
        case field::kChanged: {
            CH_TRY(alias.changed, in.time());
            break;
        }
    }
    return ok();
}

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// The name must be where the caller believes it to be.
Result<void> check_from(const SetAlias::Command& command, const KeyAlias* now) {
    if (!command.from) {
        return ok();
    }
    const ObjectId holder = now == nullptr ? ObjectId{} : now->key;
    if (holder == *command.from) {
        return ok();
    }
    return Error(now == nullptr ? Code::kNotFound : Code::kAlreadyExists, kWhere,
                 now == nullptr ? "no key has the name" : "another key has the name");
}

Error taken_elsewhere(const gate::Authorised<SetAlias>& authorised, std::string_view plate) {
    return Error::forbidden(kWhere, std::string(SetAlias::row.actions[0]),
                            access::object_urn(plate, authorised.principal().domain(),
                                               kServiceKeyKind,
                                               alias_urn_id(authorised.command().name)));
}

}  // namespace

void KeyAlias::encode(Bytes& out) const {
    FieldWriter writer(out, kFormat);
    writer.text(field::kName, name);
    writer.id(field::kDomain, domain);
    writer.id(field::kKey, key);
    writer.time(field::kCreated, created);
    writer.time(field::kChanged, changed);
}

seal::RecordChange KeyAlias::to_change() const {
    seal::RecordChange change;
    change.key = origin.key;
    change.expected_version = origin.version;
    change.terms.emplace_back(term::kOf, key.to_string());
    Bytes plain;
    encode(plain);
    change.plaintext = crypto::SecretBytes::copy_of(plain);
    return change;
}

Result<std::shared_ptr<const KeyAlias>> KeyAlias::decode(const seal::Origin& from,
                                                         BytesView plaintext) {
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, kWhere));
    auto alias = std::make_shared<KeyAlias>();
    alias->origin = from;
    while (true) {
        CH_TRY(const std::optional<Field> in, reader.next());
        if (!in) {
            break;
        }
        CH_TRY_VOID(decode_field(*alias, *in));
    }
    if (alias->domain.uuid != from.key.scope || alias->key.uuid.is_nil()) {
        return Error(Code::kStoreCorrupt, kWhere, "the record holds a name of another domain");
    }
    return std::shared_ptr<const KeyAlias>(std::move(alias));
}

Result<store::RecordKey> alias_record(seal::Reader& reader, const DomainId& domain,
                                      std::string_view name) {
    CH_TRY(const store::Term blind, reader.term(domain.uuid, term::kName, name));
    return store::RecordKey{domain.uuid, KeyAlias::kind, Uuid::from_octets(blind.value)};
}

Result<std::shared_ptr<const KeyAlias>> load_alias(seal::Reader& reader, const DomainId& domain,
                                                   std::string_view name) {
    CH_TRY(const store::RecordKey key, alias_record(reader, domain, name));
    CH_TRY(auto alias, reader.load<KeyAlias>(key.scope, key.id));
    if (alias && alias->name != name) {
        return Error(Code::kStoreCorrupt, kWhere, "the record holds another name than its key");
    }
    return alias;
}

std::string alias_urn_id(std::string_view name) { return "alias:" + std::string(name); }

Result<void> check_alias(std::string_view name, std::string_view field) {
    const bool good = !name.empty() && name.size() <= limits::key_alias_characters_max &&
                      is_word(name.front()) &&
                      std::all_of(name.begin(), name.end(), [](char c) {
                          return is_word(c) || c == '_' || c == '.' || c == '-';
                      });
    return good ? ok()
                : Result<void>(Error::invalid(kWhere, std::string(field),
                                              "expected 1 to 64 of A-Z a-z 0-9 _ . - that begin "
                                              "with a letter or a digit"));
}

Result<NamedKey> resolve(KeyRef& ref, const access::Principal& principal, seal::Reader& reader) {
    NamedKey named{ref.domain, ref.alias};
    if (ref.domain != principal.domain() || ref.domain.is_nil()) {
        return named;  // the gate's to refuse, with nothing of that domain looked at
    }
    CH_TRY(const auto alias, load_alias(reader, ref.domain, ref.alias));
    if (alias) {
        ref.key = alias->key;
    }
    return named;
}

Error NamedKey::refused(Error error, std::string_view plate) const {
    if (error.code() != Code::kForbidden) {
        return error;
    }
    return Error::forbidden(error.where(), error.detail().action,
                            access::object_urn(plate, domain, kServiceKeyKind,
                                               alias_urn_id(alias)));
}

Result<gate::Outcome<SetAlias>> run(const gate::Authorised<SetAlias>& authorised,
                                    Services& services) {
    const SetAlias::Command& command = authorised.command();
    CH_TRY_VOID(check_alias(command.name, "alias"));
    CH_TRY(const auto key, load_key(services.reader, command));
    CH_TRY_VOID(require_alive(*key, services.now));
    CH_TRY(const auto now, load_alias(services.reader, command.domain, command.name));
    // Taking the name from a key wants the same right there; a refusal does not say which key.
    if (now && now->key != command.key &&
        !authorised.also(services.plate, SetAlias::row.actions, kServiceKeyKind,
                         now->key.to_string())) {
        return taken_elsewhere(authorised, services.plate);
    }
    CH_TRY_VOID(check_from(command, now.get()));
    gate::Outcome<SetAlias> outcome;
    outcome.record_version = key->origin.version;
    outcome.reply = {command.name, command.key, {}, now ? now->changed : services.now};
    outcome.details.emplace_back("alias", command.name);
    if (now && now->key == command.key) {
        return outcome;
    }
    KeyAlias next;
    if (now) {
        next = *now;
        outcome.reply.moved_from = now->key;
        outcome.reply.changed = services.now;
        outcome.details.emplace_back("moved_from", now->key.to_string());
    } else {
        CH_TRY(next.origin.key, alias_record(services.reader, command.domain, command.name));
        CH_TRY(next.origin.version, services.reader.version_of(next.origin.key));
        next.domain = command.domain;
        next.name = command.name;
        next.created = services.now;
    }
    next.key = command.key;
    next.changed = services.now;
    outcome.changes.push_back(next.to_change());
    return outcome;
}

Result<gate::Outcome<DeleteAlias>> run(const gate::Authorised<DeleteAlias>& authorised,
                                       Services& services) {
    const DeleteAlias::Command& command = authorised.command();
    CH_TRY_VOID(check_alias(command.name, "alias"));
    CH_TRY(const auto key, load_key(services.reader, command));
    CH_TRY_VOID(require_alive(*key, services.now));
    CH_TRY(const auto now, load_alias(services.reader, command.domain, command.name));
    if (!now || now->key != command.key) {
        return Error(Code::kNotFound, kWhere, "the key does not have the name");
    }
    gate::Outcome<DeleteAlias> outcome;
    outcome.record_version = key->origin.version;
    outcome.details.emplace_back("alias", command.name);
    seal::RecordChange gone;
    gone.key = now->origin.key;
    gone.expected_version = now->origin.version;
    gone.tombstone = true;
    outcome.changes.push_back(std::move(gone));
    return outcome;
}

Result<gate::Outcome<ListAliases>> run(const gate::Authorised<ListAliases>& authorised,
                                       Services& services) {
    const ListAliases::Command& command = authorised.command();
    store::Query query;
    query.scope = command.domain.uuid;
    query.after_born = command.after;
    query.max = command.max;
    if (command.key) {
        CH_TRY(const store::Term of,
               services.reader.term(query.scope, term::kOf, command.key->to_string()));
        query.terms.push_back(of);
    }
    gate::Outcome<ListAliases> outcome;
    ListAliases::Reply& reply = outcome.reply;
    for (std::size_t page = 0;; ++page) {
        CH_TRY(const auto found, services.reader.find<KeyAlias>(query));
        for (std::size_t i = 0; i < found.objects.size(); ++i) {
            const KeyAlias& alias = *found.objects[i];
            if (reply.aliases.size() == command.max) {
                reply.next = query.after_born;
                return outcome;
            }
            query.after_born = found.born[i];
            if (services.allowed(GetKey::row, {command.domain, alias.key.to_string()})) {
                reply.aliases.push_back({alias.name, alias.key, alias.created, alias.changed});
            }
        }
        if (!found.more) {
            return outcome;
        }
        if (page + 1 >= kStorePagesMax) {
            reply.next = query.after_born;
            return outcome;
        }
    }
}

}  // namespace chatelaine::objects
