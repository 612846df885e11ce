#include "audit/register.hpp"

#include <algorithm>
#include <array>

namespace chatelaine::audit {
namespace {

/// Its version digit is none that a random id has.
constexpr std::array<std::uint8_t, 8> kMark{'r', 'e', 'g', 'i', 's', 't', 'e', 'r'};

}  // namespace

Uuid register_writer(Register which, std::size_t number) {
    Uuid writer;
    std::copy(kMark.begin(), kMark.end(), writer.octets.begin());
    writer.octets[8] = static_cast<std::uint8_t>(which);
    writer.octets[14] = static_cast<std::uint8_t>(number >> 8);
    writer.octets[15] = static_cast<std::uint8_t>(number);
    return writer;
}

bool is_register(const Uuid& writer) {
    return std::equal(kMark.begin(), kMark.end(), writer.octets.begin());
}

Result<std::vector<Record>> read_register(const seal::Seal& seal, store::Store& store,
                                          const store::StreamKey& stream, std::uint64_t last,
                                          std::size_t max) {
    CH_TRY(const std::uint64_t next, store.next_sequence(stream));
    const std::uint64_t end = last == 0 ? next : std::min(next, last + 1);
    const std::uint64_t from = end > max ? end - max : 1;
    std::vector<Record> records;
    if (end <= from) {
        return records;
    }
    CH_TRY(const auto entries, store.read_stream(stream, from, max));
    for (const store::StreamEntry& entry : entries) {
        if (entry.first_sequence >= end) {
            break;
        }
        CH_TRY(const crypto::SecretBytes plaintext,
               seal.open_audit(stream, entry.first_sequence, entry.count, entry.sealed));
        CH_TRY(auto decoded,
               plaintext.with_exposed(crypto::insecure_expose_secret(), [&](BytesView bytes) {
                   return decode_entry(stream, entry.first_sequence, entry.count, bytes);
               }));
        std::move(decoded.begin(), decoded.end(), std::back_inserter(records));
    }
    std::reverse(records.begin(), records.end());
    return records;
}

}  // namespace chatelaine::audit
