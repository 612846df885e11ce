#include "objects/managed_object.hpp"

#include <algorithm>
#include <utility>

namespace chatelaine::objects {
namespace {

using store::DateColumn;
using store::DateCondition;
using Test = store::DateCondition::Test;

constexpr std::pair<State, std::string_view> kStateNames[] = {
    {State::kPreActive, "pre_active"},
    {State::kActive, "active"},
    {State::kDeactivated, "deactivated"},
    {State::kCompromised, "compromised"},
    {State::kDestroyed, "destroyed"},
    {State::kDestroyedCompromised, "destroyed_compromised"},
};

constexpr std::pair<RevocationReason, std::string_view> kReasonNames[] = {
    {RevocationReason::kUnspecified, "unspecified"},
    {RevocationReason::kKeyCompromise, "key_compromise"},
    {RevocationReason::kCaCompromise, "ca_compromise"},
    {RevocationReason::kAffiliationChanged, "affiliation_changed"},
    {RevocationReason::kSuperseded, "superseded"},
    {RevocationReason::kCessationOfOperation, "cessation_of_operation"},
    {RevocationReason::kPrivilegeWithdrawn, "privilege_withdrawn"},
};

constexpr std::string_view kIndexed[] = {
    "Object Group", "Application Specific Information", "Contact Information",
    "Alternative Name", "Key Value Location", "PKCS#12 Friendly Name",
    "X.509 Certificate Identifier", "X.509 Certificate Subject", "X.509 Certificate Issuer",
    "Certificate Identifier", "Certificate Subject", "Certificate Issuer",
};

bool reached(const std::optional<WallTime>& date, WallTime now) { return date && *date <= now; }

}  // namespace

bool indexed_attribute(std::string_view name) {
    return name.starts_with("x-") || name.starts_with("y-") ||
           std::find(std::begin(kIndexed), std::end(kIndexed), name) != std::end(kIndexed);
}

std::string link_term(std::uint32_t type, const ObjectId& object) {
    return std::to_string(type) + "/" + object.to_string();
}

std::string_view state_name(State state) {
    for (const auto& [value, name] : kStateNames) {
        if (value == state) {
            return name;
        }
    }
    CH_CHECK(!"a state outside the enum");
}

std::optional<State> state_from_name(std::string_view name) {
    for (const auto& [value, known] : kStateNames) {
        if (known == name) {
            return value;
        }
    }
    return std::nullopt;
}

std::string_view revocation_reason_name(RevocationReason reason) {
    for (const auto& [value, name] : kReasonNames) {
        if (value == reason) {
            return name;
        }
    }
    return {};
}

std::optional<RevocationReason> revocation_reason_from_name(std::string_view name) {
    for (const auto& [value, known] : kReasonNames) {
        if (known == name) {
            return value;
        }
    }
    return std::nullopt;
}

State ManagedObject::state(WallTime now) const {
    // Destruction and compromise are events that have happened, whatever this node's clock says:
    // a node that is a second behind must not bring a destroyed key back for that second.
    if (destroy) {
        return compromise ? State::kDestroyedCompromised : State::kDestroyed;
    }
    if (compromise) {
        return State::kCompromised;
    }
    if (reached(deactivation, now)) {
        return State::kDeactivated;
    }
    return reached(activation, now) ? State::kActive : State::kPreActive;
}

std::vector<store::DateCondition> state_conditions(State state, WallTime now) {
    constexpr auto is_set = [](DateColumn column) {
        return DateCondition{column, Test::kIsSet, {}};
    };
    constexpr auto is_null = [](DateColumn column) {
        return DateCondition{column, Test::kIsNull, {}};
    };
    const auto reached_now = [now](DateColumn column) {
        return DateCondition{column, Test::kAtMost, now};
    };
    const auto not_reached = [now](DateColumn column) {
        return DateCondition{column, Test::kNullOrAfter, now};
    };
    switch (state) {
        case State::kPreActive:
            return {is_null(DateColumn::kDestroy), is_null(DateColumn::kCompromise),
                    not_reached(DateColumn::kDeactivation), not_reached(DateColumn::kActivation)};
        case State::kActive:
            return {is_null(DateColumn::kDestroy), is_null(DateColumn::kCompromise),
                    not_reached(DateColumn::kDeactivation), reached_now(DateColumn::kActivation)};
        case State::kDeactivated:
            return {is_null(DateColumn::kDestroy), is_null(DateColumn::kCompromise),
                    reached_now(DateColumn::kDeactivation)};
        case State::kCompromised:
            return {is_null(DateColumn::kDestroy), is_set(DateColumn::kCompromise)};
        case State::kDestroyed:
            return {is_set(DateColumn::kDestroy), is_null(DateColumn::kCompromise)};
        case State::kDestroyedCompromised:
            return {is_set(DateColumn::kDestroy), is_set(DateColumn::kCompromise)};
    }
    CH_CHECK(!"a state outside the enum");
}

store::Dates ManagedObject::dates() const {
    store::Dates dates;
    dates[DateColumn::kCreated] = initial_date;
    dates[DateColumn::kChanged] = last_change;
    dates[DateColumn::kActivation] = activation;
    dates[DateColumn::kDeactivation] = deactivation;
    dates[DateColumn::kProcessStart] = process_start;
    dates[DateColumn::kProtectStop] = protect_stop;
    dates[DateColumn::kCompromise] = compromise;
    dates[DateColumn::kDestroy] = destroy;
    dates[DateColumn::kArchive] = archive;
    return dates;
}

std::shared_ptr<ManagedObject> ManagedObject::clone() const {
    // Field by field: the caches stay behind, since the copy's material may change.
    auto copy = std::make_shared<ManagedObject>();
    copy->origin = origin;
    copy->id = id;
    copy->domain = domain;
    copy->type = type;
    copy->names = names;
    copy->context = context;
    copy->key_type = key_type;
    copy->algorithm = algorithm;
    copy->bits = bits;
    copy->curve = curve;
    copy->usage_mask = usage_mask;
    copy->pair = pair;
    copy->extractable = extractable;
    copy->never_extractable = never_extractable;
    copy->sensitive = sensitive;
    copy->always_sensitive = always_sensitive;
    copy->protection_level = protection_level;
    copy->initial_date = initial_date;
    copy->original_creation = original_creation;
    copy->activation = activation;
    copy->deactivation = deactivation;
    copy->process_start = process_start;
    copy->protect_stop = protect_stop;
    copy->compromise = compromise;
    copy->compromise_occurrence = compromise_occurrence;
    copy->destroy = destroy;
    copy->archive = archive;
    copy->last_change = last_change;
    copy->revocation_reason = revocation_reason;
    copy->revocation_message = revocation_message;
    copy->newest_version = newest_version;
    copy->material.version = material.version;
    copy->material.format = material.format;
    copy->material.bytes = material.bytes.clone();
    copy->material.created = material.created;
    copy->material.destroyed = material.destroyed;
    copy->version_key = version_key.clone();
    copy->minimum_version = minimum_version;
    copy->rotation = rotation;
    copy->uses_reserved = uses_reserved;
    copy->registered = registered.clone();
    copy->links = links;
    copy->attributes = attributes;
    return copy;
}

seal::RecordChange ManagedObject::to_change() const {
    seal::RecordChange change;
    change.key = {domain.uuid, kind, id.uuid};
    change.expected_version = origin.version;
    change.dates = dates();
    for (const Name& name : names) {
        change.terms.emplace_back("name", name.value);
    }
    change.terms.emplace_back("type", std::to_string(static_cast<unsigned>(type)));
    for (const Link& link : links) {
        change.terms.emplace_back("link", link_term(link.type, link.object));
    }
    for (const Attribute& attribute : attributes) {
        if (indexed_attribute(attribute.name)) {
            change.terms.emplace_back(attribute.name, as_text(attribute.value));
        }
    }
    Bytes plain;
    encode(plain);
    change.plaintext = crypto::SecretBytes::copy_of(plain);
    wipe(plain.data(), plain.size());
    return change;
}

ManagedObject::Slot& ManagedObject::slot() const {
    Slots* slots = slots_.load(std::memory_order_acquire);
    if (slots == nullptr) {
        const std::lock_guard lock(parse_mutex_);
        if (!slots_owner_) {
            slots_owner_ = std::make_unique<Slots>();
            slots_.store(slots_owner_.get(), std::memory_order_release);
        }
        slots = slots_owner_.get();
    }
    return (*slots)[metrics::thread_slot()];
}

std::shared_ptr<const ManagedObject> ManagedObject::kept_version(std::uint32_t version) const {
    const std::lock_guard lock(parse_mutex_);
    for (const auto& view : versions_) {
        if (view->material.version == version) {
            return view;
        }
    }
    return nullptr;
}

void ManagedObject::keep_version(std::shared_ptr<const ManagedObject> view) const {
    const std::lock_guard lock(parse_mutex_);
    if (versions_.size() < key_versions_kept) {
        versions_.push_back(std::move(view));
        return;
    }
    versions_[versions_next_] = std::move(view);
    versions_next_ = (versions_next_ + 1) % key_versions_kept;
}

Result<crypto::PrivateKey> ManagedObject::private_key() const {
    if (type != ObjectType::kPrivateKey || key_type == crypto::KeyType::kOct) {
        return Error(Code::kWrongKeyType, "objects.private_key", "the key has no private part");
    }
    const std::lock_guard lock(parse_mutex_);
    if (!private_key_) {
        auto parsed = crypto::PrivateKey::from_pkcs8(material.bytes);
        if (!parsed) {
            return Error(Code::kCryptoFailed, "objects.private_key");
        }
        private_key_.emplace(std::move(parsed).value());
    }
    return *private_key_;
}

Result<crypto::PublicKey> ManagedObject::public_key() const {
    if (type == ObjectType::kPrivateKey) {
        CH_TRY(const crypto::PrivateKey key, private_key());
        return key.public_key();
    }
    if (type != ObjectType::kPublicKey) {
        return Error(Code::kWrongKeyType, "objects.public_key", "the key has no public part");
    }
    const std::lock_guard lock(parse_mutex_);
    if (!public_key_) {
        auto parsed = material.bytes.with_exposed(
            crypto::insecure_expose_secret(),
            [](BytesView der) { return crypto::PublicKey::from_spki(der); });
        if (!parsed) {
            return Error(Code::kCryptoFailed, "objects.public_key");
        }
        public_key_.emplace(std::move(parsed).value());
    }
    return *public_key_;
}

Result<crypto::AnyPrivateKey> ManagedObject::any_private_key() const {
    if (type != ObjectType::kPrivateKey || material.bytes.empty()) {
        return Error(Code::kWrongKeyType, "objects.private_key", "the key has no private part");
    }
    const std::lock_guard lock(parse_mutex_);
    if (!any_private_key_) {
        auto parsed = crypto::AnyPrivateKey::from_pkcs8(material.bytes);
        if (!parsed) {
            return Error(Code::kCryptoFailed, "objects.private_key");
        }
        any_private_key_.emplace(std::move(parsed).value());
    }
    return *any_private_key_;
}

Result<crypto::AnyPublicKey> ManagedObject::any_public_key() const {
    if (type == ObjectType::kPrivateKey) {
        CH_TRY(const crypto::AnyPrivateKey key, any_private_key());
        return key.public_key();
    }
    const bool certificate = type == ObjectType::kCertificate;
    if ((type != ObjectType::kPublicKey && !certificate) || material.bytes.empty()) {
        return Error(Code::kWrongKeyType, "objects.public_key", "the key has no public part");
    }
    const std::lock_guard lock(parse_mutex_);
    if (!any_public_key_) {
        auto parsed = material.bytes.with_exposed(
            crypto::insecure_expose_secret(), [&](BytesView der) {
                return certificate ? crypto::AnyPublicKey::from_certificate(der)
                                   : crypto::AnyPublicKey::from_spki(der);
            });
        if (!parsed) {
            return Error(Code::kCryptoFailed, "objects.public_key");
        }
        any_public_key_.emplace(std::move(parsed).value());
    }
    return *any_public_key_;
}

}  // namespace chatelaine::objects
