#pragma once

#include "net/net.hpp"

namespace chatelaine::net {

/// What the connection adds to a response.
struct ResponseFraming {
    bool close = false;         ///< the connection ends after it
    bool head = false;          ///< the request was HEAD: everything but the body
    std::string_view date;      ///< IMF-fixdate (RFC 9110, 5.6.7)
};

/// Appends the whole response to `out`. Control characters in header values become spaces, so
/// that no value can end its line.
void write_response(std::string& out, const HttpResponse& response, const ResponseFraming& framing);

/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(WallTime time);

}  // namespace chatelaine::net
