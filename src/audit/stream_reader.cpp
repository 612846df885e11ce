#include "audit/stream_reader.hpp"

#include <algorithm>

namespace chatelaine::audit {
namespace {

/// Entries read ahead at once when a stream's entries are small.
constexpr std::size_t kWindowMax = 32;
/// An entry of more records than this is not small.
constexpr std::uint32_t kSmallEntryRecords = 4;

Error corrupt(std::string message) {
    return Error(Code::kStoreCorrupt, "audit.read", std::move(message));
}

bool holds(const store::StreamEntry& entry, std::uint64_t sequence) {
    return entry.first_sequence <= sequence && sequence < entry.first_sequence + entry.count;
}

}  // namespace

Result<const store::StreamEntry*> StreamReader::entry_at(std::uint64_t sequence) {
    for (const store::StreamEntry& entry : window_) {
        if (holds(entry, sequence)) {
            return &entry;
        }
    }
    const std::uint64_t back = std::min<std::uint64_t>(window_size_, sequence);
    const std::uint64_t from = newest_first_ ? sequence - back + 1 : sequence;
    CH_TRY(window_, source_.store.read_stream(stream_, from, window_size_));
    if (window_.empty()) {
        return nullptr;
    }
    for (const store::StreamEntry& entry : window_) {
        if (holds(entry, sequence)) {
            return &entry;
        }
    }
    return corrupt("a stream has a gap");
}

Result<void> StreamReader::load() {
    opened_ = false;
    records_.clear();
    CH_TRY(const store::StreamEntry* const entry, entry_at(sequence_));
    if (entry == nullptr) {
        exhausted_ = true;
        window_.clear();
        return ok();
    }
    first_ = entry->first_sequence;
    count_ = entry->count;
    written_ = entry->written;
    window_size_ = count_ <= kSmallEntryRecords ? std::min(window_size_ * 2, kWindowMax) : 1;
    set_key();
    return ok();
}

Result<void> StreamReader::seek(std::uint64_t sequence) {
    sequence_ = sequence;
    exhausted_ = sequence == 0;
    if (exhausted_) {
        return ok();
    }
    CH_TRY_VOID(load());
    // Only the clear part is kept: many streams stand here long before, or without ever, being
    // the next to give a record.
    window_.clear();
    window_.shrink_to_fit();
    return ok();
}

void StreamReader::set_key() {
    const WallTime oldest = written_.plus_seconds(-kRecordAgeSecondsMax);
    if (newest_first_) {
        key_ = opened_ ? std::clamp(record().time, oldest, written_) : written_;
        key_ = floor_ ? std::min(key_, *floor_) : key_;
    } else {
        key_ = opened_ ? std::clamp(record().time, oldest, written_) : oldest;
        key_ = floor_ ? std::max(key_, *floor_) : key_;
    }
}

Result<void> StreamReader::open() {
    CH_TRY(const store::StreamEntry* const entry, entry_at(sequence_));
    if (entry == nullptr) {
        return corrupt("an entry went away while it was read");
    }
    CH_TRY(const crypto::SecretBytes plaintext,
           source_.seal.open_audit(stream_, entry->first_sequence, entry->count, entry->sealed));
    CH_TRY(records_, plaintext.with_exposed(crypto::insecure_expose_secret(), [&](BytesView bytes) {
        return decode_entry(stream_, entry->first_sequence, entry->count, bytes);
    }));
    opened_ = true;
    set_key();
    return ok();
}

Result<void> StreamReader::advance() {
    floor_ = key_;
    sequence_ = newest_first_ ? sequence_ - 1 : sequence_ + 1;
    if (sequence_ == 0) {
        exhausted_ = true;
        return ok();
    }
    if (sequence_ >= first_ && sequence_ < first_ + count_) {
        set_key();
        return ok();
    }
    return load();
}

Result<std::uint64_t> find_by_time(store::Store& store, const store::StreamKey& stream,
                                   WallTime time) {
    CH_TRY(std::uint64_t high, store.next_sequence(stream));
    std::uint64_t low = 1;
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        CH_TRY(const auto entries, store.read_stream(stream, middle, 1));
        if (entries.empty() || !holds(entries.front(), middle)) {
            return corrupt("a stream has a gap");
        }
        const store::StreamEntry& entry = entries.front();
        if (entry.written < time) {
            low = entry.first_sequence + entry.count;
        } else {
            high = entry.first_sequence;
        }
    }
    return low;
}

}  // namespace chatelaine::audit
