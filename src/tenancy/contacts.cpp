// The people of a subscription. What stands here is personal data: wiped as secrets are, and in no
// detail of the audit.
#include "tenancy/contact_operations.hpp"

#include <algorithm>

#include "tenancy/handlers.hpp"

namespace chatelaine::tenancy {
namespace {

constexpr std::string_view kWhere = "tenancy.contact";
constexpr std::uint8_t kFormat = 1;
/// Of fields, the first number that stands for a value.
constexpr std::uint16_t kFirstValue = 16;
constexpr std::size_t kValueBytesMax = 200;
constexpr std::size_t kEmail = 3;

Result<void> require_blocking(const Services& services) {
    return services.reader.may_block() ? ok() : Result<void>(Error(Code::kWouldBlock, kWhere));
}

Error no_contact() { return Error(Code::kNotFound, kWhere, "no such contact"); }

Result<void> check_values(const std::array<std::string, contact_fields.size()>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        const bool plain = std::none_of(values[i].begin(), values[i].end(), [](char c) {
            return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
        });
        if (values[i].size() > kValueBytesMax || !plain) {
            return Error::invalid(kWhere, std::string(contact_fields[i]),
                                  "expected at most 200 characters, none of them a control");
        }
    }
    const std::string& email = values[kEmail];
    const std::size_t at = email.find('@');
    if (at == 0 || at == std::string::npos || at + 1 == email.size() ||
        email.find('@', at + 1) != std::string::npos || email.find(' ') != std::string::npos) {
        return Error::invalid(kWhere, "email", "expected an address, name@host");
    }
    return ok();
}

Result<std::shared_ptr<const ContactIndex>> load_index(Services& services,
                                                       const access::Principal& principal) {
    CH_TRY(auto index, services.reader.load<ContactIndex>(principal.account().uuid,
                                                          ContactIndex::id()));
    return index ? index : std::make_shared<const ContactIndex>();
}

/// Null when there is none; one whose keys are gone is erased, whatever the index says (a node that
/// died between the two).
Result<std::shared_ptr<const Contact>> load_contact(const ContactIndex& index, std::size_t role,
                                                    Services& services, const Tools& tools) {
    const Uuid& scope = index.scopes[role];
    if (scope.is_nil() || !tools.seal->has_scope(scope)) {
        return std::shared_ptr<const Contact>();
    }
    return services.reader.load<Contact>(scope, scope);
}

seal::RecordChange index_change(const ContactIndex& index, const AccountId& account,
                                WallTime now) {
    return change_of(index, account.uuid, ContactIndex::id(), index.origin.version, now, now);
}

}  // namespace

void Contact::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.text(1, role);
    fields.time(2, created);
    fields.time(3, updated);
    for (std::size_t i = 0; i < values.size(); ++i) {
        fields.text(static_cast<std::uint16_t>(kFirstValue + i), values[i]);
    }
}

Result<std::shared_ptr<const Contact>> Contact::decode(const seal::Origin& origin,
                                                       BytesView plaintext) {
    auto contact = std::make_shared<Contact>();
    contact->origin = origin;
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, kWhere));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return std::shared_ptr<const Contact>(std::move(contact));
        }
        if (field->number >= kFirstValue && field->number < kFirstValue + contact_fields.size()) {
            contact->values[field->number - kFirstValue] = field->text();
        } else if (field->number == 1) {
            contact->role = field->text();
        } else if (field->number == 2) {
            CH_TRY(contact->created, field->time());
        } else if (field->number == 3) {
            CH_TRY(contact->updated, field->time());
        }
    }
}

Uuid ContactIndex::id() {
    return Uuid{{'c', 'o', 'n', 't', 'a', 'c', 't', 's', 0x80}};
}

void ContactIndex::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    for (std::size_t i = 0; i < scopes.size(); ++i) {
        fields.uuid(static_cast<std::uint16_t>(i + 1), scopes[i]);
    }
}

Result<std::shared_ptr<const ContactIndex>> ContactIndex::decode(const seal::Origin& origin,
                                                                 BytesView plaintext) {
    auto index = std::make_shared<ContactIndex>();
    index->origin = origin;
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, kWhere));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return std::shared_ptr<const ContactIndex>(std::move(index));
        }
        if (field->number >= 1 && field->number <= contact_roles.size()) {
            CH_TRY(index->scopes[field->number - 1u], field->uuid());
        }
    }
}

Result<gate::Outcome<SetContact>> run(const gate::Authorised<SetContact>& authorised,
                                      Services& services, Tools& tools) {
    const auto& command = authorised.command();
    CH_TRY_VOID(require_blocking(services));
    CH_TRY_VOID(check_values(command.values));
    CH_TRY(const auto index, load_index(services, authorised.principal()));
    CH_TRY(const auto old, load_contact(*index, command.role, services, tools));
    auto contact = std::make_shared<Contact>();
    contact->role = contact_roles[command.role];
    contact->values = command.values;
    contact->created = old ? old->created : services.now;
    contact->updated = services.now;
    gate::Outcome<SetContact> outcome;
    Uuid scope = index->scopes[command.role];
    if (!old) {
        // Keys of a person who was never committed do no harm.
        scope = Uuid::random(services.random);
        CH_TRY_VOID(tools.seal->create_scope(scope));
        ContactIndex next = *index;
        next.scopes[command.role] = scope;
        outcome.changes.push_back(
            index_change(next, authorised.principal().account(), services.now));
    }
    outcome.changes.push_back(change_of(*contact, scope, scope, old ? old->origin.version : 0,
                                        contact->created, services.now));
    outcome.details.emplace_back("role", contact->role);
    outcome.reply.record = std::move(contact);
    return outcome;
}

Result<gate::Outcome<GetContact>> run(const gate::Authorised<GetContact>& authorised,
                                      Services& services, Tools& tools) {
    CH_TRY(const auto index, load_index(services, authorised.principal()));
    gate::Outcome<GetContact> outcome;
    CH_TRY(outcome.reply.record,
           load_contact(*index, authorised.command().role, services, tools));
    if (!outcome.reply.record) {
        return no_contact();
    }
    outcome.details.emplace_back("role", outcome.reply.record->role);
    return outcome;
}

Result<gate::Outcome<ExportContacts>> run(const gate::Authorised<ExportContacts>& authorised,
                                          Services& services, Tools& tools) {
    CH_TRY(const auto index, load_index(services, authorised.principal()));
    gate::Outcome<ExportContacts> outcome;
    outcome.reply.account = authorised.principal().account();
    outcome.reply.at = services.now;
    for (std::size_t role = 0; role < contact_roles.size(); ++role) {
        CH_TRY(auto contact, load_contact(*index, role, services, tools));
        if (contact) {
            outcome.reply.contacts.push_back(std::move(contact));
        }
    }
    return outcome;
}

Result<gate::Outcome<EraseContact>> run(const gate::Authorised<EraseContact>& authorised,
                                        Services& services, Tools& tools) {
    CH_TRY_VOID(require_blocking(services));
    const std::size_t role = authorised.command().role;
    CH_TRY(const auto index, load_index(services, authorised.principal()));
    const Uuid scope = index->scopes[role];
    if (scope.is_nil()) {
        return no_contact();
    }
    CH_TRY(const std::uint64_t version,
           services.reader.version_of({scope, Contact::kind, scope}));
    // The keys first: once they are gone the person is, though the rest be cut short. What is left
    // to do (the index, the tombstone) needs none of them.
    CH_TRY_VOID(tools.seal->destroy_scope(scope));
    ContactIndex next = *index;
    next.scopes[role] = Uuid();
    gate::Outcome<EraseContact> outcome;
    outcome.changes.push_back(index_change(next, authorised.principal().account(), services.now));
    seal::RecordChange gone;
    gone.key = {scope, Contact::kind, scope};
    gone.expected_version = version;
    gone.tombstone = true;
    outcome.changes.push_back(std::move(gone));
    outcome.details.emplace_back("role", contact_roles[role]);
    return outcome;
}

}  // namespace chatelaine::tenancy
