#include <algorithm>

#include "audit/cursor.hpp"
#include "audit/register.hpp"
#include "audit/stream_reader.hpp"
#include "base/limits.hpp"

namespace chatelaine::audit {
namespace {

/// A page ends after this many records were looked at, however few of them matched.
constexpr std::size_t kExaminedMax = 50'000;

bool matches(const Filter& filter, const Record& record) {
    if ((filter.from && record.time < *filter.from) || (filter.to && record.time > *filter.to)) {
        return false;
    }
    if (!filter.operation.empty() && record.operation != filter.operation) {
        return false;
    }
    if (!filter.resource_urn.empty() && record.res_urn != filter.resource_urn) {
        return false;
    }
    if (filter.verdict && record.verdict != *filter.verdict) {
        return false;
    }
    if (filter.request && record.request != *filter.request) {
        return false;
    }
    return filter.identity_urn.empty() ||
           std::find(record.iam_identities.begin(), record.iam_identities.end(),
                     filter.identity_urn) != record.iam_identities.end();
}

/// The merge of a scope's streams.
class PageReader {
public:
    PageReader(const CursorBinding& binding, const seal::Seal& seal,
               const std::vector<store::Store*>& stores)
        : binding_(binding), seal_(seal), stores_(stores) {}

    Result<void> start(std::optional<Cursor> cursor);
    Result<RecordPage> read(std::size_t max);

private:
    Result<std::uint64_t> start_sequence(store::Store& store, const store::StreamKey& stream);
    Result<std::uint64_t> oldest_start(store::Store& store, const store::StreamKey& stream);
    Result<std::uint64_t> newest_start(store::Store& store, const store::StreamKey& stream);
    std::optional<std::uint64_t> place_of(const store::StreamKey& stream) const;
    StreamReader* next_reader();
    bool out_of_range(const StreamReader& reader) const;
    void remember(const StreamReader& reader);
    std::string token() const;

    const CursorBinding binding_;
    const seal::Seal& seal_;
    const std::vector<store::Store*>& stores_;
    std::vector<StreamReader> readers_;
    std::optional<Cursor> cursor_;
    WallTime time_;                     ///< the key of the last record that was passed
    std::vector<Cursor::Place> passed_; ///< the stream that gave a record last stands last
};

std::optional<std::uint64_t> PageReader::place_of(const store::StreamKey& stream) const {
    if (cursor_) {
        const WriterPrefix prefix = writer_prefix(stream.writer);
        for (const Cursor::Place& place : cursor_->places) {
            if (place.writer == prefix) {
                return place.sequence;
            }
        }
    }
    return std::nullopt;
}

Result<std::uint64_t> PageReader::oldest_start(store::Store& store,
                                                 const store::StreamKey& stream) {
    std::uint64_t start = 1;
    if (binding_.filter.from) {
        CH_TRY(start, find_by_time(store, stream, *binding_.filter.from));
    }
    if (!cursor_) {
        return start;
    }
    // A stream without a place gave nothing yet, or so long ago that its place was dropped.
    CH_TRY(const auto first, store.read_stream(stream, 1, 1));
    const WallTime recent = cursor_->time.plus_seconds(-kClockSlackSeconds);
    if (first.empty() || first.front().written >= recent) {
        return start;
    }
    CH_TRY(const std::uint64_t after,
           find_by_time(store, stream, WallTime{cursor_->time.microseconds + 1}));
    return std::max(start, after);
}

Result<std::uint64_t> PageReader::newest_start(store::Store& store,
                                                 const store::StreamKey& stream) {
    std::optional<WallTime> latest;
    if (binding_.filter.to) {
        latest = binding_.filter.to->plus_seconds(kRecordAgeSecondsMax);
    }
    if (cursor_) {
        // What came after the first page was given is not part of the answer.
        const WallTime bound = cursor_->time.plus_seconds(kClockSlackSeconds);
        latest = latest ? std::min(*latest, bound) : bound;
    }
    if (!latest) {
        CH_TRY(const std::uint64_t next, store.next_sequence(stream));
        return next - 1;
    }
    CH_TRY(const std::uint64_t next,
           find_by_time(store, stream, WallTime{latest->microseconds + 1}));
    return next - 1;
}

Result<std::uint64_t> PageReader::start_sequence(store::Store& store,
                                                   const store::StreamKey& stream) {
    if (const auto place = place_of(stream)) {
        return *place;
    }
    return binding_.newest_first ? newest_start(store, stream)
                                 : oldest_start(store, stream);
}

Result<void> PageReader::start(std::optional<Cursor> cursor) {
    cursor_ = std::move(cursor);
    std::optional<WallTime> floor;
    if (cursor_) {
        floor = cursor_->time;
        time_ = cursor_->time;
        // The token lists the latest first.
        passed_.assign(cursor_->places.rbegin(), cursor_->places.rend());
    }
    std::vector<std::pair<store::StreamKey, store::Store*>> streams;
    for (store::Store* const store : stores_) {
        CH_TRY(const auto in_store, store->streams(binding_.scope));
        for (const store::StreamKey& stream : in_store) {
            if (!is_register(stream.writer)) {
                streams.emplace_back(stream, store);
            }
        }
    }
    std::sort(streams.begin(), streams.end());
    readers_.reserve(streams.size());
    for (const auto& [stream, store] : streams) {
        StreamReader reader({seal_, *store}, stream, binding_.newest_first, floor);
        CH_TRY(const std::uint64_t sequence, start_sequence(*store, stream));
        CH_TRY_VOID(reader.seek(sequence));
        if (!reader.exhausted()) {
            readers_.push_back(std::move(reader));
        }
    }
    return ok();
}

/// Whether no record from here on can be within the filter's times.
bool PageReader::out_of_range(const StreamReader& reader) const {
    const Filter& filter = binding_.filter;
    if (binding_.newest_first) {
        return filter.from && reader.written() < *filter.from;
    }
    return filter.to && reader.written().plus_seconds(-kRecordAgeSecondsMax) > *filter.to;
}

/// The reader whose record comes next. Ties go by the stream; a bound goes before an exact time,
/// since it may turn out to be the same.
StreamReader* PageReader::next_reader() {
    StreamReader* best = nullptr;
    for (StreamReader& reader : readers_) {
        if (reader.exhausted()) {
            continue;
        }
        if (out_of_range(reader)) {
            reader.exhaust();
            continue;
        }
        if (best == nullptr) {
            best = &reader;
            continue;
        }
        const bool before = binding_.newest_first ? reader.key() > best->key()
                                                  : reader.key() < best->key();
        const bool same = reader.key() == best->key();
        if (before || (same && best->opened() && !reader.opened())) {
            best = &reader;
        }
    }
    return best;
}

void PageReader::remember(const StreamReader& reader) {
    const WriterPrefix prefix = writer_prefix(reader.stream().writer);
    const auto same = [&prefix](const Cursor::Place& place) { return place.writer == prefix; };
    Cursor::Place place{prefix, reader.sequence()};
    if (!passed_.empty() && same(passed_.back())) {
        passed_.back() = place;
        return;
    }
    std::erase_if(passed_, same);
    passed_.push_back(place);
}

std::string PageReader::token() const {
    Cursor cursor;
    cursor.time = time_;
    cursor.places.assign(passed_.rbegin(), passed_.rend());
    return encode_cursor(cursor, binding_);
}

Result<RecordPage> PageReader::read(std::size_t max) {
    RecordPage page;
    std::size_t examined = 0;
    while (StreamReader* const reader = next_reader()) {
        if (!reader->opened()) {
            CH_TRY_VOID(reader->open());
            continue;  // its exact time may let another go first
        }
        const bool match = matches(binding_.filter, reader->record());
        if ((match && page.records.size() == max) || examined == kExaminedMax) {
            page.next = token();
            return page;
        }
        if (match) {
            page.records.push_back(reader->record());
        }
        examined += 1;
        time_ = reader->key();
        CH_TRY_VOID(reader->advance());
        remember(*reader);
    }
    return page;
}

}  // namespace

Result<RecordPage> read_records(const Uuid& scope, const Filter& filter, const Position& from,
                                std::size_t max, bool newest_first, const seal::Seal& seal,
                                const std::vector<store::Store*>& stores, Shipper* shipper) {
    if (max == 0 || max > limits::audit_page_max) {
        return Error::invalid("audit.read", "max",
                              "expected 1 to " + std::to_string(limits::audit_page_max));
    }
    const CursorBinding binding{scope, filter, newest_first};
    std::optional<Cursor> cursor;
    if (!from.token.empty()) {
        CH_TRY(cursor, decode_cursor(from.token, binding));
    }
    if (shipper != nullptr) {
        CH_TRY_VOID(shipper->ship());
    }
    PageReader reader(binding, seal, stores);
    CH_TRY_VOID(reader.start(std::move(cursor)));
    return reader.read(max);
}

Result<RecordPage> read_records(const Uuid& scope, const Filter& filter, const Position& from,
                                std::size_t max, bool newest_first, const seal::Seal& seal,
                                store::Store& store, Shipper* shipper) {
    return read_records(scope, filter, from, max, newest_first, seal,
                        std::vector<store::Store*>{&store}, shipper);
}

}  // namespace chatelaine::audit
