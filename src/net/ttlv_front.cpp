#include "net/ttlv_front.hpp"

#include <algorithm>

#include "net/bounds.hpp"
#include "net/http_front.hpp"

namespace chatelaine::net {
namespace {

constexpr std::size_t kHeaderBytes = 8;
constexpr std::uint8_t kTagsOfKmip = 0x42;
constexpr std::uint8_t kStructure = 0x01;

std::size_t length_of(const std::uint8_t* header) {
    return std::size_t{header[4]} << 24 | std::size_t{header[5]} << 16 |
           std::size_t{header[6]} << 8 | std::size_t{header[7]};
}

}  // namespace

MutableBytesView TtlvFront::space() {
    CH_CHECK(state_ == State::kNeedMore);
    if (input_.size() == input_.capacity()) {
        input_.grow(std::max(kReadBytesFirst, input_.capacity() * 2));
    }
    return input_.space();
}

void TtlvFront::received(std::size_t n) {
    CH_CHECK(state_ == State::kNeedMore);
    input_.received(n);
    parse();
}

void TtlvFront::parse() {
    const std::uint8_t* const data = input_.data();
    const std::size_t size = input_.size();
    // What is no KMIP is told from its first bytes: nobody waits for the length of such a thing.
    if ((size > 0 && data[0] != kTagsOfKmip) || (size > 3 && data[3] != kStructure)) {
        return reject(400, "the bytes do not begin a KMIP message");
    }
    if (size < kHeaderBytes) {
        return;
    }
    const std::size_t length = length_of(data);
    if (length % 8 != 0) {
        return reject(400, "the length of the message is no multiple of eight");
    }
    if (length > bytes_max_ - kHeaderBytes) {
        return reject(413, "the message is too large");
    }
    if (size < kHeaderBytes + length) {
        return;
    }
    message_end_ = kHeaderBytes + length;
    request_.body = {data, message_end_};
    state_ = State::kComplete;
}

void TtlvFront::write(std::string& out, const HttpResponse& response,
                      const ResponseFraming&) const {
    out.append(response.body);
}

void TtlvFront::next() {
    CH_CHECK(state_ == State::kComplete);
    request_.body = {};
    input_.cut(0, message_end_);
    message_end_ = 0;
    state_ = State::kNeedMore;
    if (input_.size() > 0) {
        parse();
    }
}

std::unique_ptr<Front> make_front(Framing framing, const Front::Limits& limits) {
    if (framing == Framing::kTtlv) {
        return std::make_unique<TtlvFront>(limits);
    }
    return std::make_unique<HttpFront>(limits);
}

}  // namespace chatelaine::net
