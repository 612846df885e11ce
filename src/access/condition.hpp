#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/codec.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

/// When a policy holds: a tree of AND, OR and NOT over MATCH leaves, three levels at most.
///
/// Keys of a leaf's values, all of which must hold: `request.IP`, `resource.Tag(name)`,
/// `date(ZONE).Date`, `date(ZONE).Hour`, `date(ZONE).WeekDay`, each with an operator behind it or
/// EQ without: EQ and IN for all, BEFORE and AFTER for dates, GE, LE, GT and LT for hours and week
/// days. IN takes a list with commas. Operators are compared without regard to case.

namespace chatelaine::access {

struct Condition {
    enum class Operator : std::uint8_t { kAnd, kOr, kNot, kMatch };
    Operator op = Operator::kMatch;
    std::vector<Condition> conditions;                          ///< of AND, OR and NOT (one)
    std::vector<std::pair<std::string, std::string>> values;    ///< of MATCH
    bool operator==(const Condition&) const = default;
};
std::string_view operator_name(Condition::Operator op);
/// Nothing for a word that is none; upper case only.
std::optional<Condition::Operator> parse_operator(std::string_view name);

/// kInvalidArgument naming the place when something of it could not be evaluated: an unknown key,
/// operator or time zone, a value that is none, more than three levels or a hundred values.
Result<void> check_condition(const Condition& condition, const std::string& field);

void encode_condition(const Condition& condition, FieldWriter& out, std::uint16_t number);
/// kStoreCorrupt on more levels than check_condition lets through.
Result<Condition> decode_condition(BytesView bytes);

using Tags = std::vector<std::pair<std::string, std::string>>;

/// What a request is judged by, beside who asks for what.
struct RequestFacts {
    WallTime now;
    std::string client_ip;  ///< empty: not known
};

enum class Truth : std::uint8_t { kFalse, kTrue, kUnknown };

/// A condition made ready. Immutable; threads: any.
class CompiledCondition {
public:
    static std::shared_ptr<const CompiledCondition> compile(const Condition& condition);
    /// Pure. kUnknown when any of its leaves cannot be judged: a key, operator, value or zone that
    /// this build does not know, or an address that the request does not have.
    Truth holds(const RequestFacts& facts, const Tags* resource_tags) const;
    CompiledCondition();
    ~CompiledCondition();

private:
    struct Node;
    std::unique_ptr<Node> root_;
    bool unknown_ = false;
    bool needs_address_ = false;
};

}  // namespace chatelaine::access
