#include "access/access.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "access/policy_set.hpp"
#include "access/time_zone.hpp"
#include "base/encoding.hpp"

namespace chatelaine::access {
namespace {

Decision decide(const std::vector<Grant>& grants, std::initializer_list<std::string_view> actions,
                std::string_view resource) {
    const auto set = PolicySet::compile(grants);
    const auto votes = set->decide(set->all(), {}, actions, resource);
    return votes.allow && !votes.deny ? Decision::kAllowed : Decision::kDenied;
}

constexpr WallTime kNow = WallTime::from_seconds(1'800'000'000);

Uuid uuid(std::uint8_t number) {
    Uuid id;
    id.octets[15] = number;
    return id;
}

/// Records in a map: nothing is sealed, nothing blocks.
class FakeReader final : public seal::Reader {
public:
    template <class T>
    void put(const Uuid& scope, const Uuid& id, T record) {
        records_[{scope, T::kind, id}] = std::make_shared<const T>(std::move(record));
    }
    /// From now on the account has rules, which cannot be read.
    void break_rules(const Uuid& account) {
        records_[{account, PolicyMark::kind, account}] = std::make_shared<const PolicyMark>();
    }
    Result<store::Term> term(const Uuid&, std::string_view, std::string_view) override {
        return Error(Code::kInternal, "test");
    }
    Result<std::uint64_t> version_of(const store::RecordKey&) override { return 0; }
    bool may_block() const override { return true; }

protected:
    Result<std::shared_ptr<const void>> load_any(const store::RecordKey& key,
                                                 seal::Decode) override {
        const auto found = records_.find(key);
        return found == records_.end() ? std::shared_ptr<const void>() : found->second;
    }
    Result<ErasedPage> find_any(const store::Query&, seal::Decode) override {
        return Error(Code::kInternal, "test");
    }

private:
    std::map<store::RecordKey, std::shared_ptr<const void>> records_;
};

// ---- patterns ------------------------------------------------------------------------------

TEST(Matches, StarsStandForAnyRun) {
    EXPECT_TRUE(matches("a*", "a"));
    EXPECT_TRUE(matches("a*", "abc"));
    EXPECT_FALSE(matches("ab*", "a"));
    EXPECT_FALSE(matches("b*", "ab"));
    EXPECT_FALSE(matches("a*b", "a"));
    EXPECT_FALSE(matches("ab*b", "ab"));
    EXPECT_TRUE(matches("*", ""));
    EXPECT_TRUE(matches("*", "anything"));
    EXPECT_TRUE(matches("a*c", "ac"));
    EXPECT_TRUE(matches("a*c", "abbbc"));
    EXPECT_TRUE(matches("okms:*:serviceKey/*", "okms:apikms:serviceKey/encrypt"));
    EXPECT_TRUE(matches("a*b*c", "a1b2b3c"));
    EXPECT_TRUE(matches("**a", "xa"));
    EXPECT_FALSE(matches("a*c", "abbb"));
    EXPECT_FALSE(matches("a*c", "abcd"));
    EXPECT_FALSE(matches("", "a"));
    EXPECT_TRUE(matches("", ""));
    EXPECT_FALSE(matches("okms:apikms:serviceKey", "okms:apikms:serviceKey/get"));
    EXPECT_FALSE(matches("A", "a"));
}

/// The plain definition, exponential: the judge of the fast one.
bool matches_slowly(std::string_view pattern, std::string_view text) {
    if (pattern.empty()) {
        return text.empty();
    }
    if (pattern.front() == '*') {
        for (std::size_t skip = 0; skip <= text.size(); ++skip) {
            if (matches_slowly(pattern.substr(1), text.substr(skip))) {
                return true;
            }
        }
        return false;
    }
    return !text.empty() && pattern.front() == text.front() &&
           matches_slowly(pattern.substr(1), text.substr(1));
}

TEST(Matches, AgreesWithTheDefinition) {
    std::mt19937 dice(4);
    for (int i = 0; i < 20'000; ++i) {
        std::string pattern(dice() % 7, 'a');
        std::string text(dice() % 8, 'a');
        for (char& c : pattern) {
            c = "ab*"[dice() % 3];
        }
        for (char& c : text) {
            c = "ab"[dice() % 2];
        }
        ASSERT_EQ(matches(pattern, text), matches_slowly(pattern, text)) << pattern << " " << text;
    }
}

TEST(Decide, NeedsActionAndResourceInOneGrant) {
    const std::vector<Grant> grants{{{"read"}, {"one"}}, {{"write"}, {"two"}}};
    EXPECT_EQ(decide(grants, {"read"}, "one"), Decision::kAllowed);
    EXPECT_EQ(decide(grants, {"write"}, "two"), Decision::kAllowed);
    EXPECT_EQ(decide(grants, {"read"}, "two"), Decision::kDenied);
    EXPECT_EQ(decide(grants, {"write"}, "one"), Decision::kDenied);
    EXPECT_EQ(decide(grants, {"other", "write"}, "two"), Decision::kAllowed);
    EXPECT_EQ(decide({}, {"read"}, "one"), Decision::kDenied);
    EXPECT_EQ(decide({{{"*"}, {"*"}}}, {"", ""}, "one"), Decision::kDenied)
        << "an operation without an action is nobody's";
}

TEST(Covers, TakesInPatternsByPattern) {
    const auto one = [](const char* held, const char* given) {
        const bool by_action = covers({{{held}, {"*"}}}, {{{given}, {"r"}}});
        EXPECT_EQ(by_action, covers({{{"*"}, {held}}}, {{{"a"}, {given}}})) << held << " " << given;
        return by_action;
    };
    EXPECT_TRUE(one("*", "*"));
    EXPECT_TRUE(one("*", "a*b"));
    EXPECT_TRUE(one("a*", "a*"));
    EXPECT_TRUE(one("a*", "ab*c"));
    EXPECT_TRUE(one("a*", "a**"));
    EXPECT_TRUE(one("*b*", "ab*"));
    EXPECT_TRUE(one("a", "a"));
    EXPECT_FALSE(one("a", "*"));
    EXPECT_FALSE(one("a*", "*"));
    EXPECT_FALSE(one("ab*", "a*"));
    EXPECT_FALSE(one("a*b", "a*"));
    EXPECT_FALSE(one("*a*", "*"));
    EXPECT_FALSE(one("", "*"));
}

TEST(Covers, NeedsActionAndResourceInOneGrant) {
    const std::vector<Grant> held{{{"read"}, {"one"}}, {{"write"}, {"two"}}};
    EXPECT_TRUE(covers(held, {}));
    EXPECT_TRUE(covers({}, {}));
    EXPECT_TRUE(covers(held, held));
    EXPECT_FALSE(covers({}, held));
    EXPECT_EQ(first_missing({}, held), (Right{"read", "one"}));
    EXPECT_EQ(first_missing(held, {{{"read", "write"}, {"two"}}}), (Right{"read", "two"}));
    EXPECT_EQ(first_missing(held, {{{"write"}, {"two", "one"}}}), (Right{"write", "one"}));
    EXPECT_TRUE(covers({{{"a"}, {"1"}}, {{"a"}, {"2"}}}, {{{"a"}, {"1", "2"}}}))
        << "each pair in one grant, not all pairs in the same";
    EXPECT_EQ(beyond(held, {{{"read"}, {"one"}}, {{"read"}, {"two"}}}),
              (std::vector<Grant>{{{"read"}, {"two"}}}));
}

/// So many, and so alike, that comparing each with each would take minutes.
std::vector<std::string> alike(std::size_t count, char last) {
    std::vector<std::string> made;
    for (std::size_t i = 0; i < count; ++i) {
        made.push_back(std::string(400, 'x') + std::to_string(i) + last);
    }
    return made;
}

TEST(Covers, TooMuchToCompareCountsAsMissing) {
    std::vector<Grant> held(10'000, Grant{{"*"}, {"nothing"}});
    held.push_back({{"*"}, {"*"}});
    std::vector<std::string> resources;
    for (int i = 0; i < 1000; ++i) {
        resources.push_back("r" + std::to_string(i));
    }
    EXPECT_TRUE(first_missing(held, {{alike(100, 'g'), resources}}));
    EXPECT_FALSE(first_missing(held, {{{"read"}, resources}})) << "far less to look at";
}

TEST(Standing, TooMuchToCompareCountsAsDenied) {
    Rules rules;
    auto policy = std::make_shared<Policy>();
    policy->identities = {"*"};
    policy->resources = {"*"};
    policy->permissions.deny = alike(100, 'h');
    rules.policies.assign(200, policy);
    auto someone = std::make_shared<Identity>();
    someone->urn = "urn:v1:eu:identity:user:x";
    const auto standing =
        Standing::of({someone}, PolicySet::compile(rules, "eu"), "eu", {kNow, {}});
    EXPECT_FALSE(standing->denied_of({{{"read"}, {"one"}}}));
    const std::vector<Grant> many(1000, Grant{alike(100, 'g'), {"one"}});
    EXPECT_TRUE(standing->denied_of(many));
}

TEST(Conditions, OfOneZoneShareIt) {
    const auto zone = TimeZone::load("Europe/Paris");
    ASSERT_TRUE(zone);
    EXPECT_EQ(TimeZone::load("Europe/Paris"), zone);
    EXPECT_FALSE(TimeZone::load("Europe/Nowhere"));
    EXPECT_FALSE(TimeZone::load("Europe/Nowhere")) << "what is none is not kept";
    std::string slashes = "/";
    for (int i = 0; i < 50; ++i, slashes += '/') {
        EXPECT_TRUE(TimeZone::load("Europe" + slashes + "Paris")) << "kept or not";
    }
}

TEST(Conditions, HaveAHundredValuesAtMost) {
    Condition leaf;
    leaf.values.assign(20, {"date(Europe/Paris).Hour.GE", "8"});
    Condition all;
    all.op = Condition::Operator::kAnd;
    all.conditions.assign(5, leaf);
    EXPECT_TRUE(check_condition(all, "conditions"));
    all.conditions.push_back(leaf);
    const auto refused = check_condition(all, "conditions");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kInvalidArgument);
    EXPECT_NE(refused.error().to_string().find("conditions.conditions.5"), std::string::npos);
}

/// A pattern, grants or a text of a small alphabet, so that they meet often.
std::string some_text(std::mt19937& dice, std::string_view alphabet, std::size_t characters_max) {
    std::string text(1 + dice() % characters_max, 'a');
    for (char& c : text) {
        c = alphabet[dice() % alphabet.size()];
    }
    return text;
}
std::vector<Grant> some_grants(std::mt19937& dice) {
    const auto patterns = [&] {
        std::vector<std::string> made(1 + dice() % 2);
        for (auto& pattern : made) {
            pattern = some_text(dice, "ab**", 3);
        }
        return made;
    };
    std::vector<Grant> grants(dice() % 3);
    for (auto& grant : grants) {
        grant = {patterns(), patterns()};
    }
    return grants;
}

TEST(Covers, MeansThatWhateverIsAllowedIsHeld) {
    std::mt19937 dice(7);
    int covered = 0, allowed = 0;
    for (int i = 0; i < 20'000; ++i) {
        const auto held = some_grants(dice), given = some_grants(dice);
        const bool says = covers(held, given);
        covered += says && !given.empty();
        ASSERT_TRUE(covers(held, held));
        ASSERT_EQ(says, beyond(held, given).empty());
        for (int j = 0; says && j < 20; ++j) {
            const std::string action = some_text(dice, "ab", 4);
            const std::string resource = some_text(dice, "ab", 4);
            if (decide(given, {action}, resource) == Decision::kAllowed) {
                ++allowed;
                ASSERT_EQ(decide(held, {action}, resource), Decision::kAllowed)
                    << action << " on " << resource;
            }
        }
    }
    EXPECT_GT(covered, 1000) << "the test looks at something";
    EXPECT_GT(allowed, 1000);
}

TEST(Covers, IsExactForOnePattern) {
    std::mt19937 dice(8);
    for (int i = 0; i < 20'000; ++i) {
        const std::string held = some_text(dice, "ab**", 4), given = some_text(dice, "ab**", 4);
        if (covers({{{"x"}, {held}}}, {{{"x"}, {given}}})) {
            continue;
        }
        // Something is outside: the given pattern with a letter of nobody's for each star.
        std::string outside = given;
        std::replace(outside.begin(), outside.end(), '*', 'c');
        ASSERT_TRUE(matches(given, outside) && !matches(held, outside)) << held << " " << given;
    }
}

TEST(Covers, SaysNoToMoreThanItWillCompare) {
    std::vector<Grant> plain, vast;
    for (int i = 0; i < 1000; ++i) {
        plain.push_back({{"action" + std::to_string(i)}, {"resource"}});
    }
    EXPECT_TRUE(covers({{{"*"}, {"*"}}}, plain));
    std::vector<Grant> longer = plain;
    std::reverse(longer.begin(), longer.end());
    for (auto& grant : longer) {
        grant.resources.push_back("other");
    }
    EXPECT_TRUE(covers(longer, plain)) << "a thousand plain grants are within the bound";
    const std::string hard = "*" + std::string(500, 'a') + "b";
    for (int i = 0; i < 100; ++i) {
        vast.push_back({std::vector<std::string>(10, hard + std::to_string(i)), {"resource"}});
    }
    std::vector<Grant> all = vast;
    for (auto& grant : all) {
        grant.resources.push_back("other");
    }
    std::reverse(all.begin(), all.end());
    EXPECT_FALSE(covers(all, vast)) << "it is covered; to find that out is too much work";
}

// ---- tokens --------------------------------------------------------------------------------

std::string token_text(const Uuid& scope, const Uuid& id) {
    const auto secret = crypto::SecretBytes::copy_of(Bytes(32, 7));
    const auto text = make_token_text(scope, id, secret);
    return text.with_exposed(crypto::insecure_expose_secret(),
                             [](BytesView bytes) { return std::string(as_text(bytes)); });
}

TEST(Token, ReadsWhatItWrote) {
    const std::string text = token_text(uuid(1), uuid(2));
    const auto parts = parse_token_text(text);
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->scope, uuid(1));
    EXPECT_EQ(parts->id, uuid(2));
    EXPECT_EQ(parts->hash, crypto::sha256(as_bytes(text)));
}

TEST(Token, RefusesEveryOtherLengthAndPrefix) {
    const std::string text = token_text(uuid(1), uuid(2));
    for (std::size_t size = 0; size < text.size(); ++size) {
        EXPECT_FALSE(parse_token_text(text.substr(0, size))) << size;
    }
    EXPECT_FALSE(parse_token_text(text + "A"));
    EXPECT_FALSE(parse_token_text("OKMS_" + text.substr(5)));
    std::string newer = text;
    newer[5] = 'C';  // another version byte
    EXPECT_FALSE(parse_token_text(newer));
}

TEST(Grants, WithAnEndAllowUntilThenAndAreNothingToHandOn) {
    const auto set = PolicySet::compile(std::vector<Grant>{{{"a"}, {"*"}}}, kNow);
    Standing standing;
    standing.parts = std::make_shared<Standing::Parts>(Standing::Parts{{set, set->all()}});
    standing.facts.now = kNow.plus_seconds(-1);
    EXPECT_EQ(standing.decide({"a"}, "x"), Decision::kAllowed);
    EXPECT_TRUE(standing.least().empty());
    standing.facts.now = kNow;
    EXPECT_EQ(standing.decide({"a"}, "x"), Decision::kDenied);
}

// ---- finding the principal -----------------------------------------------------------------

class Authenticate : public ::testing::Test {
protected:
    Authenticate() {
        identity_.id.uuid = uuid(10);
        identity_.account = account_;
        token_.id = uuid(30);
        token_.account = account_;
        token_.identity = identity_.id;
        token_.domain = domain_;
        text_ = token_text(account_.uuid, token_.id);
        token_.hash = crypto::sha256(as_bytes(text_));
        credential_.id.uuid = uuid(20);
        credential_.id.uuid.octets[0] = 0x40;
        credential_.account = account_;
        credential_.domain = domain_;
        credential_.identities = {identity_.id};
        credential_.fingerprint = fingerprint_;
        credential_.not_before = kNow;
        credential_.not_after = kNow.plus_seconds(100);
        Domain domain;
        domain.id = domain_;
        domain.account = account_;
        reader_.put(account_.uuid, domain_.uuid, domain);
        Domain other;
        other.id.uuid = uuid(3);
        other.account.uuid = uuid(99);
        reader_.put(uuid(3), uuid(3), other);
        reader_.put(uuid(99), uuid(3), other);
        store();
    }

    void store() {
        reader_.put(account_.uuid, identity_.id.uuid, identity_);
        reader_.put(account_.uuid, token_.id, token_);
        reader_.put(domain_.uuid, credential_.id.uuid, credential_);
    }

    Presented with_token() {
        header_ = "Bearer " + text_;
        Presented presented;
        presented.authorization = header_;
        return presented;
    }
    Presented with_certificate() {
        Presented presented;
        auto& certificate = presented.certificate.emplace();
        certificate.serial = credential_.id.uuid.octets;
        certificate.upn_names = &names_;
        certificate.fingerprint = &fingerprint_;
        certificate.verified = certificate.client_auth = true;
        return presented;
    }

    /// The error's `where`, or "" when a principal was found.
    std::string refusal(const Presented& presented, WallTime now = kNow) {
        const auto principal = Authenticator().authenticate(presented, reader_, now);
        return principal ? std::string() : std::string(principal.error().where());
    }

    AccountId account_{uuid(1)};
    DomainId domain_{uuid(2)};
    crypto::Sha256 fingerprint_{1, 2, 3};
    std::vector<std::string> names_{"okms.domain:" + domain_.to_string()};
    Identity identity_;
    Token token_;
    Credential credential_;
    FakeReader reader_;
    std::string text_, header_;
};

TEST_F(Authenticate, TakesAGoodTokenAndCertificate) {
    const auto by_token = Authenticator().authenticate(with_token(), reader_, kNow);
    ASSERT_TRUE(by_token);
    EXPECT_EQ(by_token->domain(), domain_);
    EXPECT_FALSE(by_token->by_certificate());
    const auto by_certificate = Authenticator().authenticate(with_certificate(), reader_, kNow);
    ASSERT_TRUE(by_certificate);
    EXPECT_EQ(by_certificate->account(), account_);
    EXPECT_TRUE(by_certificate->by_certificate());
}

TEST_F(Authenticate, RulesThatCannotBeReadKeepOutAllButTheRoot) {
    reader_.break_rules(account_.uuid);
    for (const auto& presented : {with_token(), with_certificate()}) {
        EXPECT_EQ(refusal(presented), "test");
    }
    identity_.root = true;
    store();
    const auto root = Authenticator().authenticate(with_token(), reader_, kNow);
    ASSERT_TRUE(root) << root.error().to_string();
    EXPECT_EQ(root->decide({"any"}, "thing"), Decision::kAllowed);
    EXPECT_EQ(refusal(with_certificate()), "");
}

TEST_F(Authenticate, RefusesNothing) {
    const auto principal = Authenticator().authenticate({}, reader_, kNow);
    ASSERT_FALSE(principal);
    EXPECT_EQ(principal.error().code(), Code::kUnauthenticated);
}

TEST_F(Authenticate, HoldsATokenToItsEnd) {
    token_.expires = kNow.plus_seconds(10);
    store();
    EXPECT_EQ(refusal(with_token(), kNow.plus_seconds(9)), "");
    EXPECT_EQ(refusal(with_token(), kNow.plus_seconds(10)), "access.token_expired");
    token_.revoked = kNow;
    store();
    EXPECT_EQ(refusal(with_token()), "access.token_revoked");
}

TEST_F(Authenticate, HoldsACertificateToItsTimes) {
    EXPECT_EQ(refusal(with_certificate(), kNow.plus_seconds(-1)), "access.credential_expired");
    EXPECT_EQ(refusal(with_certificate(), kNow), "");
    EXPECT_EQ(refusal(with_certificate(), kNow.plus_seconds(99)), "");
    EXPECT_EQ(refusal(with_certificate(), kNow.plus_seconds(100)), "access.credential_expired");
    credential_.revoked = kNow;
    store();
    EXPECT_EQ(refusal(with_certificate()), "access.credential_revoked");
}

TEST_F(Authenticate, HoldsACertificateToItsRecord) {
    Presented presented = with_certificate();
    presented.certificate->verified = false;
    EXPECT_EQ(refusal(presented), "access.certificate_not_verified");
    presented = with_certificate();
    presented.certificate->client_auth = false;
    EXPECT_EQ(refusal(presented), "access.certificate_not_verified");
    presented = with_certificate();
    const crypto::Sha256 other{9};
    presented.certificate->fingerprint = &other;
    EXPECT_EQ(refusal(presented), "access.credential_fingerprint");
    names_ = {"okms.domain:*"};
    EXPECT_EQ(refusal(with_certificate()), "access.certificate_domain");
    names_ = {"okms.domain:" + domain_.to_string(), "okms.domain:" + domain_.to_string()};
    EXPECT_EQ(refusal(with_certificate()), "access.certificate_domain");
    names_ = {"okms.domain:" + DomainId{uuid(3)}.to_string()};
    EXPECT_EQ(refusal(with_certificate()), "access.credential_unknown");
    names_.clear();  // an operator's has no name of a domain, and this serial is no operator's
    EXPECT_EQ(refusal(with_certificate()), "access.credential_unknown");
}

TEST_F(Authenticate, RefusesASwitchedOffIdentity) {
    identity_.disabled = true;
    store();
    EXPECT_EQ(refusal(with_token()), "access.identity");
    EXPECT_EQ(refusal(with_certificate()), "access.identity");
}

TEST_F(Authenticate, TakesTwoCredentialsOfOneIdentityAlone) {
    Presented both = with_certificate();
    both.authorization = with_token().authorization;
    EXPECT_EQ(refusal(both), "");
    token_.identity.uuid = uuid(11);
    Identity second = identity_;
    second.id.uuid = uuid(11);
    reader_.put(account_.uuid, second.id.uuid, second);
    store();
    EXPECT_EQ(refusal(both), "access.two_identities");
    Presented tokens = with_token();
    tokens.vault_token = "other";
    EXPECT_EQ(refusal(tokens), "access.two_tokens");
    Presented basic;
    basic.authorization = "Basic YTpi";
    EXPECT_EQ(refusal(basic), "access.authorization_scheme");
}

TEST_F(Authenticate, AnswersAnothersDomainAsNone) {
    for (const DomainId& requested : {DomainId{uuid(3)}, DomainId{uuid(77)}}) {
        for (const bool account_wide : {false, true}) {
            token_.domain = account_wide ? DomainId{} : domain_;
            store();
            Presented presented = with_token();
            presented.requested_domain = requested;
            const auto principal = Authenticator().authenticate(presented, reader_, kNow);
            ASSERT_FALSE(principal);
            EXPECT_EQ(principal.error().code(), Code::kDomainNotFound);
            EXPECT_EQ(principal.error().detail().message, "no such domain");
        }
    }
    token_.domain = DomainId{};
    store();
    Presented presented = with_token();
    presented.requested_domain = domain_;
    const auto principal = Authenticator().authenticate(presented, reader_, kNow);
    ASSERT_TRUE(principal);
    EXPECT_EQ(principal->domain(), domain_);
}

}  // namespace
}  // namespace chatelaine::access
