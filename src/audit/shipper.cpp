#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "audit/merger.hpp"
#include "audit/record.hpp"
#include "audit/wire.hpp"
#include "base/log.hpp"

namespace chatelaine::audit {
namespace {

/// How much of a segment is read, merged and committed at once.
constexpr std::size_t kChunkBytes = 1024 * 1024;
/// Markers in one transaction.
constexpr std::size_t kMarkersMax = 256;

class ShipperImpl final : public Shipper {
public:
    ShipperImpl(const Options& options, const seal::Seal& seal, store::Store& region)
        : options_(options), seal_(seal), merger_(options, seal, region) {}
    ~ShipperImpl() override { stop(); }

    Result<void> recover(WallTime now) override;
    Result<void> ship() override;
    void start(std::vector<Journal*> journals, std::chrono::milliseconds sync_interval,
               std::chrono::milliseconds ship_interval) override;
    void stop() override;

private:
    struct Progress {
        Uuid writer;
        std::uint64_t offset = 0;  ///< everything before is in the store; 0 = header not read
    };
    /// One loop's segments in this pass; those before `front` are done.
    struct Lane {
        std::vector<SegmentName> segments;
        std::size_t front = 0;
        std::uint64_t consumed = 0;  ///< bytes of the front segment in this round
        /// Of the open segment: what it held when the pass came to it. What is written during the
        /// pass is the next one's, else a busy journal would be followed for ever, a few records
        /// and a flush of the store at a time.
        std::optional<std::uint64_t> open_bytes;
        SegmentName name() const { return segments[front]; }
        bool last() const { return front + 1 == segments.size(); }
    };

    Result<void> ship_all(WallTime now, bool recovering);
    Result<void> collect(Lane& lane, WallTime now, bool recovering);
    Result<bool> read_header(Lane& lane, const FileHandle& file, bool closed);
    Result<std::uint64_t> take_groups(const Progress& progress, const FileHandle& file,
                                      std::uint64_t size, bool closed, bool& damaged);
    Result<void> dispose_damaged(Lane& lane, const FileHandle& file, WallTime now);
    Result<std::map<Uuid, std::uint64_t>> last_sequences(const FileHandle& file,
                                                         std::uint64_t end);
    Result<void> mark(const Lane& lane, const FileHandle& file, std::uint64_t cut, WallTime now);
    Result<void> finish_segment(Lane& lane, bool aside);
    void run(const std::vector<Journal*>& journals, std::chrono::milliseconds sync_interval,
             std::chrono::milliseconds ship_interval);
    static void report(const Result<void>& result, bool& failing, std::string_view what);

    const Options options_;
    const seal::Seal& seal_;

    std::mutex mutex_;  ///< one pass at a time
    Merger merger_;
    std::map<SegmentName, Progress> progress_;
    Bytes chunk_;

    std::mutex thread_mutex_;  ///< what follows
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

Result<void> ShipperImpl::recover(WallTime now) {
    const std::lock_guard lock(mutex_);
    return ship_all(now, true);
}

Result<void> ShipperImpl::ship() {
    const std::lock_guard lock(mutex_);
    return ship_all(system_clock().now(), false);
}

Result<void> ShipperImpl::ship_all(WallTime now, bool recovering) {
    CH_TRY(const std::vector<SegmentName> names, list_segments(options_.directory));
    std::map<std::uint64_t, Lane> lanes;
    for (const SegmentName& name : names) {
        lanes[name.loop].segments.push_back(name);
    }
    // A round takes one chunk of each loop into one transaction, so that loops share a flush. A
    // loop whose journal cannot be read does not hold up the others.
    Result<void> first_failure;
    for (bool retried = false;;) {
        bool more = false;
        for (auto& [loop, lane] : lanes) {
            lane.consumed = 0;
            if (auto collected = collect(lane, now, recovering); !collected) {
                lane.front = lane.segments.size();
                lane.consumed = 0;
                if (first_failure) {
                    first_failure = std::move(collected);
                }
            }
            more = more || lane.consumed > 0;
        }
        if (auto committed = merger_.commit(); !committed) {
            if (committed.error().code() == Code::kVersionConflict && !retried) {
                retried = true;  // what was known about the store was forgotten: ask again
                continue;
            }
            return committed;
        }
        if (!more) {
            return first_failure;
        }
        for (auto& [loop, lane] : lanes) {
            if (lane.consumed > 0) {
                progress_[lane.name()].offset += lane.consumed;
            }
        }
    }
}

/// Hands one chunk's batches to the merger; finishes segments that have nothing left.
Result<void> ShipperImpl::collect(Lane& lane, WallTime now, bool recovering) {
    while (lane.front < lane.segments.size()) {
        // A segment with a later one behind it takes no more bytes; nor does any before start.
        const bool closed = recovering || !lane.last();
        CH_TRY(const FileHandle file, open_segment(options_.directory, lane.name()));
        CH_TRY(const bool readable, read_header(lane, file, closed));
        if (!readable) {
            if (!closed) {
                return ok();
            }
            continue;  // it was set aside
        }
        CH_TRY(std::uint64_t size, file_size(file));
        if (!closed) {
            lane.open_bytes = lane.open_bytes.value_or(size);
            size = std::min(size, *lane.open_bytes);
        }
        const Progress& progress = progress_[lane.name()];
        bool damaged = false;
        CH_TRY(lane.consumed, take_groups(progress, file, size, closed, damaged));
        if (lane.consumed > 0) {
            return ok();
        }
        if (damaged) {
            // What other loops gave in this round is not touched by this: marks go in with it.
            CH_TRY_VOID(dispose_damaged(lane, file, now));
        } else if (closed) {
            CH_TRY_VOID(finish_segment(lane, false));
        } else {
            return ok();
        }
    }
    return ok();
}

/// False when there is no good header: the segment is set aside when it is closed.
Result<bool> ShipperImpl::read_header(Lane& lane, const FileHandle& file, bool closed) {
    Progress& progress = progress_[lane.name()];
    if (progress.offset != 0) {
        return true;
    }
    Bytes bytes;
    CH_TRY_VOID(read_at(file, 0, kSegmentHeaderBytes, bytes));
    auto header = parse_segment_header(bytes);
    if (header) {
        progress.writer = header->writer;
        progress.offset = kSegmentHeaderBytes;
        return true;
    }
    if (header.error().code() == Code::kFormatTooNew) {
        return std::move(header).error();
    }
    if (closed) {
        // A segment gets its name when its header is written: this is the disk's doing.
        log::error("journal_header_damaged", {{"segment", lane.name().to_string()}},
                   "keep the file that ends in .damaged and check the disk");
        CH_TRY_VOID(finish_segment(lane, true));
    }
    return false;
}

/// The bytes of the whole groups that it took from one chunk. `damaged` when a closed segment goes
/// on with something that is no whole group, or that does not open.
Result<std::uint64_t> ShipperImpl::take_groups(const Progress& progress, const FileHandle& file,
                                               std::uint64_t size, bool closed, bool& damaged) {
    if (progress.offset >= size) {
        return 0;
    }
    const std::uint64_t left = size - progress.offset;
    CH_TRY_VOID(read_at(file, progress.offset, std::min<std::uint64_t>(left, kChunkBytes), chunk_));
    Group group = parse_group(chunk_);
    if (group.state == Group::State::kShort && group.bytes_needed <= left &&
        group.bytes_needed > chunk_.size()) {
        // One write that is longer than a chunk: bounded by what the file holds.
        CH_TRY_VOID(read_at(file, progress.offset, group.bytes_needed, chunk_));
        group = parse_group(chunk_);
    }
    BytesView rest = chunk_;
    std::uint64_t consumed = 0;
    while (group.state == Group::State::kWhole) {
        auto added = for_each_batch(group, [&](const BatchHeader& header, BytesView sealed) {
            return merger_.add(progress.writer, header, sealed);
        });
        if (!added) {
            const Code code = added.error().code();
            const bool bad = code == Code::kSealBroken || code == Code::kStoreCorrupt;
            if (consumed > 0) {
                return consumed;  // what is good goes first
            }
            if (!closed || !bad) {
                return std::move(added).error();
            }
            group.state = Group::State::kBroken;
            break;
        }
        consumed += group.bytes_needed;
        rest = rest.subspan(group.bytes_needed);
        group = parse_group(rest);
    }
    damaged = closed && consumed == 0 && group.state != Group::State::kEnd;
    return consumed;
}

/// The last sequence of each scope in the whole groups before `end`, and of the batch that is cut
/// off there as far as its clear header says so.
Result<std::map<Uuid, std::uint64_t>> ShipperImpl::last_sequences(const FileHandle& file,
                                                                  std::uint64_t end) {
    std::map<Uuid, std::uint64_t> last;
    Bytes bytes;
    CH_TRY_VOID(read_at(file, end, kGroupHeaderBytes + kBatchHeaderBytes, bytes));
    if (bytes.size() >= kGroupHeaderBytes) {
        const auto cut = parse_batch_header(BytesView(bytes).subspan(kGroupHeaderBytes));
        if (cut && cut->first_sequence > 0 && seal_.has_scope(cut->scope)) {
            last[cut->scope] = cut->first_sequence - 1;
        }
    }
    std::uint64_t at = kSegmentHeaderBytes;
    while (at < end) {
        CH_TRY_VOID(read_at(file, at, kGroupHeaderBytes, bytes));
        CH_TRY_VOID(read_at(file, at, parse_group(bytes).bytes_needed, bytes));
        const Group group = parse_group(bytes);
        if (group.state != Group::State::kWhole) {
            return Error(Code::kStoreCorrupt, "audit.shipper", "the journal changed while read");
        }
        CH_TRY_VOID(for_each_batch(group, [&](const BatchHeader& header, BytesView) {
            last[header.scope] = header.first_sequence + header.count - 1;
            return ok();
        }));
        at += group.bytes_needed;
    }
    return last;
}

/// One record in each stream of the segment that says where it was cut. After a crash the stream
/// is one longer than the file says, so a marker is never there twice.
Result<void> ShipperImpl::mark(const Lane& lane, const FileHandle& file, std::uint64_t cut,
                               WallTime now) {
    const Progress& progress = progress_[lane.name()];
    CH_TRY(const auto last, last_sequences(file, progress.offset));
    const std::string name = lane.name().to_string();
    const std::string offset = std::to_string(progress.offset);
    const std::string bytes = std::to_string(cut);
    std::size_t count = 0;
    for (const auto& [scope, sequence] : last) {
        if (!seal_.has_scope(scope)) {
            continue;
        }
        Facts facts;
        facts.time = now;
        facts.domain = DomainId{scope};
        facts.type = "OPERATOR_AUDIT";
        facts.operation = "journal.recovered";
        facts.party = "provider";
        facts.details = {{"segment", name}, {"offset", offset}, {"bytes_cut", bytes}};
        CH_TRY_VOID(merger_.add_marker({scope, progress.writer}, sequence, facts));
        if (++count % kMarkersMax == 0) {
            CH_TRY_VOID(merger_.commit());
        }
    }
    return merger_.commit();
}

Result<void> ShipperImpl::dispose_damaged(Lane& lane, const FileHandle& file, WallTime now) {
    const Progress progress = progress_[lane.name()];
    CH_TRY(const std::uint64_t size, file_size(file));
    Bytes tail;
    CH_TRY_VOID(read_at(file, progress.offset, kChunkBytes, tail));
    bool aside = size - progress.offset > kChunkBytes;
    // A torn write is the last of its file. Whole groups behind it, or a group that is whole and
    // does not open, are something else, and nothing of that is thrown away.
    for (std::size_t at = 0; at < tail.size() && !aside; ++at) {
        aside = parse_group(BytesView(tail).subspan(at)).state == Group::State::kWhole;
    }
    log::error("journal_tail_cut",
               {{"segment", lane.name().to_string()},
                {"offset", std::to_string(progress.offset)},
                {"bytes", std::to_string(size - progress.offset)}},
               aside ? "keep the file that ends in .damaged and check the disk"
                     : "uses in the second before the stop may be missing from the log");
    // A later segment of the same writer goes on where this one would have: no marker between.
    bool writer_goes_on = false;
    for (std::size_t i = lane.front + 1; i < lane.segments.size(); ++i) {
        CH_TRY(const FileHandle later, open_segment(options_.directory, lane.segments[i]));
        Bytes bytes;
        CH_TRY_VOID(read_at(later, 0, kSegmentHeaderBytes, bytes));
        const auto header = parse_segment_header(bytes);
        writer_goes_on = writer_goes_on || (header && header->writer == progress.writer);
    }
    if (!writer_goes_on) {
        CH_TRY_VOID(mark(lane, file, size - progress.offset, now));
    }
    return finish_segment(lane, aside || writer_goes_on);
}

Result<void> ShipperImpl::finish_segment(Lane& lane, bool aside) {
    const Progress progress = progress_[lane.name()];
    CH_TRY_VOID(aside ? set_aside(options_.directory, lane.name())
                      : remove_segment(options_.directory, lane.name()));
    progress_.erase(lane.name());
    const bool writer_left =
        std::any_of(progress_.begin(), progress_.end(), [&progress](const auto& other) {
            return other.second.writer == progress.writer;
        });
    if (!writer_left) {
        merger_.forget(progress.writer);
    }
    lane.front += 1;
    return ok();
}

void ShipperImpl::report(const Result<void>& result, bool& failing, std::string_view what) {
    if (result.has_value() == !failing) {
        return;  // said already
    }
    failing = !result.has_value();
    if (failing) {
        log::error("audit_journal_failing",
                   {{"step", std::string(what)}, {"error", result.error().to_string()}},
                   "check space and health of the journal's disk and of the region's store");
    } else {
        log::info("audit_journal_recovered", {{"step", std::string(what)}});
    }
}

void ShipperImpl::run(const std::vector<Journal*>& journals,
                      std::chrono::milliseconds sync_interval,
                      std::chrono::milliseconds ship_interval) {
    std::vector<char> sync_failing(journals.size(), 0);
    bool ship_failing = false;
    MonotonicTime next_sync = system_clock().monotonic() + sync_interval;
    MonotonicTime next_ship = system_clock().monotonic() + ship_interval;
    for (bool last = false; !last;) {
        {
            std::unique_lock lock(thread_mutex_);
            wake_.wait_until(lock, std::min(next_sync, next_ship), [this] { return stopping_; });
            last = stopping_;
        }
        const MonotonicTime now = system_clock().monotonic();
        if (last || now >= next_sync) {
            for (std::size_t i = 0; i < journals.size(); ++i) {
                bool failing = sync_failing[i] != 0;
                report(journals[i]->sync(), failing, "sync");
                sync_failing[i] = failing ? 1 : 0;
            }
            next_sync = now + sync_interval;
        }
        if (last || now >= next_ship) {
            report(ship(), ship_failing, "ship");
            next_ship = now + ship_interval;
        }
    }
}

void ShipperImpl::start(std::vector<Journal*> journals, std::chrono::milliseconds sync_interval,
                        std::chrono::milliseconds ship_interval) {
    stop();
    const std::lock_guard lock(thread_mutex_);
    stopping_ = false;
    thread_ = std::thread([this, list = std::move(journals), sync_interval, ship_interval] {
        run(list, sync_interval, ship_interval);
    });
}

void ShipperImpl::stop() {
    std::thread thread;
    {
        const std::lock_guard lock(thread_mutex_);
        stopping_ = true;
        thread = std::move(thread_);
    }
    wake_.notify_all();
    if (thread.joinable()) {
        thread.join();
    }
}

}  // namespace

std::unique_ptr<Shipper> Shipper::create(const Options& options, const seal::Seal& seal,
                                         store::Store& region) {
    return std::make_unique<ShipperImpl>(options, seal, region);
}

}  // namespace chatelaine::audit
