#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <set>

#include "audit/audit.hpp"
#include "audit/wire.hpp"
#include "crypto/aead.hpp"
#include "crypto/random.hpp"
#include "store/memory_store.hpp"

/// What audit's tests stand on: a seal with one fixed key, a store that outlives a killed process,
/// a directory that goes away, records.

namespace chatelaine::audit::testing {

/// Seals for real, under one key for all scopes. Only the audit pair works.
class FixedSeal : public seal::Seal {
public:
    FixedSeal()
        : gcm_(crypto::AesGcm::create(crypto::SecretBytes::copy_of(Bytes(32, 0x42))).value()) {}

    bool is_sealed() const override { return false; }
    Result<std::size_t> submit_share(const seal::ShareText&) override { return unused(); }
    std::size_t shares_missing() const override { return 0; }
    void seal_now() override {}
    Result<std::vector<seal::ShareText>> rotate_root(const seal::ShareOptions&) override {
        return unused();
    }
    Result<void> restore_key_file() override { return unused(); }
    Result<void> create_scope(const Uuid&) override { return unused(); }
    Result<std::uint32_t> rotate_scope(const Uuid&) override { return unused(); }
    Result<void> retire_generations(const Uuid&, std::uint32_t) override { return unused(); }
    Result<void> destroy_scope(const Uuid&) override { return unused(); }
    bool has_scope(const Uuid& scope) const override { return scope.octets[15] == 0xee; }
    std::uint32_t generation(const Uuid&) const override { return 1; }
    std::uint32_t oldest_generation(const Uuid&) const override { return 1; }
    std::vector<Uuid> scopes() const override { return {}; }
    Result<crypto::SealedBytes> seal(const seal::Place&, BytesView) const override {
        return unused();
    }
    Result<crypto::SecretBytes> open_record(const seal::Place&,
                                            const crypto::SealedBytes&) const override {
        return unused();
    }
    Result<std::uint32_t> sealed_generation(const crypto::SealedBytes&) const override {
        return unused();
    }
    Result<store::Term> term(const Uuid&, std::string_view, std::string_view) const override {
        return unused();
    }

    Result<crypto::SealedBytes> seal_audit(const store::StreamKey& stream, std::uint64_t first,
                                           std::uint32_t count,
                                           BytesView plaintext) const override {
        const std::lock_guard lock(mutex_);
        if (refuse) {
            return Error(Code::kSealed, "test");
        }
        Bytes out(12 + plaintext.size() + 16);
        const MutableBytesView view(out);
        CH_TRY_VOID(gcm_.encrypt(aad(stream, first, count), plaintext, view.first(12),
                                 view.subspan(12, plaintext.size()), view.last(16)));
        return crypto::SealedBytes::from_stored(std::move(out));
    }
    Result<crypto::SecretBytes> open_audit(const store::StreamKey& stream, std::uint64_t first,
                                           std::uint32_t count,
                                           const crypto::SealedBytes& sealed) const override {
        const std::lock_guard lock(mutex_);
        opened += 1;
        const BytesView view = sealed.view();
        if (view.size() < 28) {
            return Error(Code::kSealBroken, "test");
        }
        crypto::SecretBytes out(view.size() - 28);
        const auto done = out.with_exposed_mutable(
            crypto::insecure_expose_secret(), [&](MutableBytesView plaintext) {
                return gcm_.decrypt(aad(stream, first, count), view.first(12),
                                    view.subspan(12, plaintext.size()), view.last(16), plaintext);
            });
        if (!done) {
            return Error(Code::kSealBroken, "test");
        }
        return out;
    }

    std::atomic<bool> refuse = false;
    mutable std::atomic<std::size_t> opened = 0;

private:
    static Error unused() { return Error(Code::kNotSupported, "test"); }
    static std::array<std::uint8_t, 44> aad(const store::StreamKey& stream, std::uint64_t first,
                                            std::uint32_t count) {
        std::array<std::uint8_t, 44> out{};
        std::copy(stream.scope.octets.begin(), stream.scope.octets.end(), out.begin());
        std::copy(stream.writer.octets.begin(), stream.writer.octets.end(), out.begin() + 16);
        put_integer(&out[32], first, 8);
        put_integer(&out[40], count, 4);
        return out;
    }
    mutable std::mutex mutex_;
    mutable crypto::AesGcm gcm_;
};

/// A MemoryStore whose streams are also in a file, so that they are there after a kill.
class FileStore final : public store::Store {
public:
    explicit FileStore(const std::filesystem::path& file) {
        std::ifstream in(file, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        BytesView rest = as_bytes(text);
        while (!rest.empty()) {
            store::Transaction transaction;
            const std::uint64_t count = take(rest);
            for (std::uint64_t i = 0; i < count; ++i) {
                transaction.appends.push_back(take_append(rest));
            }
            EXPECT_TRUE(memory_.commit(std::move(transaction)));
        }
        file_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
    ~FileStore() override { ::close(file_); }

    void submit(store::Transaction transaction, store::CommitDone done) override {
        Bytes line;
        put(line, transaction.appends.size());
        std::vector<store::Append> appends = transaction.appends;
        for (const store::Append& append : appends) {
            const auto sealed = append.seal(append.first_sequence.value()).value();
            line.insert(line.end(), append.stream.scope.octets.begin(),
                        append.stream.scope.octets.end());
            line.insert(line.end(), append.stream.writer.octets.begin(),
                        append.stream.writer.octets.end());
            put(line, append.count);
            put(line, static_cast<std::uint64_t>(append.written.microseconds));
            put(line, *append.first_sequence);
            put(line, sealed.size());
            line.insert(line.end(), sealed.view().begin(), sealed.view().end());
        }
        auto receipt = memory_.commit(std::move(transaction));
        if (receipt) {
            EXPECT_EQ(::write(file_, line.data(), line.size()), ssize_t(line.size()));
        }
        done(std::move(receipt));
    }
    Result<std::optional<store::Record>> get(const store::RecordKey& key) override {
        return memory_.get(key);
    }
    Result<store::Page> query(const store::Query& query) override { return memory_.query(query); }
    Result<std::uint64_t> count(const store::Query& query, std::uint64_t most) override {
        return memory_.count(query, most);
    }
    Result<store::Page> changed_since(std::uint64_t commit, std::size_t max) override {
        return memory_.changed_since(commit, max);
    }
    Result<std::vector<store::StreamEntry>> read_stream(const store::StreamKey& stream,
                                                        std::uint64_t from,
                                                        std::size_t max) override {
        return memory_.read_stream(stream, from, max);
    }
    Result<std::vector<store::StreamKey>> streams(const Uuid& scope) override {
        return memory_.streams(scope);
    }
    Result<std::uint64_t> next_sequence(const store::StreamKey& stream) override {
        return memory_.next_sequence(stream);
    }
    Result<void> copy_to(const std::filesystem::path& file) override {
        return memory_.copy_to(file);
    }
    Result<void> check_integrity() override { return ok(); }
    store::Statistics statistics() override { return memory_.statistics(); }

private:
    static void put(Bytes& out, std::uint64_t value) {
        std::array<std::uint8_t, 8> octets{};
        put_integer(octets.data(), value, 8);
        out.insert(out.end(), octets.begin(), octets.end());
    }
    static std::uint64_t take(BytesView& in) {
        const std::uint64_t value = get_integer(in.data(), 8);
        in = in.subspan(8);
        return value;
    }
    static store::Append take_append(BytesView& in) {
        store::Append append;
        append.stream.scope = Uuid::from_octets(in.first(16));
        append.stream.writer = Uuid::from_octets(in.subspan(16, 16));
        in = in.subspan(32);
        append.count = static_cast<std::uint32_t>(take(in));
        append.written = WallTime{static_cast<std::int64_t>(take(in))};
        append.first_sequence = take(in);
        const std::size_t size = take(in);
        const auto sealed =
            crypto::SealedBytes::from_stored(Bytes(in.begin(), in.begin() + std::ptrdiff_t(size)));
        in = in.subspan(size);
        append.seal = [sealed](std::uint64_t) { return Result<crypto::SealedBytes>(sealed); };
        return append;
    }
    store::MemoryStore memory_;
    int file_ = -1;
};

class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "audit-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

inline Uuid scope_number(std::uint8_t number) {
    Uuid scope;
    scope.octets[0] = number;
    scope.octets[15] = 0xee;
    return scope;
}

inline constexpr std::string_view kCanary = "canary-7f3a91";
inline const WallTime kStart = WallTime::from_seconds(1'700'000'000);

/// A record whose request id says which one it is.
inline Facts facts_number(const Uuid& scope, std::uint64_t number) {
    Facts facts;
    facts.time = WallTime{kStart.microseconds + std::int64_t(number) * 1000};
    put_integer(facts.request.uuid.octets.data(), number, 8);
    facts.request.uuid.octets[15] = 1;
    facts.region = "eu-west-rbx";
    facts.domain = DomainId{scope};
    facts.type = "REST_AUDIT";
    facts.operation = "serviceKey.encrypt";
    facts.iam_operation = "okms:apikms:serviceKey/encrypt";
    facts.activity = "3.1.1.e";
    facts.party = "customer";
    facts.iam_identities = {"urn:v1:eu:identity:user:xx1111-ovh/canary-7f3a91"};
    facts.credential = scope_number(77);
    facts.by_certificate = true;
    facts.client_ip = "203.0.113.77";
    facts.res_urn =
        "urn:v1:eu:resource:okms:8d0f1a3c-1111-2222-3333-444455556666/serviceKey/"
        "9d0f1a3c-1111-2222-3333-444455556666";
    facts.http_method = "POST";
    facts.http_path = "/api/8d0f1a3c/v1/servicekey/9d0f1a3c-1111-2222-3333-444455556666/encrypt";
    facts.http_status = 200;
    facts.verdict = Verdict::kAllowed;
    return facts;
}
inline std::uint64_t number_of(const Record& record) {
    return get_integer(record.request.uuid.octets.data(), 8);
}

/// All records of a scope, page by page.
inline std::vector<Record> read_all(const Uuid& scope, const Filter& filter, std::size_t page_size,
                                    bool newest_first, const seal::Seal& seal,
                                    store::Store& store) {
    std::vector<Record> all;
    Position position;
    for (;;) {
        auto page = read_records(scope, filter, position, page_size, newest_first, seal, store,
                                 nullptr);
        EXPECT_TRUE(page) << page.error().to_string();
        if (!page) {
            return all;
        }
        EXPECT_LE(page->records.size(), page_size);
        EXPECT_TRUE(page->next.empty() || !page->records.empty());
        for (Record& record : page->records) {
            all.push_back(std::move(record));
        }
        if (page->next.empty()) {
            return all;
        }
        position.token = page->next;
    }
}

}  // namespace chatelaine::audit::testing
