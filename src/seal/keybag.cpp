#include "seal/keybag.hpp"

#include <algorithm>
#include <cstring>

#include "base/codec.hpp"
#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "seal/envelope.hpp"
#include "seal/limits.hpp"

namespace chatelaine::seal {
namespace {

constexpr std::uint8_t keybag_format = 1;
constexpr std::uint8_t body_format = 1;
constexpr std::string_view where = "seal.keybag";

// Field numbers are on disk: docs/formats.md, "Keybag".
enum HeadField : std::uint16_t { kSealId = 1, kRootId = 2, kCounter = 3, kBody = 4 };
enum BodyField : std::uint16_t { kScope = 1, kGrave = 2 };
enum ScopeField : std::uint16_t { kId = 1, kSealing = 2, kIndex = 3, kAudit = 4, kFlags = 5 };
constexpr std::uint32_t flag_destroyed = 1;
constexpr std::uint8_t scope_format = 1;
constexpr std::size_t field_head_bytes = 6;

/// Like FieldWriter, into secret memory of a size known before: no copy is left in the heap.
class SecretFieldWriter {
public:
    explicit SecretFieldWriter(MutableBytesView out) : out_(out) {}

    void format(std::uint8_t value) { integer(value, 1); }
    void bytes(std::uint16_t number, BytesView value) {
        head(number, value.size());
        put(value);
    }
    void secret(std::uint16_t number, const crypto::SecretBytes& value) {
        value.with_exposed(crypto::insecure_expose_secret(),
                           [&](BytesView view) { bytes(number, view); });
    }
    void generation(std::uint16_t number, const Generation& value) {
        head(number, 4 + value.key.size());
        integer(value.number, 4);
        value.key.with_exposed(crypto::insecure_expose_secret(),
                               [&](BytesView view) { put(view); });
    }
    void u32(std::uint16_t number, std::uint32_t value) {
        head(number, 4);
        integer(value, 4);
    }
    void head(std::uint16_t number, std::size_t size) {
        integer(number, 2);
        integer(size, 4);
    }
    bool is_full() const { return out_.empty(); }

private:
    void put(BytesView value) {
        CH_CHECK(value.size() <= out_.size());
        std::copy(value.begin(), value.end(), out_.begin());
        out_ = out_.subspan(value.size());
    }
    void integer(std::uint64_t value, std::size_t octets) {
        CH_CHECK(octets <= out_.size());
        for (std::size_t i = 0; i < octets; ++i) {
            out_[i] = static_cast<std::uint8_t>(value >> (8 * i));
        }
        out_ = out_.subspan(octets);
    }

    MutableBytesView out_;
};

std::size_t scope_size(const ScopeKeys& keys) {
    std::size_t size = 1 + field_head_bytes + 16;
    for (const Generation& generation : keys.sealing) {
        size += field_head_bytes + 4 + generation.key.size();
    }
    size += keys.index.empty() ? 0 : field_head_bytes + keys.index.size();
    size += field_head_bytes + keys.audit.size();
    return size + field_head_bytes + 4;
}

void write_scope(SecretFieldWriter& writer, const Uuid& id, const ScopeKeys& keys) {
    writer.head(kScope, scope_size(keys));
    writer.format(scope_format);
    writer.bytes(kId, id.view());
    for (const Generation& generation : keys.sealing) {
        writer.generation(kSealing, generation);
    }
    if (!keys.index.empty()) {
        writer.secret(kIndex, keys.index);
    }
    writer.secret(kAudit, keys.audit);
    writer.u32(kFlags, keys.is_destroyed() ? flag_destroyed : 0);
}

crypto::SecretBytes encode_body(const Keybag& bag) {
    std::size_t size = 1;
    for (const auto& [id, keys] : bag.scopes) {
        size += field_head_bytes + scope_size(*keys);
    }
    size += bag.graves.size() * (field_head_bytes + 16);
    crypto::SecretBytes body(size);
    body.with_exposed_mutable(crypto::insecure_expose_secret(), [&](MutableBytesView out) {
        SecretFieldWriter writer(out);
        writer.format(body_format);
        for (const auto& [id, keys] : bag.scopes) {
            write_scope(writer, id, *keys);
        }
        for (const Uuid& grave : bag.graves) {
            writer.bytes(kGrave, grave.view());
        }
        CH_CHECK(writer.is_full());
    });
    return body;
}

Error corrupt(std::string message) {
    return Error(Code::kStoreCorrupt, where, std::move(message));
}

Result<Generation> decode_generation(BytesView value) {
    if (value.size() != 4 + key_bytes) {
        return corrupt("a sealing key has a wrong length");
    }
    CH_TRY(const std::uint32_t number, (Field{kSealing, value.first(4)}.u32()));
    return Generation{number, crypto::SecretBytes::copy_of(value.subspan(4))};
}

/// Generations ascend, a live scope has all its keys, a destroyed one has the audit key alone.
bool is_sound(const ScopeKeys& keys, std::uint32_t flags) {
    const bool destroyed = (flags & flag_destroyed) != 0;
    const bool ascending = std::is_sorted(
        keys.sealing.begin(), keys.sealing.end(),
        [](const Generation& a, const Generation& b) { return a.number <= b.number; });
    return ascending && keys.audit.size() == key_bytes && keys.sealing.empty() == destroyed &&
           keys.index.size() == (destroyed ? 0 : key_bytes);
}

Result<void> decode_scope(BytesView bytes, Keybag& bag) {
    CH_TRY(auto reader, FieldReader::open(bytes, scope_format, where));
    Uuid id;
    ScopeKeys keys;
    std::uint32_t flags = 0;
    while (true) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            break;
        }
        switch (static_cast<ScopeField>(field->number)) {
            case kId: {
                CH_TRY(id, field->uuid());
                break;
            }
            case kSealing: {
                CH_TRY(auto generation, decode_generation(field->value));
                keys.sealing.push_back(std::move(generation));
                break;
            }
            case kIndex: keys.index = crypto::SecretBytes::copy_of(field->value); break;
            case kAudit: keys.audit = crypto::SecretBytes::copy_of(field->value); break;
            case kFlags: {
                CH_TRY(flags, field->u32());
                break;
            }
        }
    }
    if (!is_sound(keys, flags)) {
        return corrupt("the keys of a scope do not add up");
    }
    bag.scopes[id] = std::make_shared<const ScopeKeys>(std::move(keys));
    return ok();
}

Result<void> decode_body(BytesView body, Keybag& bag) {
    CH_TRY(auto reader, FieldReader::open(body, body_format, where));
    while (true) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return ok();
        }
        if (field->number == kScope) {
            CH_TRY_VOID(decode_scope(field->value, bag));
        } else if (field->number == kGrave) {
            CH_TRY(const Uuid grave, field->uuid());
            bag.graves.insert(grave);
        }
    }
}

crypto::SecretBytes body_key(const Uuid& root_id, const crypto::SecretBytes& root) {
    return crypto::derive_key(root, "chatelaine keybag 1", root_id.view());
}

Joined body_aad(const Uuid& seal_id, const Uuid& root_id, std::uint64_t counter) {
    Joined aad;
    aad.text("chatelaine keybag 1").number(keybag_format, 1).uuid(seal_id).uuid(root_id);
    aad.number(counter, 8);
    return aad;
}

}  // namespace

const crypto::SecretBytes* ScopeKeys::sealing_key(std::uint32_t number) const {
    // From the newest: nearly every record is of the present generation.
    for (auto generation = sealing.rbegin(); generation != sealing.rend(); ++generation) {
        if (generation->number == number) {
            return &generation->key;
        }
    }
    return nullptr;
}

ScopeKeys ScopeKeys::clone() const {
    ScopeKeys copy;
    for (const Generation& generation : sealing) {
        copy.sealing.push_back({generation.number, generation.key.clone()});
    }
    copy.index = index.clone();
    copy.audit = audit.clone();
    return copy;
}

const ScopeKeys* Keybag::find(const Uuid& scope) const {
    const auto found = scopes.find(scope);
    return found == scopes.end() ? nullptr : found->second.get();
}

Result<Bytes> Keybag::encode(const Uuid& root_id, const crypto::SecretBytes& root) const {
    CH_TRY(const Bytes sealed, wrap_secret(body_key(root_id, root),
                                           body_aad(seal_id, root_id, counter).view(),
                                           encode_body(*this)));
    Bytes file;
    FieldWriter writer(file, keybag_format);
    writer.uuid(kSealId, seal_id);
    writer.uuid(kRootId, root_id);
    writer.u64(kCounter, counter);
    writer.bytes(kBody, sealed);
    file = close_envelope(keybag_magic, file);
    if (file.size() > keybag_bytes_max) {
        return Error(Code::kTooLarge, where, "the keybag holds as many scopes as it can");
    }
    return file;
}

Result<Keybag> Keybag::decode(BytesView file, const crypto::SecretBytes& root) {
    CH_TRY(const KeybagHead head, read_keybag_head(file));
    CH_TRY(const crypto::SecretBytes body,
           unwrap_secret(body_key(head.root_id, root),
                         body_aad(head.seal_id, head.root_id, head.counter).view(), head.sealed));
    Keybag bag;
    bag.seal_id = head.seal_id;
    bag.counter = head.counter;
    CH_TRY_VOID(body.with_exposed(crypto::insecure_expose_secret(),
                                  [&](BytesView bytes) { return decode_body(bytes, bag); }));
    return bag;
}

Result<KeybagHead> read_keybag_head(BytesView file) {
    CH_TRY(const BytesView body, open_envelope(keybag_magic, file, where));
    CH_TRY(auto reader, FieldReader::open(body, keybag_format, where));
    KeybagHead head;
    while (true) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            break;
        }
        switch (static_cast<HeadField>(field->number)) {
            case kSealId: {
                CH_TRY(head.seal_id, field->uuid());
                break;
            }
            case kRootId: {
                CH_TRY(head.root_id, field->uuid());
                break;
            }
            case kCounter: {
                CH_TRY(head.counter, field->u64());
                break;
            }
            case kBody: head.sealed = field->value; break;
        }
    }
    if (head.root_id.is_nil() || head.counter == 0 || head.sealed.empty()) {
        return corrupt("the keybag lacks a field");
    }
    return head;
}

}  // namespace chatelaine::seal
