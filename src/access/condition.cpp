#include "access/condition.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "access/time_zone.hpp"

namespace chatelaine::access {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kLevelsMax = 3;
constexpr std::size_t kChildrenMax = 20;
constexpr std::size_t kLeavesMax = 100;
constexpr std::size_t kTextBytesMax = 1024;

enum class Subject : std::uint8_t { kAddress, kTag, kDate, kHour, kWeekDay };
enum class Test : std::uint8_t { kEqual, kIn, kBefore, kAfter, kLess, kAtMost, kMore, kAtLeast };

/// An address as sixteen octets; IPv4 as RFC 4291 maps it (section 2.5.5.2).
using Address = std::array<std::uint8_t, 16>;
struct Network {
    Address address{};
    int bits = 128;
    bool contains(const Address& other) const {
        for (int i = 0; i < bits; ++i) {
            const int bit = 0x80 >> (i % 8);
            const auto at = static_cast<std::size_t>(i / 8);
            if (((address[at] ^ other[at]) & bit) != 0) {
                return false;
            }
        }
        return true;
    }
};

struct Leaf {
    Subject subject{};
    Test test{};
    std::string tag;
    std::shared_ptr<const TimeZone> zone;
    std::vector<std::string> texts;
    std::vector<Network> networks;
    std::vector<std::int64_t> numbers;
};

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return out;
}

std::optional<Address> parse_address(std::string_view text, bool* is_v4 = nullptr) {
    const std::string terminated(text);
    Address address{};
    std::array<std::uint8_t, 4> short_form{};
    if (inet_pton(AF_INET, terminated.c_str(), short_form.data()) == 1) {
        address[10] = address[11] = 0xff;
        std::copy(short_form.begin(), short_form.end(), address.begin() + 12);
        if (is_v4 != nullptr) {
            *is_v4 = true;
        }
        return address;
    }
    if (inet_pton(AF_INET6, terminated.c_str(), address.data()) == 1) {
        return address;
    }
    return std::nullopt;
}

std::optional<std::int64_t> parse_number(std::string_view text, std::int64_t lowest,
                                         std::int64_t highest) {
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, fault] = std::from_chars(text.data(), end, value);
    if (text.empty() || fault != std::errc{} || stopped != end || value < lowest ||
        value > highest) {
        return std::nullopt;
    }
    return value;
}

std::optional<Network> parse_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    bool is_v4 = false;
    const auto address = parse_address(text.substr(0, slash), &is_v4);
    if (!address) {
        return std::nullopt;
    }
    Network network{*address, 128};
    if (slash != std::string_view::npos) {
        const auto bits = parse_number(text.substr(slash + 1), 0, is_v4 ? 32 : 128);
        if (!bits) {
            return std::nullopt;
        }
        network.bits = static_cast<int>(*bits) + (is_v4 ? 96 : 0);
    }
    return network;
}

/// "2026-03-29" in days since 1970-01-01.
std::optional<std::int64_t> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const auto year = parse_number(text.substr(0, 4), 1, 9999);
    const auto month = parse_number(text.substr(5, 2), 1, 12);
    const auto day = parse_number(text.substr(8, 2), 1, 31);
    if (!year || !month || !day) {
        return std::nullopt;
    }
    const std::int64_t days = days_of(static_cast<int>(*year), static_cast<int>(*month),
                                      static_cast<int>(*day));
    const bool last = *month == 12;
    const std::int64_t next = days_of(static_cast<int>(*year) + (last ? 1 : 0),
                                      last ? 1 : static_cast<int>(*month) + 1, 1);
    return days < next ? std::optional(days) : std::nullopt;
}

std::optional<std::int64_t> parse_week_day(std::string_view text) {
    constexpr std::array<std::string_view, 7> names{"monday", "tuesday",  "wednesday", "thursday",
                                                    "friday", "saturday", "sunday"};
    const auto found = std::find(names.begin(), names.end(), lower(text));
    if (found == names.end()) {
        return std::nullopt;
    }
    return found - names.begin() + 1;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) {
        text.remove_prefix(1);
    }
    while (text.ends_with(' ')) {
        text.remove_suffix(1);
    }
    return text;
}

bool add_value(Leaf& leaf, std::string_view text) {
    std::optional<std::int64_t> number;
    switch (leaf.subject) {
        case Subject::kAddress: {
            const auto network = parse_network(text);
            if (network) {
                leaf.networks.push_back(*network);
            }
            return network.has_value();
        }
        case Subject::kTag: leaf.texts.emplace_back(text); return !text.empty();
        case Subject::kDate: number = parse_date(text); break;
        case Subject::kHour: number = parse_number(text, 0, 23); break;
        case Subject::kWeekDay: number = parse_week_day(text); break;
    }
    if (number) {
        leaf.numbers.push_back(*number);
    }
    return number.has_value();
}

bool add_values(Leaf& leaf, std::string_view text) {
    if (leaf.test != Test::kIn) {
        return add_value(leaf, text);
    }
    for (;;) {
        const std::size_t comma = text.find(',');
        if (!add_value(leaf, trimmed(text.substr(0, comma)))) {
            return false;
        }
        if (comma == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(comma + 1);
    }
}

/// What stands before the operator; `key` keeps the rest.
bool take_subject(std::string_view& key, Leaf& leaf) {
    const auto take = [&](std::string_view prefix) {
        const bool there = key.starts_with(prefix);
        key.remove_prefix(there ? prefix.size() : 0);
        return there;
    };
    if (take("request.IP")) {
        leaf.subject = Subject::kAddress;
        return true;
    }
    const bool tag = take("resource.Tag(");
    if (!tag && !take("date(")) {
        return false;
    }
    const std::size_t end = key.find(')');
    if (end == std::string_view::npos || end == 0) {
        return false;
    }
    const std::string name(key.substr(0, end));
    key.remove_prefix(end + 1);
    if (tag) {
        leaf.subject = Subject::kTag;
        leaf.tag = name;
        return true;
    }
    leaf.zone = TimeZone::load(name);
    leaf.subject = take(".Date")      ? Subject::kDate
                   : take(".Hour")    ? Subject::kHour
                   : take(".WeekDay") ? Subject::kWeekDay
                                      : Subject::kAddress;
    return leaf.zone != nullptr && leaf.subject != Subject::kAddress;
}

std::optional<Test> test_of(Subject subject, std::string_view suffix) {
    if (suffix.empty()) {
        return Test::kEqual;
    }
    const std::string name = lower(suffix);
    if (name == ".eq" || name == ".in") {
        return name == ".eq" ? Test::kEqual : Test::kIn;
    }
    if (subject == Subject::kDate) {
        return name == ".before"  ? std::optional(Test::kBefore)
               : name == ".after" ? std::optional(Test::kAfter)
                                  : std::nullopt;
    }
    if (subject == Subject::kHour || subject == Subject::kWeekDay) {
        return name == ".ge"   ? std::optional(Test::kAtLeast)
               : name == ".le" ? std::optional(Test::kAtMost)
               : name == ".gt" ? std::optional(Test::kMore)
               : name == ".lt" ? std::optional(Test::kLess)
                               : std::nullopt;
    }
    return std::nullopt;
}

std::optional<Leaf> parse_leaf(std::string_view key, std::string_view value) {
    Leaf leaf;
    if (!take_subject(key, leaf)) {
        return std::nullopt;
    }
    const auto test = test_of(leaf.subject, key);
    if (!test) {
        return std::nullopt;
    }
    leaf.test = *test;
    if (!add_values(leaf, value)) {
        return std::nullopt;
    }
    return leaf;
}

bool compare(const Leaf& leaf, std::int64_t value) {
    const auto& numbers = leaf.numbers;
    switch (leaf.test) {
        case Test::kEqual:
        case Test::kIn: return std::find(numbers.begin(), numbers.end(), value) != numbers.end();
        case Test::kBefore:
        case Test::kLess: return value < numbers.front();
        case Test::kAfter:
        case Test::kMore: return value > numbers.front();
        case Test::kAtMost: return value <= numbers.front();
        case Test::kAtLeast: return value >= numbers.front();
    }
    return false;
}

bool holds(const Leaf& leaf, const RequestFacts& facts, const std::optional<Address>& address,
           const Tags* tags) {
    switch (leaf.subject) {
        case Subject::kAddress:
            return std::any_of(leaf.networks.begin(), leaf.networks.end(),
                               [&](const Network& network) { return network.contains(*address); });
        case Subject::kTag:
            return tags != nullptr && std::any_of(tags->begin(), tags->end(), [&](const auto& tag) {
                       return tag.first == leaf.tag &&
                              std::find(leaf.texts.begin(), leaf.texts.end(), tag.second) !=
                                  leaf.texts.end();
                   });
        case Subject::kDate: return compare(leaf, leaf.zone->local(facts.now).day);
        case Subject::kHour: return compare(leaf, leaf.zone->local(facts.now).hour);
        case Subject::kWeekDay: return compare(leaf, leaf.zone->local(facts.now).week_day);
    }
    return false;
}

Error bad(const std::string& field, std::string_view what) {
    return Error::invalid("access.condition", field, std::string(what));
}

/// `leaves`: how many there were before this place.
Result<void> check_at(const Condition& condition, const std::string& field, std::size_t level,
                      std::size_t& leaves) {
    if (level > kLevelsMax) {
        return bad(field, "expected at most three levels");
    }
    if (condition.op == Condition::Operator::kMatch) {
        if (!condition.conditions.empty() || condition.values.empty() ||
            condition.values.size() > kChildrenMax) {
            return bad(field, "expected MATCH with 1 to 20 values and no conditions");
        }
        leaves += condition.values.size();
        if (leaves > kLeavesMax) {
            return bad(field, "expected at most 100 values in the whole condition");
        }
        for (const auto& [key, value] : condition.values) {
            if (key.size() > kTextBytesMax || value.size() > kTextBytesMax ||
                !parse_leaf(key, value)) {
                return bad(field + ".values." + key.substr(0, 64),
                           "expected request.IP, resource.Tag(name) or date(zone).Date, Hour or "
                           "WeekDay, an operator of it, and values of that kind");
            }
        }
        return ok();
    }
    const bool one = condition.op == Condition::Operator::kNot;
    if (!condition.values.empty() || condition.conditions.empty() ||
        condition.conditions.size() > (one ? 1 : kChildrenMax)) {
        return bad(field, one ? "expected NOT with one condition and no values"
                              : "expected AND or OR with 1 to 20 conditions and no values");
    }
    for (std::size_t i = 0; i < condition.conditions.size(); ++i) {
        CH_TRY_VOID(check_at(condition.conditions[i],
                             field + ".conditions." + std::to_string(i), level + 1, leaves));
    }
    return ok();
}

Result<Condition> decode_at(BytesView bytes, std::size_t level) {
    CH_TRY(FieldReader reader, FieldReader::open(bytes, kFormat, "access.condition"));
    Condition condition;
    std::string key;
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return condition;
        }
        switch (field->number) {
            case 1: {
                CH_TRY(const std::uint32_t op, field->u32());
                if (op > static_cast<std::uint32_t>(Condition::Operator::kMatch)) {
                    return Error(Code::kStoreCorrupt, "access.condition", "an unknown operator");
                }
                condition.op = static_cast<Condition::Operator>(op);
                break;
            }
            case 2: {
                if (level >= kLevelsMax) {
                    return Error(Code::kStoreCorrupt, "access.condition", "too many levels");
                }
                CH_TRY(Condition child, decode_at(field->value, level + 1));
                condition.conditions.push_back(std::move(child));
                break;
            }
            case 3: key = field->text(); break;
            case 4: condition.values.emplace_back(key, field->text()); break;
            default: break;  // a later build's field
        }
    }
}

}  // namespace

std::string_view operator_name(Condition::Operator op) {
    switch (op) {
        case Condition::Operator::kAnd: return "AND";
        case Condition::Operator::kOr: return "OR";
        case Condition::Operator::kNot: return "NOT";
        case Condition::Operator::kMatch: return "MATCH";
    }
    return {};
}

std::optional<Condition::Operator> parse_operator(std::string_view name) {
    for (const auto op : {Condition::Operator::kAnd, Condition::Operator::kOr,
                          Condition::Operator::kNot, Condition::Operator::kMatch}) {
        if (operator_name(op) == name) {
            return op;
        }
    }
    return std::nullopt;
}

Result<void> check_condition(const Condition& condition, const std::string& field) {
    std::size_t leaves = 0;
    return check_at(condition, field, 1, leaves);
}

void encode_condition(const Condition& condition, FieldWriter& out, std::uint16_t number) {
    Bytes inner;
    FieldWriter fields(inner, kFormat);
    fields.u32(1, static_cast<std::uint32_t>(condition.op));
    for (const Condition& child : condition.conditions) {
        encode_condition(child, fields, 2);
    }
    for (const auto& [key, value] : condition.values) {
        fields.text(3, key);
        fields.text(4, value);
    }
    out.bytes(number, inner);
}

Result<Condition> decode_condition(BytesView bytes) { return decode_at(bytes, 1); }

struct CompiledCondition::Node {
    Condition::Operator op{};
    std::vector<Node> children;
    std::vector<Leaf> leaves;

    bool holds(const RequestFacts& facts, const std::optional<Address>& address,
               const Tags* tags) const {
        const auto child = [&](const Node& node) { return node.holds(facts, address, tags); };
        switch (op) {
            case Condition::Operator::kAnd:
                return std::all_of(children.begin(), children.end(), child);
            case Condition::Operator::kOr:
                return std::any_of(children.begin(), children.end(), child);
            case Condition::Operator::kNot:
                return !std::all_of(children.begin(), children.end(), child);
            case Condition::Operator::kMatch:
                return std::all_of(leaves.begin(), leaves.end(), [&](const Leaf& leaf) {
                    return access::holds(leaf, facts, address, tags);
                });
        }
        return false;
    }
    static Node compile(const Condition& condition, bool& unknown, bool& needs_address) {
        Node node;
        node.op = condition.op;
        for (const Condition& child : condition.conditions) {
            node.children.push_back(compile(child, unknown, needs_address));
        }
        for (const auto& [key, value] : condition.values) {
            auto leaf = parse_leaf(key, value);
            if (!leaf) {
                unknown = true;
                continue;
            }
            needs_address = needs_address || leaf->subject == Subject::kAddress;
            node.leaves.push_back(std::move(*leaf));
        }
        return node;
    }
};

CompiledCondition::CompiledCondition() = default;
CompiledCondition::~CompiledCondition() = default;

std::shared_ptr<const CompiledCondition> CompiledCondition::compile(const Condition& condition) {
    auto made = std::make_shared<CompiledCondition>();
    made->unknown_ = !check_condition(condition, {});
    if (!made->unknown_) {
        made->root_ = std::make_unique<Node>(
            Node::compile(condition, made->unknown_, made->needs_address_));
    }
    return made;
}

Truth CompiledCondition::holds(const RequestFacts& facts, const Tags* resource_tags) const {
    if (unknown_) {
        return Truth::kUnknown;
    }
    std::optional<Address> address;
    if (needs_address_) {
        address = parse_address(facts.client_ip);
        if (!address) {
            return Truth::kUnknown;
        }
    }
    return root_->holds(facts, address, resource_tags) ? Truth::kTrue : Truth::kFalse;
}

}  // namespace chatelaine::access
