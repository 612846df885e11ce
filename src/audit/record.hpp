#pragma once

#include "audit/audit.hpp"

/// Field numbers of an audit record, and walking over an entry's records without decoding them.
/// Private to audit/. docs/formats-audit.md has the table; a number is never used again.

namespace chatelaine::audit {

inline constexpr std::uint8_t kRecordFormat = 1;

enum RecordField : std::uint16_t {
    kFieldTime = 1,
    kFieldRequest = 2,
    kFieldRegion = 3,
    kFieldDomain = 4,
    kFieldType = 5,
    kFieldOperation = 6,
    kFieldIamOperation = 7,
    kFieldActivity = 8,
    kFieldParty = 9,
    kFieldIdentity = 10,  ///< repeats
    kFieldCredential = 11,
    kFieldByCertificate = 12,
    kFieldClientIp = 13,
    kFieldResourceUrn = 14,
    kFieldHttpMethod = 15,
    kFieldHttpPath = 16,
    kFieldHttpStatus = 17,
    kFieldVerdict = 18,
    kFieldErrCategory = 19,
    kFieldRecordVersion = 20,
    kFieldDetail = 21,  ///< repeats: name length (u16), name, value
};

/// Longer texts are cut at this many bytes when they are encoded, so that one request cannot fill
/// the journal; more identities or details than this are left out.
inline constexpr std::size_t kRecordTextBytesMax = 8192;
inline constexpr std::size_t kRecordListMax = 64;

/// The bytes that `count` records take at the start of `plaintext`; kStoreCorrupt when it has
/// fewer.
Result<std::size_t> records_size(BytesView plaintext, std::uint64_t count);

}  // namespace chatelaine::audit
