#include "secrets/kept.hpp"

#include "base/codec.hpp"

namespace chatelaine::secrets {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::string_view kWhere = "secrets.decode";

namespace field {
// On disk: a number is never used for another meaning.
constexpr std::uint16_t kLife = 4, kSecret = 13, kDeleted = 14, kErased = 15, kRead = 16,
                        kWarned = 17;
}  // namespace field
constexpr std::size_t kReadBytes = 4 + 8;

Error corrupt(std::string message) {
    return Error(Code::kStoreCorrupt, std::string(kWhere), std::move(message));
}

std::uint64_t number_of(BytesView in) {
    std::uint64_t value = 0;
    for (std::size_t i = in.size(); i > 0; --i) {
        value = value << 8 | in[i - 1];
    }
    return value;
}

Result<LastReads::Times> decode_reads(BytesView in) {
    if (in.size() % kReadBytes != 0) {
        return corrupt("the last reads do not add up");
    }
    LastReads::Times times;
    for (; !in.empty(); in = in.subspan(kReadBytes)) {
        times.emplace_back(static_cast<std::uint32_t>(number_of(in.first(4))),
                           WallTime{static_cast<std::int64_t>(number_of(in.subspan(4, 8)))});
    }
    return times;
}

}  // namespace

store::Dates DeletedSecret::dates() const {
    store::Dates dates;
    dates[store::DateColumn::kCreated] = deleted;
    dates[store::DateColumn::kDestroy] = erased;
    return dates;
}

seal::RecordChange DeletedSecret::to_change() const {
    seal::RecordChange change =
        change_of(*this, {secret.domain.uuid, kind, secret.life}, origin.version);
    change.dates = dates();
    change.terms.emplace_back(term::kDeleted, secret.path);
    return change;
}

void DeletedSecret::encode(Bytes& out) const {
    Bytes whole;
    secret.encode(whole);
    constexpr std::size_t kOther = 64;
    out.reserve(out.size() + whole.size() + kOther);
    FieldWriter writer(out, kFormat);
    writer.bytes(field::kSecret, whole);
    writer.time(field::kDeleted, deleted);
    writer.time(field::kErased, erased);
    wipe(whole.data(), whole.size());
}

Result<std::shared_ptr<const DeletedSecret>> DeletedSecret::decode(const seal::Origin& from,
                                                                   BytesView plaintext) {
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, kWhere));
    auto gone = std::make_shared<DeletedSecret>();
    gone->origin = from;
    while (true) {
        CH_TRY(const std::optional<Field> in, reader.next());
        if (!in) {
            break;
        }
        switch (in->number) {
            case field::kSecret: {
                CH_TRY(gone->secret, Secret::parse(in->value));
                break;
            }
            case field::kDeleted: {
                CH_TRY(gone->deleted, in->time());
                break;
            }
            case field::kErased: {
                CH_TRY(gone->erased, in->time());
                break;
            }
            default: break;  // a later build's field
        }
    }
    if (gone->secret.life != from.key.id || gone->secret.domain.uuid != from.key.scope) {
        return corrupt("the record holds another deleted secret than its key says");
    }
    if (gone->dates() != from.dates) {
        return corrupt("the dates of the row are not those of the sealed record");
    }
    return std::shared_ptr<const DeletedSecret>(std::move(gone));
}

void SecretNotes::encode(Bytes& out) const {
    FieldWriter writer(out, kFormat);
    writer.uuid(field::kLife, life);
    Bytes packed;
    for (const auto& [number, when] : reads) {
        for (std::size_t i = 0; i < 4; ++i) {
            packed.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
        }
        const auto time = static_cast<std::uint64_t>(when.microseconds);
        for (std::size_t i = 0; i < 8; ++i) {
            packed.push_back(static_cast<std::uint8_t>(time >> (8 * i)));
        }
    }
    writer.bytes(field::kRead, packed);
    writer.u32(field::kWarned, warned);
}

Result<std::shared_ptr<const SecretNotes>> SecretNotes::decode(const seal::Origin& from,
                                                               BytesView plaintext) {
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, kWhere));
    auto notes = std::make_shared<SecretNotes>();
    notes->origin = from;
    while (true) {
        CH_TRY(const std::optional<Field> in, reader.next());
        if (!in) {
            return std::shared_ptr<const SecretNotes>(std::move(notes));
        }
        switch (in->number) {
            case field::kLife: {
                CH_TRY(notes->life, in->uuid());
                break;
            }
            case field::kRead: {
                CH_TRY(notes->reads, decode_reads(in->value));
                break;
            }
            case field::kWarned: {
                CH_TRY(notes->warned, in->u32());
                break;
            }
            default: break;  // a later build's field
        }
    }
}

}  // namespace chatelaine::secrets
