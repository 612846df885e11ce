#include "apps/chatelaine/base64_stream.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;

}  // namespace

Result<void> Base64Writer::write(BytesView bytes) {
    text_.clear();
    while (!pending_.empty() && pending_.size() < 3 && !bytes.empty()) {
        pending_.push_back(bytes.front());
        bytes = bytes.subspan(1);
    }
    if (pending_.size() == 3) {
        append_base64(text_, pending_);
        pending_.clear();
    }
    const std::size_t whole = bytes.size() / 3 * 3;
    append_base64(text_, bytes.first(whole));
    const BytesView left = bytes.subspan(whole);
    pending_.insert(pending_.end(), left.begin(), left.end());
    return text_.empty() ? ok() : write_(as_bytes(text_));
}

Result<void> Base64Writer::finish() {
    text_.clear();
    append_base64(text_, pending_);
    pending_.clear();
    return text_.empty() ? ok() : write_(as_bytes(text_));
}

Result<void> Base64Reader::refill() {
    Bytes chunk(kChunkBytes);
    CH_TRY(const std::size_t got, read_(chunk));
    ended_ = got < chunk.size();
    for (const std::uint8_t c : BytesView(chunk).first(got)) {
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            groups_.push_back(static_cast<char>(c));
        }
    }
    const std::size_t whole = ended_ ? groups_.size() : groups_.size() / 4 * 4;
    auto decoded = decode_base64(std::string_view(groups_).substr(0, whole));
    if (!decoded) {
        return Error(Code::kSealBroken, "cli.base64", "the file is not base64, or it was cut");
    }
    // Padding ends the data: a group behind it would be taken for the next chunk's start.
    if (!ended_ && whole > 0 && groups_[whole - 1] == '=') {
        return Error(Code::kSealBroken, "cli.base64", "the file goes on behind its end");
    }
    ready_ = std::move(*decoded);
    taken_ = 0;
    groups_.erase(0, whole);
    return ok();
}

Result<std::size_t> Base64Reader::read(MutableBytesView out) {
    std::size_t have = 0;
    while (have < out.size()) {
        if (taken_ == ready_.size()) {
            if (ended_) {
                break;
            }
            CH_TRY_VOID(refill());
            continue;
        }
        const std::size_t size = std::min(out.size() - have, ready_.size() - taken_);
        std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(taken_), size,
                    out.begin() + static_cast<std::ptrdiff_t>(have));
        taken_ += size;
        have += size;
    }
    return have;
}

}  // namespace chatelaine::cli
