#include "audit/merger.hpp"

#include <algorithm>

#include "audit/record.hpp"
#include "base/failpoint.hpp"

namespace chatelaine::audit {

void Merger::reset() {
    for (auto& [key, pending] : pending_) {
        wipe(pending.plaintext.data(), pending.plaintext.size());
    }
    pending_.clear();
    appends_.clear();
    next_.clear();
}

void Merger::forget(const Uuid& writer) {
    const auto waiting = pending_.lower_bound(Key{writer, Uuid{}});
    if (waiting != pending_.end() && waiting->first.writer == writer) {
        return;
    }
    const auto first = next_.lower_bound(Key{writer, Uuid{}});
    auto last = first;
    while (last != next_.end() && last->first.writer == writer) {
        ++last;
    }
    next_.erase(first, last);
}

Result<std::uint64_t*> Merger::next_sequence(const store::StreamKey& stream) {
    const Key key{stream.writer, stream.scope};
    auto at = next_.find(key);
    if (at == next_.end()) {
        CH_TRY(const std::uint64_t next, region_.next_sequence(stream));
        at = next_.emplace(key, next).first;
    }
    return &at->second;
}

Result<void> Merger::finish(const Key& key, Pending& pending) {
    const store::StreamKey stream{key.scope, key.writer};
    auto sealed =
        seal_.seal_audit(stream, pending.first_sequence, pending.count, pending.plaintext);
    wipe(pending.plaintext.data(), pending.plaintext.size());
    pending.plaintext.clear();
    if (!sealed) {
        return std::move(sealed).error();
    }
    store::Append append;
    append.stream = stream;
    append.count = pending.count;
    append.written = pending.written;
    append.first_sequence = pending.first_sequence;
    // Sealed here already, so that the committer's thread does not: the place is known.
    const auto shared = std::make_shared<const crypto::SealedBytes>(std::move(sealed).value());
    append.seal = [shared](std::uint64_t) { return Result<crypto::SealedBytes>(*shared); };
    appends_.push_back(std::move(append));
    pending.count = 0;
    return ok();
}

Result<void> Merger::append(const store::StreamKey& stream, const BatchHeader& header,
                            BytesView records) {
    const Key key{stream.writer, stream.scope};
    Pending& pending = pending_[key];
    const bool full =
        pending.count > 0 &&
        (pending.count + header.count > options_.entry_records_max ||
         pending.plaintext.size() + records.size() > options_.entry_bytes_max ||
         header.written > pending.started.plus_seconds(kEntrySpanSecondsMax));
    if (full) {
        CH_TRY_VOID(finish(key, pending));
    }
    if (pending.count == 0) {
        pending.first_sequence = header.first_sequence;
        pending.started = header.written;
        pending.written = header.written;
    }
    pending.count += header.count;
    pending.written = std::max(pending.written, header.written);
    pending.plaintext.insert(pending.plaintext.end(), records.begin(), records.end());
    return ok();
}

Result<void> Merger::add(const Uuid& writer, const BatchHeader& header, BytesView sealed) {
    const store::StreamKey stream{header.scope, writer};
    CH_TRY(std::uint64_t* const next, next_sequence(stream));
    const std::uint64_t end = header.first_sequence + header.count;
    if (end <= *next) {
        return ok();
    }
    if (header.first_sequence > *next) {
        return Error(Code::kStoreCorrupt, "audit.shipper",
                     "the journal goes on at sequence " + std::to_string(header.first_sequence) +
                         ", the store at " + std::to_string(*next));
    }
    auto result =
        seal_.open_audit(stream, header.first_sequence, header.count,
                         crypto::SealedBytes::from_stored(Bytes(sealed.begin(), sealed.end())));
    if (!result) {
        // The audit key went with the end of the scope's retention: nobody may read these.
        const Code code = result.error().code();
        const bool ended = code == Code::kNotFound || code == Code::kDomainNotFound;
        return ended ? ok() : Result<void>(std::move(result).error());
    }
    const crypto::SecretBytes& opened = *result;
    BatchHeader rest = header;
    rest.first_sequence = *next;
    rest.count = static_cast<std::uint32_t>(end - *next);
    CH_TRY_VOID(opened.with_exposed(
        crypto::insecure_expose_secret(), [&](BytesView plaintext) -> Result<void> {
            CH_TRY(const std::size_t there,
                   records_size(plaintext, *next - header.first_sequence));
            return append(stream, rest, plaintext.subspan(there));
        }));
    *next = end;
    return ok();
}

Result<void> Merger::add_marker(const store::StreamKey& stream, std::uint64_t last,
                                const Facts& facts) {
    CH_TRY(std::uint64_t* const next, next_sequence(stream));
    if (*next != last + 1) {
        return ok();
    }
    Bytes record;
    encode(facts, record);
    BatchHeader header;
    header.first_sequence = *next;
    header.count = 1;
    header.written = facts.time;
    CH_TRY_VOID(append(stream, header, record));
    *next += 1;
    return ok();
}

Result<void> Merger::commit() {
    for (auto& [key, pending] : pending_) {
        if (pending.count > 0) {
            if (auto finished = finish(key, pending); !finished) {
                reset();
                return finished;
            }
        }
    }
    pending_.clear();
    if (appends_.empty()) {
        return ok();
    }
    store::Transaction transaction;
    transaction.appends = std::move(appends_);
    appends_.clear();
    CH_FAILPOINT("journal.ship.before");
    auto receipt = region_.commit(std::move(transaction));
    CH_FAILPOINT("journal.ship.after");
    if (!receipt) {
        reset();
        return std::move(receipt).error();
    }
    return ok();
}

}  // namespace chatelaine::audit
