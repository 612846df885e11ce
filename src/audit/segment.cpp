#include "audit/segment.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "audit/wire.hpp"

namespace chatelaine::audit {
namespace {

constexpr std::array<std::uint8_t, 8> kSegmentMagic{'C', 'H', 'J', 'O', 'U', 'R', 'N', 'L'};
constexpr std::uint32_t kGroupMagic = 0x474a4843;  // "CHJG"
constexpr std::string_view kSuffix = ".journal";

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || status != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

}  // namespace

std::string SegmentName::to_string() const {
    return std::to_string(loop) + "-" + std::to_string(number) + std::string(kSuffix);
}

std::optional<SegmentName> SegmentName::parse(std::string_view file_name) {
    if (!file_name.ends_with(kSuffix)) {
        return std::nullopt;
    }
    file_name.remove_suffix(kSuffix.size());
    const std::size_t dash = file_name.find('-');
    if (dash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto loop = parse_number(file_name.substr(0, dash));
    const auto number = parse_number(file_name.substr(dash + 1));
    if (!loop || !number) {
        return std::nullopt;
    }
    return SegmentName{*loop, *number};
}

void append_segment_header(const SegmentHeader& header, Bytes& out) {
    std::array<std::uint8_t, kSegmentHeaderBytes> bytes{};
    std::copy(kSegmentMagic.begin(), kSegmentMagic.end(), bytes.begin());
    bytes[8] = kSegmentFormat;
    put_integer(&bytes[12], header.loop, 4);
    std::copy(header.node.octets.begin(), header.node.octets.end(), bytes.begin() + 16);
    std::copy(header.writer.octets.begin(), header.writer.octets.end(), bytes.begin() + 32);
    put_integer(&bytes[48], static_cast<std::uint64_t>(header.created.microseconds), 8);
    put_integer(&bytes[60], crc32c(0, BytesView(bytes).first(60)), 4);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

Result<SegmentHeader> parse_segment_header(BytesView bytes) {
    if (bytes.size() < kSegmentHeaderBytes ||
        !std::equal(kSegmentMagic.begin(), kSegmentMagic.end(), bytes.begin()) ||
        get_integer(&bytes[60], 4) != crc32c(0, bytes.first(60))) {
        return Error(Code::kStoreCorrupt, "audit.segment", "the segment's header is damaged");
    }
    if (bytes[8] > kSegmentFormat) {
        return Error(Code::kFormatTooNew, "audit.segment",
                     "the journal has format " + std::to_string(bytes[8]) +
                         ", this build reads up to " + std::to_string(kSegmentFormat));
    }
    SegmentHeader header;
    header.loop = static_cast<std::uint32_t>(get_integer(&bytes[12], 4));
    header.node = Uuid::from_octets(bytes.subspan(16, 16));
    header.writer = Uuid::from_octets(bytes.subspan(32, 16));
    header.created = WallTime{static_cast<std::int64_t>(get_integer(&bytes[48], 8))};
    return header;
}

void append_batch_header(const BatchHeader& header, Bytes& out) {
    // The last 32 bytes are for the hash of the batch before, when batches are chained.
    std::array<std::uint8_t, kBatchHeaderBytes> bytes{};
    std::copy(header.scope.octets.begin(), header.scope.octets.end(), bytes.begin());
    put_integer(&bytes[16], header.first_sequence, 8);
    put_integer(&bytes[24], header.count, 4);
    put_integer(&bytes[28], header.sealed_bytes, 4);
    put_integer(&bytes[32], static_cast<std::uint64_t>(header.written.microseconds), 8);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

std::optional<BatchHeader> parse_batch_header(BytesView bytes) {
    if (bytes.size() < kBatchHeaderBytes) {
        return std::nullopt;
    }
    BatchHeader header;
    header.scope = Uuid::from_octets(bytes.first(16));
    header.first_sequence = get_integer(&bytes[16], 8);
    header.count = static_cast<std::uint32_t>(get_integer(&bytes[24], 4));
    header.sealed_bytes = static_cast<std::uint32_t>(get_integer(&bytes[28], 4));
    header.written = WallTime{static_cast<std::int64_t>(get_integer(&bytes[32], 8))};
    return header;
}

void finish_group(MutableBytesView group, std::uint32_t batches) {
    const std::size_t payload_bytes = group.size() - kGroupHeaderBytes;
    CH_CHECK(payload_bytes <= 0xffffffffu);
    put_integer(&group[0], kGroupMagic, 4);
    put_integer(&group[4], payload_bytes, 4);
    put_integer(&group[8], batches, 4);
    const std::uint32_t sum = crc32c(crc32c(0, group.first(12)), group.subspan(kGroupHeaderBytes));
    put_integer(&group[12], sum, 4);
}

Group parse_group(BytesView bytes) {
    Group group;
    if (bytes.empty()) {
        return group;
    }
    if (bytes.size() < kGroupHeaderBytes) {
        group.state = Group::State::kShort;
        group.bytes_needed = kGroupHeaderBytes;
        return group;
    }
    if (get_integer(&bytes[0], 4) != kGroupMagic) {
        group.state = Group::State::kBroken;
        return group;
    }
    const auto payload_bytes = static_cast<std::size_t>(get_integer(&bytes[4], 4));
    group.bytes_needed = kGroupHeaderBytes + payload_bytes;
    if (payload_bytes > bytes.size() - kGroupHeaderBytes) {
        group.state = Group::State::kShort;
        return group;
    }
    group.payload = bytes.subspan(kGroupHeaderBytes, payload_bytes);
    group.batches = static_cast<std::uint32_t>(get_integer(&bytes[8], 4));
    const std::uint32_t sum = crc32c(crc32c(0, bytes.first(12)), group.payload);
    group.state = get_integer(&bytes[12], 4) == sum ? Group::State::kWhole : Group::State::kBroken;
    return group;
}

}  // namespace chatelaine::audit
