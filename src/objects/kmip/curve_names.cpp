#include "objects/kmip/curve_names.hpp"

#include <algorithm>
#include <iterator>

#include "ttlv/enums.hpp"

namespace chatelaine::objects::kmip {
namespace {

using enum ttlv::RecommendedCurve;

struct CurveName {
    ttlv::RecommendedCurve number;
    std::string_view name;
};

constexpr CurveName kCurves[] = {
    {kP192, "prime192v1"},
    {kK163, "sect163k1"},
    {kB163, "sect163r2"},
    {kP224, "secp224r1"},
    {kK233, "sect233k1"},
    {kB233, "sect233r1"},
    {kP256, "prime256v1"},
    {kK283, "sect283k1"},
    {kB283, "sect283r1"},
    {kP384, "secp384r1"},
    {kK409, "sect409k1"},
    {kB409, "sect409r1"},
    {kP521, "secp521r1"},
    {kK571, "sect571k1"},
    {kB571, "sect571r1"},
    {kSECP112R1, "secp112r1"},
    {kSECP112R2, "secp112r2"},
    {kSECP128R1, "secp128r1"},
    {kSECP128R2, "secp128r2"},
    {kSECP160K1, "secp160k1"},
    {kSECP160R1, "secp160r1"},
    {kSECP160R2, "secp160r2"},
    {kSECP192K1, "secp192k1"},
    {kSECP224K1, "secp224k1"},
    {kSECP256K1, "secp256k1"},
    {kSECT113R1, "sect113r1"},
    {kSECT113R2, "sect113r2"},
    {kSECT131R1, "sect131r1"},
    {kSECT131R2, "sect131r2"},
    {kSECT163R1, "sect163r1"},
    {kSECT193R1, "sect193r1"},
    {kSECT193R2, "sect193r2"},
    {kSECT239K1, "sect239k1"},
    {kANSIX9P192V2, "prime192v2"},
    {kANSIX9P192V3, "prime192v3"},
    {kANSIX9P239V1, "prime239v1"},
    {kANSIX9P239V2, "prime239v2"},
    {kANSIX9P239V3, "prime239v3"},
    {kBRAINPOOLP160R1, "brainpoolP160r1"},
    {kBRAINPOOLP160T1, "brainpoolP160t1"},
    {kBRAINPOOLP192R1, "brainpoolP192r1"},
    {kBRAINPOOLP192T1, "brainpoolP192t1"},
    {kBRAINPOOLP224R1, "brainpoolP224r1"},
    {kBRAINPOOLP224T1, "brainpoolP224t1"},
    {kBRAINPOOLP256R1, "brainpoolP256r1"},
    {kBRAINPOOLP256T1, "brainpoolP256t1"},
    {kBRAINPOOLP320R1, "brainpoolP320r1"},
    {kBRAINPOOLP320T1, "brainpoolP320t1"},
    {kBRAINPOOLP384R1, "brainpoolP384r1"},
    {kBRAINPOOLP384T1, "brainpoolP384t1"},
    {kBRAINPOOLP512R1, "brainpoolP512r1"},
    {kBRAINPOOLP512T1, "brainpoolP512t1"},
};

}  // namespace

std::string_view curve_name_of(std::uint32_t recommended_curve) {
    const auto* const found =
        std::find_if(std::begin(kCurves), std::end(kCurves), [&](const CurveName& one) {
            return ttlv::number(one.number) == recommended_curve;
        });
    return found == std::end(kCurves) ? std::string_view{} : found->name;
}

std::uint32_t recommended_curve_of(std::string_view name) {
    const auto* const found = std::find_if(std::begin(kCurves), std::end(kCurves),
                                           [&](const CurveName& one) { return one.name == name; });
    return found == std::end(kCurves) ? 0 : ttlv::number(found->number);
}

std::string_view curve_of_bits(std::uint32_t bits) {
    switch (bits) {
        case 192: return "prime192v1";
        case 224: return "secp224r1";
        case 256: return "prime256v1";
        case 384: return "secp384r1";
        case 521: return "secp521r1";
        default: return {};
    }
}

}  // namespace chatelaine::objects::kmip
