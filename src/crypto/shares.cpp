#include "crypto/shares.hpp"

#include <array>

#include "base/check.hpp"
#include "crypto/galois.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {
namespace {

/// The polynomial of AES (FIPS 197, section 4.2).
constexpr unsigned kReduction = 0x1b;
std::uint8_t multiply(std::uint8_t a, std::uint8_t b) {
    return galois::multiply<kReduction>(a, b);
}
std::uint8_t inverse(std::uint8_t a) { return galois::inverse<kReduction>(a); }

/// The value at x of the polynomial whose coefficients, lowest first, are given.
std::uint8_t evaluate(BytesView coefficients, std::uint8_t x) {
    std::uint8_t value = 0;
    for (std::size_t i = coefficients.size(); i > 0; --i) {
        value = static_cast<std::uint8_t>(multiply(value, x) ^ coefficients[i - 1]);
    }
    return value;
}

/// The weight of share `i` at x = 0 (Lagrange). The coordinates are public.
std::uint8_t weight_at_zero(const std::vector<Share>& shares, std::size_t i) {
    std::uint8_t numerator = 1;
    std::uint8_t denominator = 1;
    for (std::size_t j = 0; j < shares.size(); ++j) {
        if (j != i) {
            numerator = multiply(numerator, shares[j].x);
            denominator = multiply(denominator,
                                   static_cast<std::uint8_t>(shares[j].x ^ shares[i].x));
        }
    }
    return multiply(numerator, inverse(denominator));
}

}  // namespace

Result<std::vector<Share>> split_secret(const SecretBytes& secret, std::size_t threshold,
                                        std::size_t count) {
    if (threshold < 2 || threshold > count || count > 255) {
        return Error::invalid("crypto.shares", "threshold",
                              "expected 2 <= threshold <= count <= 255");
    }
    const ExposeToken token = insecure_expose_secret();
    std::vector<Share> shares;
    for (std::size_t i = 0; i < count; ++i) {
        shares.push_back({static_cast<std::uint8_t>(i + 1), SecretBytes(secret.size())});
    }
    SecretBytes coefficients(threshold);
    for (std::size_t at = 0; at < secret.size(); ++at) {
        // A fresh polynomial for each byte; its value at 0 is the byte.
        const SecretBytes fresh = random_secret(threshold);
        coefficients.with_exposed_mutable(token, [&](MutableBytesView out) {
            fresh.with_exposed(token, [&](BytesView random) {
                std::copy(random.begin(), random.end(), out.begin());
            });
            out[0] = secret.with_exposed(token, [&](BytesView bytes) { return bytes[at]; });
        });
        coefficients.with_exposed(token, [&](BytesView polynomial) {
            for (Share& share : shares) {
                share.bytes.with_exposed_mutable(token, [&](MutableBytesView out) {
                    out[at] = evaluate(polynomial, share.x);
                });
            }
        });
    }
    return shares;
}

Result<SecretBytes> combine_shares(const std::vector<Share>& shares) {
    const auto invalid = [](const char* message) {
        return Error::invalid("crypto.shares", "shares", message);
    };
    if (shares.size() < 2 || shares.size() > 255) {
        return invalid("expected 2 to 255 shares");
    }
    std::array<bool, 256> seen{};
    for (const Share& share : shares) {
        if (share.x == 0 || seen[share.x]) {
            return invalid("a share is repeated or has no number");
        }
        seen[share.x] = true;
        if (share.bytes.size() != shares.front().bytes.size()) {
            return invalid("shares differ in length");
        }
    }
    const ExposeToken token = insecure_expose_secret();
    SecretBytes secret(shares.front().bytes.size());
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const std::uint8_t weight = weight_at_zero(shares, i);
        shares[i].bytes.with_exposed(token, [&](BytesView bytes) {
            secret.with_exposed_mutable(token, [&](MutableBytesView out) {
                for (std::size_t at = 0; at < out.size(); ++at) {
                    out[at] = static_cast<std::uint8_t>(out[at] ^ multiply(bytes[at], weight));
                }
            });
        });
    }
    return secret;
}

}  // namespace chatelaine::crypto
