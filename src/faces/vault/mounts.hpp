#pragma once

#include "gate/gate.hpp"

/// Which mounts there are: one, of KV version 2. Vault's command line asks before its first call,
/// and falls back to version 1 (and so to wrong paths) when it is not told.

namespace chatelaine::faces::vault {

struct ListMounts {
    struct Command {};
    struct Reply {};
    static constexpr gate::OperationRow row{
        "vault.mounts", "Vault: the mounts that the caller may use",
        {"chatelaine:session:mounts", ""}, responsibility::Activity::k3_1_1_e,
        responsibility::Party::kCustomer, gate::Plane::kData, gate::Effect::kRead,
        gate::AuditLevel::kUse, gate::RateClass::kCheap, gate::CommitsIn::kNothing,
        gate::ResourceType::kNone, {"GET", "/v1/sys/internal/ui/mounts", 200}};
    static gate::Resource resource(const Command&) { return {}; }
};

/// The mount that a path lies in.
struct GetMount {
    struct Command {};
    struct Reply {};
    static constexpr gate::OperationRow row{
        "vault.mount", "Vault: what is mounted at a path", {"chatelaine:session:mounts", ""},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kRead, gate::AuditLevel::kUse, gate::RateClass::kCheap,
        gate::CommitsIn::kNothing, gate::ResourceType::kNone,
        {"GET", "/v1/sys/internal/ui/mounts/{path...}", 200}};
    static gate::Resource resource(const Command&) { return {}; }
};

Result<gate::Outcome<ListMounts>> run(const gate::Authorised<ListMounts>&, gate::Services&);
Result<gate::Outcome<GetMount>> run(const gate::Authorised<GetMount>&, gate::Services&);

}  // namespace chatelaine::faces::vault
