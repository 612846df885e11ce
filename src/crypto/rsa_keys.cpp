#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "base/check.hpp"
#include "crypto/key_handles.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {
namespace {

Error bad_key(std::string message) {
    return Error::invalid("crypto.rsa", "key", std::move(message));
}

struct Primes {
    BigNumber p, q;
};

/// One try of SP 800-56B, appendix C.2: a square root of 1 other than ±1 gives a factor.
std::optional<BigNumber> try_factor(const BIGNUM* n, const BIGNUM* odd, int twos,
                                    const BIGNUM* n_minus_1, BN_CTX* scratch) {
    const BigNumber g(BN_new());
    BigNumber x(BN_new());
    const BigNumber y(BN_new());
    CH_CHECK(g && x && y);
    if (BN_priv_rand_range(g.get(), n) != 1 || BN_is_zero(g.get()) != 0 ||
        BN_mod_exp(x.get(), g.get(), odd, n, scratch) != 1) {
        return std::nullopt;
    }
    if (BN_is_one(x.get()) != 0 || BN_cmp(x.get(), n_minus_1) == 0) {
        return std::nullopt;
    }
    for (int i = 0; i < twos; ++i) {
        if (BN_mod_sqr(y.get(), x.get(), n, scratch) != 1) {
            return std::nullopt;
        }
        if (BN_is_one(y.get()) != 0) {
            CH_CHECK(BN_sub_word(x.get(), 1) == 1);
            BigNumber p(BN_new());
            CH_CHECK(p && BN_gcd(p.get(), x.get(), n, scratch) == 1);
            return p;
        }
        if (BN_cmp(y.get(), n_minus_1) == 0) {
            return std::nullopt;
        }
        CH_CHECK(BN_copy(x.get(), y.get()) != nullptr);
    }
    return std::nullopt;
}

/// p and q from n, e and d.
std::optional<Primes> recover_primes(const BIGNUM* n, const BIGNUM* e, const BIGNUM* d) {
    const std::unique_ptr<BN_CTX, KeyFree> scratch(BN_CTX_secure_new());
    const BigNumber k(BN_new());
    const BigNumber n_minus_1(BN_dup(n));
    CH_CHECK(scratch && k && n_minus_1 && BN_sub_word(n_minus_1.get(), 1) == 1);
    if (BN_mul(k.get(), d, e, scratch.get()) != 1 || BN_sub_word(k.get(), 1) != 1 ||
        BN_is_zero(k.get()) != 0 || BN_is_odd(k.get()) != 0) {
        return std::nullopt;
    }
    int twos = 0;
    while (BN_is_odd(k.get()) == 0) {
        CH_CHECK(BN_rshift1(k.get(), k.get()) == 1);
        ++twos;
    }
    constexpr int tries_max = 100;
    for (int i = 0; i < tries_max; ++i) {
        auto p = try_factor(n, k.get(), twos, n_minus_1.get(), scratch.get());
        if (!p) {
            continue;
        }
        BigNumber q(BN_new());
        const BigNumber rest(BN_new());
        CH_CHECK(q && rest);
        if (BN_div(q.get(), rest.get(), n, p->get(), scratch.get()) == 1 &&
            BN_is_zero(rest.get()) != 0 && BN_is_one(p->get()) == 0) {
            return Primes{std::move(*p), std::move(q)};
        }
    }
    return std::nullopt;
}

/// dp, dq, qi for two primes.
struct Exponents {
    BigNumber dp, dq, qi;
};
Exponents exponents_of(const Primes& primes, const BIGNUM* d) {
    const std::unique_ptr<BN_CTX, KeyFree> scratch(BN_CTX_secure_new());
    Exponents made{BigNumber(BN_new()), BigNumber(BN_new()), nullptr};
    const BigNumber less(BN_new());
    CH_CHECK(scratch && made.dp && made.dq && less);
    CH_CHECK(BN_sub(less.get(), primes.p.get(), BN_value_one()) == 1);
    CH_CHECK(BN_mod(made.dp.get(), d, less.get(), scratch.get()) == 1);
    CH_CHECK(BN_sub(less.get(), primes.q.get(), BN_value_one()) == 1);
    CH_CHECK(BN_mod(made.dq.get(), d, less.get(), scratch.get()) == 1);
    made.qi.reset(BN_mod_inverse(nullptr, primes.q.get(), primes.p.get(), scratch.get()));
    return made;
}

EVP_PKEY_CTX* start_oaep(const KeyContext& context, OaepHash hash) {
    const EVP_MD* const digest = hash == OaepHash::kSha1 ? EVP_sha1() : EVP_sha256();
    const bool set = EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1 &&
                     EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), digest) == 1 &&
                     EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), digest) == 1;
    return set ? context.get() : nullptr;
}

}  // namespace

Result<PublicKey> PublicKey::from_rsa(BytesView modulus, BytesView exponent) {
    const BigNumber n = number_of(modulus);
    const BigNumber e = number_of(exponent);
    const ParamBuilder builder(OSSL_PARAM_BLD_new());
    CH_CHECK(n && e && builder);
    CH_CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1);
    CH_CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
    const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
    auto key = key_from("RSA", EVP_PKEY_PUBLIC_KEY, params.get());
    if (!key) {
        return bad_key("the modulus and the exponent are not an RSA key");
    }
    CH_TRY_VOID(check_public(key.get()));
    return PublicKey(std::move(key));
}

Result<PrivateKey> PrivateKey::generate_rsa(std::size_t bits) {
    if (bits != 2048 && bits != 3072 && bits != 4096) {
        return Error::invalid("crypto.rsa", "size", "expected 2048, 3072 or 4096 bits");
    }
    EVP_PKEY* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits);
    if (key == nullptr) {
        return Error(Code::kCryptoFailed, "crypto.rsa.generate");
    }
    return PrivateKey(own_key(key));
}

Result<PrivateKey> PrivateKey::from_rsa(const RsaParts& parts) {
    const BigNumber n = number_of(parts.n);
    const BigNumber e = number_of(parts.e);
    const BigNumber d = secret_number_of(parts.d);
    CH_CHECK(n && e && d);
    // Before any arithmetic: what would make it meaningless or endless.
    if (BN_num_bits(n.get()) < 2048 || BN_num_bits(n.get()) > 8192 || BN_is_odd(n.get()) == 0 ||
        BN_is_zero(d.get()) != 0 || BN_cmp(d.get(), n.get()) >= 0 ||
        BN_num_bits(e.get()) > 64 || BN_is_odd(e.get()) == 0) {
        return bad_key("expected an RSA private key of 2048 to 8192 bits");
    }
    Primes primes;
    if (parts.p.empty() || parts.q.empty()) {
        auto recovered = recover_primes(n.get(), e.get(), d.get());
        if (!recovered) {
            return bad_key("n, e and d are not one RSA key");
        }
        primes = std::move(*recovered);
    } else {
        primes = {secret_number_of(parts.p), secret_number_of(parts.q)};
    }
    if (BN_num_bits(primes.p.get()) < 2 || BN_num_bits(primes.q.get()) < 2) {
        return bad_key("p and q are not primes");
    }
    const Exponents derived = exponents_of(primes, d.get());
    if (!derived.qi) {
        return bad_key("p and q are not primes");
    }
    const ParamBuilder builder(OSSL_PARAM_BLD_new());
    CH_CHECK(builder != nullptr);
    const auto push = [&](const char* name, const BIGNUM* number) {
        CH_CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), name, number) == 1);
    };
    push(OSSL_PKEY_PARAM_RSA_N, n.get());
    push(OSSL_PKEY_PARAM_RSA_E, e.get());
    push(OSSL_PKEY_PARAM_RSA_D, d.get());
    push(OSSL_PKEY_PARAM_RSA_FACTOR1, primes.p.get());
    push(OSSL_PKEY_PARAM_RSA_FACTOR2, primes.q.get());
    push(OSSL_PKEY_PARAM_RSA_EXPONENT1, derived.dp.get());
    push(OSSL_PKEY_PARAM_RSA_EXPONENT2, derived.dq.get());
    push(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, derived.qi.get());
    const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
    auto key = key_from("RSA", EVP_PKEY_KEYPAIR, params.get());
    if (!key) {
        return bad_key("the numbers are not an RSA private key");
    }
    CH_TRY_VOID(check_public(key.get()));
    CH_TRY_VOID(check_pair(key.get()));
    return PrivateKey(std::move(key));
}

Result<PrivateKey::RsaParts> PrivateKey::rsa_parts() const {
    if (type() != KeyType::kRsa) {
        return Error(Code::kWrongKeyType, "crypto.rsa.parts", "not an RSA key");
    }
    const std::size_t whole = (public_key().bits() + 7) / 8;
    RsaParts parts;
    parts.n = public_key().rsa_modulus();
    parts.e = public_key().rsa_exponent();
    const auto secret = [&](const char* name, std::size_t size) {
        const BigNumber number = key_number(key_.get(), name);
        CH_CHECK(number != nullptr);
        const auto needed = static_cast<std::size_t>(BN_num_bytes(number.get()));
        return secret_bytes_of(number.get(), needed > size ? needed : size);
    };
    const std::size_t half = (whole + 1) / 2;
    parts.d = secret(OSSL_PKEY_PARAM_RSA_D, whole);
    parts.p = secret(OSSL_PKEY_PARAM_RSA_FACTOR1, half);
    parts.q = secret(OSSL_PKEY_PARAM_RSA_FACTOR2, half);
    parts.dp = secret(OSSL_PKEY_PARAM_RSA_EXPONENT1, half);
    parts.dq = secret(OSSL_PKEY_PARAM_RSA_EXPONENT2, half);
    parts.qi = secret(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, half);
    return parts;
}

Result<Bytes> PublicKey::encrypt_oaep(OaepHash hash, const SecretBytes& plaintext) const {
    if (type() != KeyType::kRsa) {
        return Error(Code::kWrongKeyType, "crypto.oaep", "OAEP needs an RSA key");
    }
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
    Bytes out((bits() + 7) / 8);
    std::size_t size = out.size();
    const bool done = plaintext.with_exposed(insecure_expose_secret(), [&](BytesView bytes) {
        return context && EVP_PKEY_encrypt_init(context.get()) == 1 &&
               start_oaep(context, hash) != nullptr &&
               EVP_PKEY_encrypt(context.get(), out.data(), &size, bytes.data(), bytes.size()) == 1;
    });
    if (!done) {
        return Error(Code::kCryptoFailed, "crypto.oaep.encrypt");
    }
    out.resize(size);
    return out;
}

Result<SecretBytes> PrivateKey::decrypt_oaep(OaepHash hash, BytesView ciphertext) const {
    if (type() != KeyType::kRsa) {
        return Error(Code::kWrongKeyType, "crypto.oaep", "OAEP needs an RSA key");
    }
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
    SecretBytes out((public_key().bits() + 7) / 8);
    std::size_t size = out.size();
    const bool done = out.with_exposed_mutable(
        insecure_expose_secret(), [&](MutableBytesView bytes) {
            return context && EVP_PKEY_decrypt_init(context.get()) == 1 &&
                   start_oaep(context, hash) != nullptr &&
                   EVP_PKEY_decrypt(context.get(), bytes.data(), &size, ciphertext.data(),
                                    ciphertext.size()) == 1;
        });
    if (!done) {
        return Error(Code::kDecryptFailed, "crypto.oaep.decrypt", "the ciphertext does not open");
    }
    out.truncate(size);
    return out;
}

}  // namespace chatelaine::crypto
