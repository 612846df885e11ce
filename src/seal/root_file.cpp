#include "seal/root_file.hpp"

#include "base/codec.hpp"
#include "crypto/hash.hpp"
#include "seal/envelope.hpp"

namespace chatelaine::seal {
namespace {

constexpr std::uint8_t root_format = 1;
constexpr std::string_view where = "seal.root_file";

// Field numbers are on disk: docs/formats.md, "Root file".
enum RootField : std::uint16_t {
    kSealId = 1,
    kRevision = 2,
    kRootId = 3,
    kKeyFileId = 4,
    kByKeyFile = 5,
    kShareSet = 6,
    kShareThreshold = 7,
    kShareCount = 8,
    kByShares = 9,
    kNextRootId = 10,
    kNextByRoot = 11,
};

Joined key_file_aad(const RootFile& file) {
    Joined aad;
    aad.text("chatelaine root by key file 1").uuid(file.seal_id).uuid(file.root_id);
    aad.uuid(file.key_file_id);
    return aad;
}

Joined shares_aad(const RootFile& file) {
    Joined aad;
    aad.text("chatelaine root by shares 1").uuid(file.seal_id).uuid(file.root_id);
    aad.uuid(file.share_set).number(file.share_threshold, 4).number(file.share_count, 4);
    return aad;
}

Joined next_aad(const RootFile& file) {
    Joined aad;
    aad.text("chatelaine next root by root 1").uuid(file.seal_id).uuid(file.root_id);
    aad.uuid(*file.next_root_id);
    return aad;
}

/// The root itself seals nothing: each purpose has a key derived from it.
crypto::SecretBytes next_root_key(const RootFile& file, const crypto::SecretBytes& root) {
    return crypto::derive_key(root, "chatelaine next root 1", file.next_root_id->view());
}

Bytes copied(BytesView view) { return Bytes(view.begin(), view.end()); }

Result<void> take_field(RootFile& file, const Field& field) {
    switch (static_cast<RootField>(field.number)) {
        case kSealId: {
            CH_TRY(file.seal_id, field.uuid());
            return ok();
        }
        case kRevision: {
            CH_TRY(file.revision, field.u64());
            return ok();
        }
        case kRootId: {
            CH_TRY(file.root_id, field.uuid());
            return ok();
        }
        case kKeyFileId: {
            CH_TRY(file.key_file_id, field.uuid());
            return ok();
        }
        case kByKeyFile: file.by_key_file = copied(field.value); return ok();
        case kShareSet: {
            CH_TRY(file.share_set, field.uuid());
            return ok();
        }
        case kShareThreshold: {
            CH_TRY(file.share_threshold, field.u32());
            return ok();
        }
        case kShareCount: {
            CH_TRY(file.share_count, field.u32());
            return ok();
        }
        case kByShares: file.by_shares = copied(field.value); return ok();
        case kNextRootId: {
            CH_TRY(file.next_root_id, field.uuid());
            return ok();
        }
        case kNextByRoot: file.next_by_root = copied(field.value); return ok();
    }
    return ok();
}

}  // namespace

Bytes RootFile::encode() const {
    Bytes body;
    FieldWriter writer(body, root_format);
    writer.uuid(kSealId, seal_id);
    writer.u64(kRevision, revision);
    writer.uuid(kRootId, root_id);
    writer.uuid(kKeyFileId, key_file_id);
    writer.bytes(kByKeyFile, by_key_file);
    writer.uuid(kShareSet, share_set);
    writer.u32(kShareThreshold, share_threshold);
    writer.u32(kShareCount, share_count);
    writer.bytes(kByShares, by_shares);
    if (next_root_id) {
        writer.uuid(kNextRootId, *next_root_id);
        writer.bytes(kNextByRoot, next_by_root);
    }
    return close_envelope(root_magic, body);
}

Result<RootFile> RootFile::decode(BytesView file) {
    CH_TRY(const BytesView body, open_envelope(root_magic, file, where));
    CH_TRY(auto reader, FieldReader::open(body, root_format, where));
    RootFile result;
    while (true) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            break;
        }
        CH_TRY_VOID(take_field(result, *field));
    }
    if (result.root_id.is_nil() || result.by_key_file.empty() || result.by_shares.empty() ||
        result.share_threshold == 0) {
        return Error(Code::kStoreCorrupt, where, "the file lacks a field");
    }
    return result;
}

Result<void> RootFile::wrap_by_key_file(const crypto::SecretBytes& key,
                                        const crypto::SecretBytes& root) {
    CH_TRY(by_key_file, wrap_secret(key, key_file_aad(*this).view(), root));
    return ok();
}

Result<crypto::SecretBytes> RootFile::open_by_key_file(const crypto::SecretBytes& key) const {
    return unwrap_secret(key, key_file_aad(*this).view(), by_key_file);
}

Result<void> RootFile::wrap_by_shares(const crypto::SecretBytes& key,
                                      const crypto::SecretBytes& root) {
    CH_TRY(by_shares, wrap_secret(key, shares_aad(*this).view(), root));
    return ok();
}

Result<crypto::SecretBytes> RootFile::open_by_shares(const crypto::SecretBytes& key) const {
    return unwrap_secret(key, shares_aad(*this).view(), by_shares);
}

Result<void> RootFile::wrap_next(const crypto::SecretBytes& root,
                                 const crypto::SecretBytes& next) {
    CH_CHECK(next_root_id.has_value());
    CH_TRY(next_by_root, wrap_secret(next_root_key(*this, root), next_aad(*this).view(), next));
    return ok();
}

Result<crypto::SecretBytes> RootFile::open_next(const crypto::SecretBytes& root) const {
    CH_CHECK(next_root_id.has_value());
    return unwrap_secret(next_root_key(*this, root), next_aad(*this).view(), next_by_root);
}

}  // namespace chatelaine::seal
