#include "store/sqlite/sqlite_store.hpp"

#include "base/limits.hpp"
#include "store/sqlite/committer.hpp"
#include "store/sqlite/files.hpp"
#include "store/sqlite/reader.hpp"

namespace chatelaine::store {

namespace {

using sqlite::Committer;
using sqlite::Connection;
using sqlite::Head;
using sqlite::ReaderPool;
using sqlite::Writer;

constexpr std::string_view where = "store.open";
constexpr std::uint64_t verified_before_durable = 1000;  ///< commits that a reopening reads again

Result<Connection> open_writer(const SqliteOptions& options) {
    CH_TRY(Connection connection,
           Connection::open(options.path.string(), Connection::Mode::kWrite, options.vfs));
    CH_TRY_VOID(sqlite::tune_writer(connection, options.writer_cache_bytes));
    if (options.size_max_bytes != 0) {
        CH_TRY_VOID(connection.exec("PRAGMA max_page_count=" +
                                    std::to_string(options.size_max_bytes / 4096)));
    }
    return connection;
}

Result<std::unique_ptr<Writer>> check_and_wrap(Connection connection,
                                               std::optional<std::uint64_t> durable) {
    CH_TRY_VOID(sqlite::check_format(connection));
    CH_TRY(const Head head, sqlite::read_head(connection));
    CH_TRY_VOID(sqlite::check_counters(connection, head));
    if (durable) {
        if (head.last_commit < *durable) {
            return Error(Code::kStoreCorrupt, where, "a durable commit is gone");
        }
        CH_TRY_VOID(sqlite::check_recent(
            connection, head, head.last_commit - *durable + verified_before_durable));
    }
    return Writer::open(std::move(connection));
}

Result<std::unique_ptr<Writer>> open_first(const SqliteOptions& options) {
    if (options.create) {
        CH_TRY_VOID(sqlite::make_private_file(options.path));
    } else if (!std::filesystem::exists(options.path)) {
        return Error(Code::kNotFound, where, "there is no store file");
    }
    CH_TRY(Connection connection, open_writer(options));
    CH_TRY(const bool blank, sqlite::is_blank(connection));
    if (blank && options.create) {
        if (options.writer.is_nil()) {
            return Error(Code::kConfiguration, where, "a new store needs a writer");
        }
        CH_TRY_VOID(sqlite::create_schema(connection, options.writer));
    }
    CH_TRY(auto writer, check_and_wrap(std::move(connection), std::nullopt));
    if (!options.writer.is_nil() && writer->head().writer != options.writer) {
        return Error(Code::kConfiguration, where, "the store belongs to another writer");
    }
    return writer;
}

class SqliteStoreImpl final : public SqliteStore {
public:
    SqliteStoreImpl(const SqliteOptions& options, sqlite::FileLock lock,
                    std::unique_ptr<Writer> writer)
        : options_(options), lock_(std::move(lock)), writer_id_(writer->head().writer),
          readers_(ReaderPool::Settings{options.path.string(), options.vfs,
                                        options.reader_cache_bytes, options.mmap_bytes,
                                        std::max<std::size_t>(options.readers_max, 1)}),
          committer_(
              Committer::Settings{
                  options.queue_max != 0 ? options.queue_max : limits::commit_queue_max,
                  options.checkpoint_bytes},
              std::move(writer),
              [this](std::optional<std::uint64_t> durable) -> Result<std::unique_ptr<Writer>> {
                  CH_TRY(Connection connection, open_writer(options_));
                  return check_and_wrap(std::move(connection), durable);
              },
              [this]() -> Result<Connection> {
                  CH_TRY(Connection connection,
                         Connection::open(options_.path.string(), Connection::Mode::kWrite,
                                          options_.vfs));
                  CH_TRY_VOID(sqlite::tune_checkpointer(connection));
                  return connection;
              }) {}

    const Uuid& writer() const override { return writer_id_; }

    void submit(Transaction transaction, CommitDone done) override {
        committer_.submit(std::move(transaction), std::move(done));
    }
    Result<std::optional<Record>> get(const RecordKey& key) override {
        CH_TRY(auto reader, readers_.lease());
        return reader->get(key);
    }
    Result<Page> query(const Query& query) override {
        CH_TRY(auto reader, readers_.lease());
        return reader->query(query);
    }
    Result<std::uint64_t> count(const Query& query, std::uint64_t at_most) override {
        CH_TRY(auto reader, readers_.lease());
        return reader->count(query, at_most);
    }
    Result<Page> changed_since(std::uint64_t commit, std::size_t max) override {
        CH_TRY(auto reader, readers_.lease());
        return reader->changed_since(commit, max);
    }
    Result<std::vector<StreamEntry>> read_stream(const StreamKey& stream, std::uint64_t from,
                                                 std::size_t max) override {
        CH_TRY(auto reader, readers_.lease());
        return reader->read_stream(stream, from, max);
    }
    Result<std::vector<StreamKey>> streams(const Uuid& scope) override {
        CH_TRY(auto reader, readers_.lease());
        return reader->streams(scope);
    }
    Result<std::uint64_t> next_sequence(const StreamKey& stream) override {
        CH_TRY(auto reader, readers_.lease());
        return reader->next_sequence(stream);
    }
    Result<void> copy_to(const std::filesystem::path& file) override {
        // Its own connections: a copy takes long and must not hold one of the readers.
        return sqlite::copy_database(options_.path, file, options_.vfs);
    }
    Result<void> check_integrity() override {
        CH_TRY(Connection connection, Connection::open(options_.path.string(),
                                                       Connection::Mode::kRead, options_.vfs));
        CH_TRY_VOID(sqlite::tune_reader(connection, options_.reader_cache_bytes, 0));
        return sqlite::check_all(connection);
    }
    Statistics statistics() override {
        Statistics statistics = committer_.statistics();
        statistics.bytes = sqlite::size_of(options_.path);
        return statistics;
    }

private:
    const SqliteOptions options_;
    const sqlite::FileLock lock_;
    const Uuid writer_id_;
    ReaderPool readers_;
    Committer committer_;  // last: it ends first
};

}  // namespace

Result<std::unique_ptr<SqliteStore>> open_sqlite_store(const SqliteOptions& options) {
    CH_TRY(sqlite::FileLock lock, sqlite::FileLock::take(options.path, options.create));
    CH_TRY(auto writer, open_first(options));
    return std::unique_ptr<SqliteStore>(
        std::make_unique<SqliteStoreImpl>(options, std::move(lock), std::move(writer)));
}

}  // namespace chatelaine::store
