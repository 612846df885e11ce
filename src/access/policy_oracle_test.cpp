// The account's policies against a second reading of the contract, on random rules and requests.
// CHATELAINE_POLICY_CASES says how many (tools/policy-campaign asks for a million).
#include "access/policy_oracle.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <random>

#include "access/policy_set.hpp"

namespace chatelaine::access {
namespace oracle {
namespace {

bool ends_with_star(const std::string& pattern) {
    return !pattern.empty() && pattern.back() == '*';
}

bool names(std::string pattern, const std::string& plate, const std::string& text) {
    if (pattern.substr(0, 8) == "urn:v1::") {
        pattern = "urn:v1:" + plate + pattern.substr(7);
    }
    if (!ends_with_star(pattern)) {
        return pattern == text;
    }
    return text.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1) == 0 &&
           text.size() >= pattern.size() - 1;
}

bool any(const std::vector<std::string>& patterns, const std::string& plate,
         const std::string& text) {
    for (const auto& pattern : patterns) {
        if (names(pattern, plate, text)) {
            return true;
        }
    }
    return false;
}

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> parts(1);
    for (const char c : list) {
        if (c == ',') {
            parts.emplace_back();
        } else if (c != ' ') {
            parts.back() += c;
        }
    }
    return parts;
}

/// An address as a text of its bits, 32 or 128 of them; empty when it is none.
std::string bits_of(const std::string& address) {
    unsigned char raw[16];
    std::size_t octets = 0;
    if (inet_pton(AF_INET, address.c_str(), raw) == 1) {
        octets = 4;
    } else if (inet_pton(AF_INET6, address.c_str(), raw) == 1) {
        octets = 16;
    }
    std::string bits;
    for (std::size_t i = 0; i < octets * 8; ++i) {
        bits += (raw[i / 8] >> (7 - i % 8) & 1) != 0 ? '1' : '0';
    }
    return bits;
}

bool in_network(const std::string& network, const std::string& address) {
    const auto slash = network.find('/');
    const std::string whole = bits_of(network.substr(0, slash));
    const std::size_t kept = slash == std::string::npos
                                 ? whole.size()
                                 : static_cast<std::size_t>(std::stoi(network.substr(slash + 1)));
    const std::string other = bits_of(address);
    return whole.size() == other.size() && whole.substr(0, kept) == other.substr(0, kept);
}

std::tm local(const std::string& zone, WallTime now) {
    setenv("TZ", zone.c_str(), 1);
    tzset();
    const auto seconds = static_cast<std::time_t>(now.seconds());
    std::tm parts{};
    localtime_r(&seconds, &parts);
    return parts;
}

const Tags* tags_of(const Rules& rules, const std::string& resource) {
    for (const auto& tagged : rules.tags) {
        if (tagged->urn == resource) {
            return &tagged->tags;
        }
    }
    return nullptr;
}

/// One key and value of a MATCH: what it asks about, in which way, against what.
bool match(const std::string& key, const std::string& value, const Rules& rules,
           const Request& request) {
    const std::size_t closed = key.find(')');
    std::string rest;
    std::string about;
    if (key.substr(0, 7) == "request") {
        about = "IP";
        rest = key.substr(std::string("request.IP").size());
    } else if (key.substr(0, 8) == "resource") {
        about = "Tag";
        rest = key.substr(closed + 1);
    } else {
        const std::string tail = key.substr(closed + 2);
        about = tail.substr(0, tail.find('.'));
        rest = tail.substr(about.size());
    }
    for (char& c : rest) {
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    const std::vector<std::string> values =
        rest == ".IN" ? split(value) : std::vector<std::string>{value};
    for (const auto& one : values) {
        if (about == "IP") {
            if (in_network(one, request.client_ip)) {
                return true;
            }
            continue;
        }
        const std::string inside = key.substr(key.find('(') + 1, closed - key.find('(') - 1);
        if (about == "Tag") {
            if (const Tags* tags = tags_of(rules, request.resource)) {
                for (const auto& [name, text] : *tags) {
                    if (name == inside && text == one) {
                        return true;
                    }
                }
            }
            continue;
        }
        const std::tm now = local(inside, request.now);
        char date[16];
        std::strftime(date, sizeof date, "%Y-%m-%d", &now);
        // What is compared, as texts that sort as their meaning does.
        std::string left = date;
        std::string right = one;
        if (about == "Hour") {
            left = std::string(now.tm_hour < 10 ? "0" : "") + std::to_string(now.tm_hour);
            right = std::string(one.size() < 2 ? "0" : "") + one;
        } else if (about == "WeekDay") {
            const std::string order =
                "monday    tuesday   wednesday thursday  friday    saturday  sunday    ";
            std::string lower;
            for (const char c : one) {
                lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            }
            left = std::to_string((now.tm_wday + 6) % 7);
            right = std::to_string(order.find(lower) / 10);
        }
        const bool holds = rest == ".BEFORE" || rest == ".LT"  ? left < right
                           : rest == ".AFTER" || rest == ".GT" ? left > right
                           : rest == ".GE"                     ? left >= right
                           : rest == ".LE"                     ? left <= right
                                                               : left == right;
        if (holds) {
            return true;
        }
    }
    return false;
}

bool holds(const Condition& condition, const Rules& rules, const Request& request) {
    if (condition.op == Condition::Operator::kMatch) {
        for (const auto& [key, value] : condition.values) {
            if (!match(key, value, rules, request)) {
                return false;
            }
        }
        return true;
    }
    if (condition.op == Condition::Operator::kNot) {
        return !holds(condition.conditions[0], rules, request);
    }
    std::size_t held = 0;
    for (const Condition& child : condition.conditions) {
        held += holds(child, rules, request) ? 1U : 0U;
    }
    return condition.op == Condition::Operator::kAnd ? held == condition.conditions.size()
                                                     : held > 0;
}

bool asks_for_address(const Condition& condition) {
    for (const auto& [key, value] : condition.values) {
        if (key.substr(0, 10) == "request.IP") {
            return true;
        }
    }
    for (const Condition& child : condition.conditions) {
        if (asks_for_address(child)) {
            return true;
        }
    }
    return false;
}

bool is_about(const Policy& policy, const Rules& rules, const std::string& plate,
              const Request& request) {
    bool caller = any(policy.identities, plate, request.identity);
    for (const auto& group : request.groups) {
        caller = caller || any(policy.identities, plate, group);
    }
    bool resource = any(policy.resources, plate, request.resource);
    for (const auto& group : rules.resource_groups) {
        for (const auto& urn : policy.resources) {
            if (names(urn, plate, group->urn) && !ends_with_star(urn)) {
                resource = resource || any(group->resources, plate, request.resource);
            }
        }
    }
    return caller && resource;
}

}  // namespace

bool allowed(const Rules& rules, const std::string& plate, const Request& request) {
    bool granted = false;
    for (const auto& policy : rules.policies) {
        if (!is_about(*policy, rules, plate, request) ||
            (policy->expires && request.now >= *policy->expires)) {
            continue;
        }
        // What cannot be judged (no address known) is judged against the caller.
        const bool unknown = policy->condition && asks_for_address(*policy->condition) &&
                             bits_of(request.client_ip).empty();
        const bool held = !policy->condition || unknown ||
                          holds(*policy->condition, rules, request);
        if (!held) {
            continue;
        }
        std::vector<Permissions> all{policy->permissions};
        for (const auto& group : rules.permissions_groups) {
            for (const auto& urn : policy->permissions_groups) {
                if (names(urn, plate, group->urn)) {
                    all.push_back(group->permissions);
                }
            }
        }
        for (const auto& permissions : all) {
            for (const auto& action : request.actions) {
                if (any(permissions.deny, plate, action)) {
                    return false;
                }
                granted = granted || (!unknown && any(permissions.allow, plate, action) &&
                                      !any(permissions.except, plate, action));
            }
        }
    }
    return granted;
}

}  // namespace oracle

namespace {

using oracle::Request;

constexpr const char* kPlate = "eu";
constexpr const char* kAccount = "7d3b2c1a-0000-4000-8000-000000000001";

/// Random rules over a small world, so that much of it meets.
class Generator {
public:
    explicit Generator(std::uint64_t seed) : random_(seed) {}

    Rules rules() {
        Rules rules;
        for (int i = 0; i < 3; ++i) {
            auto group = std::make_shared<PermissionsGroup>();
            group->urn = "urn:v1:eu:permissionsGroup:p" + std::to_string(i);
            group->permissions = permissions(2);
            rules.permissions_groups.push_back(group);
            auto resources = std::make_shared<ResourceGroup>();
            resources->urn = "urn:v1:eu:resourceGroup:r" + std::to_string(i);
            resources->resources = some(2, [&] { return resource_pattern(); });
            rules.resource_groups.push_back(resources);
        }
        for (int i = 0; i < 4; ++i) {
            auto tagged = std::make_shared<ResourceTags>();
            tagged->urn = resource();
            tagged->tags = {{"env", one_of({"prod", "test"})}, {"team", one_of({"a", "b"})}};
            rules.tags.push_back(tagged);
        }
        std::sort(rules.tags.begin(), rules.tags.end(),
                  [](const auto& a, const auto& b) { return a->urn < b->urn; });
        rules.tags.erase(std::unique(rules.tags.begin(), rules.tags.end(),
                                     [](const auto& a, const auto& b) { return a->urn == b->urn; }),
                         rules.tags.end());
        for (std::size_t i = 0, count = 1 + below(8); i < count; ++i) {
            rules.policies.push_back(policy(i));
        }
        return rules;
    }

    Request request() {
        Request request;
        request.identity = user();
        request.groups = some(below(3), [&] { return user_group(); });
        request.actions = {action()};
        if (below(2) == 0) {
            request.actions.push_back(action());
        }
        request.resource = resource();
        request.now = now();
        request.client_ip = one_of({"10.1.2.3", "10.9.9.9", "192.168.0.7", "2001:db8::1",
                                    "2001:db8:1::1", "", "::1"});
        return request;
    }

private:
    std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }
    std::string one_of(std::initializer_list<const char*> texts) {
        return *(texts.begin() + below(texts.size()));
    }
    template <class Make>
    std::vector<std::string> some(std::size_t count, Make make) {
        std::vector<std::string> made;
        for (std::size_t i = 0; i < count; ++i) {
            made.push_back(make());
        }
        return made;
    }
    std::string user() {
        return "urn:v1:eu:identity:user:" + std::string(kAccount) + "/" +
               one_of({"ann", "bob", "bobby"});
    }
    std::string user_group() {
        return "urn:v1:eu:identity:group:" + std::string(kAccount) + "/" + one_of({"dev", "ops"});
    }
    std::string without_plate(std::string urn) {
        return below(4) == 0 ? "urn:v1:" + urn.substr(9) : urn;
    }
    std::string cut(std::string text) {
        return below(3) == 0 ? text.substr(0, below(text.size() + 1)) + "*" : text;
    }
    std::string identity_pattern() {
        return below(8) == 0 ? "*" : cut(without_plate(below(2) == 0 ? user() : user_group()));
    }
    std::string resource() {
        return std::string("urn:v1:eu:resource:okms:") + one_of({"d1", "d2"}) +
               one_of({"", "/serviceKey/k1", "/serviceKey/k2", "/serviceKey/k12", "/secret/a/b"});
    }
    std::string resource_pattern() {
        return below(8) == 0 ? "*" : cut(without_plate(resource()));
    }
    std::string action() {
        return std::string("okms:") + one_of({"apikms", "apiovh", "kmip"}) + ":" +
               one_of({"serviceKey/get", "serviceKey/encrypt", "secret/get", "secret/getData"});
    }
    std::string action_pattern() { return below(10) == 0 ? "*" : cut(action()); }
    Permissions permissions(std::size_t most) {
        Permissions made;
        made.allow = some(1 + below(most), [&] { return action_pattern(); });
        made.except = some(below(3) == 0 ? 1 : 0, [&] { return action_pattern(); });
        made.deny = some(below(6) == 0 ? 1 : 0, [&] { return action_pattern(); });
        return made;
    }
    WallTime now() {
        return WallTime::from_seconds(946'684'800 +
                                      static_cast<std::int64_t>(below(1'577'836'800)));
    }
    std::string any_case(std::string op) {
        for (char& c : op) {
            c = below(2) == 0 ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : c;
        }
        return op;
    }
    std::string zone() {
        return one_of({"UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata",
                       "Australia/Lord_Howe", "Pacific/Auckland"});
    }
    std::pair<std::string, std::string> test() {
        switch (below(5)) {
            case 0: {
                const bool list = below(2) == 0;
                const auto network = [&] {
                    return one_of({"10.0.0.0/8", "10.1.2.3", "192.168.0.0/30", "2001:db8::/48",
                                   "0.0.0.0/0", "::1", "10.1.0.0/15"});
                };
                return {"request.IP" + any_case(list ? ".IN" : ".EQ"),
                        list ? network() + ", " + network() : network()};
            }
            case 1:
                return {std::string("resource.Tag(") + one_of({"env", "team", "none"}) + ")",
                        one_of({"prod", "test", "a"})};
            case 2:
                return {"date(" + zone() + ").Date" + any_case(one_of({".BEFORE", ".AFTER"})),
                        std::to_string(2000 + below(50)) + "-03-29"};
            case 3:
                return {"date(" + zone() + ").Hour" +
                            any_case(one_of({"", ".GE", ".LE", ".GT", ".LT"})),
                        std::to_string(below(24))};
            default:
                return {"date(" + zone() + ").WeekDay" +
                            any_case(one_of({".IN", ".GE", ".LT"})),
                        one_of({"monday", "Friday", "SUNDAY"})};
        }
    }
    Condition condition(int levels) {
        Condition made;
        const std::size_t kind = levels > 1 ? below(5) : 4;
        made.op = kind == 0   ? Condition::Operator::kAnd
                  : kind == 1 ? Condition::Operator::kOr
                  : kind == 2 ? Condition::Operator::kNot
                              : Condition::Operator::kMatch;
        if (made.op == Condition::Operator::kMatch) {
            for (std::size_t i = 0, count = 1 + below(2); i < count; ++i) {
                made.values.push_back(test());
            }
            return made;
        }
        const std::size_t count = made.op == Condition::Operator::kNot ? 1 : 1 + below(3);
        for (std::size_t i = 0; i < count; ++i) {
            made.conditions.push_back(condition(levels - 1));
        }
        return made;
    }
    std::shared_ptr<const Policy> policy(std::size_t number) {
        auto made = std::make_shared<Policy>();
        made->id.octets[15] = static_cast<std::uint8_t>(number + 1);
        made->name = "policy " + std::to_string(number);
        made->identities = some(1 + below(2), [&] { return identity_pattern(); });
        made->resources = some(1 + below(2), [&] {
            return below(5) == 0 ? "urn:v1:" + one_of({"eu", ""}) + ":resourceGroup:r" +
                                       std::to_string(below(3))
                                 : resource_pattern();
        });
        made->permissions = below(4) == 0 ? Permissions{} : permissions(3);
        made->permissions_groups = some(below(3), [&] {
            return "urn:v1:" + one_of({"eu", ""}) + ":permissionsGroup:p" +
                   std::to_string(below(3));
        });
        if (below(2) == 0) {
            made->condition = condition(3);
            EXPECT_TRUE(check_condition(*made->condition, "conditions"));
        }
        if (below(4) == 0) {
            made->expires = now();
        }
        return made;
    }

    std::mt19937_64 random_;
};

/// The policy and, to see that it survives, all of it as read back from its bytes.
Rules read_back(const Rules& rules) {
    Rules back = rules;
    for (auto& policy : back.policies) {
        Bytes bytes;
        policy->encode(bytes);
        auto read = Policy::decode({}, bytes);
        EXPECT_TRUE(read);
        EXPECT_EQ((*read)->identities, policy->identities);
        EXPECT_EQ((*read)->condition, policy->condition);
        policy = *read;
    }
    return back;
}

TEST(PolicyOracle, SaysTheSameOnRandomRulesAndRequests) {
    const char* const asked = std::getenv("CHATELAINE_POLICY_CASES");
    const std::size_t cases = asked != nullptr ? std::strtoull(asked, nullptr, 10) : 20'000;
    constexpr std::size_t kRequestsOfEach = 20;
    std::size_t allowed = 0;
    std::size_t by_deny = 0;
    for (std::size_t done = 0; done < cases; done += kRequestsOfEach) {
        Generator generator(done + 1);
        const Rules rules = read_back(generator.rules());
        const auto set = PolicySet::compile(rules, kPlate);
        for (std::size_t i = 0; i < kRequestsOfEach; ++i) {
            const Request request = generator.request();
            std::vector<std::string> callers = request.groups;
            callers.push_back(request.identity);
            const auto about = set->about(callers);
            const RequestFacts facts{request.now, request.client_ip};
            const std::string second = request.actions.size() > 1 ? request.actions[1] : "";
            const auto votes =
                set->decide(about, facts, {request.actions[0], second}, request.resource);
            const auto why =
                set->explain(about, facts, {request.actions[0], second}, request.resource);
            const bool ours = votes.allow && !votes.deny;
            ASSERT_EQ(ours, oracle::allowed(rules, kPlate, request))
                << "rules of seed " << done + 1 << ", request " << i;
            ASSERT_EQ(ours, why.decision == Decision::kAllowed);
            ASSERT_EQ(votes.deny, why.reason == Explanation::Reason::kDenied);
            allowed += ours ? 1 : 0;
            by_deny += votes.deny ? 1 : 0;
        }
    }
    // What is never allowed, or always, would prove nothing.
    EXPECT_GT(allowed * 20, cases);
    EXPECT_LT(allowed * 2, cases);
    EXPECT_GT(by_deny * 100, cases);
    RecordProperty("cases", static_cast<int>(cases));
}

}  // namespace
}  // namespace chatelaine::access
