#pragma once

#include <optional>

#include "base/bytes.hpp"

namespace chatelaine::crypto {

/// A cursor over DER (X.690): definite, shortest lengths and one-octet tags, as the forms of keys
/// need. OpenSSL's decoders try every format they know and cost ten times the arithmetic; the forms
/// of RSA and EC keys are a few integers. Views point into the bytes given. Private to the room.
class DerReader {
public:
    static constexpr std::uint8_t kInteger = 0x02;
    static constexpr std::uint8_t kBitString = 0x03;
    static constexpr std::uint8_t kOctetString = 0x04;
    static constexpr std::uint8_t kNull = 0x05;
    static constexpr std::uint8_t kOid = 0x06;
    static constexpr std::uint8_t kSequence = 0x30;
    static constexpr std::uint8_t kContext0 = 0xa0;
    static constexpr std::uint8_t kContext1 = 0xa1;

    explicit DerReader(BytesView rest) : rest_(rest) {}

    bool at_end() const { return rest_.empty(); }
    bool next_is(std::uint8_t tag) const { return !rest_.empty() && rest_[0] == tag; }

    /// 0 at the end.
    std::uint8_t next_tag() const { return rest_.empty() ? std::uint8_t{0} : rest_[0]; }

    /// The content of the next element; nothing when it has another tag or a wrong length.
    std::optional<BytesView> take(std::uint8_t tag) {
        if (!next_is(tag) || rest_.size() < 2) {
            return std::nullopt;
        }
        std::size_t length = rest_[1];
        std::size_t header = 2;
        if (length >= 0x80) {
            const std::size_t octets = length & 0x7f;
            if (octets == 0 || octets > 3 || rest_.size() < 2 + octets || rest_[2] == 0) {
                return std::nullopt;
            }
            length = 0;
            for (std::size_t i = 0; i < octets; ++i) {
                length = length << 8 | rest_[2 + i];
            }
            header += octets;
            if (length < 0x80) {
                return std::nullopt;
            }
        }
        if (length > rest_.size() - header) {
            return std::nullopt;
        }
        const BytesView content = rest_.subspan(header, length);
        rest_ = rest_.subspan(header + length);
        return content;
    }

    /// A non-negative INTEGER without its leading zero; zero is empty.
    std::optional<BytesView> take_number() {
        const auto content = take(kInteger);
        if (!content || content->empty() || ((*content)[0] & 0x80) != 0) {
            return std::nullopt;
        }
        if ((*content)[0] != 0) {
            return content;
        }
        if (content->size() > 1 && ((*content)[1] & 0x80) == 0) {
            return std::nullopt;
        }
        return content->subspan(1);
    }

    /// A BIT STRING of whole octets.
    std::optional<BytesView> take_bits() {
        const auto content = take(kBitString);
        return content && !content->empty() && (*content)[0] == 0
                   ? std::optional<BytesView>(content->subspan(1))
                   : std::nullopt;
    }

private:
    BytesView rest_;
};

}  // namespace chatelaine::crypto
