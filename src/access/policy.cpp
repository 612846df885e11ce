// Encodings of an account's rules. Field numbers are in docs/formats.md ("Record fields"); a
// number is never used again for something else.
#include "access/policy.hpp"

namespace chatelaine::access {
namespace {

constexpr std::uint8_t kFormat = 1;

void encode_permissions(const Permissions& permissions, FieldWriter& out, std::uint16_t number) {
    Bytes inner;
    FieldWriter fields(inner, kFormat);
    for (const auto& action : permissions.allow) {
        fields.text(1, action);
    }
    for (const auto& action : permissions.except) {
        fields.text(2, action);
    }
    for (const auto& action : permissions.deny) {
        fields.text(3, action);
    }
    out.bytes(number, inner);
}

/// Opens a record and gives each of its fields to `take`.
template <class Take>
Result<void> each_field(BytesView bytes, std::string_view where, Take take) {
    CH_TRY(FieldReader reader, FieldReader::open(bytes, kFormat, where));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return ok();
        }
        CH_TRY_VOID(take(*field));
    }
}

Result<Permissions> decode_permissions(BytesView bytes) {
    Permissions permissions;
    CH_TRY_VOID(each_field(bytes, "access.permissions", [&](const Field& field) -> Result<void> {
        if (field.number == 1) {
            permissions.allow.emplace_back(field.text());
        } else if (field.number == 2) {
            permissions.except.emplace_back(field.text());
        } else if (field.number == 3) {
            permissions.deny.emplace_back(field.text());
        }
        return ok();
    }));
    return permissions;
}

template <class T>
std::shared_ptr<T> made_from(const seal::Origin& origin) {
    auto record = std::make_shared<T>();
    record->origin = origin;
    return record;
}

}  // namespace

void Policy::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.uuid(1, id);
    fields.text(2, name);
    fields.text(3, description);
    for (const auto& identity : identities) {
        fields.text(4, identity);
    }
    for (const auto& resource : resources) {
        fields.text(5, resource);
    }
    encode_permissions(permissions, fields, 6);
    for (const auto& group : permissions_groups) {
        fields.text(7, group);
    }
    if (condition) {
        encode_condition(*condition, fields, 8);
    }
    fields.time(9, expires);
    fields.time(10, created);
    fields.time(11, updated);
}

Result<std::shared_ptr<const Policy>> Policy::decode(const seal::Origin& origin, BytesView bytes) {
    auto policy = made_from<Policy>(origin);
    CH_TRY_VOID(each_field(bytes, "access.policy", [&](const Field& field) -> Result<void> {
        switch (field.number) {
            case 1: { CH_TRY(policy->id, field.uuid()); break; }
            case 2: policy->name = field.text(); break;
            case 3: policy->description = field.text(); break;
            case 4: policy->identities.emplace_back(field.text()); break;
            case 5: policy->resources.emplace_back(field.text()); break;
            case 6: { CH_TRY(policy->permissions, decode_permissions(field.value)); break; }
            case 7: policy->permissions_groups.emplace_back(field.text()); break;
            case 8: { CH_TRY(policy->condition, decode_condition(field.value)); break; }
            case 9: { CH_TRY(policy->expires, field.time()); break; }
            case 10: { CH_TRY(policy->created, field.time()); break; }
            case 11: { CH_TRY(policy->updated, field.time()); break; }
            default: break;  // a later build's field
        }
        return ok();
    }));
    return std::shared_ptr<const Policy>(std::move(policy));
}

void PermissionsGroup::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.uuid(1, id);
    fields.text(2, urn);
    fields.text(3, name);
    fields.text(4, description);
    encode_permissions(permissions, fields, 5);
    fields.time(6, created);
    fields.time(7, updated);
}

Result<std::shared_ptr<const PermissionsGroup>> PermissionsGroup::decode(
    const seal::Origin& origin, BytesView bytes) {
    auto group = made_from<PermissionsGroup>(origin);
    const auto take = [&](const Field& field) -> Result<void> {
        switch (field.number) {
            case 1: { CH_TRY(group->id, field.uuid()); break; }
            case 2: group->urn = field.text(); break;
            case 3: group->name = field.text(); break;
            case 4: group->description = field.text(); break;
            case 5: { CH_TRY(group->permissions, decode_permissions(field.value)); break; }
            case 6: { CH_TRY(group->created, field.time()); break; }
            case 7: { CH_TRY(group->updated, field.time()); break; }
            default: break;
        }
        return ok();
    };
    CH_TRY_VOID(each_field(bytes, "access.permissions_group", take));
    return std::shared_ptr<const PermissionsGroup>(std::move(group));
}

void ResourceGroup::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.uuid(1, id);
    fields.text(2, urn);
    fields.text(3, name);
    for (const auto& resource : resources) {
        fields.text(4, resource);
    }
    fields.time(5, created);
    fields.time(6, updated);
}

Result<std::shared_ptr<const ResourceGroup>> ResourceGroup::decode(const seal::Origin& origin,
                                                                   BytesView bytes) {
    auto group = made_from<ResourceGroup>(origin);
    CH_TRY_VOID(each_field(bytes, "access.resource_group", [&](const Field& field) -> Result<void> {
        switch (field.number) {
            case 1: { CH_TRY(group->id, field.uuid()); break; }
            case 2: group->urn = field.text(); break;
            case 3: group->name = field.text(); break;
            case 4: group->resources.emplace_back(field.text()); break;
            case 5: { CH_TRY(group->created, field.time()); break; }
            case 6: { CH_TRY(group->updated, field.time()); break; }
            default: break;
        }
        return ok();
    }));
    return std::shared_ptr<const ResourceGroup>(std::move(group));
}

void UserGroup::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.uuid(1, id);
    fields.text(2, urn);
    fields.text(3, name);
    fields.text(4, description);
    fields.text(5, role);
    fields.time(6, created);
    fields.time(7, updated);
}

Result<std::shared_ptr<const UserGroup>> UserGroup::decode(const seal::Origin& origin,
                                                           BytesView bytes) {
    auto group = made_from<UserGroup>(origin);
    CH_TRY_VOID(each_field(bytes, "access.user_group", [&](const Field& field) -> Result<void> {
        switch (field.number) {
            case 1: { CH_TRY(group->id, field.uuid()); break; }
            case 2: group->urn = field.text(); break;
            case 3: group->name = field.text(); break;
            case 4: group->description = field.text(); break;
            case 5: group->role = field.text(); break;
            case 6: { CH_TRY(group->created, field.time()); break; }
            case 7: { CH_TRY(group->updated, field.time()); break; }
            default: break;
        }
        return ok();
    }));
    return std::shared_ptr<const UserGroup>(std::move(group));
}

void ResourceTags::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.text(1, urn);
    for (const auto& [name, value] : tags) {
        fields.text(2, name);
        fields.text(3, value);
    }
    fields.time(4, updated);
}

Result<std::shared_ptr<const ResourceTags>> ResourceTags::decode(const seal::Origin& origin,
                                                                 BytesView bytes) {
    auto record = made_from<ResourceTags>(origin);
    std::string name;
    CH_TRY_VOID(each_field(bytes, "access.tags", [&](const Field& field) -> Result<void> {
        switch (field.number) {
            case 1: record->urn = field.text(); break;
            case 2: name = field.text(); break;
            case 3: record->tags.emplace_back(name, field.text()); break;
            case 4: { CH_TRY(record->updated, field.time()); break; }
            default: break;
        }
        return ok();
    }));
    return std::shared_ptr<const ResourceTags>(std::move(record));
}

void PolicyMark::encode(Bytes& out) const { FieldWriter(out, kFormat); }

Result<std::shared_ptr<const PolicyMark>> PolicyMark::decode(const seal::Origin& origin,
                                                             BytesView) {
    return std::shared_ptr<const PolicyMark>(made_from<PolicyMark>(origin));
}

std::string with_plate(std::string_view urn, std::string_view plate) {
    constexpr std::string_view open = "urn:v1::";
    if (!urn.starts_with(open) || plate.empty()) {
        return std::string(urn);
    }
    std::string named = "urn:v1:";
    return named.append(plate).append(":").append(urn.substr(open.size()));
}

}  // namespace chatelaine::access
