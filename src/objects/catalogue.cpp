// The table of kinds of keys, and what they cost on this node.
#include "objects/catalogue.hpp"

#include <chrono>

#include "crypto/jose.hpp"
#include "crypto/random.hpp"

namespace chatelaine::objects {
namespace {

using gate::Services;

constexpr std::string_view kNist57 = "NIST SP 800-57 part 1", kNist57Edition = "revision 5, "
                                     "2020-05";
constexpr std::string_view kNist131 = "NIST SP 800-131A", kNist131Edition = "revision 2, 2019-03";
constexpr std::string_view kAnssi = "ANSSI-PG-083", kAnssiEdition = "2.04, 2020-01";
constexpr std::string_view kNist8547 = "NIST IR 8547",
                           kNist8547Edition = "initial public draft, 2024-11";
constexpr std::string_view kEnd2030 = "2030-12-31", kEnd2035 = "2035-12-31";
constexpr std::string_view kDraft = "a draft: disallowed after 2035, quantum computers in view";

constexpr std::array<Approval, 4> kAesApprovals{{
    {kNist57, kNist57Edition, "", "approved, 2031 and later included"},
    {kNist131, kNist131Edition, "", "acceptable"},
    {kAnssi, kAnssiEdition, "", "at least 128 bits: conforms"},
    {},
}};
constexpr std::array<Approval, 4> kSmallRsaApprovals{{
    {kNist57, kNist57Edition, kEnd2030, "112 bits: no new protection from 2031"},
    {kNist131, kNist131Edition, kEnd2030, "acceptable, within the term of SP 800-57"},
    {kAnssi, kAnssiEdition, kEnd2030, "2048 bits until the end of 2030, 3072 after"},
    {kNist8547, kNist8547Edition, kEnd2030, "a draft: deprecated after 2030, disallowed after "
                                            "2035"},
}};
constexpr std::array<Approval, 4> kAsymmetricApprovals{{
    {kNist57, kNist57Edition, "", "approved, 2031 and later included"},
    {kNist131, kNist131Edition, "", "acceptable"},
    {kAnssi, kAnssiEdition, "", "conforms"},
    {kNist8547, kNist8547Edition, kEnd2035, kDraft},
}};

constexpr std::string_view kAesUses = "encrypt small data, wrap data keys for files and disks",
                           kRsaUses = "sign; or carry keys in and out (wrapKey, unwrapKey)",
                           kEcUses = "sign", kAesOperations = "encrypt decrypt wrapKey unwrapKey",
                           kRsaOperations = "sign verify wrapKey unwrapKey",
                           kEcOperations = "sign verify",
                           kRsaAlgorithms =
                               "RS256 RS384 RS512 PS256 PS384 PS512 RSA-OAEP RSA-OAEP-256",
                           kAesStandard = "FIPS 197, NIST SP 800-38D",
                           kRsaStandard = "FIPS 186-5, RFC 8017",
                           kEcStandard = "FIPS 186-5, NIST SP 800-186";

constexpr KeyKind kKinds[] = {
    {"oct", 128, "", kAesUses, kAesOperations, "A128GCM", 128, false, kAesStandard, kAesApprovals},
    {"oct", 192, "", kAesUses, kAesOperations, "A192GCM", 192, true, kAesStandard, kAesApprovals},
    {"oct", 256, "", kAesUses, kAesOperations, "A256GCM", 256, true, kAesStandard, kAesApprovals},
    {"RSA", 2048, "", kRsaUses, kRsaOperations, kRsaAlgorithms, 112, false, kRsaStandard,
     kSmallRsaApprovals},
    {"RSA", 3072, "", kRsaUses, kRsaOperations, kRsaAlgorithms, 128, false, kRsaStandard,
     kAsymmetricApprovals},
    {"RSA", 4096, "", kRsaUses, kRsaOperations, kRsaAlgorithms, 128, false, kRsaStandard,
     kAsymmetricApprovals},
    {"EC", 0, "P-256", kEcUses, kEcOperations, "ES256", 128, false, kEcStandard,
     kAsymmetricApprovals},
    {"EC", 0, "P-384", kEcUses, kEcOperations, "ES384", 192, false, kEcStandard,
     kAsymmetricApprovals},
    {"EC", 0, "P-521", kEcUses, kEcOperations, "ES512", 256, false, kEcStandard,
     kAsymmetricApprovals},
};
constexpr std::size_t kKindCount = std::size(kKinds);

constexpr std::size_t kMessageBytes = 1024;
constexpr std::chrono::milliseconds kMeasureFor{10};

/// Microseconds of one call, as the mean over those that fit in kMeasureFor.
template <class F>
Result<double> cost_of(F&& f) {
    const auto start = std::chrono::steady_clock::now();
    int calls = 0;
    std::chrono::duration<double, std::micro> took{};
    do {
        CH_TRY_VOID(f());
        ++calls;
        took = std::chrono::steady_clock::now() - start;
    } while (took < kMeasureFor);
    return took.count() / calls;
}

Result<MeasuredCost> measure_aes(std::size_t bits) {
    MeasuredCost cost;
    CH_TRY(cost.generate, cost_of([&]() -> Result<void> {
        static_cast<void>(crypto::random_secret(bits / 8));
        return ok();
    }));
    CH_TRY(auto cipher, crypto::DirectJwe::create(crypto::random_secret(bits / 8), "cost", ""));
    const Bytes message(kMessageBytes, 0x5a);
    std::string token;
    CH_TRY(cost.encrypt, cost_of([&]() -> Result<void> {
        CH_TRY(token, cipher.encrypt(message, {}));
        return ok();
    }));
    CH_TRY(cost.decrypt, cost_of([&]() -> Result<void> {
        CH_TRY_VOID(cipher.decrypt(token, {}));
        return ok();
    }));
    return cost;
}

Result<MeasuredCost> measure_pair(const crypto::PrivateKey& key,
                                  crypto::SignatureAlgorithm algorithm) {
    MeasuredCost cost;
    const Bytes message(kMessageBytes, 0x5a);
    Bytes signature;
    CH_TRY(cost.sign, cost_of([&]() -> Result<void> {
        CH_TRY(signature, key.sign(algorithm, message, false));
        return ok();
    }));
    const crypto::PublicKey other = key.public_key();
    CH_TRY(cost.verify, cost_of([&]() -> Result<void> {
        CH_TRY_VOID(other.verify(algorithm, message, false, signature));
        return ok();
    }));
    return cost;
}

Result<MeasuredCost> measure(const KeyKind& kind) {
    if (kind.type == "oct") {
        return measure_aes(kind.size);
    }
    const auto start = std::chrono::steady_clock::now();
    const auto curve = crypto::curve_from_name(kind.curve);
    CH_TRY(const crypto::PrivateKey key, curve ? crypto::PrivateKey::generate_ec(*curve)
                                               : crypto::PrivateKey::generate_rsa(kind.size));
    const std::chrono::duration<double, std::micro> made =
        std::chrono::steady_clock::now() - start;
    const auto algorithm = crypto::signature_algorithm_from_name(curve ? kind.algorithms : "PS256");
    CH_TRY(MeasuredCost cost, measure_pair(key, *algorithm));
    cost.generate = made.count();
    return cost;
}

Result<std::array<MeasuredCost, kKindCount>> measure_all() {
    std::array<MeasuredCost, kKindCount> costs;
    for (std::size_t i = 0; i < kKindCount; ++i) {
        CH_TRY(costs[i], measure(kKinds[i]));
    }
    return costs;
}

}  // namespace

std::string_view KeyKind::end_of_approval() const {
    std::string_view first;
    for (const Approval& approval : approvals) {
        const bool in_force = approval.note.substr(0, 8) != "a draft:";
        if (in_force && !approval.until.empty() && (first.empty() || approval.until < first)) {
            first = approval.until;
        }
    }
    return first;
}

std::span<const KeyKind> key_kinds() { return kKinds; }

Result<std::span<const MeasuredCost>> measured_costs() {
    static const Result<std::array<MeasuredCost, kKindCount>> costs = measure_all();
    if (!costs) {
        return Error(costs.error().code(), "objects.catalogue");
    }
    return std::span<const MeasuredCost>(*costs);
}

Result<gate::Outcome<GetCatalogue>> run(const gate::Authorised<GetCatalogue>& authorised,
                                        Services& services) {
    gate::Outcome<GetCatalogue> outcome;
    outcome.reply.kinds = key_kinds();
    if (authorised.command().measure) {
        if (!services.reader.may_block()) {
            return Error(Code::kWouldBlock, "objects.catalogue");
        }
        CH_TRY(outcome.reply.costs, measured_costs());
    }
    return outcome;
}

}  // namespace chatelaine::objects
