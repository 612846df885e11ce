#pragma once

#include "objects/service_keys.hpp"

/// Many uses of service keys in one call. Our own extension.

namespace chatelaine::objects {

struct UseKeys {
    static constexpr std::size_t items_max = 1000;
    using Item = std::variant<Encrypt::Command, Decrypt::Command, CreateDataKey::Command,
                              Sign::Command, Verify::Command>;
    struct Command {
        DomainId domain;
        std::vector<Item> items;  ///< 1 to items_max
    };
    using ItemReply = std::variant<Error, Encrypt::Reply, Decrypt::Reply, CreateDataKey::Reply,
                                   Sign::Reply, Verify::Reply>;
    /// For the audit, which has a record for each item.
    struct Use {
        const gate::OperationRow* row = nullptr;
        std::string urn;
        std::optional<Code> error;
        std::uint64_t record_version = 0;
    };
    struct Reply {
        std::vector<ItemReply> items;  ///< in the order of the command's
        std::vector<Use> uses;         ///< the same
    };
    static constexpr gate::OperationRow row{
        "serviceKey.batch", "Use service keys up to 1000 times in one call, each with its result",
        {"okms:apikms:serviceKey/batch", ""},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kCrypto, gate::AuditLevel::kUse, gate::RateClass::kAsymmetric,
        gate::CommitsIn::kNothing, gate::ResourceType::kDomain, {"POST", "/v1/batch", 200}};
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

/// The rights of each item are asked on its key, once for each key and operation. An item that
/// fails changes nothing for the others. Uses that rotate or count keys commit together.
Result<gate::Outcome<UseKeys>> run(const gate::Authorised<UseKeys>&, Services&);

}  // namespace chatelaine::objects
