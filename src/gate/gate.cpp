#include "gate/gate.hpp"

namespace chatelaine::gate {
namespace {

/// "Not yours" must read as "not there": the same code as for an object that does not exist.
Error not_there(ResourceType type) {
    switch (type) {
        case ResourceType::kServiceKey:
        case ResourceType::kSecret:
            return Error(Code::kDomainNotFound, "gate.tenant", "no such domain");
        case ResourceType::kDomain:
            return Error(Code::kDomainNotFound, "gate.tenant", "no such domain");
        case ResourceType::kAccount:
        case ResourceType::kService:
        case ResourceType::kNone:
        case ResourceType::kUnset:
            return Error(Code::kNotFound, "gate.tenant", "no such resource");
    }
    return Error(Code::kInternal, "gate.tenant");
}

std::string_view urn_kind(ResourceType type) {
    switch (type) {
        case ResourceType::kServiceKey: return "serviceKey";
        case ResourceType::kSecret: return "secret";
        case ResourceType::kDomain:
        case ResourceType::kAccount:
        case ResourceType::kService:
        case ResourceType::kNone:
        case ResourceType::kUnset: break;
    }
    return {};
}

}  // namespace

std::string Gate::urn_of(const OperationRow& row, const Resource& resource,
                         const access::Principal& principal) const {
    switch (row.resource) {
        case ResourceType::kServiceKey:
        case ResourceType::kSecret:
            if (!resource.id.empty()) {
                return access::object_urn(plate_, resource.domain, urn_kind(row.resource),
                                          resource.id);
            }
            return access::domain_urn(plate_, resource.domain);
        case ResourceType::kDomain:
            return access::domain_urn(plate_, resource.domain);
        case ResourceType::kAccount:
            return "urn:v1:" + plate_ + ":account:" +
                   (resource.id.empty() ? principal.account().to_string() : resource.id);
        case ResourceType::kService:
            return "urn:v1:" + plate_ + ":service:chatelaine" +
                   (resource.id.empty() ? std::string() : "/" + resource.id);
        case ResourceType::kNone:
        case ResourceType::kUnset:
            return {};
    }
    return {};
}

Result<void> Gate::check(const OperationRow& row, const Resource& resource, std::string_view urn,
                         const access::Principal& principal) const {
    if (row.plane == Plane::kPublic) {
        return ok();
    }
    if (principal.is_anonymous()) {
        return Error(Code::kUnauthenticated, "gate.party", "a credential is required");
    }
    // The row's party must be the caller's, and the matrix must give that party R. Two checks: a
    // changed matrix closes an operation, it never opens it to the other party.
    if (principal.party() != row.party || !matrix_.realises(row.party, row.activity)) {
        return Error::forbidden("gate.party", std::string(row.actions[0]), std::string(urn));
    }
    if (row.resource == ResourceType::kNone) {
        return ok();  // about the caller itself: who am I, what may I do
    }
    if (row.plane == Plane::kData && resource.domain.is_nil()) {
        // A credential of the whole account, and a path that names no domain.
        return Error(Code::kDomainNotFound, "gate.tenant",
                     "the credential is good for several domains: name one in the path");
    }
    if (!resource.domain.is_nil() && resource.domain != principal.domain()) {
        return not_there(row.resource);
    }
    if (row.right_on_each) {
        return ok();
    }
    if (principal.decide({row.actions[0], row.actions[1]}, urn) != access::Decision::kAllowed) {
        return Error::forbidden("gate.rights", std::string(row.actions[0]), std::string(urn));
    }
    return ok();
}

}  // namespace chatelaine::gate
