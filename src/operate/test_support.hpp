#pragma once

// What the room's tests stand on: a real seal in a folder of its own, and short ways to fill and
// read a store.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "access/access.hpp"
#include "crypto/random.hpp"
#include "gate/gate.hpp"
#include "operate/operations.hpp"
#include "store/memory_store.hpp"

namespace chatelaine::operate::testing {

namespace fs = std::filesystem;

class Folder {
public:
    Folder() {
        std::string pattern = (fs::temp_directory_path() / "chatelaine-operate-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

template <class T>
T must(Result<T> result) {
    if (!result) {
        ADD_FAILURE() << result.error().to_string();
        std::abort();
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(result).value();
    }
}
template <class T>
Code code_of(const Result<T>& result) {
    return result ? Code::kEndOfCodes : result.error().code();
}

inline std::string read_text(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}
inline void write_text(const fs::path& path, std::string_view text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}
inline std::string reveal(const crypto::SecretBytes& secret) {
    return secret.with_exposed(crypto::insecure_expose_secret(),
                               [](BytesView bytes) { return std::string(as_text(bytes)); });
}

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
