#include "objects/key_batch.hpp"

#include <algorithm>
#include <map>

#include "objects/key_alias.hpp"
#include "objects/key_uses.hpp"

namespace chatelaine::objects {
namespace {

/// Symmetric items that a network loop does in place; more would hold others up.
constexpr std::size_t kInPlaceMax = 128;

/// Signatures that a batch makes and tries, those tried once for each version: some seconds of RSA.
constexpr std::size_t kAsymmetricMax = 2000;
static_assert(kAsymmetricMax > UseKeys::items_max);

/// What the items of one key share.
struct KeyInUse {
    std::optional<Result<std::shared_ptr<const ManagedObject>>> loaded;
    std::uint64_t protects = 0;  ///< items that will encrypt, wrap or sign
    std::optional<Error> refused;
    std::shared_ptr<const ManagedObject> protecting;  ///< what those work with
};

struct Batch {
    const gate::Authorised<UseKeys>& authorised;
    Services& services;
    std::map<std::string, ObjectId> named;  ///< the keys that aliases stand for
    std::map<ObjectId, KeyInUse> keys;
    std::map<std::pair<const gate::OperationRow*, ObjectId>, bool> decided;
    gate::Outcome<UseKeys> outcome;
    std::vector<std::function<void()>> then;
    std::size_t tries = 0;  ///< verifications that may still be made
};

template <class Command>
constexpr const gate::OperationRow& row_for();
template <>
constexpr const gate::OperationRow& row_for<Encrypt::Command>() { return Encrypt::row; }
template <>
constexpr const gate::OperationRow& row_for<Decrypt::Command>() { return Decrypt::row; }
template <>
constexpr const gate::OperationRow& row_for<CreateDataKey::Command>() {
    return CreateDataKey::row;
}
template <>
constexpr const gate::OperationRow& row_for<Sign::Command>() { return Sign::row; }
template <>
constexpr const gate::OperationRow& row_for<Verify::Command>() { return Verify::row; }

const gate::OperationRow& row_of(const UseKeys::Item& item) {
    return std::visit(
        [](const auto& command) -> const gate::OperationRow& {
            return row_for<std::decay_t<decltype(command)>>();
        },
        item);
}

const KeyRef& ref_of(const UseKeys::Item& item) {
    return std::visit([](const auto& command) -> const KeyRef& { return command; }, item);
}

ObjectId key_of(const Batch& batch, const UseKeys::Item& item) {
    const KeyRef& ref = ref_of(item);
    return ref.alias.empty() ? ref.key : batch.named.at(ref.alias);
}

/// The item's key in words that say no more than the caller did.
std::string urn_of(const Batch& batch, const UseKeys::Item& item) {
    const KeyRef& ref = ref_of(item);
    return access::object_urn(
        batch.services.plate, batch.authorised.command().domain, kServiceKeyKind,
        ref.alias.empty() ? ref.key.to_string() : alias_urn_id(ref.alias));
}

Result<void> resolve_names(Batch& batch, const std::vector<UseKeys::Item>& items) {
    for (const UseKeys::Item& item : items) {
        const std::string& alias = ref_of(item).alias;
        if (alias.empty() || batch.named.contains(alias)) {
            continue;
        }
        KeyRef ref{batch.authorised.command().domain, {}, alias};
        CH_TRY(const NamedKey named,
               resolve(ref, batch.authorised.principal(), batch.services.reader));
        batch.named.emplace(named.alias, ref.key);
    }
    return ok();
}

bool protects(const UseKeys::Item& item) {
    return !std::holds_alternative<Decrypt::Command>(item) &&
           !std::holds_alternative<Verify::Command>(item);
}

/// May this item be done with its key, as far as the key and the command alone tell?
Result<void> check_item(const UseKeys::Item& item, const ManagedObject& key, WallTime now) {
    if (std::holds_alternative<Encrypt::Command>(item)) {
        return require_cipher_use(key, {usage::kEncrypt, Purpose::kProtect}, now);
    }
    if (std::holds_alternative<Decrypt::Command>(item)) {
        return require_cipher_use(key, {usage::kDecrypt, Purpose::kProcess}, now);
    }
    if (std::holds_alternative<CreateDataKey::Command>(item)) {
        return require_cipher_use(key, {usage::kWrapKey, Purpose::kProtect}, now);
    }
    if (const auto* const sign = std::get_if<Sign::Command>(&item)) {
        return check_signing(key, *sign, now);
    }
    return ok();  // verify_with() checks
}

/// The right first, so that one without it learns nothing about the key; then the key.
Result<std::shared_ptr<const ManagedObject>> admit(Batch& batch, const UseKeys::Item& item) {
    const gate::OperationRow& row = row_of(item);
    const ObjectId id = key_of(batch, item);
    const auto [decision, is_new] = batch.decided.try_emplace({&row, id}, false);
    if (is_new) {
        const DomainId domain = batch.authorised.command().domain;
        decision->second = batch.services.allowed(row, {domain, id.to_string()});
    }
    if (!decision->second) {
        return Error::forbidden("objects.batch", std::string(row.actions[0]),
                                urn_of(batch, item));
    }
    KeyInUse& key = batch.keys[id];
    if (!key.loaded) {
        key.loaded = load_key(batch.services.reader,
                              {batch.authorised.command().domain, id});
    }
    if (!*key.loaded) {
        return Error(key.loaded->error().code(), "objects.batch", "no such key");
    }
    CH_TRY_VOID(check_item(item, ***key.loaded, batch.services.now));
    key.protects += protects(item) ? 1U : 0U;
    return **key.loaded;
}

/// Rotations and reservations of all items of a key at once.
Result<void> prepare(Batch& batch, KeyInUse& key) {
    if (key.protects == 0) {
        return ok();
    }
    auto made = protect_with(**key.loaded, key.protects, batch.services);
    if (!made) {
        if (made.error().code() == Code::kWouldBlock) {
            return std::move(made).error();
        }
        key.refused.emplace(std::move(made).error());
        return ok();
    }
    key.protecting = std::move(made->key);
    for (auto& change : made->changes) {
        batch.outcome.changes.push_back(std::move(change));
    }
    if (made->then) {
        batch.then.push_back(std::move(made->then));
    }
    return ok();
}

template <class T>
UseKeys::ItemReply in_item(Result<T> result) {
    if (result) {
        return std::move(result).value();
    }
    return std::move(result).error();
}

UseKeys::ItemReply use(Batch& batch, const UseKeys::Item& item) {
    KeyInUse& key = batch.keys[key_of(batch, item)];
    if (protects(item) && key.refused) {
        return Error(key.refused->code(), key.refused->where(), key.refused->detail().message);
    }
    if (const auto* const command = std::get_if<Encrypt::Command>(&item)) {
        return in_item(encrypt_with(*key.protecting, *command));
    }
    if (const auto* const command = std::get_if<CreateDataKey::Command>(&item)) {
        return in_item(make_data_key(*key.protecting, *command));
    }
    if (const auto* const command = std::get_if<Sign::Command>(&item)) {
        return in_item(sign_with(*key.protecting, *command));
    }
    if (const auto* const command = std::get_if<Decrypt::Command>(&item)) {
        return in_item(decrypt_with(**key.loaded, *command, batch.services));
    }
    return in_item(verify_with(**key.loaded, std::get<Verify::Command>(item), batch.services,
                               batch.tries));
}

/// Only a few symmetric items are done on a loop.
bool must_leave_the_loop(const std::vector<UseKeys::Item>& items) {
    return items.size() > kInPlaceMax ||
           std::any_of(items.begin(), items.end(), [](const UseKeys::Item& item) {
               return std::holds_alternative<Sign::Command>(item) ||
                      std::holds_alternative<Verify::Command>(item);
           });
}

/// kWouldBlock is the whole call's: it runs again elsewhere.
bool would_block(const UseKeys::ItemReply& reply) {
    const auto* const error = std::get_if<Error>(&reply);
    return error != nullptr && error->code() == Code::kWouldBlock;
}

Result<void> run_items(Batch& batch, const std::vector<UseKeys::Item>& items) {
    std::vector<UseKeys::ItemReply>& replies = batch.outcome.reply.items;
    std::vector<std::optional<Error>> refused(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto admitted = admit(batch, items[i]);
        if (!admitted) {
            refused[i].emplace(std::move(admitted).error());
            if (refused[i]->code() == Code::kWouldBlock) {
                return std::move(*refused[i]);
            }
        }
    }
    for (auto& [id, key] : batch.keys) {
        CH_TRY_VOID(prepare(batch, key));
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        replies.push_back(refused[i] ? UseKeys::ItemReply(std::move(*refused[i]))
                                     : use(batch, items[i]));
        if (would_block(replies.back())) {
            return Error(Code::kWouldBlock, "objects.batch");
        }
    }
    return ok();
}

/// What the audit says of each item.
void tell_uses(Batch& batch, const std::vector<UseKeys::Item>& items) {
    UseKeys::Reply& reply = batch.outcome.reply;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const ObjectId id = key_of(batch, items[i]);
        UseKeys::Use told;
        told.row = &row_of(items[i]);
        told.urn = access::object_urn(batch.services.plate, batch.authorised.command().domain,
                                      kServiceKeyKind, id.to_string());
        if (const auto* const error = std::get_if<Error>(&reply.items[i])) {
            told.error = error->code();
        }
        const auto key = batch.keys.find(id);
        if (key != batch.keys.end() && key->second.loaded && *key->second.loaded) {
            told.record_version = (**key->second.loaded)->origin.version;
        }
        reply.uses.push_back(std::move(told));
    }
}

}  // namespace

Result<gate::Outcome<UseKeys>> run(const gate::Authorised<UseKeys>& authorised,
                                   Services& services) {
    const std::vector<UseKeys::Item>& items = authorised.command().items;
    if (items.empty() || items.size() > UseKeys::items_max) {
        return Error::invalid("objects.batch", "items", "expected 1 to 1000 items");
    }
    if (!services.reader.may_block() && must_leave_the_loop(items)) {
        return Error(Code::kWouldBlock, "objects.batch");
    }
    Batch batch{authorised, services, {}, {}, {}, {}, {}, 0};
    CH_TRY_VOID(resolve_names(batch, items));
    // Signatures always fit; they leave less for verifications.
    batch.tries = kAsymmetricMax - static_cast<std::size_t>(std::count_if(
                                       items.begin(), items.end(), [](const auto& item) {
                                           return std::holds_alternative<Sign::Command>(item);
                                       }));
    batch.outcome.reply.items.reserve(items.size());
    CH_TRY_VOID(run_items(batch, items));
    tell_uses(batch, items);
    if (!batch.then.empty()) {
        batch.outcome.then = [all = std::move(batch.then)] {
            for (const auto& each : all) {
                each();
            }
        };
    }
    return std::move(batch.outcome);
}

}  // namespace chatelaine::objects
