// What the paths of every request cost. Not run by the tests.
#include <benchmark/benchmark.h>

#include "crypto/aead.hpp"
#include "crypto/block_cipher.hpp"
#include "crypto/hash.hpp"
#include "crypto/jose.hpp"
#include "crypto/keys.hpp"
#include "crypto/random.hpp"

namespace chatelaine::crypto {
namespace {

void secret_bytes(benchmark::State& state) {
    for (auto _ : state) {
        SecretBytes secret(static_cast<std::size_t>(state.range(0)));
        benchmark::DoNotOptimize(secret);
    }
}
BENCHMARK(secret_bytes)->Arg(32)->Arg(1024)->Arg(4096);
BENCHMARK(secret_bytes)->Arg(32)->Threads(2);

void random_nonce(benchmark::State& state) {
    std::uint8_t nonce[12];
    for (auto _ : state) {
        system_random().fill(nonce);
    }
}
BENCHMARK(random_nonce);

void gcm_encrypt(benchmark::State& state) {
    AesGcm cipher = AesGcm::create(random_secret(32)).value();
    const Bytes plain(static_cast<std::size_t>(state.range(0)), 1);
    Bytes nonce(12), ciphertext(plain.size()), tag(16);
    for (auto _ : state) {
        benchmark::DoNotOptimize(cipher.encrypt({}, plain, nonce, ciphertext, tag).has_value());
    }
}
BENCHMARK(gcm_encrypt)->Arg(32)->Arg(4096);

void gcm_decrypt(benchmark::State& state) {
    AesGcm cipher = AesGcm::create(random_secret(32)).value();
    const Bytes plain(static_cast<std::size_t>(state.range(0)), 1);
    Bytes nonce(12), ciphertext(plain.size()), tag(16), out(plain.size());
    cipher.encrypt({}, plain, nonce, ciphertext, tag).value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(cipher.decrypt({}, nonce, ciphertext, tag, out).has_value());
    }
}
BENCHMARK(gcm_decrypt)->Arg(32)->Arg(4096);

/// As KMIP's Encrypt asks for it: 256 bytes, an IV from outside, the tag apart.
void cipher_by_name(benchmark::State& state) {
    const SecretBytes key = random_secret(32);
    const SecretBytes plaintext = random_secret(256);
    const Bytes iv(state.range(0) == 0 ? 12 : 16);
    const CipherParameters parameters{
        Cipher::kAes, state.range(0) == 0 ? CipherMode::kGcm : CipherMode::kCbc,
        state.range(0) == 0 ? BlockPadding::kNone : BlockPadding::kPkcs7, iv, {}, 16};
    for (auto _ : state) {
        benchmark::DoNotOptimize(cipher_encrypt(key, parameters, plaintext).value());
    }
}
BENCHMARK(cipher_by_name)->Arg(0)->Arg(1);

void seal_record(benchmark::State& state) {
    const SecretBytes key = random_secret(32);
    const Bytes plain(512, 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(seal(key, as_bytes("aad"), plain).value());
    }
}
BENCHMARK(seal_record);

void hash_sha256(benchmark::State& state) {
    const Bytes message(64, 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(sha256(message));
    }
}
BENCHMARK(hash_sha256);

void hash_hmac(benchmark::State& state) {
    const SecretBytes key = random_secret(32);
    const Bytes message(64, 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(hmac_sha256(key, message));
    }
}
BENCHMARK(hash_hmac);

void hash_derive_key(benchmark::State& state) {
    const SecretBytes key = random_secret(32);
    const Bytes context(33, 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(derive_key(key, "record", context));
    }
}
BENCHMARK(hash_derive_key);

void key_load(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const PrivateKey key = size == 256 ? PrivateKey::generate_ec(Curve::kP256).value()
                                       : PrivateKey::generate_rsa(size).value();
    const SecretBytes der = key.to_pkcs8().value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(PrivateKey::from_pkcs8(der).value());
    }
}
BENCHMARK(key_load)->Arg(256)->Arg(2048)->Arg(4096);

void key_sign(benchmark::State& state) {
    const auto algorithm = static_cast<SignatureAlgorithm>(state.range(0));
    const PrivateKey key = algorithm == SignatureAlgorithm::kEs256
                               ? PrivateKey::generate_ec(Curve::kP256).value()
                               : PrivateKey::generate_rsa(2048).value();
    const Bytes message(64, 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(key.sign(algorithm, message, false).value());
    }
}
BENCHMARK(key_sign)->Arg(0)->Arg(3)->Arg(6);

void key_verify(benchmark::State& state) {
    const PrivateKey key = PrivateKey::generate_ec(Curve::kP256).value();
    const Bytes message(64, 1);
    const Bytes signature = key.sign(SignatureAlgorithm::kEs256, message, false).value();
    const PublicKey shown = key.public_key();
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            shown.verify(SignatureAlgorithm::kEs256, message, false, signature).value());
    }
}
BENCHMARK(key_verify);

void direct_jwe(benchmark::State& state) {
    DirectJwe jwe =
        DirectJwe::create(random_secret(32), "6f0ba9b2-5e57-4d43-8ff9-0d5bd3a7f6d1", {}).value();
    const Bytes plain(static_cast<std::size_t>(state.range(0)), 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(jwe.encrypt(plain, {}).value());
    }
}
BENCHMARK(direct_jwe)->Arg(32)->Arg(4096);

void direct_jwe_open(benchmark::State& state) {
    DirectJwe jwe =
        DirectJwe::create(random_secret(32), "6f0ba9b2-5e57-4d43-8ff9-0d5bd3a7f6d1", {}).value();
    const std::string token =
        jwe.encrypt(Bytes(static_cast<std::size_t>(state.range(0)), 1), {}).value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(jwe.decrypt(token, {}).value());
    }
}
BENCHMARK(direct_jwe_open)->Arg(32)->Arg(4096);

}  // namespace
}  // namespace chatelaine::crypto

int main(int argc, char** argv) {
    chatelaine::crypto::take_over_openssl_memory();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
