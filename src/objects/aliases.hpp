#pragma once

#include "objects/versions.hpp"

/// Names that stand for keys and can be moved from one to another. Our own extension. Each right is
/// one on the key that a name stands for, never on the name.

namespace chatelaine::objects {

/// 1 to 64 of [A-Za-z0-9_.-], the first a letter or a digit. kInvalidArgument(`field`).
Result<void> check_alias(std::string_view name, std::string_view field);

/// Gives a key a name, or moves the name from the key that has it.
struct SetAlias {
    struct Command : KeyRef {
        std::string name;
        /// The key that must have the name now; nil: none may have it. Nothing: whoever has it.
        std::optional<ObjectId> from;
    };
    struct Reply {
        std::string name;
        ObjectId key;
        std::optional<ObjectId> moved_from;
        WallTime changed;
    };
    static constexpr gate::OperationRow row =
        version_row("serviceKey.alias.set", "Give a service key a name, or move the name to it",
                    {"okms:apikms:serviceKey/alias/update", ""}, gate::Effect::kWrite,
                    {"PUT", "/v1/servicekey/{keyId}/alias/{alias}", 200});
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

struct DeleteAlias {
    struct Command : KeyRef {
        std::string name;
    };
    using Reply = Nothing;
    static constexpr gate::OperationRow row =
        version_row("serviceKey.alias.delete", "Take a name from a service key",
                    {"okms:apikms:serviceKey/alias/delete", ""}, gate::Effect::kWrite,
                    {"DELETE", "/v1/servicekey/{keyId}/alias/{alias}", 204});
    static gate::Resource resource(const Command& c) { return key_resource(c); }
};

struct ListAliases {
    struct Command {
        DomainId domain;
        std::optional<ObjectId> key;  ///< the names of this one alone
        std::uint64_t after = 0;      ///< where the page before ended
        std::size_t max = 100;
    };
    struct Alias {
        std::string name;
        ObjectId key;
        WallTime created, changed;
    };
    struct Reply {
        std::vector<Alias> aliases;
        std::uint64_t next = 0;  ///< `after` of the next page; 0: this was the last
    };
    static constexpr gate::OperationRow row{
        "serviceKey.alias.list", "List the names of the service keys that the caller may get",
        GetKey::row.actions, responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer,
        gate::Plane::kData, gate::Effect::kRead, gate::AuditLevel::kUse, gate::RateClass::kCheap,
        gate::CommitsIn::kNothing, gate::ResourceType::kServiceKey, {"GET", "/v1/alias", 200},
        true};
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

Result<gate::Outcome<SetAlias>> run(const gate::Authorised<SetAlias>&, Services&);
Result<gate::Outcome<DeleteAlias>> run(const gate::Authorised<DeleteAlias>&, Services&);
Result<gate::Outcome<ListAliases>> run(const gate::Authorised<ListAliases>&, Services&);

}  // namespace chatelaine::objects
