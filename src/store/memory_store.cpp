#include "store/memory_store.hpp"

#include <algorithm>

#include "store/checks.hpp"

namespace chatelaine::store {

namespace {

constexpr std::string_view where = "memory_store";

bool same_bytes(BytesView a, BytesView b) { return std::ranges::equal(a, b); }

}  // namespace

void MemoryStore::refuse_changes(std::optional<Code> code) {
    const std::lock_guard lock(mutex_);
    refusal_ = code;
}

void MemoryStore::submit(Transaction transaction, CommitDone done) {
    auto receipt = [&]() -> Result<Receipt> {
        const std::lock_guard lock(mutex_);
        return apply(transaction);
    }();
    done(std::move(receipt));
}

Result<Receipt> MemoryStore::apply(Transaction& transaction) {
    if (refusal_) {
        return Error(*refusal_, where, "changes are refused");
    }
    CH_TRY_VOID(check_transaction(transaction));
    Overlay overlay;
    std::uint64_t commit = last_commit_;
    for (Change& change : transaction.changes) {
        CH_TRY_VOID(apply_change(change, ++commit, overlay));
    }
    Receipt receipt;
    for (const Append& append : transaction.appends) {
        CH_TRY(const std::uint64_t first, apply_append(append, overlay));
        receipt.sequences.push_back(first);
    }
    receipt.commit = std::max(commit, last_commit_ + 1);
    last_commit_ = receipt.commit;
    ++transactions_;
    merge(overlay);
    return receipt;
}

Result<void> MemoryStore::apply_change(Change& change, std::uint64_t commit,
                                       Overlay& overlay) const {
    const Row* before = nullptr;
    if (const auto pending = overlay.rows.find(change.key); pending != overlay.rows.end()) {
        before = &pending->second;
    } else if (const auto found = rows_.find(change.key); found != rows_.end()) {
        before = &found->second;
    }
    if ((before != nullptr ? before->record.version : 0) != change.expected_version) {
        return Error(Code::kVersionConflict, where);
    }
    Row after;
    after.record.key = change.key;
    after.record.version = change.expected_version + 1;
    after.record.commit = commit;
    const bool lives_on = before != nullptr && (!before->record.tombstone || change.tombstone);
    after.record.born = lives_on ? before->record.born : commit;
    after.record.tombstone = change.tombstone;
    if (!change.tombstone) {
        after.record.dates = change.dates;
        after.record.sealed = std::move(change.sealed);
        after.terms.insert(change.terms.begin(), change.terms.end());
        if (change.keep_terms && before != nullptr) {
            after.terms = before->terms;
        }
    }
    overlay.rows.insert_or_assign(change.key, std::move(after));
    return ok();
}

Result<std::uint64_t> MemoryStore::apply_append(const Append& append, Overlay& overlay) const {
    auto& pending = overlay.entries[append.stream];
    const std::uint64_t next =
        pending.empty() ? next_locked(append.stream)
                        : pending.back().first_sequence + pending.back().count;
    const std::uint64_t first = append.first_sequence.value_or(next);
    CH_TRY(crypto::SealedBytes sealed, append.seal(first));
    if (first != next) {
        const auto stream = streams_.find(append.stream);
        const auto there = [&](const StreamEntry& entry) {
            return entry.first_sequence == first && entry.count == append.count &&
                   same_bytes(entry.sealed.view(), sealed.view());
        };
        if (std::ranges::any_of(pending, there) ||
            (stream != streams_.end() && std::ranges::any_of(stream->second, there))) {
            return first;
        }
        return Error(Code::kVersionConflict, where, "the stream goes on elsewhere");
    }
    pending.push_back(
        StreamEntry{append.stream, first, append.count, append.written, std::move(sealed)});
    return first;
}

void MemoryStore::merge(Overlay& overlay) {
    for (auto& [key, row] : overlay.rows) {
        if (const auto old = rows_.find(key); old != rows_.end()) {
            by_born_.erase(old->second.record.born);
            by_commit_.erase(old->second.record.commit);
        }
        by_born_.insert_or_assign(row.record.born, key);
        by_commit_.insert_or_assign(row.record.commit, key);
        rows_.insert_or_assign(key, std::move(row));
    }
    for (auto& [stream, entries] : overlay.entries) {
        if (entries.empty()) {
            continue;
        }
        auto& into = streams_[stream];
        std::ranges::move(entries, std::back_inserter(into));
    }
}

std::uint64_t MemoryStore::next_locked(const StreamKey& stream) const {
    const auto found = streams_.find(stream);
    if (found == streams_.end()) {
        return 1;
    }
    return found->second.back().first_sequence + found->second.back().count;
}

Result<std::optional<Record>> MemoryStore::get(const RecordKey& key) {
    const std::lock_guard lock(mutex_);
    const auto found = rows_.find(key);
    if (found == rows_.end()) {
        return std::optional<Record>();
    }
    return std::optional<Record>(found->second.record);
}

bool MemoryStore::matches(const Row& row, const Query& query) {
    const Record& record = row.record;
    return !record.tombstone && record.key.scope == query.scope && record.key.kind == query.kind &&
           std::ranges::all_of(query.terms, [&](const Term& t) { return row.terms.contains(t); }) &&
           std::ranges::all_of(query.dates, [&](const DateCondition& condition) {
               return meets(condition, record.dates);
           });
}

template <class F>
void MemoryStore::each_match(const Query& query, F&& take) const {
    const auto walk = [&](auto at, auto end) {
        for (; at != end; ++at) {
            const Row& row = rows_.at(at->second);
            if (matches(row, query) && !take(row.record)) {
                return;
            }
        }
    };
    if (!query.newest_first) {
        walk(by_born_.upper_bound(query.after_born), by_born_.end());
    } else {
        const auto from = query.after_born == 0 ? by_born_.end()
                                                : by_born_.lower_bound(query.after_born);
        walk(std::make_reverse_iterator(from), by_born_.rend());
    }
}

Result<Page> MemoryStore::query(const Query& query) {
    const std::lock_guard lock(mutex_);
    Page page;
    std::size_t skip = query.offset;
    each_match(query, [&](const Record& record) {
        if (skip > 0) {
            --skip;
            return true;
        }
        if (page.records.size() == query.max) {
            page.more = true;
            return false;
        }
        page.records.push_back(record);
        return true;
    });
    return page;
}

Result<std::uint64_t> MemoryStore::count(const Query& query, std::uint64_t at_most) {
    const std::lock_guard lock(mutex_);
    std::uint64_t matched = 0;
    if (at_most > 0) {
        each_match(query, [&](const Record&) { return ++matched < at_most; });
    }
    return matched;
}

Result<Page> MemoryStore::changed_since(std::uint64_t commit, std::size_t max) {
    const std::lock_guard lock(mutex_);
    Page page;
    for (auto at = by_commit_.upper_bound(commit); at != by_commit_.end(); ++at) {
        if (page.records.size() == max) {
            page.more = true;
            break;
        }
        page.records.push_back(rows_.at(at->second).record);
    }
    return page;
}

Result<std::vector<StreamEntry>> MemoryStore::read_stream(const StreamKey& stream,
                                                          std::uint64_t from, std::size_t max) {
    const std::lock_guard lock(mutex_);
    std::vector<StreamEntry> entries;
    const auto found = streams_.find(stream);
    if (found == streams_.end()) {
        return entries;
    }
    for (const StreamEntry& entry : found->second) {
        if (entries.size() == max) {
            break;
        }
        if (entry.first_sequence + entry.count > from) {
            entries.push_back(entry);
        }
    }
    return entries;
}

Result<std::vector<StreamKey>> MemoryStore::streams(const Uuid& scope) {
    const std::lock_guard lock(mutex_);
    std::vector<StreamKey> keys;
    for (const auto& [key, entries] : streams_) {
        if (key.scope == scope) {
            keys.push_back(key);
        }
    }
    return keys;
}

Result<std::uint64_t> MemoryStore::next_sequence(const StreamKey& stream) {
    const std::lock_guard lock(mutex_);
    return next_locked(stream);
}

Result<void> MemoryStore::copy_to(const std::filesystem::path&) {
    return Error(Code::kNotSupported, where, "a memory store has no file form");
}

Statistics MemoryStore::statistics() {
    const std::lock_guard lock(mutex_);
    Statistics statistics;
    for (const auto& [key, row] : rows_) {
        statistics.records += row.record.tombstone ? 0 : 1;
        statistics.bytes += row.record.sealed.size();
    }
    statistics.last_commit = last_commit_;
    statistics.groups = transactions_;
    statistics.transactions = transactions_;
    statistics.writable = !refusal_;
    return statistics;
}

}  // namespace chatelaine::store
