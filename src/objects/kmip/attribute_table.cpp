// The table of attributes: KMIP 1.4 section 3 and 2.1 section 4. A line for each.
#include <algorithm>

#include "objects/kmip/attributes.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

using ttlv::Type;
namespace tag = ttlv::tag;
using enum ttlv::Type;

constexpr std::uint8_t kServer = 0;
constexpr std::uint8_t kMade = client::kAtCreation;
constexpr std::uint8_t kKeep = client::kAtCreation | client::kAdd;
constexpr std::uint8_t kDated = client::kAtCreation | client::kAdd | client::kModify;
constexpr bool kOne = false, kMany = true;
constexpr Version v10 = kVersion1_0, v11 = kVersion1_1, v12 = kVersion1_2, v13 = kVersion1_3,
                  v14 = kVersion1_4;

constexpr AttributeRule kTable[] = {
    {"Unique Identifier", tag::kUniqueIdentifier, kTextString, kOne, kServer},
    {"Name", tag::kName, kStructure, kMany, client::kFree},
    {"Object Type", tag::kObjectType, kEnumeration, kOne, kServer},
    {"Cryptographic Algorithm", tag::kCryptographicAlgorithm, kEnumeration, kOne, kMade},
    {"Cryptographic Length", tag::kCryptographicLength, kInteger, kOne, kMade},
    {"Cryptographic Parameters", tag::kCryptographicParameters, kStructure, kMany, client::kFree},
    {"Cryptographic Domain Parameters", tag::kCryptographicDomainParameters, kStructure, kOne,
     kMade},
    {"Certificate Type", tag::kCertificateType, kEnumeration, kOne, kMade},
    {"Certificate Length", tag::kCertificateLength, kInteger, kOne, kServer, v11},
    {"X.509 Certificate Identifier", tag::kX509CertificateIdentifier, kStructure, kOne, kServer,
     v11, v14},
    {"X.509 Certificate Subject", tag::kX509CertificateSubject, kStructure, kOne, kServer, v11,
     v14},
    {"X.509 Certificate Issuer", tag::kX509CertificateIssuer, kStructure, kOne, kServer, v11, v14},
    {"Certificate Identifier", tag::kCertificateIdentifier, kStructure, kOne, kServer, v10, v14},
    {"Certificate Subject", tag::kCertificateSubject, kStructure, kOne, kServer, v10, v14},
    {"Certificate Issuer", tag::kCertificateIssuer, kStructure, kOne, kServer, v10, v14},
    {"Digital Signature Algorithm", tag::kDigitalSignatureAlgorithm, kEnumeration, kMany, kServer,
     v11},
    {"Digest", tag::kDigest, kStructure, kMany, kServer},
    {"Operation Policy Name", tag::kOperationPolicyName, kTextString, kOne, kMade, v10, v14},
    {"Cryptographic Usage Mask", tag::kCryptographicUsageMask, kInteger, kOne, kDated},
    {"Lease Time", tag::kLeaseTime, kInterval, kOne, kServer},
    {"Usage Limits", tag::kUsageLimits, kStructure, kOne, client::kFree},
    {"State", tag::kState, kEnumeration, kOne, kServer},
    {"Initial Date", tag::kInitialDate, kDateTime, kOne, kServer},
    {"Activation Date", tag::kActivationDate, kDateTime, kOne, kDated},
    {"Process Start Date", tag::kProcessStartDate, kDateTime, kOne, kDated},
    {"Protect Stop Date", tag::kProtectStopDate, kDateTime, kOne, kDated},
    {"Deactivation Date", tag::kDeactivationDate, kDateTime, kOne, kDated},
    {"Destroy Date", tag::kDestroyDate, kDateTime, kOne, kServer},
    {"Compromise Occurrence Date", tag::kCompromiseOccurrenceDate, kDateTime, kOne, kServer},
    {"Compromise Date", tag::kCompromiseDate, kDateTime, kOne, kServer},
    {"Revocation Reason", tag::kRevocationReason, kStructure, kOne, kServer},
    {"Archive Date", tag::kArchiveDate, kDateTime, kOne, kServer},
    {"Object Group", tag::kObjectGroup, kTextString, kMany, client::kFree},
    {"Fresh", tag::kFresh, kBoolean, kOne, kMade, v11},
    {"Link", tag::kLink, kStructure, kMany, client::kFree},
    {"Application Specific Information", tag::kApplicationSpecificInformation, kStructure, kMany,
     client::kFree},
    {"Contact Information", tag::kContactInformation, kTextString, kOne, client::kFree},
    {"Last Change Date", tag::kLastChangeDate, kDateTime, kOne, kServer},
    {"Alternative Name", tag::kAlternativeName, kStructure, kMany, client::kFree, v12},
    {"Key Value Present", tag::kKeyValuePresent, kBoolean, kOne, kServer, v12},
    {"Key Value Location", tag::kKeyValueLocation, kStructure, kMany, client::kFree, v12},
    {"Original Creation Date", tag::kOriginalCreationDate, kDateTime, kOne, kKeep, v12},
    {"Random Number Generator", tag::kRandomNumberGenerator, kStructure, kOne, kMade, v13},
    {"PKCS#12 Friendly Name", tag::kPKCS12FriendlyName, kTextString, kOne, client::kFree, v14},
    {"Description", tag::kDescription, kTextString, kOne, client::kFree, v14},
    {"Comment", tag::kComment, kTextString, kOne, client::kFree, v14},
    {"Sensitive", tag::kSensitive, kBoolean, kOne, kDated, v14},
    {"Always Sensitive", tag::kAlwaysSensitive, kBoolean, kOne, kServer, v14},
    {"Extractable", tag::kExtractable, kBoolean, kOne, kDated, v14},
    {"Never Extractable", tag::kNeverExtractable, kBoolean, kOne, kServer, v14},
};

}  // namespace

const AttributeRule* rule_of(std::string_view name) {
    const auto found = std::find_if(std::begin(kTable), std::end(kTable),
                                    [&](const AttributeRule& rule) { return rule.name == name; });
    return found == std::end(kTable) ? nullptr : found;
}

const AttributeRule* rule_of(ttlv::Tag tag) {
    const auto found = std::find_if(std::begin(kTable), std::end(kTable),
                                    [&](const AttributeRule& rule) { return rule.tag == tag; });
    return found == std::end(kTable) ? nullptr : found;
}

bool is_custom(std::string_view name) {
    return name.starts_with("x-") || name.starts_with("y-");
}

bool known_in(std::string_view name, Version version) {
    const AttributeRule* const rule = rule_of(name);
    return rule == nullptr ? is_custom(name) : rule->since <= version && version <= rule->until;
}

std::vector<std::string> attribute_names(const ManagedObject& object, WallTime now) {
    std::vector<std::string> names;
    for (const AttributeRule& rule : kTable) {
        if (!attribute_values(object, rule.name, now).empty()) {
            names.emplace_back(rule.name);
        }
    }
    for (const Attribute& attribute : object.attributes) {
        if (is_custom(attribute.name) &&
            std::find(names.begin(), names.end(), attribute.name) == names.end()) {
            names.push_back(attribute.name);
        }
    }
    return names;
}

}  // namespace chatelaine::objects::kmip
