#include "crypto/rsa.hpp"

#include <openssl/core_names.h>

#include "base/check.hpp"
#include "crypto/key_build.hpp"

namespace chatelaine::crypto::rsa {

namespace {

constexpr int kModulusBitsMax = 8192;
/// A larger exponent only makes public operations slow.
constexpr int kExponentBitsMax = 64;

Error invalid(const char* field, std::string message) {
    ERR_clear_error();
    return Error::invalid("crypto.rsa", field, std::move(message));
}

Error wrong_modulus(std::size_t bits_min) {
    return invalid("n", "expected an odd modulus of " + std::to_string(bits_min) + " to " +
                            std::to_string(kModulusBitsMax) + " bits");
}

ossl::Bn number(BytesView octets) {
    ossl::Bn bn(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
    CH_CHECK(bn != nullptr);
    return bn;
}

/// A number that calculations must not tell by their time.
ossl::Bn secret_number(const SecretBytes& octets) {
    ossl::Bn bn = octets.with_exposed(insecure_expose_secret(),
                                      [](BytesView raw) { return number(raw); });
    BN_set_flags(bn.get(), BN_FLG_CONSTTIME);
    return bn;
}

ossl::Bn fresh() {
    ossl::Bn bn(BN_secure_new());
    CH_CHECK(bn != nullptr);
    BN_set_flags(bn.get(), BN_FLG_CONSTTIME);
    return bn;
}

/// value - 1.
ossl::Bn less_one(const BIGNUM* value) {
    ossl::Bn result = fresh();
    CH_CHECK(BN_copy(result.get(), value) != nullptr && BN_sub_word(result.get(), 1) == 1);
    BN_set_flags(result.get(), BN_FLG_CONSTTIME);
    return result;
}

/// SP 800-56B rev. 2, appendix C.1: e·d - 1 = 2^t·r is a multiple of λ(n); a square root of 1 other
/// than ±1 found on the way of some g gives a factor. False when the numbers are no RSA key.
bool recover_primes(Numbers& key, BN_CTX* scratch) {
    const ossl::Bn product = fresh();
    CH_CHECK(BN_mul(product.get(), key.e.get(), key.d.get(), scratch) == 1);
    if (BN_is_zero(product.get()) || BN_sub_word(product.get(), 1) != 1 ||
        BN_is_zero(product.get()) || BN_is_odd(product.get())) {
        return false;
    }
    int twos = 0;
    while (!BN_is_bit_set(product.get(), twos)) {
        ++twos;
    }
    const ossl::Bn odd = fresh();
    CH_CHECK(BN_rshift(odd.get(), product.get(), twos) == 1);
    const ossl::Bn top = less_one(key.n.get());
    // Each base fails one time in two at most. A wrong d is found out by the first.
    for (BN_ULONG base = 2; base < 100; ++base) {
        ossl::Bn x = fresh();
        ossl::Bn y = fresh();
        CH_CHECK(BN_set_word(y.get(), base) == 1);
        CH_CHECK(BN_mod_exp(x.get(), y.get(), odd.get(), key.n.get(), scratch) == 1);
        bool root_of_one = BN_is_one(x.get()) || BN_cmp(x.get(), top.get()) == 0;
        for (int i = 0; i < twos && !root_of_one; ++i) {
            CH_CHECK(BN_mod_sqr(y.get(), x.get(), key.n.get(), scratch) == 1);
            if (BN_is_one(y.get())) {
                const ossl::Bn candidate = less_one(x.get());
                CH_CHECK(BN_gcd(key.p.get(), candidate.get(), key.n.get(), scratch) == 1);
                CH_CHECK(BN_div(key.q.get(), nullptr, key.n.get(), key.p.get(), scratch) == 1);
                return true;
            }
            root_of_one = BN_cmp(y.get(), top.get()) == 0;
            std::swap(x, y);
        }
        if (!root_of_one) {
            return false;
        }
    }
    return false;
}

/// e·exponent = 1 modulo prime - 1.
bool inverts(const Numbers& key, const BIGNUM* exponent, const BIGNUM* prime_less_one,
             BN_CTX* scratch) {
    const ossl::Bn product = fresh();
    return BN_mod_mul(product.get(), key.e.get(), exponent, prime_less_one, scratch) == 1 &&
           BN_is_one(product.get());
}

/// (2^e)^exponent = 2 modulo the prime, which all but a few composites fail. With both primes it is
/// one private operation; a test of primality costs fifty.
bool works(const Numbers& key, const BIGNUM* exponent, const BIGNUM* prime, BN_CTX* scratch) {
    const ossl::Bn base = fresh();
    const ossl::Bn power = fresh();
    const ossl::Bn back = fresh();
    return BN_set_word(base.get(), 2) == 1 &&
           BN_mod_exp(power.get(), base.get(), key.e.get(), prime, scratch) == 1 &&
           BN_mod_exp(back.get(), power.get(), exponent, prime, scratch) == 1 &&
           BN_cmp(back.get(), base.get()) == 0;
}

/// Makes qi, or checks the one given: inverting in constant time is slow.
bool complete_coefficient(Numbers& key, const SecretBytes& given, BN_CTX* scratch) {
    if (given.empty()) {
        return BN_mod_inverse(key.qi.get(), key.q.get(), key.p.get(), scratch) != nullptr;
    }
    key.qi = secret_number(given);
    const ossl::Bn product = fresh();
    return BN_cmp(key.qi.get(), key.p.get()) < 0 &&
           BN_mod_mul(product.get(), key.q.get(), key.qi.get(), key.p.get(), scratch) == 1 &&
           BN_is_one(product.get());
}

bool agrees(const SecretBytes& given, const ossl::Bn& made) {
    return given.empty() || BN_cmp(secret_number(given).get(), made.get()) == 0;
}

/// p·q = n, and then dp, dq, qi: what JWK and PKCS#1 say must be what follows from d, p and q.
Result<void> complete_crt(Numbers& key, const PrivateKey::RsaParts& parts, BN_CTX* scratch) {
    const ossl::Bn product = fresh();
    CH_CHECK(BN_mul(product.get(), key.p.get(), key.q.get(), scratch) == 1);
    if (BN_cmp(product.get(), key.n.get()) != 0 || BN_is_one(key.p.get()) ||
        BN_is_one(key.q.get()) || BN_cmp(key.p.get(), key.q.get()) == 0) {
        return invalid("p", "p and q are not the factors of n");
    }
    const ossl::Bn p1 = less_one(key.p.get());
    const ossl::Bn q1 = less_one(key.q.get());
    if (BN_mod(key.dp.get(), key.d.get(), p1.get(), scratch) != 1 ||
        BN_mod(key.dq.get(), key.d.get(), q1.get(), scratch) != 1 ||
        !inverts(key, key.dp.get(), p1.get(), scratch) ||
        !inverts(key, key.dq.get(), q1.get(), scratch)) {
        return invalid("d", "d is not the private exponent");
    }
    if (!agrees(parts.dp, key.dp)) {
        return invalid("dp", "dp does not follow from d and p");
    }
    if (!agrees(parts.dq, key.dq)) {
        return invalid("dq", "dq does not follow from d and q");
    }
    if (!complete_coefficient(key, parts.qi, scratch)) {
        return invalid("qi", "qi is not the inverse of q");
    }
    if (!works(key, key.dp.get(), key.p.get(), scratch) ||
        !works(key, key.dq.get(), key.q.get(), scratch)) {
        return invalid("p", "p and q are not prime");
    }
    return ok();
}

}  // namespace

Result<void> check_public(const BIGNUM* n, const BIGNUM* e, std::size_t bits_min) {
    const int bits = BN_num_bits(n);
    if (bits < static_cast<int>(bits_min) || bits > kModulusBitsMax || !BN_is_odd(n)) {
        return wrong_modulus(bits_min);
    }
    if (!BN_is_odd(e) || BN_is_one(e) || BN_num_bits(e) > kExponentBitsMax) {
        return invalid("e", "expected an odd exponent from 3, of at most 64 bits");
    }
    return ok();
}

Result<ossl::Pkey> public_key(BytesView modulus, BytesView exponent, std::size_t bits_min) {
    if (modulus.size() > kModulusBitsMax / 8 + 1 || exponent.size() > kModulusBitsMax / 8 + 1) {
        return wrong_modulus(bits_min);
    }
    const ossl::Bn n = number(modulus);
    const ossl::Bn e = number(exponent);
    CH_TRY_VOID(check_public(n.get(), e.get(), bits_min));
    const ossl::ParamBuild build(OSSL_PARAM_BLD_new());
    CH_CHECK(build != nullptr &&
             OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
             OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
    ossl::Pkey key = key_from("RSA", EVP_PKEY_PUBLIC_KEY, build.get());
    if (key == nullptr) {
        return invalid("n", "this is no RSA key");
    }
    return key;
}

Result<Numbers> complete(const PrivateKey::RsaParts& parts, std::size_t bits_min) {
    for (const SecretBytes* part :
         {&parts.d, &parts.p, &parts.q, &parts.dp, &parts.dq, &parts.qi}) {
        if (part->size() > kModulusBitsMax / 8 + 1) {
            return invalid("d", "longer than the longest modulus");
        }
    }
    if (parts.n.size() > kModulusBitsMax / 8 + 1 || parts.e.size() > kModulusBitsMax / 8 + 1) {
        return wrong_modulus(bits_min);
    }
    Numbers key{number(parts.n), number(parts.e), secret_number(parts.d), secret_number(parts.p),
                secret_number(parts.q), fresh(), fresh(), fresh()};
    CH_TRY_VOID(check_public(key.n.get(), key.e.get(), bits_min));
    if (BN_is_zero(key.d.get()) || BN_cmp(key.d.get(), key.n.get()) >= 0) {
        return invalid("d", "d is not the private exponent");
    }
    const ossl::BnCtx scratch(BN_CTX_secure_new());
    CH_CHECK(scratch != nullptr);
    if (parts.p.empty() != parts.q.empty()) {
        return invalid(parts.p.empty() ? "p" : "q", "expected p and q, or neither");
    }
    if (parts.p.empty() && !recover_primes(key, scratch.get())) {
        return invalid("d", "d is not the private exponent");
    }
    if (!BN_is_odd(key.p.get()) || !BN_is_odd(key.q.get())) {
        return invalid("p", "p and q are not the factors of n");
    }
    CH_TRY_VOID(complete_crt(key, parts, scratch.get()));
    return key;
}

ossl::Pkey private_key(const Numbers& numbers) {
    const ossl::ParamBuild build(OSSL_PARAM_BLD_new());
    CH_CHECK(build != nullptr);
    const std::pair<const char*, const BIGNUM*> members[] = {
        {OSSL_PKEY_PARAM_RSA_N, numbers.n.get()},
        {OSSL_PKEY_PARAM_RSA_E, numbers.e.get()},
        {OSSL_PKEY_PARAM_RSA_D, numbers.d.get()},
        {OSSL_PKEY_PARAM_RSA_FACTOR1, numbers.p.get()},
        {OSSL_PKEY_PARAM_RSA_FACTOR2, numbers.q.get()},
        {OSSL_PKEY_PARAM_RSA_EXPONENT1, numbers.dp.get()},
        {OSSL_PKEY_PARAM_RSA_EXPONENT2, numbers.dq.get()},
        {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, numbers.qi.get()}};
    for (const auto& [name, value] : members) {
        CH_CHECK(OSSL_PARAM_BLD_push_BN(build.get(), name, value) == 1);
    }
    return key_from("RSA", EVP_PKEY_KEYPAIR, build.get());
}

Result<PrivateKey::RsaParts> parts_of(const EVP_PKEY* key) {
    PrivateKey::RsaParts parts;
    parts.n = public_octets(key, OSSL_PKEY_PARAM_RSA_N);
    parts.e = public_octets(key, OSSL_PKEY_PARAM_RSA_E);
    CH_TRY(parts.d, secret_octets(key, OSSL_PKEY_PARAM_RSA_D));
    CH_TRY(parts.p, secret_octets(key, OSSL_PKEY_PARAM_RSA_FACTOR1));
    CH_TRY(parts.q, secret_octets(key, OSSL_PKEY_PARAM_RSA_FACTOR2));
    CH_TRY(parts.dp, secret_octets(key, OSSL_PKEY_PARAM_RSA_EXPONENT1));
    CH_TRY(parts.dq, secret_octets(key, OSSL_PKEY_PARAM_RSA_EXPONENT2));
    CH_TRY(parts.qi, secret_octets(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1));
    return parts;
}

}  // namespace chatelaine::crypto::rsa
