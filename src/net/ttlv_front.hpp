#pragma once

#include "net/front.hpp"

namespace chatelaine::net {

/// KMIP messages one after the other (KMIP 1.4 section 9.1.1: 3 bytes tag, 1 type, 4 length). The
/// request's body is a whole message, header included; the rest of it is empty. Refused with 400:
/// what does not begin with a structure of KMIP's own tags, or has a length that is no multiple of
/// eight; with 413: a message of more than `body_bytes_max`. The length allocates as bytes arrive.
class TtlvFront final : public Front {
public:
    explicit TtlvFront(const Limits& limits) : bytes_max_(limits.body_bytes_max) {}

    MutableBytesView space() override;
    void received(std::size_t n) override;
    bool keep_alive() const override { return true; }
    void write(std::string& out, const HttpResponse& response,
               const ResponseFraming& framing) const override;
    void next() override;

private:
    void parse();
    std::size_t bytes_max_;
};

}  // namespace chatelaine::net
