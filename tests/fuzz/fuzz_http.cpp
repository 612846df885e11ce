// The HTTP framing on any bytes, cut in any way: the first byte says how. Whatever comes, each
// request that comes out is inside its bounds, and its views lie in one piece.

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/limits.hpp"
#include "net/http_front.hpp"
#include "net/proxy_header.hpp"

using chatelaine::net::HttpFront;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    constexpr HttpFront::Limits kLimits{.header_bytes_max = 512, .body_bytes_max = 1024};
    const std::size_t piece = data[0] == 0 ? size : data[0];
    chatelaine::BytesView rest(data + 1, size - 1);
    static_cast<void>(chatelaine::net::parse_proxy_header(rest));
    HttpFront front(kLimits);
    while (front.state() != HttpFront::State::kRejected) {
        if (front.state() == HttpFront::State::kComplete) {
            const auto& request = front.request();
            std::size_t sum = request.method.size() + request.target.size();
            for (const auto& [name, value] : request.headers) {
                sum += name.size() + value.size();
            }
            const bool bounded = sum <= kLimits.header_bytes_max &&
                                 request.body.size() <= kLimits.body_bytes_max &&
                                 request.target.size() <= chatelaine::limits::target_bytes_max;
            if (!bounded || request.method.empty() || request.target.empty()) {
                std::abort();
            }
            front.next();
            continue;
        }
        if (rest.empty()) {
            break;
        }
        static_cast<void>(front.take_continue());
        const auto space = front.space();
        const std::size_t n = std::min({piece, space.size(), rest.size()});
        if (n == 0) {
            std::abort();
        }
        std::memcpy(space.data(), rest.data(), n);
        rest = rest.subspan(n);
        front.received(n);
    }
    return 0;
}
