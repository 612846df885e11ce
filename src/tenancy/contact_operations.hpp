#pragma once

#include <array>

#include "tenancy/policy_operations.hpp"

/// The people of a subscription, one for each role. What is known of a person lies in a record
/// under keys of its own (an entry of the keybag): to erase the person is to destroy those keys.
/// The customer reads, corrects, exports and erases it; no operation of the provider's reaches it.

namespace chatelaine::tenancy {

inline constexpr std::array<std::string_view, 4> contact_roles{"owner", "admin", "billing",
                                                               "security"};
/// What is known of a person: members of the JSON, in this order.
inline constexpr std::array<std::string_view, 8> contact_fields{
    "firstName", "lastName", "organisation", "email", "phone", "address", "country", "language"};

struct Contact {
    static constexpr store::Kind kind = store::Kind::kContact;
    static Result<std::shared_ptr<const Contact>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;
    seal::Origin origin;
    std::string role;
    std::array<std::string, contact_fields.size()> values;
    WallTime created, updated;
};

/// Which roles an account has a contact for, and the scope of each (scope: the account).
struct ContactIndex {
    static constexpr store::Kind kind = store::Kind::kSetting;
    static Result<std::shared_ptr<const ContactIndex>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;
    static Uuid id();
    seal::Origin origin;
    std::array<Uuid, contact_roles.size()> scopes;  ///< nil where there is none
};

constexpr gate::OperationRow contact_row(std::string_view name, std::string_view summary,
                                         std::string_view action, gate::Effect effect,
                                         gate::RestRoute rest) {
    return make_row(name, summary, action, Activity::k1_1_a, Party::kCustomer, effect,
                    gate::ResourceType::kAccount, rest);
}

struct ContactRef {
    std::size_t role = 0;  ///< index in contact_roles
};
using ContactReply = RecordReply<Contact>;

struct SetContact {
    struct Command : ContactRef {
        std::array<std::string, contact_fields.size()> values;
    };
    using Reply = ContactReply;
    static constexpr gate::OperationRow row =
        contact_row("contact.set", "Give or correct the person of a role",
                    "chatelaine:control:contact/set", gate::Effect::kWrite,
                    {"PUT", "/v2/contact/{role}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct GetContact {
    struct Command : ContactRef {};
    using Reply = ContactReply;
    static constexpr gate::OperationRow row =
        contact_row("contact.get", "Read the person of a role", "chatelaine:control:contact/get",
                    gate::Effect::kRead, {"GET", "/v2/contact/{role}", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct ExportContacts {
    struct Command {};
    struct Reply {
        AccountId account;
        WallTime at;
        std::vector<std::shared_ptr<const Contact>> contacts;
    };
    static constexpr gate::OperationRow row =
        contact_row("contact.export", "All that is known of the account's people, as JSON",
                    "chatelaine:control:contact/get", gate::Effect::kRead,
                    {"GET", "/v2/contact", 200});
    static gate::Resource resource(const Command&) { return {}; }
};
struct EraseContact {
    struct Command : ContactRef {};
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        contact_row("contact.erase", "Erase the person of a role, by destroying its keys",
                    "chatelaine:control:contact/erase", gate::Effect::kDestructive,
                    {"DELETE", "/v2/contact/{role}", 204});
    static gate::Resource resource(const Command&) { return {}; }
};

#define CH_CONTACT_RUN(Op) \
    Result<gate::Outcome<Op>> run(const gate::Authorised<Op>&, Services&, Tools&)
CH_CONTACT_RUN(SetContact);
CH_CONTACT_RUN(GetContact);
CH_CONTACT_RUN(ExportContacts);
CH_CONTACT_RUN(EraseContact);
#undef CH_CONTACT_RUN

}  // namespace chatelaine::tenancy
