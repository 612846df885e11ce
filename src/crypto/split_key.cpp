#include "crypto/split_key.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "crypto/galois.hpp"
#include "crypto/ossl.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {

namespace {

constexpr std::size_t kPrimeBytesMax = 256;

Error invalid(const char* field, const char* message) {
    ERR_clear_error();
    return Error::invalid("crypto.split_key", field, message);
}

/// The field of the OASIS cases, x^8 + x^4 + x^3 + x^2 + 1.
struct Gf8 {
    using Element = std::uint8_t;
    static constexpr std::size_t bytes = 1;
    static constexpr unsigned reduction = 0x1d;
    static Element multiply(Element a, Element b) { return galois::multiply<reduction>(a, b); }
    static Element inverse(Element a) { return galois::inverse<reduction>(a); }
    static Element read(const std::uint8_t* at) { return *at; }
    static void write(Element value, std::uint8_t* at) { *at = value; }
};

/// Elements u·y + v over the field of AES with y^2 = y + {3A} (KMIP, Split Key), u in front.
struct Gf16 {
    using Element = std::uint16_t;
    static constexpr std::size_t bytes = 2;
    static std::uint8_t mul(unsigned a, unsigned b) {
        return galois::multiply<0x1b>(static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b));
    }
    static Element join(unsigned u, unsigned v) { return static_cast<Element>(u << 8 | v); }
    static Element multiply(Element a, Element b) {
        const unsigned r = a >> 8U, s = a & 0xffU, u = b >> 8U, v = b & 0xffU;
        const unsigned low = mul(s, v);
        return join(mul(r ^ s, u ^ v) ^ low, mul(mul(r, u), 0x3a) ^ low);
    }
    /// With d = (u + v)v + mu^2, the inverse of uy + v is (u/d)y + (u + v)/d.
    static Element inverse(Element a) {
        const unsigned u = a >> 8U, v = a & 0xffU;
        const unsigned d = galois::inverse<0x1b>(
            static_cast<std::uint8_t>(mul(u ^ v, v) ^ mul(0x3a, mul(u, u))));
        return join(mul(u, d), mul(u ^ v, d));
    }
    static Element read(const std::uint8_t* at) { return join(at[0], at[1]); }
    static void write(Element value, std::uint8_t* at) {
        at[0] = static_cast<std::uint8_t>(value >> 8U);
        at[1] = static_cast<std::uint8_t>(value);
    }
};

/// The secret with zeros in front up to `size`.
SecretBytes padded(const SecretBytes& secret, std::size_t size) {
    SecretBytes out(size);
    out.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView to) {
        secret.with_exposed(insecure_expose_secret(), [&](BytesView from) {
            std::copy(from.rbegin(), from.rend(), to.rbegin());
        });
    });
    return out;
}

std::vector<KeyPart> empty_parts(std::size_t count, std::size_t size) {
    std::vector<KeyPart> parts;
    for (std::size_t i = 1; i <= count; ++i) {
        parts.push_back({i, SecretBytes(size)});
    }
    return parts;
}

template <class Field>
std::vector<KeyPart> split_field(const SplitScheme& scheme, const SecretBytes& secret) {
    using Element = typename Field::Element;
    const ExposeToken token = insecure_expose_secret();
    const std::size_t size = (secret.size() + Field::bytes - 1) / Field::bytes * Field::bytes;
    const SecretBytes whole = padded(secret, size);
    std::vector<KeyPart> parts = empty_parts(scheme.parts, size);
    for (std::size_t at = 0; at < size; at += Field::bytes) {
        // A fresh polynomial for each piece; its value at 0 is the piece.
        const SecretBytes fresh = random_secret((scheme.threshold - 1) * Field::bytes);
        whole.with_exposed(token, [&](BytesView from) {
            fresh.with_exposed(token, [&](BytesView coefficients) {
                for (KeyPart& part : parts) {
                    const auto x = static_cast<Element>(part.identifier);
                    Element value = 0;
                    for (std::size_t i = 0; i < coefficients.size(); i += Field::bytes) {
                        value = Field::multiply(
                            static_cast<Element>(value ^ Field::read(coefficients.data() + i)), x);
                    }
                    part.bytes.with_exposed_mutable(token, [&](MutableBytesView to) {
                        Field::write(
                            static_cast<Element>(value ^ Field::read(from.data() + at)),
                            to.data() + at);
                    });
                }
            });
        });
    }
    return parts;
}

template <class Field>
SecretBytes join_field(const std::vector<KeyPart>& parts) {
    using Element = typename Field::Element;
    const ExposeToken token = insecure_expose_secret();
    SecretBytes secret(parts.front().bytes.size());
    for (const KeyPart& part : parts) {
        // Lagrange's weight at 0; the points are public.
        Element weight = 1;
        for (const KeyPart& other : parts) {
            if (other.identifier != part.identifier) {
                const auto x = static_cast<Element>(other.identifier);
                weight = Field::multiply(
                    weight, Field::multiply(x, Field::inverse(static_cast<Element>(
                                                   x ^ part.identifier))));
            }
        }
        part.bytes.with_exposed(token, [&](BytesView from) {
            secret.with_exposed_mutable(token, [&](MutableBytesView to) {
                for (std::size_t at = 0; at < to.size(); at += Field::bytes) {
                    Field::write(static_cast<Element>(
                                     Field::read(to.data() + at) ^
                                     Field::multiply(weight, Field::read(from.data() + at))),
                                 to.data() + at);
                }
            });
        });
    }
    return secret;
}

void add_into(SecretBytes& to, const SecretBytes& from) {
    to.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
        from.with_exposed(insecure_expose_secret(), [&](BytesView in) {
            std::transform(in.begin(), in.end(), out.begin(), out.begin(),
                           [](std::uint8_t a, std::uint8_t b) {
                               return static_cast<std::uint8_t>(a ^ b);
                           });
        });
    });
}

std::vector<KeyPart> split_xor(const SplitScheme& scheme, const SecretBytes& secret) {
    std::vector<KeyPart> parts;
    SecretBytes last = secret.clone();
    for (std::size_t i = 1; i < scheme.parts; ++i) {
        parts.push_back({i, random_secret(secret.size())});
        add_into(last, parts.back().bytes);
    }
    parts.push_back({scheme.parts, std::move(last)});
    return parts;
}

// The prime field.

ossl::Bn fresh() {
    ossl::Bn bn(BN_secure_new());
    CH_CHECK(bn != nullptr);
    BN_set_flags(bn.get(), BN_FLG_CONSTTIME);
    return bn;
}

ossl::Bn number(const SecretBytes& octets) {
    ossl::Bn bn = fresh();
    octets.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
        CH_CHECK(BN_bin2bn(raw.data(), static_cast<int>(raw.size()), bn.get()) != nullptr);
    });
    return bn;
}

/// Nothing when the number is longer than `size`.
std::optional<SecretBytes> octets(const BIGNUM* value, std::size_t size) {
    SecretBytes out(size);
    const bool fits = out.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView to) {
        return BN_bn2binpad(value, to.data(), static_cast<int>(to.size())) >= 0;
    });
    return fits ? std::optional(std::move(out)) : std::nullopt;
}

Result<ossl::Bn> read_prime(const Bytes& prime) {
    ossl::Bn p(BN_bin2bn(prime.data(), static_cast<int>(std::min(prime.size(), kPrimeBytesMax + 1)),
                         nullptr));
    CH_CHECK(p != nullptr);
    if (prime.size() > kPrimeBytesMax || BN_num_bits(p.get()) < 9 || !BN_is_odd(p.get())) {
        return invalid("prime", "expected a prime of 9 to 2048 bits");
    }
    return p;
}

Result<std::vector<KeyPart>> split_prime_field(const SplitScheme& scheme,
                                               const SecretBytes& secret) {
    CH_TRY(const ossl::Bn p, read_prime(scheme.prime));
    const ossl::BnCtx scratch(BN_CTX_secure_new());
    CH_CHECK(scratch != nullptr);
    if (BN_check_prime(p.get(), scratch.get(), nullptr) != 1) {
        return invalid("prime", "this is no prime");
    }
    if (secret.size() > kPrimeBytesMax) {
        return invalid("secret", "too long for the prime field");
    }
    const ossl::Bn constant = number(secret);
    if (BN_cmp(constant.get(), p.get()) >= 0) {
        return invalid("prime", "expected a prime above the secret");
    }
    std::vector<ossl::Bn> coefficients;
    for (std::size_t i = 1; i < scheme.threshold; ++i) {
        coefficients.push_back(fresh());
        CH_CHECK(BN_priv_rand_range(coefficients.back().get(), p.get()) == 1);
    }
    const auto size = static_cast<std::size_t>(BN_num_bytes(p.get()));
    std::vector<KeyPart> parts;
    for (std::size_t i = 1; i <= scheme.parts; ++i) {
        const ossl::Bn x = fresh();
        const ossl::Bn value = fresh();
        CH_CHECK(BN_set_word(x.get(), i) == 1);
        BN_zero(value.get());
        for (const ossl::Bn& coefficient : coefficients) {
            CH_CHECK(BN_mod_add(value.get(), value.get(), coefficient.get(), p.get(),
                                scratch.get()) == 1 &&
                     BN_mod_mul(value.get(), value.get(), x.get(), p.get(), scratch.get()) == 1);
        }
        CH_CHECK(BN_mod_add(value.get(), value.get(), constant.get(), p.get(), scratch.get()) ==
                 1);
        auto bytes = octets(value.get(), size);
        CH_CHECK(bytes.has_value());
        parts.push_back({i, std::move(*bytes)});
    }
    return parts;
}

/// Lagrange's weight of a part at 0: the product of x_j / (x_j - x_i). False when a difference has
/// no inverse, which happens only modulo what is no prime.
bool weigh(BIGNUM* weight, const std::vector<KeyPart>& parts, std::size_t own, const BIGNUM* p,
           BN_CTX* scratch) {
    const ossl::Bn x = fresh();
    const ossl::Bn difference = fresh();
    const ossl::Bn inverted = fresh();
    CH_CHECK(BN_one(weight) == 1);
    for (const KeyPart& other : parts) {
        if (other.identifier == own) {
            continue;
        }
        CH_CHECK(BN_set_word(x.get(), other.identifier) == 1 &&
                 BN_set_word(difference.get(), own) == 1 &&
                 BN_mod_sub(difference.get(), x.get(), difference.get(), p, scratch) == 1);
        if (BN_mod_inverse(inverted.get(), difference.get(), p, scratch) == nullptr) {
            ERR_clear_error();
            return false;
        }
        CH_CHECK(BN_mod_mul(weight, weight, x.get(), p, scratch) == 1 &&
                 BN_mod_mul(weight, weight, inverted.get(), p, scratch) == 1);
    }
    return true;
}

Result<SecretBytes> join_prime_field(const SplitScheme& scheme, const std::vector<KeyPart>& parts,
                                     std::size_t secret_bytes) {
    CH_TRY(const ossl::Bn p, read_prime(scheme.prime));
    const ossl::BnCtx scratch(BN_CTX_secure_new());
    CH_CHECK(scratch != nullptr);
    const ossl::Bn secret = fresh();
    BN_zero(secret.get());
    for (const KeyPart& part : parts) {
        const ossl::Bn weight = fresh();
        const ossl::Bn value = number(part.bytes);
        if (!weigh(weight.get(), parts, part.identifier, p.get(), scratch.get())) {
            return invalid("prime", "this is no prime");
        }
        CH_CHECK(
            BN_mod_mul(value.get(), value.get(), weight.get(), p.get(), scratch.get()) == 1 &&
            BN_mod_add(secret.get(), secret.get(), value.get(), p.get(), scratch.get()) == 1);
    }
    const auto width = static_cast<std::size_t>(BN_num_bits(p.get()) - 1) / 8;
    auto bytes = octets(secret.get(), secret_bytes == 0 ? width : secret_bytes);
    if (!bytes) {
        return Error(Code::kCryptoFailed, "crypto.split_key");
    }
    return std::move(*bytes);
}

std::size_t identifier_max(const SplitScheme& scheme) {
    return scheme.method == SplitMethod::kXor ? scheme.parts : split_parts_max;
}

Result<void> check_parts(const SplitScheme& scheme, const std::vector<KeyPart>& parts) {
    const std::size_t needed =
        scheme.method == SplitMethod::kXor ? scheme.parts : scheme.threshold;
    if (parts.size() < 2 || parts.size() < needed) {
        return Error(Code::kCryptoFailed, "crypto.split_key");
    }
    std::vector<bool> seen(split_parts_max + 1);
    for (const KeyPart& part : parts) {
        if (part.identifier == 0 || part.identifier > identifier_max(scheme) ||
            part.identifier > split_parts_max || seen[part.identifier]) {
            return invalid("parts", "a part is repeated or has no fitting number");
        }
        seen[part.identifier] = true;
        const std::size_t size = part.bytes.size();
        if (size != parts.front().bytes.size() || size == 0 || size > split_secret_bytes_max + 1) {
            return invalid("parts", "the parts differ in length, or are too long");
        }
    }
    return ok();
}

}  // namespace

Result<Bytes> split_prime(std::size_t secret_bytes) {
    if (secret_bytes == 0 || secret_bytes > split_prime_secret_bytes_max) {
        return invalid("secret", "expected 1 to 128 bytes");
    }
    const ossl::Bn candidate(BN_new());
    const ossl::BnCtx scratch(BN_CTX_new());
    CH_CHECK(candidate != nullptr && scratch != nullptr && BN_one(candidate.get()) == 1 &&
             BN_lshift(candidate.get(), candidate.get(), static_cast<int>(8 * secret_bytes)) ==
                 1 &&
             BN_add_word(candidate.get(), 1) == 1);
    while (BN_check_prime(candidate.get(), scratch.get(), nullptr) != 1) {
        CH_CHECK(BN_add_word(candidate.get(), 2) == 1);
    }
    Bytes prime(static_cast<std::size_t>(BN_num_bytes(candidate.get())));
    BN_bn2bin(candidate.get(), prime.data());
    return prime;
}

Result<std::vector<KeyPart>> split_key(const SplitScheme& scheme, const SecretBytes& secret) {
    if (scheme.parts < 2 || scheme.parts > split_parts_max) {
        return invalid("parts", "expected 2 to 255");
    }
    if (scheme.threshold < 2 || scheme.threshold > scheme.parts ||
        (scheme.method == SplitMethod::kXor && scheme.threshold != scheme.parts)) {
        return invalid("threshold", "expected 2 to the number of parts, with XOR that number");
    }
    if (secret.empty() || secret.size() > split_secret_bytes_max) {
        return invalid("secret", "expected 1 to 8192 bytes");
    }
    if (scheme.parts * scheme.threshold * secret.size() > split_work_max) {
        return invalid("parts", "too many parts for a secret of this length");
    }
    switch (scheme.method) {
        case SplitMethod::kXor: return split_xor(scheme, secret);
        case SplitMethod::kGf2_16: return split_field<Gf16>(scheme, secret);
        case SplitMethod::kPrimeField: return split_prime_field(scheme, secret);
        case SplitMethod::kGf2_8: return split_field<Gf8>(scheme, secret);
        case SplitMethod::kEnd: break;
    }
    return invalid("method", "this method is not known");
}

Result<SecretBytes> join_key(const SplitScheme& scheme, const std::vector<KeyPart>& parts,
                             std::size_t secret_bytes) {
    CH_TRY_VOID(check_parts(scheme, parts));
    if (scheme.method == SplitMethod::kPrimeField) {
        return secret_bytes > kPrimeBytesMax ? invalid("secret", "expected at most 256 bytes")
                                             : join_prime_field(scheme, parts, secret_bytes);
    }
    const std::size_t size = parts.front().bytes.size();
    if (secret_bytes > size || (scheme.method == SplitMethod::kGf2_16 && size % 2 != 0)) {
        return invalid("parts", "the parts are shorter than the secret, or of odd length");
    }
    SecretBytes whole;
    switch (scheme.method) {
        case SplitMethod::kXor:
            whole = SecretBytes(size);
            for (const KeyPart& part : parts) {
                add_into(whole, part.bytes);
            }
            break;
        case SplitMethod::kGf2_16: whole = join_field<Gf16>(parts); break;
        case SplitMethod::kGf2_8: whole = join_field<Gf8>(parts); break;
        case SplitMethod::kPrimeField:
        case SplitMethod::kEnd: return invalid("method", "this method is not known");
    }
    if (secret_bytes == 0 || secret_bytes == size) {
        return whole;
    }
    return whole.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
        return SecretBytes::copy_of(raw.last(secret_bytes));
    });
}

}  // namespace chatelaine::crypto
