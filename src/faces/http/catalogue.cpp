#include "faces/http/catalogue.hpp"

namespace chatelaine::faces::http {

std::string_view plane_name(gate::Plane plane) {
    switch (plane) {
        case gate::Plane::kPublic: return "public";
        case gate::Plane::kData: return "data";
        case gate::Plane::kControl: return "control";
        case gate::Plane::kOperator: return "operator";
        case gate::Plane::kUnset: break;
    }
    return "";
}

std::string_view effect_name(gate::Effect effect) {
    switch (effect) {
        case gate::Effect::kRead: return "read";
        case gate::Effect::kCrypto: return "crypto";
        case gate::Effect::kWrite: return "write";
        case gate::Effect::kDestructive: return "destructive";
        case gate::Effect::kUnset: break;
    }
    return "";
}

std::string_view audit_name(gate::AuditLevel level) {
    switch (level) {
        case gate::AuditLevel::kNone: return "none";
        case gate::AuditLevel::kUse: return "journal";
        case gate::AuditLevel::kChange: return "transaction";
        case gate::AuditLevel::kUnset: break;
    }
    return "";
}

std::string_view rate_name(gate::RateClass rate) {
    switch (rate) {
        case gate::RateClass::kPublic: return "public";
        case gate::RateClass::kCheap: return "cheap";
        case gate::RateClass::kCrypto: return "crypto";
        case gate::RateClass::kAsymmetric: return "asymmetric";
        case gate::RateClass::kWrite: return "write";
        case gate::RateClass::kAdmin: return "admin";
        case gate::RateClass::kUnset: break;
    }
    return "";
}

}  // namespace chatelaine::faces::http
