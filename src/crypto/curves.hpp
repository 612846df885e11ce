#pragma once

#include <optional>
#include <string>

#include "crypto/ossl.hpp"

/// Every named curve that the linked OpenSSL has; private to the room.

namespace chatelaine::crypto {

struct NamedCurve {
    std::string name;  ///< OpenSSL's
    int nid = 0;
    std::size_t field_bits = 0;
    std::size_t order_bytes = 0;
    unsigned long cofactor = 1;
    std::size_t field_bytes() const { return (field_bits + 7) / 8; }
};

/// Nothing when the library has no such curve, or none that anybody should use (WTLS, Oakley).
std::optional<NamedCurve> named_curve(std::string_view name);
std::optional<NamedCurve> curve_of_oid(BytesView oid_content);

/// A point in any of SEC 1's forms but the hybrid ones as 0x04 ‖ x ‖ y; nothing when it is not on
/// the curve.
std::optional<Bytes> uncompressed_point(const NamedCurve& curve, BytesView point);
/// d·G in that form; nothing when d is not in 1 .. order - 1.
std::optional<Bytes> multiple_of_base(const NamedCurve& curve, const BIGNUM* d);

}  // namespace chatelaine::crypto
