#include "objects/kmip/rules.hpp"

#include <algorithm>

#include "objects/kmip/object_form.hpp"

namespace chatelaine::objects::kmip {

Result<std::shared_ptr<const ManagedObject>> load(seal::Reader& reader, const ObjectRef& ref) {
    CH_TRY(auto object, reader.load<ManagedObject>(ref.domain.uuid, ref.id.uuid));
    if (!object) {
        return Error(Code::kKeyNotFound, "kmip.load", "there is no such object");
    }
    return object;
}

Result<void> require_present(const ManagedObject& object, WallTime now) {
    if (object.archive) {
        return Error(Code::kArchived, "kmip.object", "the object is archived: recover it first");
    }
    const State state = object.state(now);
    if (state == State::kDestroyed || state == State::kDestroyedCompromised) {
        return Error(Code::kKeyNotFound, "kmip.object", "the object was destroyed");
    }
    return ok();
}

Result<void> require_alive(const ManagedObject& object, WallTime now) {
    const State state = object.state(now);
    if (state == State::kDestroyed || state == State::kDestroyedCompromised) {
        return Error(Code::kWrongState, "kmip.object", "the object was destroyed");
    }
    return ok();
}

bool is_fresh(const ManagedObject& object) {
    const Attribute* const kept = stored(object, "Fresh");
    // One item, a boolean: true is the one that ends with a 1.
    return kept != nullptr && !kept->value.empty() && kept->value.back() == 1;
}

std::shared_ptr<ManagedObject> new_object(const DomainId& domain, ObjectType type,
                                          Services& services) {
    auto object = std::make_shared<ManagedObject>();
    object->id = ObjectId::random(services.random);
    object->domain = domain;
    object->origin.key = {domain.uuid, ManagedObject::kind, object->id.uuid};
    object->type = type;
    object->algorithm = 0;
    // Over KMIP a key may be had unless its maker says otherwise (okms-rest.md, section 3).
    object->extractable = true;
    object->never_extractable = object->sensitive = object->always_sensitive = false;
    object->initial_date = services.now;
    object->original_creation = services.now;
    object->last_change = services.now;
    object->material.created = services.now;
    return object;
}

Result<std::shared_ptr<const ManagedObject>> find_by_name(const DomainId& domain,
                                                          std::string_view name, ObjectType type,
                                                          Services& services) {
    store::Query query;
    query.scope = domain.uuid;
    query.newest_first = true;
    CH_TRY(const store::Term by_name, services.reader.term(domain.uuid, "name", name));
    CH_TRY(const store::Term by_type,
           services.reader.term(domain.uuid, "type", std::to_string(static_cast<unsigned>(type))));
    query.terms = {by_name, by_type};
    query.max = 1;
    CH_TRY(const auto found, services.reader.find<ManagedObject>(std::move(query)));
    return found.objects.empty() ? nullptr : found.objects.front();
}

Result<AttributeValues> template_attributes(const DomainId& domain,
                                            const std::vector<std::string>& names,
                                            Services& services) {
    AttributeValues all;
    for (const std::string& name : names) {
        CH_TRY(const auto object, find_by_name(domain, name, ObjectType::kTemplate, services));
        if (!object || object->destroy) {
            return Error(Code::kKeyNotFound, "kmip.template", "there is no template " + name);
        }
        CH_TRY(auto inner, object->registered.with_exposed(crypto::insecure_expose_secret(),
                                                           [](BytesView structure) {
                                                               return inner_attributes(structure);
                                                           }));
        all = merged(std::move(all), inner);
    }
    // A template's own name is not what is made from it.
    std::erase_if(all, [](const AttributeValue& one) { return one.name == "Name"; });
    return all;
}

AttributeValues merged(AttributeValues from_templates, const AttributeValues& own) {
    std::erase_if(from_templates, [&](const AttributeValue& one) {
        const AttributeRule* const rule = rule_of(one.name);
        return rule != nullptr && !rule->multiple &&
               std::any_of(own.begin(), own.end(),
                           [&](const AttributeValue& mine) { return mine.name == one.name; });
    });
    from_templates.insert(from_templates.end(), own.begin(), own.end());
    return from_templates;
}

}  // namespace chatelaine::objects::kmip
