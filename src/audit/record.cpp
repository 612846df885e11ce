#include "audit/record.hpp"

#include <algorithm>

#include "audit/wire.hpp"
#include "base/codec.hpp"

namespace chatelaine::audit {
namespace {

constexpr std::string_view kWhere = "audit.record";

Error corrupt(std::string message) {
    return Error(Code::kStoreCorrupt, kWhere, std::move(message));
}

/// Writes what FieldWriter writes, into room that was made beforehand: a record has some twenty
/// short fields and this runs for each request.
class FastWriter {
public:
    explicit FastWriter(std::uint8_t* at) : at_(at) {}

    void text(std::uint16_t number, std::string_view value) {
        if (value.empty()) {
            return;
        }
        const std::size_t size = std::min(value.size(), kRecordTextBytesMax);
        header(number, size);
        std::memcpy(at_, value.data(), size);
        at_ += size;
    }
    void uuid(std::uint16_t number, const Uuid& value) {
        if (value.is_nil()) {
            return;
        }
        header(number, value.octets.size());
        std::memcpy(at_, value.octets.data(), value.octets.size());
        at_ += value.octets.size();
    }
    void integer(std::uint16_t number, std::uint64_t value, std::size_t octets) {
        header(number, octets);
        put_integer(at_, value, octets);
        at_ += octets;
    }
    void detail(std::string_view name, std::string_view value) {
        const std::size_t name_size = std::min<std::size_t>(name.size(), 255);
        const std::size_t value_size = std::min(value.size(), kRecordTextBytesMax);
        header(kFieldDetail, 2 + name_size + value_size);
        put_integer(at_, name_size, 2);
        std::memcpy(at_ + 2, name.data(), name_size);
        if (value_size > 0) {
            std::memcpy(at_ + 2 + name_size, value.data(), value_size);
        }
        at_ += 2 + name_size + value_size;
    }
    std::uint8_t* at() const { return at_; }

private:
    void header(std::uint16_t number, std::size_t size) {
        put_integer(at_, number | static_cast<std::uint64_t>(size) << 16, 6);
        at_ += 6;
    }
    std::uint8_t* at_;
};

/// No record's encoding is longer.
std::size_t encoded_size_max(const Facts& facts) {
    constexpr std::size_t fixed = 4 + 1 + 21 * 6 + 3 * 16 + 3 * 8;
    std::size_t size = fixed;
    for (const std::string_view text :
         {facts.region, facts.type, facts.operation, facts.iam_operation, facts.activity,
          facts.party, facts.client_ip, facts.res_urn, facts.http_method, facts.http_path,
          facts.err_category}) {
        size += std::min(text.size(), kRecordTextBytesMax);
    }
    for (const std::string_view identity : facts.iam_identities) {
        size += 6 + std::min(identity.size(), kRecordTextBytesMax);
    }
    for (const auto& [name, value] : facts.details) {
        size += 8 + 255 + std::min(value.size(), kRecordTextBytesMax);
    }
    return size;
}

Result<void> read_detail(const Field& field, Record& record) {
    if (field.value.size() < 2) {
        return corrupt("a detail is cut off");
    }
    const auto name_size = static_cast<std::size_t>(get_integer(field.value.data(), 2));
    if (name_size > field.value.size() - 2) {
        return corrupt("a detail's name is cut off");
    }
    record.details.emplace_back(as_text(field.value.subspan(2, name_size)),
                                as_text(field.value.subspan(2 + name_size)));
    return ok();
}

/// The member that a text field goes to; null for fields of another type and for unknown ones.
std::string* text_member(Record& record, std::uint16_t number) {
    switch (number) {
        case kFieldRegion: return &record.region;
        case kFieldType: return &record.type;
        case kFieldOperation: return &record.operation;
        case kFieldIamOperation: return &record.iam_operation;
        case kFieldActivity: return &record.activity;
        case kFieldParty: return &record.party;
        case kFieldClientIp: return &record.client_ip;
        case kFieldResourceUrn: return &record.res_urn;
        case kFieldHttpMethod: return &record.http_method;
        case kFieldHttpPath: return &record.http_path;
        case kFieldErrCategory: return &record.err_category;
        default: return nullptr;
    }
}

Result<void> read_verdict(const Field& field, Record& record) {
    if (field.value.size() != 1 || field.value[0] > static_cast<std::uint8_t>(Verdict::kFailed)) {
        return corrupt("the verdict is unknown");
    }
    record.verdict = static_cast<Verdict>(field.value[0]);
    return ok();
}

Result<void> read_field(const Field& field, Record& record) {
    if (std::string* text = text_member(record, field.number)) {
        *text = field.text();
        return ok();
    }
    switch (field.number) {
        case kFieldTime: {
            CH_TRY(record.time, field.time());
            return ok();
        }
        case kFieldRequest: {
            CH_TRY(record.request.uuid, field.uuid());
            return ok();
        }
        case kFieldDomain: {
            CH_TRY(record.domain.uuid, field.uuid());
            return ok();
        }
        case kFieldCredential: {
            CH_TRY(record.credential, field.uuid());
            return ok();
        }
        case kFieldIdentity:
            record.iam_identities.emplace_back(field.text());
            return ok();
        case kFieldByCertificate: {
            CH_TRY(record.by_certificate, field.flag());
            return ok();
        }
        case kFieldHttpStatus: {
            CH_TRY(const std::uint32_t status, field.u32());
            record.http_status = static_cast<int>(status & 0xffffu);
            return ok();
        }
        case kFieldVerdict: return read_verdict(field, record);
        case kFieldRecordVersion: {
            CH_TRY(record.record_version, field.u64());
            return ok();
        }
        case kFieldDetail: return read_detail(field, record);
        default: return ok();  // written by a later build of the same format: skipped
    }
}

Result<Record> decode_record(BytesView bytes) {
    CH_TRY(FieldReader reader, FieldReader::open(bytes, kRecordFormat, kWhere));
    Record record;
    for (;;) {
        CH_TRY(const std::optional<Field> field, reader.next());
        if (!field) {
            return record;
        }
        CH_TRY_VOID(read_field(*field, record));
    }
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
    switch (verdict) {
        case Verdict::kAllowed: return "allowed";
        case Verdict::kDenied: return "denied";
        case Verdict::kFailed: return "failed";
    }
    return "unknown";
}

void encode(const Facts& facts, Bytes& out) {
    const std::size_t start = out.size();
    out.resize(start + encoded_size_max(facts));
    std::uint8_t* const begin = out.data() + start;
    begin[4] = kRecordFormat;
    FastWriter writer(begin + 5);
    writer.integer(kFieldTime, static_cast<std::uint64_t>(facts.time.microseconds), 8);
    writer.uuid(kFieldRequest, facts.request.uuid);
    writer.text(kFieldRegion, facts.region);
    writer.uuid(kFieldDomain, facts.domain.uuid);
    writer.text(kFieldType, facts.type);
    writer.text(kFieldOperation, facts.operation);
    writer.text(kFieldIamOperation, facts.iam_operation);
    writer.text(kFieldActivity, facts.activity);
    writer.text(kFieldParty, facts.party);
    for (std::size_t i = 0; i < std::min(facts.iam_identities.size(), kRecordListMax); ++i) {
        writer.text(kFieldIdentity, facts.iam_identities[i]);
    }
    writer.uuid(kFieldCredential, facts.credential);
    writer.integer(kFieldByCertificate, facts.by_certificate ? 1 : 0, 1);
    writer.text(kFieldClientIp, facts.client_ip);
    writer.text(kFieldResourceUrn, facts.res_urn);
    writer.text(kFieldHttpMethod, facts.http_method);
    writer.text(kFieldHttpPath, facts.http_path);
    writer.integer(kFieldHttpStatus, static_cast<std::uint32_t>(facts.http_status), 4);
    writer.integer(kFieldVerdict, static_cast<std::uint8_t>(facts.verdict), 1);
    writer.text(kFieldErrCategory, facts.err_category);
    if (facts.record_version != 0) {
        writer.integer(kFieldRecordVersion, facts.record_version, 8);
    }
    for (std::size_t i = 0; i < std::min(facts.details.size(), kRecordListMax); ++i) {
        writer.detail(facts.details[i].first, facts.details[i].second);
    }
    const auto size = static_cast<std::size_t>(writer.at() - begin);
    put_integer(begin, size - 4, 4);
    CH_CHECK(start + size <= out.size());
    out.resize(start + size);
}

Result<std::size_t> records_size(BytesView plaintext, std::uint64_t count) {
    std::size_t at = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        if (plaintext.size() - at < 4) {
            return corrupt("an entry holds fewer records than it says");
        }
        const auto size = static_cast<std::size_t>(get_integer(plaintext.data() + at, 4));
        if (size > plaintext.size() - at - 4) {
            return corrupt("a record is cut off");
        }
        at += 4 + size;
    }
    return at;
}

Result<std::vector<Record>> decode_entry(const store::StreamKey& stream,
                                         std::uint64_t first_sequence, std::uint32_t count,
                                         BytesView plaintext) {
    // Checked before anything is allocated: `count` comes from outside the seal.
    CH_TRY(const std::size_t size, records_size(plaintext, count));
    if (size != plaintext.size()) {
        return corrupt("an entry holds more records than it says");
    }
    std::vector<Record> records;
    records.reserve(count);
    std::size_t at = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto record_size = static_cast<std::size_t>(get_integer(plaintext.data() + at, 4));
        CH_TRY(Record record, decode_record(plaintext.subspan(at + 4, record_size)));
        record.stream = stream;
        record.sequence = first_sequence + i;
        records.push_back(std::move(record));
        at += 4 + record_size;
    }
    return records;
}

store::Append change_append(const seal::Seal& seal, const store::StreamKey& stream, WallTime now,
                            const Facts& facts) {
    // Names and addresses of persons are in it: wiped as secrets are.
    struct Plaintext {
        Bytes bytes;
        ~Plaintext() { wipe(bytes.data(), bytes.size()); }
    };
    const auto plaintext = std::make_shared<Plaintext>();
    encode(facts, plaintext->bytes);
    store::Append append;
    append.stream = stream;
    append.count = 1;
    append.written = now;
    append.seal = [&seal, stream, plaintext](std::uint64_t first_sequence) {
        return seal.seal_audit(stream, first_sequence, 1, plaintext->bytes);
    };
    return append;
}

}  // namespace chatelaine::audit
