#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "audit/record.hpp"
#include "audit/segment.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"

namespace chatelaine::audit {
namespace {

Error unavailable(const Error& cause) {
    if (cause.code() == Code::kSealed) {
        return Error(Code::kSealed, "audit.journal");  // no fault of the volume's
    }
    return Error(Code::kAuditUnavailable, "audit.journal", cause.to_string());
}

/// Unique for each start, so that each of its streams begins at 1 and the network loop never has
/// to ask the store for a sequence.
Uuid make_writer(const Uuid& node, std::uint32_t loop) {
    constexpr std::string_view label = "chatelaine journal writer";
    const Uuid start = Uuid::random(crypto::system_random());
    Bytes input(label.begin(), label.end());
    input.insert(input.end(), node.octets.begin(), node.octets.end());
    for (int shift = 0; shift < 32; shift += 8) {
        input.push_back(static_cast<std::uint8_t>(loop >> shift));
    }
    input.insert(input.end(), start.octets.begin(), start.octets.end());
    const crypto::Sha256 digest = crypto::sha256(input);
    Uuid writer = Uuid::from_octets(BytesView(digest).first(16));
    writer.octets[6] = static_cast<std::uint8_t>((writer.octets[6] & 0x0fu) | 0x80u);  // version 8
    writer.octets[8] = static_cast<std::uint8_t>((writer.octets[8] & 0x3fu) | 0x80u);
    return writer;
}

/// An open file of this journal. Offsets are under the journal's mutex.
struct Segment {
    SegmentName name;
    FileHandle file;
    std::uint64_t good = 0;    ///< what write() answered for ends here
    std::uint64_t synced = 0;  ///< what is on the disk for sure ends here
};

/// Buffered records of one scope. The buffers are kept and used again, for whatever scope.
struct Batch {
    Uuid scope;
    Bytes plaintext;
    std::uint32_t count = 0;
    WallTime latest;
    struct Stream* stream = nullptr;
};

struct Stream {
    std::uint64_t next_sequence = 1;
    Batch* batch = nullptr;  ///< null when nothing is buffered for this scope
};

class JournalImpl final : public Journal {
public:
    JournalImpl(const Options& options, const seal::Seal& seal)
        : options_(options),
          seal_(seal),
          writer_(make_writer(options.node, static_cast<std::uint32_t>(options.loop))),
          segment_bytes_max_(options.segment_bytes_max != 0 ? options.segment_bytes_max
                                                            : limits::journal_segment_bytes_max) {}

    Result<void> start();
    void add(const Uuid& scope, const Facts& facts) override;
    std::size_t buffered() const override { return buffered_; }
    Result<void> write() override;
    Result<void> sync() override;

private:
    SegmentHeader header() const;
    Result<void> build_group();
    Result<void> write_group();
    Result<void> rotate_when_full();
    Result<void> sync_now();
    void forget_buffered(bool written);
    Result<void> reopen();
    Result<Bytes> unsynced_groups();

    const Options options_;
    const seal::Seal& seal_;
    const Uuid writer_;
    const std::uint64_t segment_bytes_max_;

    // The loop's own: nothing else touches them.
    std::unordered_map<Uuid, Stream> streams_;
    std::vector<std::unique_ptr<Batch>> batches_;  ///< the first batch_count_ are in use
    std::size_t batch_count_ = 0;
    std::size_t buffered_ = 0;
    WallTime last_written_;
    Bytes group_;

    std::mutex sync_mutex_;  ///< one sync() at a time; taken before mutex_
    mutable std::mutex mutex_;  ///< what follows; held over a write(2), never over a flush
    std::shared_ptr<Segment> current_;
    std::vector<std::shared_ptr<Segment>> rotated_;  ///< full ones that still need a flush
    bool directory_dirty_ = false;
    bool stopped_ = false;  ///< a flush failed: nothing is written until reopen() has verified
};

SegmentHeader JournalImpl::header() const {
    return SegmentHeader{options_.node, writer_, static_cast<std::uint32_t>(options_.loop),
                         system_clock().now()};
}

Result<void> JournalImpl::start() {
    CH_TRY_VOID(make_directory(options_.directory));
    CH_TRY(const std::vector<SegmentName> names, list_segments(options_.directory));
    SegmentName name{options_.loop, 1};
    for (const SegmentName& other : names) {
        if (other.loop == name.loop) {
            name.number = std::max(name.number, other.number + 1);
        }
    }
    CH_TRY(FileHandle file, create_segment(options_.directory, name, header(), {}, true));
    CH_TRY_VOID(sync_directory(options_.directory));
    current_ = std::make_shared<Segment>(
        Segment{name, std::move(file), kSegmentHeaderBytes, kSegmentHeaderBytes});
    return ok();
}

void JournalImpl::add(const Uuid& scope, const Facts& facts) {
    Stream& stream = streams_[scope];
    if (stream.batch == nullptr) {
        if (batch_count_ == batches_.size()) {
            batches_.push_back(std::make_unique<Batch>());
        }
        Batch& fresh = *batches_[batch_count_++];
        fresh.scope = scope;
        fresh.latest = facts.time;
        fresh.stream = &stream;  // node-based map: the address holds
        stream.batch = &fresh;
    }
    Batch& batch = *stream.batch;
    encode(facts, batch.plaintext);
    batch.count += 1;
    batch.latest = std::max(batch.latest, facts.time);
    buffered_ += 1;
}

/// Seals every batch into group_.
Result<void> JournalImpl::build_group() {
    group_.clear();
    group_.resize(kGroupHeaderBytes);
    for (std::size_t i = 0; i < batch_count_; ++i) {
        const Batch& batch = *batches_[i];
        // Never goes back within a stream, so that a reader can search by it.
        last_written_ = std::max(last_written_, batch.latest);
        const std::uint64_t first = batch.stream->next_sequence;
        CH_TRY(const crypto::SealedBytes sealed,
               seal_.seal_audit({batch.scope, writer_}, first, batch.count, batch.plaintext));
        append_batch_header(BatchHeader{batch.scope, first, batch.count,
                                        static_cast<std::uint32_t>(sealed.size()), last_written_},
                            group_);
        group_.insert(group_.end(), sealed.view().begin(), sealed.view().end());
    }
    finish_group(group_, static_cast<std::uint32_t>(batch_count_));
    return ok();
}

Result<void> JournalImpl::rotate_when_full() {
    if (current_->good < segment_bytes_max_) {
        return ok();
    }
    const SegmentName name{options_.loop, current_->name.number + 1};
    // The old one takes no byte after the new one has its name: a reader goes by that.
    CH_TRY(FileHandle file, create_segment(options_.directory, name, header(), {}, false));
    rotated_.push_back(current_);
    current_ = std::make_shared<Segment>(
        Segment{name, std::move(file), kSegmentHeaderBytes, 0});
    directory_dirty_ = true;
    return ok();
}

Result<void> JournalImpl::write_group() {
    const std::lock_guard lock(mutex_);
    if (stopped_) {
        return Error(Code::kAuditUnavailable, "audit.journal",
                     "the journal stopped after a failed flush");
    }
    if (auto rotated = rotate_when_full(); !rotated) {
        return unavailable(rotated.error());
    }
    if (auto written = write_at(current_->file, current_->good, group_); !written) {
        if (auto cut = truncate_to(current_->file, current_->good); !cut) {
            // Bytes of ours may stand behind the good end: nothing may follow them.
            stopped_ = true;
        }
        return unavailable(written.error());
    }
    current_->good += group_.size();
    return ok();
}

void JournalImpl::forget_buffered(bool written) {
    for (std::size_t i = 0; i < batch_count_; ++i) {
        Batch& batch = *batches_[i];
        if (written) {
            batch.stream->next_sequence += batch.count;
        }
        batch.stream->batch = nullptr;
        wipe(batch.plaintext.data(), batch.plaintext.size());
        batch.plaintext.clear();
        batch.count = 0;
    }
    batch_count_ = 0;
    buffered_ = 0;
}

Result<void> JournalImpl::write() {
    if (buffered_ == 0) {
        return ok();
    }
    auto built = build_group();
    if (!built) {
        forget_buffered(false);
        return unavailable(built.error());
    }
    auto written = write_group();
    forget_buffered(written.has_value());
    if (!written) {
        return written;
    }
    // After a failed flush the records may be read one day although their uses were refused; the
    // other way round never happens.
    return options_.flush_before_reply ? sync() : ok();
}

Result<void> JournalImpl::sync_now() {
    std::vector<std::shared_ptr<Segment>> segments;
    std::vector<std::uint64_t> ends;
    bool directory = false;
    {
        const std::lock_guard lock(mutex_);
        segments = rotated_;
        segments.push_back(current_);
        for (const auto& segment : segments) {
            ends.push_back(segment->good);
        }
        directory = directory_dirty_;
    }
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (segments[i]->synced < ends[i]) {  // written under sync_mutex_ alone
            CH_TRY_VOID(sync_file(segments[i]->file));
        }
    }
    if (directory) {
        CH_TRY_VOID(sync_directory(options_.directory));
    }
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        segments[i]->synced = ends[i];
    }
    const auto rotated_count = static_cast<std::ptrdiff_t>(segments.size()) - 1;
    rotated_.erase(rotated_.begin(), rotated_.begin() + rotated_count);
    // Rotated meanwhile: the new name still has to be made durable.
    directory_dirty_ = directory_dirty_ && current_ != segments.back();
    return ok();
}

Result<void> JournalImpl::sync() {
    const std::lock_guard sync_lock(sync_mutex_);
    bool stopped = false;
    {
        const std::lock_guard lock(mutex_);
        stopped = stopped_;
    }
    if (stopped) {
        if (auto reopened = reopen(); !reopened) {
            return unavailable(reopened.error());
        }
        log::info("journal_reopened", {{"loop", std::to_string(options_.loop)}});
        return ok();
    }
    auto synced = sync_now();
    if (!synced) {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        return unavailable(synced.error());
    }
    return ok();
}

/// The groups between the last flush and the good end, checked one by one.
Result<Bytes> JournalImpl::unsynced_groups() {
    std::vector<std::shared_ptr<Segment>> segments = rotated_;
    segments.push_back(current_);
    Bytes groups;
    Bytes part;
    for (const auto& segment : segments) {
        const std::uint64_t from =
            std::max<std::uint64_t>(segment->synced, kSegmentHeaderBytes);
        CH_TRY_VOID(read_at(segment->file, from, segment->good - from, part));
        BytesView rest = part;
        while (!rest.empty()) {
            const Group group = parse_group(rest);
            if (group.state != Group::State::kWhole) {
                return Error(Code::kStoreCorrupt, "audit.journal",
                             "records that were answered for are not in the file");
            }
            rest = rest.subspan(group.bytes_needed);
        }
        if (part.size() != segment->good - from) {
            return Error(Code::kStoreCorrupt, "audit.journal", "the file became shorter");
        }
        groups.insert(groups.end(), part.begin(), part.end());
    }
    return groups;
}

/// After a failed flush the kernel may have dropped pages and call the file clean, so the same
/// flush is never tried again. What is not on the disk for sure is read back, checked, written to
/// a new segment and flushed there; then the old one is cut back to what is sure.
/// write() refuses meanwhile, so the segments do not move under this.
Result<void> JournalImpl::reopen() {
    std::vector<std::shared_ptr<Segment>> old = rotated_;
    old.push_back(current_);
    // What a failed write left behind goes first: a segment that is no longer the newest and does
    // not end with a whole group counts as damaged.
    CH_TRY_VOID(truncate_to(current_->file, current_->good));
    CH_TRY(const Bytes groups, unsynced_groups());
    const SegmentName name{options_.loop, current_->name.number + 1};
    CH_TRY(FileHandle file, create_segment(options_.directory, name, header(), groups, true));
    const std::uint64_t end = kSegmentHeaderBytes + groups.size();
    auto fresh = std::make_shared<Segment>(Segment{name, std::move(file), end, end});
    Result<void> done = sync_directory(options_.directory);
    for (const auto& segment : old) {
        const std::uint64_t sure = std::max<std::uint64_t>(segment->synced, kSegmentHeaderBytes);
        if (done) {
            done = truncate_to(segment->file, sure);
        }
    }
    if (!done) {
        // A second try makes a second copy of the same batches: a reader takes each once.
        return done;
    }
    const std::lock_guard lock(mutex_);
    rotated_.clear();
    current_ = std::move(fresh);
    directory_dirty_ = false;
    stopped_ = false;
    return ok();
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const Options& options, const seal::Seal& seal,
                                               store::Store&) {
    auto journal = std::make_unique<JournalImpl>(options, seal);
    CH_TRY_VOID(journal->start());
    return std::unique_ptr<Journal>(std::move(journal));
}

}  // namespace chatelaine::audit
