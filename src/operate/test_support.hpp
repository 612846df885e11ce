#pragma once

// What the room's tests stand on: a real seal in a folder of its own, and short ways to fill and
// read a store.

#include <gtest/gtest.h>

#include <string>

#include "access/access.hpp"
#include "crypto/random.hpp"
#include "gate/gate.hpp"
#include "operate/operations.hpp"
#include "seal/test_support.hpp"
#include "store/memory_store.hpp"

namespace chatelaine::operate::testing {

namespace fs = std::filesystem;

using seal::test::code_of;
using seal::test::Folder;
using seal::test::must;
using seal::test::read_text;
using seal::test::write_text;

inline std::string reveal(const crypto::SecretBytes& bytes) { return seal::test::text_of(bytes); }

/// A folder with an open seal (root, keybag) and its key file beside.
class SealedFolder {
public:
    SealedFolder() {
        fs::create_directory(data());
        shares = must(seal::Seal::initialise(paths(data()), {2, 3}, crypto::system_random()));
        seal = must(seal::Seal::open(paths(data()), crypto::system_random()));
    }
    fs::path data() const { return folder.path() / "data"; }
    fs::path key_file() const { return folder.path() / "root.key"; }
    seal::Paths paths(const fs::path& data) const {
        return {data / "root.seal", data / "keybag", data / "keybag.copy", key_file()};
    }

    Folder folder;
    std::vector<seal::ShareText> shares;
    std::unique_ptr<seal::Seal> seal;
};

/// Puts a record of this plaintext, with one term, over `expected_version`.
inline store::RecordKey put(store::Store& store, const seal::Seal& seal, const Uuid& scope,
                            store::Kind kind, std::string_view plaintext,
                            const Uuid& id = Uuid::random(crypto::system_random()),
                            std::uint64_t expected_version = 0) {
    store::Change change;
    change.key = {scope, kind, id};
    change.expected_version = expected_version;
    change.dates[store::DateColumn::kCreated] = WallTime::from_seconds(1000);
    change.terms.push_back(must(seal.term(scope, "name", plaintext)));
    change.sealed = must(seal.seal({change.key, expected_version + 1}, as_bytes(plaintext)));
    const store::RecordKey key = change.key;
    store::Transaction transaction;
    transaction.changes.push_back(std::move(change));
    must(store.commit(std::move(transaction)));
    return key;
}
inline std::string get(store::Store& store, const seal::Seal& seal, const store::RecordKey& key) {
    const auto record = must(store.get(key));
    return reveal(must(seal.open_record({key, record->version}, record->sealed)));
}

/// Finds nothing; the room's handlers read through their tools.
class NoReader final : public seal::Reader {
public:
    Result<store::Term> term(const Uuid&, std::string_view, std::string_view) override {
        return Error(Code::kNotSupported, "test");
    }
    Result<std::uint64_t> version_of(const store::RecordKey&) override {
        return Error(Code::kNotSupported, "test");
    }
    bool may_block() const override { return blocking; }
    bool blocking = true;

protected:
    Result<std::shared_ptr<const void>> load_any(const store::RecordKey&, seal::Decode) override {
        return Error(Code::kNotSupported, "test");
    }
    Result<ErasedPage> find_any(const store::Query&, seal::Decode) override {
        return Error(Code::kNotSupported, "test");
    }
};

}  // namespace chatelaine::operate::testing
