#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "responsibility/responsibility.hpp"

/// One row for each thing that anybody can do. Routing, the gate, the audit, metrics, rates, the
/// OpenAPI text, the reference and the isolation test are made from rows. A row that lacks a part
/// does not compile.

namespace chatelaine::gate {

using responsibility::Activity;
using responsibility::Party;

enum class Plane : std::uint8_t { kUnset, kPublic, kData, kControl, kOperator };
enum class Effect : std::uint8_t { kUnset, kRead, kCrypto, kWrite, kDestructive };
/// kChange commits its record with the change; kUse writes it to the journal before the reply;
/// kNone is for public calls, listed by name in docs/reference.md.
enum class AuditLevel : std::uint8_t { kUnset, kNone, kUse, kChange };
enum class RateClass : std::uint8_t {
    kUnset,
    kPublic,
    kCheap,
    kCrypto,
    kAsymmetric,
    kWrite,
    kAdmin
};
/// The store that the operation commits in, its audit and notices with it.
enum class CommitsIn : std::uint8_t { kUnset, kNothing, kRegion, kDirectory };
/// What kind of thing the resource URN names.
enum class ResourceType : std::uint8_t {
    kUnset,
    kNone,
    kDomain,
    kServiceKey,
    kSecret,
    kAccount,
    kService
};

struct RestRoute {
    std::string_view method;
    /// Below the plane's prefix; `{name}` is one raw path segment, `{name...}` the rest of it.
    std::string_view path;
    int success_status = 0;
};

struct OperationRow {
    std::string_view name;     ///< "serviceKey.encrypt"
    std::string_view summary;  ///< one sentence, for the OpenAPI text and the reference
    /// IAM actions: any one grants. The first is what the audit and a 403 name.
    std::array<std::string_view, 2> actions;
    Activity activity;
    Party party;
    Plane plane = Plane::kUnset;
    Effect effect = Effect::kUnset;
    AuditLevel audit = AuditLevel::kUnset;
    RateClass rate = RateClass::kUnset;
    CommitsIn commits = CommitsIn::kUnset;
    ResourceType resource = ResourceType::kUnset;
    RestRoute rest;
    /// A list: the right is asked on each object that it would show, by the handler, and not on the
    /// domain, so that a caller with rights on single objects sees those.
    bool right_on_each = false;
    /// KMIP's Operation enumeration; 0 for what KMIP does not have. A row has this or `rest`.
    std::uint32_t kmip = 0;

    constexpr bool complete() const {
        const bool named = !name.empty() && !summary.empty();
        const bool acted = plane == Plane::kPublic || !actions[0].empty();
        const bool set = plane != Plane::kUnset && effect != Effect::kUnset &&
                         audit != AuditLevel::kUnset && rate != RateClass::kUnset &&
                         commits != CommitsIn::kUnset && resource != ResourceType::kUnset;
        const bool over_rest = !rest.method.empty() && !rest.path.empty() &&
                               rest.success_status >= 200 && rest.success_status < 300;
        const bool routed = over_rest != (kmip != 0);
        const bool audited = audit != AuditLevel::kNone || plane == Plane::kPublic;
        const bool durable = (effect != Effect::kWrite && effect != Effect::kDestructive) ||
                             (commits != CommitsIn::kNothing && audit == AuditLevel::kChange);
        return named && acted && set && routed && audited && durable;
    }
};

/// What a command acts on; the gate makes the URN from it.
struct Resource {
    DomainId domain;         ///< nil: the account or the service itself
    std::string id;          ///< of the object, empty for the domain as a whole
};

/// An operation: the row, what comes in, what goes out, what it acts on. `Command` and `Reply` are
/// plain structs that faces decode into and encode from.
template <class Op>
concept Operation = requires(const typename Op::Command& command) {
    typename Op::Reply;
    { Op::row } -> std::convertible_to<const OperationRow&>;
    { Op::resource(command) } -> std::same_as<Resource>;
    requires Op::row.complete();
};

}  // namespace chatelaine::gate
