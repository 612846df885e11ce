// Proves: the built-in matrix is whole and holds the letters that the parties agreed; a file with
// any offence does not load and its error names the line; letters in the data, not in code, decide.

#include "responsibility/responsibility.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace chatelaine::responsibility {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string built_in_with(const std::string& from, const std::string& to) {
    return replaced(std::string(Matrix::built_in_yaml()), from, to);
}

/// The block of one activity, from its "- id:" to the next one.
std::string block_of(const std::string& id) {
    const std::string yaml(Matrix::built_in_yaml());
    const auto begin = yaml.find("  - id: " + id + "\n");
    EXPECT_NE(begin, std::string::npos);
    return yaml.substr(begin, yaml.find("  - id: ", begin + 1) - begin);
}

void expect_refused(const std::string& yaml, const std::string& part_of_message) {
    const auto matrix = Matrix::load(yaml);
    ASSERT_FALSE(matrix.has_value()) << part_of_message;
    EXPECT_EQ(matrix.error().code(), Code::kConfiguration);
    EXPECT_NE(matrix.error().detail().message.find(part_of_message), std::string::npos)
        << matrix.error().detail().message;
}

TEST(Activity, IdsAreDistinctAndGoBothWays) {
    std::set<std::string_view> ids(activity_ids.begin(), activity_ids.end());
    EXPECT_EQ(ids.size(), activity_count);
    for (std::size_t i = 0; i < activity_count; ++i) {
        EXPECT_EQ(activity_from_id(activity_id(activity_at(i))), activity_at(i));
    }
    EXPECT_EQ(activity_id(Activity::k3_1_1_e), "3.1.1.e");
    EXPECT_EQ(activity_id(Activity::k5_2_b), "5.2.b");
    EXPECT_EQ(activity_from_id("3.1.1.f"), std::nullopt);
    EXPECT_EQ(activity_from_id(""), std::nullopt);
}

TEST(Matrix, BuiltInHoldsEveryRowInBothLanguages) {
    const Matrix& matrix = Matrix::built_in();
    for (const Row& row : matrix.rows()) {
        EXPECT_FALSE(row.text.english.empty());
        EXPECT_FALSE(row.text.french.empty());
        EXPECT_FALSE(row.evidence.english.empty());
        EXPECT_FALSE(row.evidence.french.empty());
        EXPECT_EQ(std::string(activity_id(row.activity)).rfind(row.section + ".", 0), 0u);
    }
    EXPECT_EQ(matrix.sections().size(), 24u);
    EXPECT_EQ(matrix.row(Activity::k3_1_1_e).text.french,
              "Administrer les clés stockés dans le KMS");
}

// The letters as the two parties signed them: written out a second time, by another road.
TEST(Matrix, BuiltInLettersAreThoseAgreed) {
    struct Agreed {
        const char* id;
        const char* customer;
        const char* provider;
    };
    static constexpr Agreed agreed[] = {
        {"1.1.a", "RA", "I"},   {"1.1.b", "RA", "I"},   {"2.1.a", "I", "RA"},
        {"2.1.b", "I", "RA"},   {"2.2.a", "RA", "I"},   {"2.3.a", "RA", "I"},
        {"3.1.1.a", "", "RA"},  {"3.1.1.b", "", "RA"},  {"3.1.1.c", "", "RA"},
        {"3.1.1.d", "", "RA"},  {"3.1.1.e", "RA", ""},  {"3.1.2.a", "RA", "I"},
        {"3.1.2.b", "I", "RA"}, {"3.1.2.c", "RA", "I"}, {"3.1.3.a", "", "RA"},
        {"3.1.3.b", "", "RA"},  {"3.1.3.c", "I", "RA"}, {"3.1.3.d", "", "RA"},
        {"3.1.3.e", "RA", ""},  {"3.1.4.a", "", "RA"},  {"3.1.5.a", "I", "RA"},
        {"3.1.6.a", "I", "RA"}, {"3.1.6.b", "", "RA"},  {"3.1.7.a", "I", "RA"},
        {"3.2.1.a", "AI", "RA"}, {"3.2.1.b", "I", "RA"}, {"3.2.2.a", "I", "RA"},
        {"4.1.a", "RA", "I"},   {"4.2.a", "RA", ""},    {"5.1.a", "I", "RA"},
        {"5.2.a", "", "RA"},    {"5.2.b", "", "RA"},
    };
    ASSERT_EQ(std::size(agreed), activity_count);
    const Matrix& matrix = Matrix::built_in();
    for (const Agreed& one : agreed) {
        const auto activity = activity_from_id(one.id);
        ASSERT_TRUE(activity) << one.id;
        EXPECT_EQ(matrix.row(*activity).letters[0], one.customer) << one.id;
        EXPECT_EQ(matrix.row(*activity).letters[1], one.provider) << one.id;
        const std::string letters[] = {one.customer, one.provider};
        for (const Party party : {Party::kCustomer, Party::kProvider}) {
            const std::string& mine = letters[index_of(party)];
            const auto holds = [&](char c) { return mine.find(c) != std::string::npos; };
            EXPECT_EQ(matrix.realises(party, *activity), holds('R')) << one.id;
            EXPECT_EQ(matrix.approves(party, *activity), holds('A')) << one.id;
            EXPECT_EQ(matrix.consulted(party, *activity), holds('C')) << one.id;
            EXPECT_EQ(matrix.informed(party, *activity), holds('I')) << one.id;
        }
    }
}

TEST(Matrix, ProviderNeverRealisesTheAdministrationOfKeys) {
    EXPECT_FALSE(Matrix::built_in().realises(Party::kProvider, Activity::k3_1_1_e));
    EXPECT_TRUE(Matrix::built_in().realises(Party::kCustomer, Activity::k3_1_1_e));
}

TEST(Matrix, ApprovalIsAwaitedWhereTheOtherPartyHoldsA) {
    const Matrix& matrix = Matrix::built_in();
    EXPECT_EQ(matrix.approval_awaited(Party::kProvider, Activity::k3_2_1_a), Party::kCustomer);
    EXPECT_EQ(matrix.approval_awaited(Party::kCustomer, Activity::k3_1_1_e), std::nullopt);
    EXPECT_EQ(matrix.approval_awaited(Party::kProvider, Activity::k3_1_1_d), std::nullopt);
}

TEST(Matrix, ChangedLettersChangeExactlyThatActivity) {
    const std::string block = block_of("3.1.1.d");
    const std::string changed = replaced(replaced(block, "customer: \"\"", "customer: RC"),
                                         "provider: RA", "provider: A");
    const auto matrix = Matrix::load(built_in_with(block, changed));
    ASSERT_TRUE(matrix.has_value()) << matrix.error().to_string();
    for (std::size_t i = 0; i < activity_count; ++i) {
        const Activity activity = activity_at(i);
        const bool same =
            matrix->realises(Party::kCustomer, activity) ==
                Matrix::built_in().realises(Party::kCustomer, activity) &&
            matrix->realises(Party::kProvider, activity) ==
                Matrix::built_in().realises(Party::kProvider, activity);
        EXPECT_EQ(same, activity != Activity::k3_1_1_d) << activity_id(activity);
    }
    EXPECT_TRUE(matrix->consulted(Party::kCustomer, Activity::k3_1_1_d));
}

TEST(Matrix, SaysWhereReadsAreEvidence) {
    const Matrix& matrix = Matrix::built_in();
    EXPECT_TRUE(matrix.row(Activity::k3_1_3_e).reads_count);
    EXPECT_TRUE(matrix.row(Activity::k2_2_a).reads_count);
    EXPECT_FALSE(matrix.row(Activity::k3_1_2_c).reads_count) << "its evidence is changes";
    const std::string block = block_of("3.1.3.e");
    EXPECT_FALSE(Matrix::load(built_in_with(block, replaced(block, "reads: true", "reads: false")))
                     ->row(Activity::k3_1_3_e).reads_count);
    expect_refused(built_in_with(block, replaced(block, "reads: true", "reads: yes")),
                   "member 'reads' is true or false");
}

TEST(MatrixLoad, RefusesAMissingActivity) {
    expect_refused(built_in_with(block_of("4.1.a"), ""), "activity 4.1.a is missing");
}

TEST(MatrixLoad, RefusesAnActivityTwice) {
    const std::string block = block_of("4.1.a");
    expect_refused(built_in_with(block, block + block), "activity 4.1.a stands twice");
}

TEST(MatrixLoad, RefusesAnUnknownActivity) {
    expect_refused(built_in_with("- id: 4.1.a", "- id: 4.1.b"), "activity 4.1.b is not known");
}

TEST(MatrixLoad, RefusesARowThatNobodyRealisesOrApproves) {
    const std::string block = block_of("5.2.a");
    expect_refused(built_in_with(block, replaced(block, "provider: RA", "provider: A")),
                   "nobody realises activity 5.2.a");
    expect_refused(built_in_with(block, replaced(block, "provider: RA", "provider: R")),
                   "nobody approves activity 5.2.a");
}

TEST(MatrixLoad, RefusesOtherLettersAndRepetition) {
    const std::string block = block_of("5.2.a");
    for (const char* letters : {"RX", "ra", "R A", "R,A"}) {
        expect_refused(built_in_with(block, replaced(block, "provider: RA",
                                                     std::string("provider: \"") + letters + "\"")),
                       "is none of R, A, C and I");
    }
    expect_refused(built_in_with(block, replaced(block, "provider: RA", "provider: RAR")),
                   "letter 'R' stands twice");
}

TEST(MatrixLoad, RefusesUnknownRepeatedAndMissingMembers) {
    const std::string block = block_of("5.2.a");
    expect_refused(built_in_with(block, block + "    comment: no\n"), "unknown member 'comment'");
    expect_refused(built_in_with(block, block + "    customer: I\n"),
                   "member 'customer' stands twice");
    expect_refused(built_in_with(block, replaced(block, "    provider: RA\n", "")),
                   "member 'provider' is missing");
    expect_refused(built_in_with("format: 1", "format: 1\nowner: me"), "unknown member 'owner'");
}

TEST(MatrixLoad, RefusesAnEmptyTextAndAWrongShape) {
    const std::string block = block_of("5.2.a");
    const std::string english = "en: \"Delete the data on the storage volumes\"";
    expect_refused(built_in_with(english, "en: \"\""), "member 'en' is empty");
    expect_refused(built_in_with(english, "en: [a]"), "member 'en' must be a text");
    expect_refused("format: 1\nsections: 3\nactivities: []", "a list 'sections'");
    expect_refused("- 1", "a mapping was expected");
    expect_refused("", "exactly one document");
}

TEST(MatrixLoad, RefusesAnotherFormatAndBadYaml) {
    expect_refused(built_in_with("format: 1", "format: 2"), "format 2 is not known, only 1 is");
    expect_refused("format: 1\nsections: [", "line ");
}

TEST(MatrixLoad, RefusesAnActivityOrSectionWithoutItsSection) {
    expect_refused(built_in_with("id: \"4.1\"", "id: \"4.7\""), "has no section 4.1");
    expect_refused(built_in_with("id: \"3.1.7\"", "id: \"7.1\""), "before its outer section");
}

TEST(MatrixLoad, NamesTheLine) {
    expect_refused(built_in_with("format: 1", "format: 2"), "line 6: ");
}

}  // namespace
}  // namespace chatelaine::responsibility
