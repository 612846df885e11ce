// Proves the life of a seal on real files: made once, opened by the key file or by shares, sealed
// again, rotated, its scopes made and destroyed; and that what is damaged, foreign, readable by
// others or put back is refused or repaired as seal.hpp says.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/encoding.hpp"
#include "seal/keybag.hpp"
#include "seal/seal_files.hpp"
#include "seal/test_support.hpp"

namespace chatelaine::seal {
namespace {

using test::code_of;
using test::must;
using test::place_of;
using test::share_of;
using test::text_of;
using test::uuid_of;

class SealTest : public testing::Test {
protected:
    SealTest() : paths_(test::paths_in(folder_.path())) {}

    std::vector<ShareText> initialise(ShareOptions options = {}) {
        return must(Seal::initialise(paths_, options, crypto::system_random()));
    }
    std::unique_ptr<Seal> open() { return must(Seal::open(paths_, crypto::system_random())); }
    Code open_code() { return code_of(Seal::open(paths_, crypto::system_random())); }

    test::Folder folder_;
    Paths paths_;
    const Uuid scope_ = uuid_of(1);
    const std::string secret_ = "the quick brown fox";
};

TEST_F(SealTest, opens_by_its_key_file) {
    EXPECT_EQ(open_code(), Code::kNotFound);
    EXPECT_EQ(initialise().size(), 5u);
    const auto seal = open();
    EXPECT_FALSE(seal->is_sealed());
    EXPECT_EQ(seal->shares_missing(), 0u);
    EXPECT_TRUE(seal->scopes().empty());
    EXPECT_EQ(code_of(Seal::initialise(paths_, {}, crypto::system_random())),
              Code::kAlreadyExists);
}

TEST_F(SealTest, makes_files_that_only_its_user_can_use) {
    initialise();
    for (const auto& [path, mode] : {std::pair(paths_.key_file, 0400),
                                     std::pair(paths_.root_file, 0600),
                                     std::pair(paths_.keybag_file, 0600),
                                     std::pair(paths_.keybag_copy, 0600)}) {
        struct ::stat facts {};
        ASSERT_EQ(::stat(path.c_str(), &facts), 0);
        EXPECT_EQ(facts.st_mode & 07777, static_cast<::mode_t>(mode)) << path;
    }
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 4);
}

TEST_F(SealTest, refuses_a_key_file_that_others_may_use) {
    initialise();
    for (const ::mode_t mode : {0404u, 0440u, 0420u, 0401u, 0644u, 0410u}) {
        ASSERT_EQ(::chmod(paths_.key_file.c_str(), mode), 0);
        EXPECT_EQ(open_code(), Code::kConfiguration) << std::oct << mode;
    }
    for (const ::mode_t mode : {0400u, 0600u}) {
        ASSERT_EQ(::chmod(paths_.key_file.c_str(), mode), 0);
        EXPECT_EQ(open_code(), Code::kEndOfCodes);
    }
}

TEST_F(SealTest, refuses_a_key_file_of_another_user) {
    initialise();
    if (::geteuid() != 0) {
        // Only root can give a file away; what is checked is then that our own is taken.
        EXPECT_EQ(open_code(), Code::kEndOfCodes);
        return;
    }
    ASSERT_EQ(::chown(paths_.key_file.c_str(), 65534, 65534), 0);
    EXPECT_EQ(open_code(), Code::kConfiguration);
}

TEST_F(SealTest, refuses_bad_share_options_and_leaves_nothing) {
    for (const ShareOptions options :
         {ShareOptions{1, 5}, ShareOptions{3, 2}, ShareOptions{2, 256}, ShareOptions{0, 0}}) {
        EXPECT_EQ(code_of(Seal::initialise(paths_, options, crypto::system_random())),
                  Code::kInvalidArgument);
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
    EXPECT_EQ(initialise({2, 255}).size(), 255u);
}

TEST_F(SealTest, lost_key_file_starts_sealed_and_every_subset_of_shares_opens) {
    const auto shares = initialise({2, 4});
    const auto kept = [&] {
        const auto seal = open();
        must(seal->create_scope(scope_));
        return must(seal->seal(place_of(scope_), as_bytes(secret_)));
    }();
    std::filesystem::remove(paths_.key_file);
    for (std::size_t a = 0; a < shares.size(); ++a) {
        for (std::size_t b = 0; b < shares.size(); ++b) {
            if (a == b) {
                continue;
            }
            const auto seal = open();
            ASSERT_TRUE(seal->is_sealed());
            EXPECT_EQ(seal->shares_missing(), 2u);
            EXPECT_EQ(code_of(seal->open_record(place_of(scope_), kept)), Code::kSealed);
            EXPECT_EQ(must(seal->submit_share(shares[a])), 1u);
            EXPECT_TRUE(seal->is_sealed());
            EXPECT_EQ(code_of(seal->create_scope(uuid_of(2))), Code::kSealed);
            EXPECT_EQ(must(seal->submit_share(shares[b])), 0u);
            EXPECT_FALSE(seal->is_sealed());
            EXPECT_EQ(text_of(must(seal->open_record(place_of(scope_), kept))), secret_);
        }
    }
}

TEST_F(SealTest, restores_a_lost_key_file_after_shares) {
    const auto shares = initialise({2, 3});
    {
        const auto seal = open();
        EXPECT_EQ(code_of(seal->restore_key_file()), Code::kWrongState);
    }
    const std::string lost = test::read_text(paths_.key_file);
    std::filesystem::remove(paths_.key_file);
    {
        const auto seal = open();
        EXPECT_EQ(code_of(seal->restore_key_file()), Code::kSealed);
        must(seal->submit_share(shares[2]));
        must(seal->submit_share(shares[0]));
        EXPECT_EQ(code_of(seal->rotate_root({2, 3})), Code::kWrongState);
        must(seal->restore_key_file());
    }
    EXPECT_FALSE(open()->is_sealed());
    // What was lost opens nothing any more.
    std::filesystem::remove(paths_.key_file);
    test::write_text(paths_.key_file, lost);
    ASSERT_EQ(::chmod(paths_.key_file.c_str(), 0400), 0);
    EXPECT_TRUE(open()->is_sealed());
}

TEST_F(SealTest, starts_sealed_with_a_damaged_key_file) {
    const auto shares = initialise({2, 3});
    std::string text = test::read_text(paths_.key_file);
    text[60] = text[60] == 'A' ? 'B' : 'A';
    std::filesystem::remove(paths_.key_file);
    test::write_text(paths_.key_file, text);
    ASSERT_EQ(::chmod(paths_.key_file.c_str(), 0400), 0);
    const auto seal = open();
    EXPECT_TRUE(seal->is_sealed());
    must(seal->submit_share(shares[0]));
    must(seal->submit_share(shares[1]));
    must(seal->restore_key_file());
    EXPECT_FALSE(open()->is_sealed());
}

TEST_F(SealTest, refuses_damaged_repeated_and_foreign_shares) {
    const auto shares = initialise({3, 5});
    test::Folder other;
    const auto foreign =
        must(Seal::initialise(test::paths_in(other.path()), {3, 5}, crypto::system_random()));
    std::filesystem::remove(paths_.key_file);
    const auto seal = open();
    EXPECT_EQ(must(seal->submit_share(shares[0])), 2u);
    const auto repeated = seal->submit_share(shares[0]);
    EXPECT_EQ(code_of(repeated), Code::kInvalidArgument);
    EXPECT_EQ(repeated.error().detail().field, "share");
    EXPECT_EQ(code_of(seal->submit_share(foreign[1])), Code::kInvalidArgument);

    const std::string good = text_of(shares[1]);
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = bad[i] == '0' ? '1' : '0';
        EXPECT_EQ(code_of(seal->submit_share(share_of(bad))), Code::kInvalidArgument) << bad;
        EXPECT_EQ(code_of(seal->submit_share(share_of(good.substr(0, i)))),
                  Code::kInvalidArgument);
    }
    EXPECT_EQ(code_of(seal->submit_share(share_of(std::string(10'000, ':')))),
              Code::kInvalidArgument);
    EXPECT_EQ(seal->shares_missing(), 2u);
    EXPECT_EQ(must(seal->submit_share(share_of("  " + good + "\r\n"))), 1u);
    EXPECT_EQ(must(seal->submit_share(shares[4])), 0u);
    EXPECT_EQ(must(seal->submit_share(shares[3])), 0u);
}

TEST_F(SealTest, a_set_with_a_forged_share_starts_over) {
    const auto shares = initialise({2, 3});
    std::filesystem::remove(paths_.key_file);
    const auto seal = open();
    // Another secret under this set's name, with a right checksum.
    const std::string real = text_of(shares[1]);
    const RootFile file = must(load_root_file(paths_)).value();
    const crypto::Share forged{3, crypto::random_secret(32)};
    EXPECT_EQ(must(seal->submit_share(shares[0])), 1u);
    EXPECT_EQ(code_of(seal->submit_share(encode_share(file.share_set, 2, forged))),
              Code::kInvalidArgument);
    EXPECT_TRUE(seal->is_sealed());
    EXPECT_EQ(seal->shares_missing(), 2u);
    EXPECT_EQ(must(seal->submit_share(shares[0])), 1u);
    EXPECT_EQ(must(seal->submit_share(share_of(real))), 0u);
}

TEST_F(SealTest, share_text_has_its_documented_form) {
    const auto shares = initialise({2, 3});
    const RootFile file = must(load_root_file(paths_)).value();
    const std::string text = text_of(shares[1]);
    const std::string start = "chatelaine-share-1:" + short_set_id(file.share_set) + ":2:2:";
    EXPECT_EQ(text.substr(0, start.size()), start);
    EXPECT_EQ(text.size(), start.size() + 43 + 1 + 8);
}

TEST_F(SealTest, seal_now_forgets_everything) {
    const auto shares = initialise({2, 3});
    const auto seal = open();
    must(seal->create_scope(scope_));
    const store::StreamKey stream{scope_, uuid_of(9)};
    const auto record = must(seal->seal(place_of(scope_), as_bytes(secret_)));
    const auto entry = must(seal->seal_audit(stream, 1, 1, as_bytes(secret_)));
    seal->seal_now();
    EXPECT_TRUE(seal->is_sealed());
    EXPECT_EQ(code_of(seal->seal(place_of(scope_), as_bytes(secret_))), Code::kSealed);
    EXPECT_EQ(code_of(seal->open_record(place_of(scope_), record)), Code::kSealed);
    EXPECT_EQ(code_of(seal->term(scope_, "name", "x")), Code::kSealed);
    EXPECT_EQ(code_of(seal->seal_audit(stream, 2, 1, as_bytes(secret_))), Code::kSealed);
    EXPECT_EQ(code_of(seal->open_audit(stream, 1, 1, entry)), Code::kSealed);
    EXPECT_EQ(code_of(seal->rotate_root({2, 3})), Code::kSealed);
    EXPECT_FALSE(seal->has_scope(scope_));
    EXPECT_TRUE(seal->scopes().empty());
    must(seal->submit_share(shares[0]));
    must(seal->submit_share(shares[1]));
    EXPECT_EQ(text_of(must(seal->open_record(place_of(scope_), record))), secret_);
    EXPECT_EQ(text_of(must(seal->open_audit(stream, 1, 1, entry))), secret_);
}

TEST_F(SealTest, rotation_of_the_root_changes_shares_and_keeps_records) {
    const auto old_shares = initialise({2, 3});
    const std::string old_root = test::read_text(paths_.root_file);
    std::vector<ShareText> shares;
    const auto record = [&] {
        const auto seal = open();
        must(seal->create_scope(scope_));
        auto sealed = must(seal->seal(place_of(scope_), as_bytes(secret_)));
        shares = must(seal->rotate_root({3, 4}));
        EXPECT_EQ(text_of(must(seal->open_record(place_of(scope_), sealed))), secret_);
        must(seal->create_scope(uuid_of(2)));
        return sealed;
    }();
    EXPECT_EQ(shares.size(), 4u);
    EXPECT_EQ(text_of(must(open()->open_record(place_of(scope_), record))), secret_);
    std::filesystem::remove(paths_.key_file);
    const auto seal = open();
    EXPECT_EQ(seal->shares_missing(), 3u);
    EXPECT_EQ(code_of(seal->submit_share(old_shares[0])), Code::kInvalidArgument);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(must(seal->submit_share(shares[i])), 2 - i);
    }
    EXPECT_TRUE(seal->has_scope(uuid_of(2)));
    // The old root file put back opens its root, but not the keybag.
    test::write_text(paths_.root_file, old_root);
    const auto rolled_back = open();
    must(rolled_back->submit_share(old_shares[0]));
    EXPECT_EQ(code_of(rolled_back->submit_share(old_shares[1])), Code::kSealBroken);
    EXPECT_TRUE(rolled_back->is_sealed());
}

TEST_F(SealTest, generations_of_a_scope_rotate_and_retire) {
    initialise();
    const auto seal = open();
    EXPECT_EQ(code_of(seal->rotate_scope(scope_)), Code::kDomainNotFound);
    must(seal->create_scope(scope_));
    EXPECT_EQ(code_of(seal->create_scope(scope_)), Code::kAlreadyExists);
    EXPECT_EQ(seal->generation(scope_), 1u);
    const auto first = must(seal->seal(place_of(scope_), as_bytes(secret_)));
    const auto term = must(seal->term(scope_, "name", "payroll"));
    EXPECT_EQ(must(seal->rotate_scope(scope_)), 2u);
    const auto second = must(seal->seal(place_of(scope_), as_bytes(secret_)));
    EXPECT_EQ(must(seal->sealed_generation(first)), 1u);
    EXPECT_EQ(must(seal->sealed_generation(second)), 2u);
    EXPECT_EQ(text_of(must(seal->open_record(place_of(scope_), first))), secret_);
    EXPECT_EQ(must(seal->term(scope_, "name", "payroll")), term);
    EXPECT_EQ(code_of(seal->retire_generations(scope_, 3)), Code::kInvalidArgument);
    must(seal->retire_generations(scope_, 2));
    must(seal->retire_generations(scope_, 2));
    EXPECT_EQ(code_of(seal->open_record(place_of(scope_), first)), Code::kSealBroken);
    EXPECT_EQ(text_of(must(open()->open_record(place_of(scope_), second))), secret_);
    EXPECT_EQ(open()->generation(scope_), 2u);
}

TEST_F(SealTest, a_destroyed_scope_stays_destroyed_and_its_audit_stays_readable) {
    initialise();
    const store::StreamKey stream{scope_, uuid_of(9)};
    crypto::SealedBytes record;
    crypto::SealedBytes entry;
    {
        const auto seal = open();
        must(seal->create_scope(scope_));
        must(seal->create_scope(uuid_of(2)));
        record = must(seal->seal(place_of(scope_), as_bytes(secret_)));
        entry = must(seal->seal_audit(stream, 5, 2, as_bytes(secret_)));
        EXPECT_EQ(code_of(seal->destroy_scope(uuid_of(3))), Code::kDomainNotFound);
        must(seal->destroy_scope(scope_));
        must(seal->destroy_scope(scope_));
    }
    const auto seal = open();
    EXPECT_FALSE(seal->has_scope(scope_));
    EXPECT_EQ(seal->generation(scope_), 0u);
    EXPECT_EQ(seal->scopes(), std::vector<Uuid>{uuid_of(2)});
    EXPECT_EQ(code_of(seal->open_record(place_of(scope_), record)), Code::kDomainNotFound);
    EXPECT_EQ(code_of(seal->seal(place_of(scope_), as_bytes(secret_))), Code::kDomainNotFound);
    EXPECT_EQ(code_of(seal->term(scope_, "a", "b")), Code::kDomainNotFound);
    EXPECT_EQ(code_of(seal->rotate_scope(scope_)), Code::kDomainNotFound);
    EXPECT_EQ(code_of(seal->create_scope(scope_)), Code::kWrongState);
    EXPECT_EQ(text_of(must(seal->open_audit(stream, 5, 2, entry))), secret_);
    EXPECT_TRUE(seal->seal_audit(stream, 7, 1, as_bytes(secret_)).has_value());
}

TEST_F(SealTest, repairs_a_damaged_or_missing_copy_from_the_other) {
    initialise();
    must(open()->create_scope(scope_));
    const std::string good = test::read_text(paths_.keybag_file);
    EXPECT_EQ(test::read_text(paths_.keybag_copy), good);
    for (const auto& path : {paths_.keybag_file, paths_.keybag_copy}) {
        for (std::size_t at = 0; at < good.size(); at += 7) {
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ 1);
            test::write_text(path, bad);
            ASSERT_TRUE(open()->has_scope(scope_)) << at;
            ASSERT_EQ(test::read_text(path), good);
        }
        for (const std::size_t size : {std::size_t{0}, std::size_t{8}, good.size() - 1}) {
            test::write_text(path, good.substr(0, size));
            ASSERT_TRUE(open()->has_scope(scope_));
            ASSERT_EQ(test::read_text(path), good);
        }
        std::filesystem::remove(path);
        ASSERT_TRUE(open()->has_scope(scope_));
        ASSERT_EQ(test::read_text(path), good);
    }
    test::write_text(paths_.keybag_file, good.substr(1));
    test::write_text(paths_.keybag_copy, "");
    EXPECT_EQ(open_code(), Code::kStoreCorrupt);
}

TEST_F(SealTest, refuses_a_keybag_that_was_put_back) {
    initialise();
    const std::string old = test::read_text(paths_.keybag_file);
    {
        const auto seal = open();
        must(seal->create_scope(scope_));
        must(seal->create_scope(uuid_of(2)));
    }
    const std::string present = test::read_text(paths_.keybag_file);
    test::write_text(paths_.keybag_file, old);
    EXPECT_EQ(open_code(), Code::kStoreCorrupt);
    test::write_text(paths_.keybag_file, present);
    test::write_text(paths_.keybag_copy, old);
    EXPECT_EQ(open_code(), Code::kStoreCorrupt);
    // The way out that the message names.
    std::filesystem::remove(paths_.keybag_copy);
    EXPECT_EQ(open()->scopes().size(), 2u);
}

TEST_F(SealTest, a_keybag_of_another_installation_does_not_open) {
    initialise();
    test::Folder other;
    const Paths foreign = test::paths_in(other.path());
    must(Seal::initialise(foreign, {}, crypto::system_random()));
    for (const auto& [from, to] : {std::pair(foreign.keybag_file, paths_.keybag_file),
                                   std::pair(foreign.keybag_copy, paths_.keybag_copy)}) {
        test::write_text(to, test::read_text(from));
    }
    EXPECT_EQ(open_code(), Code::kSealBroken);
}

TEST_F(SealTest, damaged_or_lost_root_file_is_said_so) {
    initialise();
    const std::string good = test::read_text(paths_.root_file);
    for (std::size_t at = 0; at < good.size(); at += 5) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 0x10);
        test::write_text(paths_.root_file, bad);
        EXPECT_EQ(open_code(), Code::kStoreCorrupt);
    }
    std::filesystem::remove(paths_.root_file);
    EXPECT_EQ(open_code(), Code::kStoreCorrupt);
}

TEST_F(SealTest, newer_formats_are_refused_with_both_versions) {
    initialise();
    const auto seal = open();
    must(seal->create_scope(scope_));
    Bytes newer(64);
    newer[0] = 2;
    const auto sealed = crypto::SealedBytes::from_stored(newer);
    const auto opened = seal->open_record(place_of(scope_), sealed);
    ASSERT_EQ(code_of(opened), Code::kFormatTooNew);
    EXPECT_NE(opened.error().detail().message.find('2'), std::string::npos);
    EXPECT_NE(opened.error().detail().message.find('1'), std::string::npos);
    EXPECT_EQ(code_of(seal->sealed_generation(sealed)), Code::kFormatTooNew);
}

TEST_F(SealTest, terms_depend_on_scope_name_and_value) {
    initialise();
    const auto seal = open();
    must(seal->create_scope(scope_));
    must(seal->create_scope(uuid_of(2)));
    const auto term = must(seal->term(scope_, "name", "value"));
    EXPECT_EQ(must(seal->term(scope_, "name", "value")), term);
    EXPECT_NE(must(seal->term(scope_, "namev", "alue")), term);
    EXPECT_NE(must(seal->term(scope_, "name", "valuE")), term);
    EXPECT_NE(must(seal->term(uuid_of(2), "name", "value")), term);
    const std::string long_value(100'000, 'x');
    EXPECT_EQ(must(seal->term(scope_, "name", long_value)),
              must(seal->term(scope_, "name", long_value)));
    EXPECT_EQ(code_of(seal->term(uuid_of(3), "name", "value")), Code::kDomainNotFound);
}

}  // namespace
}  // namespace chatelaine::seal
