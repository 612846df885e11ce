// Proves the catalogue (what it lists is what can be made, and the facts are in order) and advice
// from words in both languages.
#include <rapidcheck.h>

#include "objects/catalogue.hpp"
#include "objects/test_support.hpp"

namespace chatelaine::objects {
namespace {

using testing::World;

class KeyCatalogue : public World {};

TEST_F(KeyCatalogue, ListsOnlyWhatCanBeMade) {
    for (const KeyKind& kind : key_kinds()) {
        if (kind.type == "RSA") {
            continue;  // seconds each; create_test.cpp makes them
        }
        CreateKey::Command command;
        command.name = "key";
        command.type = kind.type;
        if (kind.size != 0) {
            command.size = kind.size;
        } else {
            command.curve = kind.curve;
        }
        EXPECT_FALSE(make(std::move(command)).is_nil()) << kind.type << kind.size << kind.curve;
    }
}

TEST_F(KeyCatalogue, EveryKindHasItsDocumentsWithTheirEditions) {
    for (const KeyKind& kind : key_kinds()) {
        int documents = 0;
        for (const Approval& approval : kind.approvals) {
            documents += approval.document.empty() ? 0 : 1;
            EXPECT_EQ(approval.document.empty(), approval.edition.empty());
        }
        EXPECT_GE(documents, 3) << kind.type << kind.size << kind.curve;
        EXPECT_GE(kind.strength, 112u);
        EXPECT_FALSE(kind.standard.empty());
    }
}

TEST_F(KeyCatalogue, Only112BitsEndIn2030) {
    for (const KeyKind& kind : key_kinds()) {
        EXPECT_EQ(kind.end_of_approval(), kind.strength == 112 ? "2030-12-31" : "")
            << kind.type << kind.size << kind.curve;
    }
}

TEST_F(KeyCatalogue, CostsAreMeasuredOffTheLoopAndOnlyWhenAskedFor) {
    GetCatalogue::Command command;
    EXPECT_TRUE(commit<GetCatalogue>(command)->costs.empty());
    reader.blocking = false;
    EXPECT_TRUE(commit<GetCatalogue>(command));
    command.measure = true;
    EXPECT_EQ(refusal<GetCatalogue>(command), Code::kWouldBlock);
    reader.blocking = true;
    const auto reply = commit<GetCatalogue>(command);
    ASSERT_TRUE(reply);
    ASSERT_EQ(reply->costs.size(), reply->kinds.size());
    for (std::size_t i = 0; i < reply->kinds.size(); ++i) {
        const MeasuredCost& cost = reply->costs[i];
        const bool signs = reply->kinds[i].type != "oct";
        EXPECT_GT(cost.generate, 0);
        EXPECT_GT(signs ? cost.sign : cost.encrypt, 0);
        EXPECT_GT(signs ? cost.verify : cost.decrypt, 0);
    }
}

std::string_view use_of(std::string_view words) {
    const auto advice = advise(words, 2026);
    return advice ? advice->use : std::string_view("(none)");
}

TEST(Advise, UnderstandsWordsThatPeopleHave) {
    EXPECT_EQ(use_of("encrypt files for 10 years"), "file-encryption");
    EXPECT_EQ(use_of("chiffrer des fichiers pendant 10 ans"), "file-encryption");
    EXPECT_EQ(use_of("sign JWTs for a browser"), "jwt");
    EXPECT_EQ(use_of("Signer des JWT pour un navigateur"), "jwt");
    EXPECT_EQ(use_of("database disk encryption by KMIP"), "database-kmip");
    EXPECT_EQ(use_of("chiffrement de base de données par KMIP"), "database-kmip");
    EXPECT_EQ(use_of("nightly backups"), "backup");
    EXPECT_EQ(use_of("sauvegardes quotidiennes"), "backup");
    EXPECT_EQ(use_of("sign container images"), "code-signing");
    EXPECT_EQ(use_of("signer des factures PDF"), "document-signature");
    EXPECT_EQ(use_of("bring my own keys (BYOK)"), "bring-or-take-keys");
    EXPECT_EQ(use_of("chiffrer une colonne IBAN"), "field-encryption");
    EXPECT_EQ(use_of("SAML with legacy Java"), "legacy-signature");
    EXPECT_EQ(use_of("ENCRYPT FILES"), "file-encryption");
    EXPECT_EQ(use_of("DONNÉES PERSONNELLES"), "field-encryption");
    EXPECT_EQ(use_of("code-signing"), "code-signing");
}

TEST(Advise, SaysWhatItUnderstandsWhenItDoesNot) {
    const auto advice = advise("make me happy", 2026);
    ASSERT_FALSE(advice);
    EXPECT_EQ(advice.error().code(), Code::kInvalidArgument);
    EXPECT_EQ(advice.error().detail().field, "use");
    EXPECT_NE(advice.error().detail().message.find("file-encryption"), std::string::npos);
    EXPECT_FALSE(advise("", 2026));
}

TEST(Advise, ATermAddsItsReasons) {
    EXPECT_NE(advise("encrypt files for 10 years", 2026)->why.find("until 2036"),
    std::string::npos);
    EXPECT_NE(advise("signer des factures pendant 5 ans", 2026)->why_fr.find("2030"),
              std::string::npos);
    EXPECT_EQ(advise("signer des factures pendant 2 ans", 2026)->why_fr.find("2030"),
              std::string::npos);
    EXPECT_NE(advise("sign PDF for 20 years", 2026)->why.find("IR 8547"), std::string::npos);
}

TEST(Advise, AdvisesOnlyKindsOfTheCatalogue) {
    for (const char* use : {"files", "backup", "kmip", "iban", "jwt", "rsa", "firmware", "pdf",
    "byok"}) {
        const auto advice = advise(use, 2026);
        ASSERT_TRUE(advice) << use;
        const auto kinds = key_kinds();
        EXPECT_TRUE(std::any_of(kinds.begin(), kinds.end(), [&](const KeyKind& kind) {
            return kind.type == advice->type && kind.size == advice->size &&
                   kind.curve == advice->curve;
        })) << use;
        EXPECT_FALSE(advice->why.empty());
        EXPECT_FALSE(advice->why_fr.empty());
        EXPECT_GT(advice->rotation_days, 0u);
    }
}

TEST(Advise, AnyBytesAreAnAnswerOrARefusalProperty) {
    EXPECT_TRUE(rc::check([] {
        const auto words = *rc::gen::arbitrary<std::string>();
        const auto advice = advise(words, 2026);
        // In an if: RC_ASSERT takes both sides of an or apart and reads both.
        if (!advice) {
            RC_ASSERT(advice.error().code() == Code::kInvalidArgument);
        }
    }));
}

}  // namespace
}  // namespace chatelaine::objects
