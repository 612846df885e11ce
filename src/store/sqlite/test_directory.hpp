#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "store/sqlite/sqlite_store.hpp"

/// A directory of its own for a test, gone with it. Compiled in tests only.

namespace chatelaine::store {

class TestDirectory {
public:
    TestDirectory() {
        std::string pattern = testing::TempDir() + "chatelaine_store_XXXXXX";
        path_ = ::mkdtemp(pattern.data());
    }
    ~TestDirectory() { std::filesystem::remove_all(path_); }
    TestDirectory(const TestDirectory&) = delete;
    TestDirectory& operator=(const TestDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }
    SqliteOptions options() const {
        SqliteOptions options;
        options.path = path_ / "region.db";
        options.create = true;
        options.writer.octets[0] = 7;
        return options;
    }

private:
    std::filesystem::path path_;
};

}  // namespace chatelaine::store
