// Nobody hands out more than they hold: what a caller may give to others (docs/decisions/0008).
#include "tenancy/handlers.hpp"

namespace chatelaine::tenancy {
namespace {

Error forbidden(access::Right right) {
    return Error::forbidden("tenancy.rights", std::move(right.action), std::move(right.resource));
}

/// All that a credential bound to a domain reaches, as the gate sees it. No plate: clients leave it
/// open, and there is one.
std::vector<Grant> reach_of(const access::Principal& principal) {
    const std::string domain = access::domain_urn("*", principal.bound_to());
    const std::string account = "urn:v1:*:account:" + principal.account().to_string();
    return {{{"*"}, {domain, domain + "/*", account}}};
}

}  // namespace

Result<void> may_hand_out(Services& services, const access::Principal& principal,
                          const std::vector<Grant>& given) {
    if (given.empty()) {
        return ok();
    }
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, "tenancy.rights");
    }
    if (auto right = principal.lacks(given)) {
        return forbidden(std::move(*right));
    }
    return ok();
}

Result<void> may_give_identity(Services& services, const access::Principal& principal,
                               const std::vector<Grant>& given) {
    CH_TRY_VOID(may_hand_out(services, principal, given));
    if (principal.bound_to().is_nil()) {
        return ok();
    }
    if (auto right = access::first_missing(reach_of(principal), given)) {
        return forbidden(std::move(*right));
    }
    return ok();
}

Result<void> may_outlive(const access::Principal& principal, std::optional<WallTime> expires,
                         std::string_view action, const std::string& resource) {
    const auto& own = principal.token_expires();
    if (own && (!expires || *own < *expires)) {
        return Error::forbidden("tenancy.outlives", std::string(action), resource);
    }
    return ok();
}

}  // namespace chatelaine::tenancy
