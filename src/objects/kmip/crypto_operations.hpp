#pragma once

#include "objects/kmip/crypto_parameters.hpp"
#include "objects/kmip/operations.hpp"
#include "objects/kmip/streams.hpp"

/// KMIP's operations that use keys (KMIP 1.4 sections 4.29 to 4.37, 2.1 section 6): Encrypt,
/// Decrypt, Sign, Signature Verify, MAC, MAC Verify, Hash, RNG Retrieve, RNG Seed. A use that
/// protects counts the key's Usage Limits down in the same transaction; without limits it is a pure
/// use, recorded in the journal.

namespace chatelaine::objects::kmip {

namespace detail {
constexpr gate::OperationRow use_row(std::string_view name, std::string_view summary,
                                     std::string_view action, std::uint32_t number,
                                     gate::RateClass rate = gate::RateClass::kCrypto) {
    gate::OperationRow row =
        kmip::detail::row(name, summary, action, number, gate::Effect::kCrypto, rate);
    // A use writes only where the key has Usage Limits.
    row.commits = gate::CommitsIn::kRegion;
    return row;
}
}  // namespace detail

/// What Encrypt and Decrypt have in common. `tag_in_data`: 1.2 and 1.3 have no field for the tag,
/// it is the tail of Data.
struct CipherCommand : ObjectRef {
    std::optional<CryptoParameters> parameters;
    std::optional<crypto::SecretBytes> data;
    std::optional<Bytes> iv;
    Bytes aad;
    bool tag_in_data = false;
    StreamPart part;
};
struct CipherReply {
    ObjectId id;
    std::optional<crypto::SecretBytes> data;
    Bytes iv;           ///< that was made here
    Bytes correlation;  ///< while the message goes on
    Bytes tag;          ///< unless it is in `data`
};

struct Encrypt {
    struct Command : CipherCommand {};
    using Reply = CipherReply;
    static constexpr gate::OperationRow row =
        detail::use_row("kmip.encrypt", "Encrypt data with a key", "okms:kmip:encrypt", 0x1F);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct Decrypt {
    struct Command : CipherCommand {
        std::optional<Bytes> tag;
    };
    using Reply = CipherReply;
    static constexpr gate::OperationRow row =
        detail::use_row("kmip.decrypt", "Decrypt data with a key", "okms:kmip:decrypt", 0x20);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

/// Data, or its digest (1.4), of Sign, Signature Verify, MAC and MAC Verify.
struct MessageCommand : ObjectRef {
    std::optional<CryptoParameters> parameters;
    std::optional<Bytes> data;
    std::optional<Bytes> digest;
    StreamPart part;
};
/// The answer: empty but for the correlation value while the message goes on.
struct MadeReply {
    ObjectId id;
    std::optional<Bytes> made;  ///< signature, MAC
    Bytes correlation;
};
struct CheckedReply {
    ObjectId id;
    std::optional<bool> valid;
    Bytes correlation;
};

struct Sign {
    using Command = MessageCommand;
    using Reply = MadeReply;
    static constexpr gate::OperationRow row =
        detail::use_row("kmip.sign", "Sign data with a private key", "okms:kmip:sign", 0x21,
                        gate::RateClass::kAsymmetric);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct SignatureVerify {
    struct Command : MessageCommand {
        std::optional<Bytes> signature;
    };
    using Reply = CheckedReply;
    static constexpr gate::OperationRow row =
        detail::use_row("kmip.signatureVerify", "Check a signature with a public key",
                        "okms:kmip:signatureVerify", 0x22);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct Mac {
    using Command = MessageCommand;
    using Reply = MadeReply;
    static constexpr gate::OperationRow row =
        detail::use_row("kmip.mac", "Make a MAC of data", "okms:kmip:mac", 0x23);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct MacVerify {
    struct Command : MessageCommand {
        std::optional<Bytes> mac;
    };
    using Reply = CheckedReply;
    static constexpr gate::OperationRow row =
        detail::use_row("kmip.macVerify", "Check a MAC of data", "okms:kmip:macVerify", 0x24);
    static gate::Resource resource(const Command& c) { return object_resource(c); }
};

struct RngRetrieve {
    struct Command {
        DomainId domain;
        std::size_t length = 0;
    };
    using Reply = crypto::SecretBytes;
    static constexpr gate::OperationRow row = detail::use_row(
        "kmip.rngRetrieve", "Get random bytes", "okms:kmip:rngRetrieve", 0x25);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};
inline constexpr std::size_t random_bytes_max = 65'536;

/// Takes nothing of what is offered, and says so: the generator serves other customers too.
struct RngSeed {
    struct Command {
        DomainId domain;
    };
    struct Reply {
        std::size_t taken = 0;
    };
    static constexpr gate::OperationRow row =
        detail::use_row("kmip.rngSeed", "Offer a seed to the random generator",
                        "okms:kmip:rngSeed", 0x26);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

struct Hash {
    struct Command {
        DomainId domain;
        CryptoParameters parameters;
        std::optional<Bytes> data;
        StreamPart part;
    };
    struct Reply {
        std::optional<Bytes> digest;
        Bytes correlation;
    };
    static constexpr gate::OperationRow row =
        detail::use_row("kmip.hash", "Make a digest of data", "okms:kmip:hash", 0x27);
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

Result<gate::Outcome<Encrypt>> run(const gate::Authorised<Encrypt>&, Services&);
Result<gate::Outcome<Decrypt>> run(const gate::Authorised<Decrypt>&, Services&);
Result<gate::Outcome<Sign>> run(const gate::Authorised<Sign>&, Services&);
Result<gate::Outcome<SignatureVerify>> run(const gate::Authorised<SignatureVerify>&, Services&);
Result<gate::Outcome<Mac>> run(const gate::Authorised<Mac>&, Services&);
Result<gate::Outcome<MacVerify>> run(const gate::Authorised<MacVerify>&, Services&);
Result<gate::Outcome<Hash>> run(const gate::Authorised<Hash>&, Services&);
Result<gate::Outcome<RngRetrieve>> run(const gate::Authorised<RngRetrieve>&, Services&);
Result<gate::Outcome<RngSeed>> run(const gate::Authorised<RngSeed>&, Services&);

}  // namespace chatelaine::objects::kmip
