#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/sqlite/database.hpp"
#include "store/store.hpp"

/// Reading: a bounded pool of connections, each with its own prepared statements.

namespace chatelaine::store::sqlite {

/// One read connection. Threads: one at a time.
class Reader {
public:
    explicit Reader(Connection connection) : connection_(std::move(connection)) {}

    Result<std::optional<Record>> get(const RecordKey& key);
    Result<Page> query(const Query& query);
    Result<std::uint64_t> count(const Query& query, std::uint64_t at_most);
    Result<Page> changed_since(std::uint64_t commit, std::size_t max);
    Result<std::vector<StreamEntry>> read_stream(const StreamKey& stream, std::uint64_t from,
                                                 std::size_t max);
    Result<std::vector<StreamKey>> streams(const Uuid& scope);
    Result<std::uint64_t> next_sequence(const StreamKey& stream);

    Connection& connection() { return connection_; }

private:
    Result<Statement*> statement(const std::string& sql);
    Result<std::optional<std::int64_t>> shelf(const Uuid& scope, Kind kind);
    Result<std::optional<std::int64_t>> stream_number(const StreamKey& stream);
    /// Calls `take(statement)` for each row that matches, in order, until it says false. Rows have
    /// the columns of a record.
    template <class F>
    Result<void> walk_one_index(std::int64_t shelf, const Query& query, bool whole, F&& take);
    template <class F>
    Result<void> walk_many_terms(std::int64_t shelf, const Query& query, bool whole, F&& take);
    template <class F>
    Result<void> walk(const Query& query, bool whole, F&& take);

    Connection connection_;
    std::unordered_map<std::string, Statement> statements_;
};

/// Threads: any. A caller waits while all connections are in use.
class ReaderPool {
public:
    struct Settings {
        std::string path;
        std::string vfs;
        std::size_t cache_bytes = 0;
        std::size_t mmap_bytes = 0;
        std::size_t readers_max = 1;
    };
    explicit ReaderPool(Settings settings) : settings_(std::move(settings)) {}

    /// Gives the reader back at the end of its scope.
    class Lease {
    public:
        Lease(ReaderPool& pool, std::unique_ptr<Reader> reader)
            : pool_(&pool), reader_(std::move(reader)) {}
        Lease(Lease&&) = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease() {
            if (reader_) {
                pool_->give_back(std::move(reader_));
            }
        }
        Reader* operator->() { return reader_.get(); }

    private:
        ReaderPool* pool_;
        std::unique_ptr<Reader> reader_;
    };
    Result<Lease> lease();
    /// Closes what is not in use.
    void close_idle();

private:
    void give_back(std::unique_ptr<Reader> reader);
    Result<std::unique_ptr<Reader>> open_one() const;

    const Settings settings_;
    std::mutex mutex_;
    std::condition_variable given_back_;
    std::vector<std::unique_ptr<Reader>> idle_;
    std::size_t opened_ = 0;
};

}  // namespace chatelaine::store::sqlite
