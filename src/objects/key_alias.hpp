#pragma once

#include "objects/managed_object.hpp"

/// The record of a name that stands for a key. Private to the room.

namespace chatelaine::objects {

struct KeyAlias {
    static constexpr store::Kind kind = store::Kind::kKeyAlias;
    static Result<std::shared_ptr<const KeyAlias>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;
    seal::RecordChange to_change() const;

    seal::Origin origin;  ///< version 0 until stored
    DomainId domain;
    std::string name;
    ObjectId key;
    WallTime created, changed;
};

/// The record's key: its id is the blind term of the name.
Result<store::RecordKey> alias_record(seal::Reader& reader, const DomainId& domain,
                                      std::string_view name);
/// What a name stands for; null when nothing.
Result<std::shared_ptr<const KeyAlias>> load_alias(seal::Reader& reader, const DomainId& domain,
                                                   std::string_view name);
/// What a refusal calls a key that the caller named: "alias:NAME".
std::string alias_urn_id(std::string_view name);

}  // namespace chatelaine::objects
