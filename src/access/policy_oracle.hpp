#pragma once

#include <string>
#include <vector>

#include "access/policy.hpp"

/// For tests: the rules of a policy said a second time, from the contract's text and with nothing
/// of the room's own evaluation: slowly, one policy after the other. Time of day by the C library.

namespace chatelaine::access::oracle {

struct Request {
    std::string identity;             ///< URN
    std::vector<std::string> groups;  ///< URNs
    std::vector<std::string> actions;
    std::string resource;
    WallTime now;
    std::string client_ip;
};

bool allowed(const Rules& rules, const std::string& plate, const Request& request);

}  // namespace chatelaine::access::oracle
