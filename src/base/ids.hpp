#pragma once

#include <array>
#include <compare>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace chatelaine {

class Random;

/// 128 bits that name something (RFC 9562). Not a secret.
struct Uuid {
    std::array<std::uint8_t, 16> octets{};

    /// A random version 4 UUID.
    static Uuid random(Random& random);
    /// Accepts exactly the 36-character form, either case.
    static std::optional<Uuid> parse(std::string_view text);
    static Uuid from_octets(BytesView octets16);

    std::string to_string() const;  ///< lower case, 36 characters
    void append_to(std::string& out) const;
    bool is_nil() const { return *this == Uuid{}; }
    BytesView view() const { return octets; }

    auto operator<=>(const Uuid&) const = default;
};

/// A Uuid that names one kind of thing: ids of different kinds do not mix.
template <class Tag>
struct Id {
    Uuid uuid;

    static Id random(Random& source) { return Id{Uuid::random(source)}; }
    static std::optional<Id> parse(std::string_view text) {
        const auto parsed = Uuid::parse(text);
        return parsed ? std::optional<Id>(Id{*parsed}) : std::nullopt;
    }
    std::string to_string() const { return uuid.to_string(); }
    void append_to(std::string& out) const { uuid.append_to(out); }
    bool is_nil() const { return uuid.is_nil(); }

    auto operator<=>(const Id&) const = default;
};

using AccountId = Id<struct AccountTag>;        ///< a customer, or the provider itself
using DomainId = Id<struct DomainTag>;          ///< a customer's KMS ("okms"), in one region
using ObjectId = Id<struct ObjectTag>;          ///< a managed object; a service key is one
using IdentityId = Id<struct IdentityTag>;      ///< who calls
using CredentialId = Id<struct CredentialTag>;  ///< what proves it; a certificate's serial
using RequestId = Id<struct RequestTag>;        ///< one request, in answers, audit and log

}  // namespace chatelaine

template <>
struct std::hash<chatelaine::Uuid> {
    std::size_t operator()(const chatelaine::Uuid& id) const noexcept {
        // Ids may be chosen by callers (a key's `id`), so both halves count and are mixed.
        std::uint64_t low = 0;
        std::uint64_t high = 0;
        std::memcpy(&low, id.octets.data(), 8);
        std::memcpy(&high, id.octets.data() + 8, 8);
        std::uint64_t mixed = (low ^ (high * 0x9e3779b97f4a7c15ULL)) * 0xbf58476d1ce4e5b9ULL;
        return mixed ^ (mixed >> 31);
    }
};

template <class Tag>
struct std::hash<chatelaine::Id<Tag>> {
    std::size_t operator()(const chatelaine::Id<Tag>& id) const noexcept {
        return std::hash<chatelaine::Uuid>{}(id.uuid);
    }
};
