#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/gate.hpp"

/// Which keys there are, what for, how strong and until when; and advice from a use in words. Our
/// own extension: no OKMS client asks for it, and nothing of it changes what they are answered.

namespace chatelaine::objects {

/// One document's word on one kind of key.
struct Approval {
    std::string_view document;
    std::string_view edition;
    std::string_view until;  ///< "2030-12-31": the last day of new protection; empty: none is set
    std::string_view note;
};

/// One kind of key that can be made here.
struct KeyKind {
    std::string_view type;   ///< oct, RSA, EC
    std::uint32_t size = 0;  ///< bits; 0 for EC
    std::string_view curve;  ///< EC
    std::string_view uses;
    std::string_view operations;  ///< with blanks between
    std::string_view algorithms;  ///< with blanks between, as requests and tokens name them
    std::uint32_t strength = 0;   ///< bits, NIST SP 800-57 part 1, table 2
    bool quantum_safe = false;    ///< no known quantum attack brings it below 128 bits
    std::string_view standard;
    std::array<Approval, 4> approvals;  ///< those without a document are not there

    /// The earliest day that a document in force sets; empty: none does.
    std::string_view end_of_approval() const;
};
/// The whole table, in the order in which it is shown.
std::span<const KeyKind> key_kinds();

/// What one operation with a kind of key takes on this node, in microseconds; 0: it has none such.
struct MeasuredCost {
    double generate = 0, encrypt = 0, decrypt = 0, sign = 0, verify = 0;
};
/// For each of key_kinds(): measured once, at the first call, which takes seconds (RSA keys are
/// made). The figures are of the cryptography alone, on messages of 1024 bytes. Threads: any.
Result<std::span<const MeasuredCost>> measured_costs();

/// What somebody should make for a use.
struct Advice {
    std::string_view use;  ///< the use that was understood: "file-encryption"
    std::string_view type;
    std::uint32_t size = 0;
    std::string_view curve;
    std::string_view algorithm;
    std::string_view operations;  ///< with blanks between
    std::uint32_t rotation_days = 0;
    std::string_view how;       ///< the way to use it here: REST, a data key, KMIP
    std::string why, why_fr;    ///< English and French
};
/// From words that people have, in English or French: "encrypt files for 10 years", "signer des
/// JWT pour un navigateur". `year` is the current one: a term that ends later than what a document
/// approves asks for more. kInvalidArgument("use"), naming what is understood, when nothing is.
Result<Advice> advise(std::string_view words, int year);

struct GetCatalogue {
    struct Command {
        DomainId domain;
        bool measure = false;  ///< with the costs on this node
    };
    struct Reply {
        std::span<const KeyKind> kinds;
        std::span<const MeasuredCost> costs;  ///< empty, or one for each kind
    };
    static constexpr gate::OperationRow row{
        "catalogue.get", "List the kinds of keys: uses, strength, standards, end of approval, cost",
        {"okms:apikms:catalogue/get", ""},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kRead, gate::AuditLevel::kUse, gate::RateClass::kAdmin,
        gate::CommitsIn::kNothing, gate::ResourceType::kDomain, {"GET", "/v1/catalogue", 200}};
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

struct GetAdvice {
    struct Command {
        DomainId domain;
        std::string use;  ///< at most 200 characters
    };
    using Reply = Advice;
    static constexpr gate::OperationRow row{
        "catalogue.advise", "Advise a key for a use in words, in English or French",
        {"okms:apikms:catalogue/get", ""},
        responsibility::Activity::k3_1_1_e, responsibility::Party::kCustomer, gate::Plane::kData,
        gate::Effect::kRead, gate::AuditLevel::kUse, gate::RateClass::kCheap,
        gate::CommitsIn::kNothing, gate::ResourceType::kDomain,
        {"GET", "/v1/catalogue/advice", 200}};
    static gate::Resource resource(const Command& c) { return {c.domain, {}}; }
};

Result<gate::Outcome<GetCatalogue>> run(const gate::Authorised<GetCatalogue>&, gate::Services&);
Result<gate::Outcome<GetAdvice>> run(const gate::Authorised<GetAdvice>&, gate::Services&);

}  // namespace chatelaine::objects
