#include "objects/kmip/streams.hpp"

#include <algorithm>

namespace chatelaine::objects::kmip {
namespace {

constexpr std::size_t kCorrelationBytes = 16;

Error too_many(std::string message) {
    return Error(Code::kRateLimited, "kmip.stream", std::move(message));
}

}  // namespace

StreamTable::~StreamTable() = default;

void StreamTable::drop_idle(WallTime now) {
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const bool idle = entry->second.used.plus_seconds(streams_idle_seconds) < now;
        held_ -= idle ? entry->second.held : 0;
        entry = idle ? entries_.erase(entry) : std::next(entry);
    }
}

std::shared_ptr<Stream> StreamTable::begun_by(const RequestId& request, const Owner& owner,
                                              Bytes& correlation) {
    const std::lock_guard lock(mutex_);
    for (const auto& [value, entry] : entries_) {
        if (entry.owner == owner && entry.stream->request == request) {
            const BytesView bytes = as_bytes(value);
            correlation.assign(bytes.begin(), bytes.end());
            return entry.stream;
        }
    }
    return nullptr;
}

Result<Bytes> StreamTable::add(std::shared_ptr<Stream> stream, const Owner& owner, WallTime now) {
    Bytes correlation(kCorrelationBytes);
    random_.fill(correlation);
    const std::lock_guard lock(mutex_);
    drop_idle(now);
    const auto mine = std::count_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
        return entry.second.owner.credential == owner.credential;
    });
    if (static_cast<std::size_t>(mine) >= streams_of_one_caller_max) {
        return too_many("64 messages are on their way already: finish one");
    }
    if (entries_.size() >= streams_max) {
        return too_many("too many messages are on their way: try again later");
    }
    entries_.emplace(as_text(correlation), Entry{std::move(stream), owner, now, 0});
    return correlation;
}

Result<std::shared_ptr<Stream>> StreamTable::find(BytesView correlation, const Owner& owner,
                                                  WallTime now) {
    const std::lock_guard lock(mutex_);
    drop_idle(now);
    const auto found = entries_.find(std::string(as_text(correlation)));
    if (found == entries_.end() || found->second.owner != owner) {
        return Error::invalid("kmip.stream", "Correlation Value", "no message has this value");
    }
    found->second.used = now;
    return found->second.stream;
}

Result<void> StreamTable::hold(BytesView correlation, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(std::string(as_text(correlation)));
    if (held_ + bytes > streams_held_bytes_max) {
        return too_many("the messages on their way take too much memory: try again later");
    }
    if (found != entries_.end()) {
        found->second.held += bytes;
        held_ += bytes;
    }
    return ok();
}

void StreamTable::remove(BytesView correlation) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(std::string(as_text(correlation)));
    if (found != entries_.end()) {
        held_ -= found->second.held;
        entries_.erase(found);
    }
}

std::size_t StreamTable::size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

}  // namespace chatelaine::objects::kmip
