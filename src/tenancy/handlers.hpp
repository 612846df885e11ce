#pragma once

#include "base/codec.hpp"
#include "tenancy/operations.hpp"

/// What the handlers of this room share. Private to it.

namespace chatelaine::tenancy {

/// The change that writes `record` (any record type with encode) over `expected_version`.
template <class T>
seal::RecordChange change_of(const T& record, const Uuid& scope, const Uuid& id,
                             std::uint64_t expected_version, WallTime created, WallTime changed) {
    Bytes plaintext;
    record.encode(plaintext);
    seal::RecordChange change;
    change.key = {scope, T::kind, id};
    change.expected_version = expected_version;
    change.dates[store::DateColumn::kCreated] = created;
    change.dates[store::DateColumn::kChanged] = changed;
    change.plaintext = crypto::SecretBytes::copy_of(plaintext);
    wipe(plaintext.data(), plaintext.size());
    return change;
}

/// Characters that a name may have, and its length; kInvalidArgument("name") else.
Result<void> check_name(std::string_view field, std::string_view name, std::size_t characters_max);
/// kInvalidArgument("grants") when a grant is empty, too long or there are too many.
Result<void> check_grants(const std::vector<Grant>& grants);
/// kAlreadyExists when a live record of the type has this name in the scope.
template <class T>
Result<void> check_unique(Services& services, const Uuid& scope, std::string_view name) {
    store::Query query;
    query.scope = scope;
    query.max = 1;
    CH_TRY(const auto term, services.reader.term(scope, "name", name));
    query.terms.push_back(term);
    CH_TRY(const auto found, services.reader.find<T>(query));
    if (!found.objects.empty()) {
        return Error(Code::kAlreadyExists, "tenancy.unique", "the name is taken");
    }
    return ok();
}

/// kForbidden naming the first right of `given` that the caller does not hold: nobody hands out
/// more than they hold (docs/decisions/0008). kWouldBlock on a network loop: it may take long.
Result<void> may_hand_out(Services& services, const access::Principal& principal,
                          const std::vector<Grant>& given);
/// The same for an identity, whose credentials are bound to nothing: a caller that is bound to a
/// domain gives rights in that domain and on the account alone.
Result<void> may_give_identity(Services& services, const access::Principal& principal,
                               const std::vector<Grant>& given);
/// kForbidden when the caller's own token ends before `expires` (nothing: never does).
Result<void> may_outlive(const access::Principal& principal, std::optional<WallTime> expires,
                         std::string_view action, const std::string& resource);

seal::RecordChange identity_change(const access::Identity& identity,
                                   std::uint64_t expected_version, WallTime now);
/// The account's identity that a URN names, with the plate or without; null when there is none.
Result<std::shared_ptr<const access::Identity>> identity_named(Services& services,
                                                               const AccountId& account,
                                                               std::string_view urn);

/// A token for an identity: the record's change and the text that is shown once.
struct NewToken {
    std::shared_ptr<access::Token> token;
    crypto::SecretBytes text;
    seal::RecordChange change;
};
NewToken new_token(Services& services, const access::Token& facts, const Uuid& scope);

/// The identity, which must be of the caller's own account; kNotFound else.
Result<std::shared_ptr<const access::Identity>> own_identity(Services& services,
                                                             const access::Principal& principal,
                                                             const IdentityId& id);

/// Is the resource one of the caller's own account, and of the domain its credential is bound to?
/// The gate holds every operation to that before it asks for rights; so must who asks ahead.
Result<bool> is_own(std::string_view urn, const access::Principal& principal, Services& services);

}  // namespace chatelaine::tenancy
