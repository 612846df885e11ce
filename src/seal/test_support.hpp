#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "crypto/random.hpp"
#include "seal/seal.hpp"

/// What the room's tests share: a folder of their own and short ways to look at results.

namespace chatelaine::seal::test {

class Folder {
public:
    Folder() {
        // In memory where there is such a place: processes die here, not machines, so a flush has
        // nothing to add but time.
        const std::filesystem::path memory = "/dev/shm";
        const auto place = ::access(memory.c_str(), W_OK) == 0
                               ? memory
                               : std::filesystem::temp_directory_path();
        std::string pattern = (place / "chatelaine-seal-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

inline Paths paths_in(const std::filesystem::path& folder) {
    return {folder / "root.seal", folder / "keybag", folder / "keybag.copy", folder / "unseal.key"};
}

inline std::string text_of(const crypto::SecretBytes& secret) {
    return secret.with_exposed(crypto::insecure_expose_secret(),
                               [](BytesView bytes) { return std::string(as_text(bytes)); });
}
inline ShareText share_of(std::string_view text) {
    return crypto::SecretBytes::copy_of(as_bytes(text));
}

inline std::string read_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}
inline void write_text(const std::filesystem::path& path, std::string_view text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
}

/// The value, or an aborted test with the error's text.
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

inline Uuid uuid_of(std::uint8_t last) {
    Uuid id;
    id.octets[0] = 0x40;
    id.octets[15] = last;
    return id;
}

inline Place place_of(const Uuid& scope, std::uint8_t id = 7, std::uint64_t version = 1) {
    return {{scope, store::Kind::kManagedObject, uuid_of(id)}, version};
}

}  // namespace chatelaine::seal::test
