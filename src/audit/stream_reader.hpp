#pragma once

#include <compare>
#include <optional>
#include <vector>

#include "audit/audit.hpp"

/// One stream of a scope, read record by record in either direction. Private to audit/.
///
/// Records come in the stream's own order. `key` is the record's time, held between the bounds
/// that the entry's clear part gives and never going back against the direction: the merge of
/// several streams goes by it. Until a record of an entry is the next one, only the entry's clear
/// part is kept, so that many old streams cost neither memory nor an opening.

namespace chatelaine::audit {

/// An entry's records are at most this much older than its `written` (the span of a merged entry
/// and the longest request); where a record says less, the bound is taken for ordering.
inline constexpr std::int64_t kRecordAgeSecondsMax = 120;
/// How far clocks of one stream may have been set back without a search by time missing a record.
inline constexpr std::int64_t kClockSlackSeconds = 600;

class StreamReader {
public:
    struct Source {
        const seal::Seal& seal;
        store::Store& store;
    };

    /// `floor` is where the merge stands: no key lies before it (after it, newest first).
    StreamReader(const Source& source, const store::StreamKey& stream, bool newest_first,
                 std::optional<WallTime> floor)
        : source_(source), stream_(stream), newest_first_(newest_first), floor_(floor) {}

    /// Puts the reader at `sequence`. Oldest first, nothing is left when it is past the end; newest
    /// first, when it is 0.
    Result<void> seek(std::uint64_t sequence);

    const store::StreamKey& stream() const { return stream_; }
    bool exhausted() const { return exhausted_; }
    void exhaust() { exhausted_ = true; }
    /// The time that the merge goes by: exact when opened, a bound before.
    WallTime key() const { return key_; }
    bool opened() const { return opened_; }
    /// When the entry under the reader was written.
    WallTime written() const { return written_; }
    std::uint64_t sequence() const { return sequence_; }

    /// Opens the entry under the reader; key() is exact then.
    Result<void> open();
    const Record& record() const { return records_[sequence_ - first_]; }
    Result<void> advance();

private:
    /// Takes the entry that holds sequence_ from the window, or reads a new window.
    Result<void> load();
    Result<const store::StreamEntry*> entry_at(std::uint64_t sequence);
    void set_key();

    Source source_;
    store::StreamKey stream_;
    bool newest_first_;
    std::optional<WallTime> floor_;
    bool exhausted_ = false;
    bool opened_ = false;
    std::uint64_t sequence_ = 0;
    std::uint64_t first_ = 0;  ///< of the entry under the reader
    std::uint32_t count_ = 0;
    WallTime written_, key_;
    std::vector<Record> records_;
    std::vector<store::StreamEntry> window_;
    std::size_t window_size_ = 1;
};

/// The first sequence whose entry was written at `time` or later; one past the end when none was.
Result<std::uint64_t> find_by_time(store::Store& store, const store::StreamKey& stream,
                                   WallTime time);

}  // namespace chatelaine::audit
