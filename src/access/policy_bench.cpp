// What a decision costs an account of many policies, the worst that apply to the caller included.
#include <benchmark/benchmark.h>

#include "access/policy_set.hpp"

namespace chatelaine::access {
namespace {

constexpr const char* kUser = "urn:v1:eu:identity:user:7d3b2c1a-0000-4000-8000-000000000001/ann";
constexpr const char* kDomain = "urn:v1:eu:resource:okms:7d3b2c1a-0000-4000-8000-0000000000aa";

std::shared_ptr<const Policy> policy(int number, bool mine, bool one_key) {
    auto made = std::make_shared<Policy>();
    made->name = "policy " + std::to_string(number);
    made->identities = {mine ? kUser : kUser + std::to_string(number)};
    made->resources = {one_key ? std::string(kDomain) + "/serviceKey/" + std::to_string(number)
                               : std::string(kDomain) + "/*"};
    made->permissions.allow = {"okms:apikms:serviceKey/" + std::to_string(number % 40)};
    made->permissions.except = {"okms:apikms:serviceKey/delete"};
    if (number % 10 == 0) {
        made->permissions.deny = {"okms:apikms:serviceKey/export"};
    }
    if (number % 4 == 0) {
        Condition condition;
        condition.values = {{"request.IP.IN", "10.0.0.0/8, 192.168.0.0/16"}};
        made->condition = condition;
    }
    return made;
}

void run(benchmark::State& state, bool mine, bool one_key) {
    Rules rules;
    for (int i = 0; i < state.range(0); ++i) {
        rules.policies.push_back(policy(i, mine, one_key));
    }
    auto last = std::make_shared<Policy>(*policy(0, true, false));
    last->condition.reset();
    last->permissions.allow = {"okms:apikms:serviceKey/encrypt"};
    rules.policies.push_back(last);
    const auto set = PolicySet::compile(rules, "eu");
    const auto about = set->about({kUser});
    const RequestFacts facts{WallTime::from_seconds(1'800'000'000), "10.1.2.3"};
    const std::string key = std::string(kDomain) + "/serviceKey/7";
    for (auto _ : state) {
        const auto votes = set->decide(
            about, facts, {"okms:apikms:serviceKey/encrypt", "okms:apiovh:serviceKey/encrypt"},
            key);
        CH_CHECK(votes.allow);
        benchmark::DoNotOptimize(votes);
    }
}

void of_others(benchmark::State& state) { run(state, false, false); }
BENCHMARK(of_others)->Arg(1)->Arg(100)->Arg(1000)->Arg(2000);
void of_the_caller(benchmark::State& state) { run(state, true, false); }
BENCHMARK(of_the_caller)->Arg(1)->Arg(100)->Arg(1000)->Arg(2000);
void one_key_each(benchmark::State& state) { run(state, true, true); }
BENCHMARK(one_key_each)->Arg(1000);

void who_it_is_about(benchmark::State& state) {
    Rules rules;
    for (int i = 0; i < state.range(0); ++i) {
        rules.policies.push_back(policy(i, i % 10 == 0, false));
    }
    const auto set = PolicySet::compile(rules, "eu");
    for (auto _ : state) {
        benchmark::DoNotOptimize(set->about({kUser}));
    }
}
BENCHMARK(who_it_is_about)->Arg(1000);

}  // namespace
}  // namespace chatelaine::access

BENCHMARK_MAIN();
