#pragma once

#include "gate/gate.hpp"
#include "objects/kmip/attributes.hpp"

/// KMIP's operations on managed objects (KMIP 1.4 section 4, 2.1 section 6): their rows, commands,
/// replies and handlers. They work on the model of managed_object.hpp, so that a key made or
/// revoked here is so over REST at once. Handlers are pure but for reads and randomness; the wire
/// and its versions are the face's.

namespace chatelaine::objects::kmip {

using gate::Services;

namespace detail {

/// A row of KMIP's: what the operations share is written once. `number` is KMIP's Operation.
constexpr gate::OperationRow row(std::string_view name, std::string_view summary,
                                 std::string_view action, std::uint32_t number,
                                 gate::Effect effect, gate::RateClass rate) {
    const bool writes = effect == gate::Effect::kWrite || effect == gate::Effect::kDestructive;
    return {name,
            summary,
            {action, {}},
            responsibility::Activity::k3_1_1_e,
            responsibility::Party::kCustomer,
            gate::Plane::kData,
            effect,
            writes ? gate::AuditLevel::kChange : gate::AuditLevel::kUse,
            rate,
            writes ? gate::CommitsIn::kRegion : gate::CommitsIn::kNothing,
            gate::ResourceType::kServiceKey,
            {},
            false,
            number};
}
constexpr gate::OperationRow write_row(std::string_view name, std::string_view summary,
                                       std::string_view action, std::uint32_t number) {
    return row(name, summary, action, number, gate::Effect::kWrite, gate::RateClass::kWrite);
}
constexpr gate::OperationRow read_row(std::string_view name, std::string_view summary,
                                      std::string_view action, std::uint32_t number) {
    return row(name, summary, action, number, gate::Effect::kRead, gate::RateClass::kCheap);
}
constexpr gate::OperationRow with(gate::OperationRow row, responsibility::Activity activity) {
    row.activity = activity;
    return row;
}
constexpr gate::OperationRow on_each(gate::OperationRow row) {
    row.right_on_each = true;
    return row;
}
constexpr gate::OperationRow destructive(gate::OperationRow row) {
    row.effect = gate::Effect::kDestructive;
    return row;
}

}  // namespace detail

/// The object that most commands name.
struct ObjectRef {
    DomainId domain;
    ObjectId id;
};
inline gate::Resource object_resource(const ObjectRef& ref) {
    return {ref.domain, ref.id.to_string()};
}

struct Create {
    struct Command {
        DomainId domain;
        ObjectType type = ObjectType::kSymmetricKey;
        AttributeValues attributes;
        std::vector<std::string> templates;  ///< names of Template objects (1.x)
    };
    struct Reply {
        ObjectType type{};
        ObjectId id;
    };
    static constexpr gate::OperationRow row = detail::write_row(
        "kmip.create", "Make a symmetric key on the server", "okms:kmip:create", 0x01);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

struct CreateKeyPair {
    struct Command {
        DomainId domain;
        AttributeValues common, private_key, public_key;
        std::vector<std::string> templates;  ///< of the common attributes (1.x)
    };
    struct Reply {
        ObjectId private_key, public_key;
    };
    static constexpr gate::OperationRow row =
        detail::row("kmip.createKeyPair", "Make a private key and its public key on the server",
                    "okms:kmip:createKeyPair", 0x02, gate::Effect::kWrite,
                    gate::RateClass::kAsymmetric);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

struct Register {
    struct Command {
        DomainId domain;
        ObjectType type{};
        AttributeValues attributes;
        std::vector<std::string> templates;
        crypto::SecretBytes object;  ///< the encoded structure; empty when only its place is given
    };
    struct Reply {
        ObjectId id;
    };
    static constexpr gate::OperationRow row =
        detail::with(detail::write_row("kmip.register", "Register an object that the client brings",
                                       "okms:kmip:register", 0x03),
                     responsibility::Activity::k2_2_a);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

struct Locate {
    struct Command {
        DomainId domain;
        AttributeValues attributes;
        std::uint32_t storage_mask = 1;  ///< 1 on-line, 2 archived, 4 destroyed (2.x)
        std::optional<std::uint32_t> group_member;  ///< 1 fresh, 2 default
        std::size_t offset = 0;
        std::optional<std::size_t> maximum;
    };
    struct Reply {
        std::vector<ObjectId> ids;
        std::optional<std::uint32_t> located;  ///< left out when counting would cost too much
    };
    /// What is asked of each object before it is shown.
    static constexpr gate::OperationRow each = detail::read_row(
        "kmip.locate", "Find the objects with given attributes", "okms:kmip:locate", 0x08);
    static constexpr gate::OperationRow row = detail::on_each(each);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

struct Get {
    struct Command : ObjectRef {
        std::optional<std::uint32_t> format;       ///< Key Format Type
        std::optional<std::uint32_t> compression;  ///< Key Compression Type (1.x)
        Bytes wrapping;  ///< an encoded Key Wrapping Specification; empty for none
        bool unwrapped = false;  ///< Key Wrap Type: not as it was registered (1.4)
    };
    struct Reply {
        ObjectType type{};
        ObjectId id;
        crypto::SecretBytes object;  ///< the encoded structure
    };
    static constexpr gate::OperationRow row =
        detail::with(detail::read_row("kmip.get", "Get an object with its key material",
                                      "okms:kmip:get", 0x0A),
                     responsibility::Activity::k2_2_a);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct GetAttributes {
    struct Command : ObjectRef {
        std::vector<std::string> names;  ///< none: all of them
    };
    struct Reply {
        ObjectId id;
        AttributeValues attributes;
    };
    static constexpr gate::OperationRow row = detail::read_row(
        "kmip.getAttributes", "Get attributes of an object", "okms:kmip:getAttributes", 0x0B);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct GetAttributeList {
    using Command = ObjectRef;
    struct Reply {
        ObjectId id;
        std::vector<std::string> names;
    };
    static constexpr gate::OperationRow row =
        detail::read_row("kmip.getAttributeList", "Get the names of an object's attributes",
                         "okms:kmip:getAttributeList", 0x0C);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

/// The reply of the operations that change one attribute: what it is now, or what it was.
struct AttributeReply {
    ObjectId id;
    AttributeValue attribute;
};

struct AddAttribute {
    struct Command : ObjectRef {
        AttributeValue attribute;
    };
    using Reply = AttributeReply;
    static constexpr gate::OperationRow row = detail::write_row(
        "kmip.addAttribute", "Add an attribute to an object", "okms:kmip:addAttribute", 0x0D);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct ModifyAttribute {
    struct Command : ObjectRef {
        AttributeValue attribute;
        Bytes current;  ///< 2.x: the instance with this value; empty: by the index
    };
    using Reply = AttributeReply;
    static constexpr gate::OperationRow row =
        detail::write_row("kmip.modifyAttribute", "Change an attribute of an object",
                          "okms:kmip:modifyAttribute", 0x0E);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct DeleteAttribute {
    struct Command : ObjectRef {
        std::string name;
        std::optional<std::uint32_t> index;
        Bytes current;  ///< 2.x: the instance with this value; empty: by the index
        bool every = false;  ///< 2.x: all instances of the name
    };
    using Reply = AttributeReply;
    static constexpr gate::OperationRow row =
        detail::write_row("kmip.deleteAttribute", "Take an attribute away from an object",
                          "okms:kmip:deleteAttribute", 0x0F);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct SetAttribute {
    struct Command : ObjectRef {
        AttributeValue attribute;
    };
    using Reply = AttributeReply;
    static constexpr gate::OperationRow row =
        detail::write_row("kmip.setAttribute", "Set an attribute, whether it was there or not",
                          "okms:kmip:setAttribute", 0x31);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

/// Counts an attribute up or down, or turns it round (2.x).
struct AdjustAttribute {
    struct Command : ObjectRef {
        std::string name;
        std::uint32_t type = 0;  ///< Adjustment Type: 1 up, 2 down, 3 negated
        std::int64_t by = 1;
    };
    using Reply = AttributeReply;
    static constexpr gate::OperationRow row = detail::write_row(
        "kmip.adjustAttribute", "Count an attribute up or down, or negate it",
        "okms:kmip:adjustAttribute", 0x30);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

/// An object with everything that is said of it, as Export gave it here or elsewhere.
struct Import {
    struct Command : ObjectRef {
        ObjectType type{};
        bool replace = false;
        bool unwrap = false;  ///< Key Wrap Type Not Wrapped: unwrapped, or refused
        AttributeValues attributes;
        crypto::SecretBytes object;  ///< the encoded structure; empty when it was destroyed
    };
    using Reply = ObjectId;
    static constexpr gate::OperationRow row =
        detail::with(detail::write_row("kmip.import", "Bring an object with all its attributes",
                                       "okms:kmip:import", 0x2A),
                     responsibility::Activity::k2_2_a);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct Export {
    using Command = Get::Command;
    struct Reply : Get::Reply {  ///< no structure when the object was destroyed
        AttributeValues attributes;
    };
    static constexpr gate::OperationRow row = detail::with(
        detail::read_row("kmip.export", "Get an object with its key and all its attributes",
                         "okms:kmip:export", 0x2B),
        responsibility::Activity::k2_2_a);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct Activate {
    using Command = ObjectRef;
    using Reply = ObjectId;
    static constexpr gate::OperationRow row =
        detail::write_row("kmip.activate", "Bring a pre-active object into use",
                          "okms:kmip:activate", 0x12);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct Revoke {
    struct Command : ObjectRef {
        RevocationReason reason = RevocationReason::kUnspecified;
        std::string message;
        std::optional<WallTime> occurred;
    };
    using Reply = ObjectId;
    static constexpr gate::OperationRow row =
        detail::write_row("kmip.revoke", "Take an object out of use, with a reason",
                          "okms:kmip:revoke", 0x13);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct Destroy {
    using Command = ObjectRef;
    using Reply = ObjectId;
    static constexpr gate::OperationRow row = detail::destructive(
        detail::write_row("kmip.destroy", "Destroy an object that is not active",
                          "okms:kmip:destroy", 0x14));
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct Archive {
    using Command = ObjectRef;
    using Reply = ObjectId;
    static constexpr gate::OperationRow row = detail::write_row(
        "kmip.archive", "Put an object aside", "okms:kmip:archive", 0x15);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct Recover {
    using Command = ObjectRef;
    using Reply = ObjectId;
    static constexpr gate::OperationRow row = detail::write_row(
        "kmip.recover", "Bring an archived object back", "okms:kmip:recover", 0x16);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct Rekey {
    struct Command : ObjectRef {
        std::optional<std::uint32_t> offset;  ///< seconds from now to the new key's activation
        AttributeValues attributes;
        std::vector<std::string> templates;
    };
    using Reply = ObjectId;
    static constexpr gate::OperationRow row = detail::write_row(
        "kmip.rekey", "Make the key that takes another's place", "okms:kmip:rekey", 0x04);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct RekeyKeyPair {
    struct Command : ObjectRef {  ///< the private key
        std::optional<std::uint32_t> offset;
        AttributeValues common, private_key, public_key;
        std::vector<std::string> templates;
    };
    using Reply = CreateKeyPair::Reply;
    static constexpr gate::OperationRow row =
        detail::row("kmip.rekeyKeyPair", "Make the key pair that takes another's place",
                    "okms:kmip:rekeyKeyPair", 0x1D, gate::Effect::kWrite,
                    gate::RateClass::kAsymmetric);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct Check {
    struct Command : ObjectRef {
        std::optional<std::int64_t> usage_count;
        std::optional<std::uint32_t> usage_mask;
        std::optional<std::uint32_t> lease_seconds;
    };
    /// What is set is what the object does not allow, with what it allows.
    struct Reply {
        ObjectId id;
        std::optional<std::int64_t> usage_count;
        std::optional<std::uint32_t> usage_mask;
        std::optional<std::uint32_t> lease_seconds;
    };
    static constexpr gate::OperationRow row =
        detail::read_row("kmip.check", "Ask whether an object may be used in a given way",
                         "okms:kmip:check", 0x09);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct ObtainLease {
    using Command = ObjectRef;
    struct Reply {
        ObjectId id;
        std::uint32_t seconds = 0;
        WallTime last_change;
    };
    static constexpr gate::OperationRow row =
        detail::read_row("kmip.obtainLease", "Ask how long an object may be kept in use",
                         "okms:kmip:obtainLease", 0x10);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct GetUsageAllocation {
    struct Command : ObjectRef {
        std::int64_t count = 0;  ///< in the unit of the object's Usage Limits
    };
    using Reply = ObjectId;
    static constexpr gate::OperationRow row =
        detail::write_row("kmip.getUsageAllocation", "Take a part of the uses that are left",
                          "okms:kmip:getUsageAllocation", 0x11);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

Result<gate::Outcome<Create>> run(const gate::Authorised<Create>&, Services&);
Result<gate::Outcome<CreateKeyPair>> run(const gate::Authorised<CreateKeyPair>&, Services&);
Result<gate::Outcome<Register>> run(const gate::Authorised<Register>&, Services&);
Result<gate::Outcome<Locate>> run(const gate::Authorised<Locate>&, Services&);
Result<gate::Outcome<Get>> run(const gate::Authorised<Get>&, Services&);
Result<gate::Outcome<GetAttributes>> run(const gate::Authorised<GetAttributes>&, Services&);
Result<gate::Outcome<GetAttributeList>> run(const gate::Authorised<GetAttributeList>&, Services&);
Result<gate::Outcome<AddAttribute>> run(const gate::Authorised<AddAttribute>&, Services&);
Result<gate::Outcome<ModifyAttribute>> run(const gate::Authorised<ModifyAttribute>&, Services&);
Result<gate::Outcome<DeleteAttribute>> run(const gate::Authorised<DeleteAttribute>&, Services&);
Result<gate::Outcome<SetAttribute>> run(const gate::Authorised<SetAttribute>&, Services&);
Result<gate::Outcome<AdjustAttribute>> run(const gate::Authorised<AdjustAttribute>&, Services&);
Result<gate::Outcome<Import>> run(const gate::Authorised<Import>&, Services&);
Result<gate::Outcome<Export>> run(const gate::Authorised<Export>&, Services&);
Result<gate::Outcome<Activate>> run(const gate::Authorised<Activate>&, Services&);
Result<gate::Outcome<Revoke>> run(const gate::Authorised<Revoke>&, Services&);
Result<gate::Outcome<Destroy>> run(const gate::Authorised<Destroy>&, Services&);
Result<gate::Outcome<Rekey>> run(const gate::Authorised<Rekey>&, Services&);
Result<gate::Outcome<RekeyKeyPair>> run(const gate::Authorised<RekeyKeyPair>&, Services&);
Result<gate::Outcome<Check>> run(const gate::Authorised<Check>&, Services&);
Result<gate::Outcome<ObtainLease>> run(const gate::Authorised<ObtainLease>&, Services&);
Result<gate::Outcome<GetUsageAllocation>> run(const gate::Authorised<GetUsageAllocation>&,
                                              Services&);
Result<gate::Outcome<Archive>> run(const gate::Authorised<Archive>&, Services&);
Result<gate::Outcome<Recover>> run(const gate::Authorised<Recover>&, Services&);

}  // namespace chatelaine::objects::kmip
