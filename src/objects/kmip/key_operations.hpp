#pragma once

#include "objects/kmip/crypto_operations.hpp"

/// KMIP's operations that make objects out of others by cryptography (KMIP 1.4 sections 4.6 to 4.8,
/// 4.23, 4.38, 4.39): Derive Key, Create and Join Split Key, Certify, Re-certify, Validate.

namespace chatelaine::objects::kmip {

struct DeriveKey {
    struct Command : ObjectRef {  ///< of the key that is derived from
        ObjectType type = ObjectType::kSymmetricKey;
        std::vector<ObjectId> more;  ///< what else takes part: the derivation data, the other's key
        std::uint32_t method = 0;
        std::optional<CryptoParameters> parameters;
        std::optional<Bytes> iv, data, salt;
        std::size_t iterations = 0;
        AttributeValues attributes;
        std::vector<std::string> templates;
    };
    using Reply = ObjectId;
    static constexpr gate::OperationRow row =
        kmip::detail::row("kmip.deriveKey", "Derive a key from another", "okms:kmip:deriveKey",
                          0x05, gate::Effect::kWrite, gate::RateClass::kWrite);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct CreateSplitKey {
    struct Command {
        DomainId domain;
        std::optional<ObjectId> id;  ///< none: a fresh key is split and not kept
        std::size_t parts = 0, threshold = 0;
        std::uint32_t method = 0;
        AttributeValues attributes;
        std::vector<std::string> templates;
    };
    struct Reply {
        std::vector<ObjectId> parts;
    };
    static constexpr gate::OperationRow row =
        kmip::detail::write_row("kmip.createSplitKey", "Split a key into parts",
                                "okms:kmip:createSplitKey", 0x28);
    static gate::Resource resource(const Command& c) {
        return {c.domain, c.id ? c.id->to_string() : std::string{}};
    }
};

struct JoinSplitKey {
    struct Command {
        DomainId domain;
        ObjectType type = ObjectType::kSymmetricKey;
        std::vector<ObjectId> parts;
        AttributeValues attributes;
        std::vector<std::string> templates;
    };
    using Reply = ObjectId;
    static constexpr gate::OperationRow row = kmip::detail::write_row(
        "kmip.joinSplitKey", "Join the parts of a key", "okms:kmip:joinSplitKey", 0x29);
    static gate::Resource resource(const Command& c) {
        return {c.domain, c.parts.empty() ? std::string{} : c.parts.front().to_string()};
    }
};

/// A certificate by the domain's own authority, which the first Certify makes.
struct Certify {
    struct Command {
        DomainId domain;
        std::optional<ObjectId> id;  ///< of the public key; none: the request has it
        std::uint32_t request_type = 0;
        Bytes request;
        AttributeValues attributes;
        std::vector<std::string> templates;
    };
    using Reply = ObjectId;
    static constexpr gate::OperationRow row =
        kmip::detail::row("kmip.certify", "Make a certificate for a public key",
                          "okms:kmip:certify", 0x06, gate::Effect::kWrite,
                          gate::RateClass::kAsymmetric);
    static gate::Resource resource(const Command& c) {
        return {c.domain, c.id ? c.id->to_string() : std::string{}};
    }
};

struct Recertify {
    struct Command : ObjectRef {  ///< of the certificate that is renewed
        std::uint32_t request_type = 0;
        Bytes request;
        std::optional<std::uint32_t> offset;  ///< seconds from now on
        AttributeValues attributes;
        std::vector<std::string> templates;
    };
    using Reply = ObjectId;
    static constexpr gate::OperationRow row =
        kmip::detail::row("kmip.recertify", "Renew a certificate", "okms:kmip:recertify", 0x07,
                          gate::Effect::kWrite, gate::RateClass::kAsymmetric);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

/// Is this a chain of valid certificates? The order is from the leaf to the root.
struct Validate {
    struct Command {
        DomainId domain;
        std::vector<ObjectId> ids;  ///< certificates here, after those that are given
        std::vector<Bytes> certificates;
        std::optional<WallTime> at;
    };
    struct Reply {
        bool valid = false;
    };
    static constexpr gate::OperationRow row = kmip::detail::read_row(
        "kmip.validate", "Check a chain of certificates", "okms:kmip:validate", 0x17);
    static gate::Resource resource(const Command& c) {
        return {c.domain, c.ids.empty() ? std::string{} : c.ids.front().to_string()};
    }
};

Result<gate::Outcome<DeriveKey>> run(const gate::Authorised<DeriveKey>&, Services&);
Result<gate::Outcome<CreateSplitKey>> run(const gate::Authorised<CreateSplitKey>&, Services&);
Result<gate::Outcome<JoinSplitKey>> run(const gate::Authorised<JoinSplitKey>&, Services&);
Result<gate::Outcome<Certify>> run(const gate::Authorised<Certify>&, Services&);
Result<gate::Outcome<Recertify>> run(const gate::Authorised<Recertify>&, Services&);
Result<gate::Outcome<Validate>> run(const gate::Authorised<Validate>&, Services&);

}  // namespace chatelaine::objects::kmip
