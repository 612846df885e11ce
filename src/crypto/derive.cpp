#include "crypto/derive.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "crypto/ossl.hpp"

namespace chatelaine::crypto {

namespace {

Error invalid(const char* field, const char* message) {
    ERR_clear_error();
    return Error::invalid("crypto.derive", field, message);
}

Result<void> check_size(std::size_t size, std::size_t made_max) {
    if (size == 0 || size > derived_bytes_max || size > made_max) {
        return invalid("size", "the method does not give as many bytes");
    }
    return ok();
}

Result<void> check_hash(Hash hash) {
    return hash_available(hash) ? ok() : invalid("hash", "the library has no such hash");
}

SecretBytes front(SecretBytes whole, std::size_t size) {
    whole.truncate(size);
    return whole;
}

}  // namespace

Result<SecretBytes> derive_pbkdf2(Hash hash, const SecretBytes& password, BytesView salt,
                                  std::size_t iterations, std::size_t size) {
    CH_TRY_VOID(check_hash(hash));
    CH_TRY_VOID(check_size(size, derived_bytes_max));
    if (iterations == 0 || iterations > pbkdf2_iterations_max) {
        return invalid("iterations", "expected 1 to 10,000,000");
    }
    if (salt.size() > derived_bytes_max) {
        return invalid("salt", "expected at most 64 KiB");
    }
    SecretBytes key(size);
    const bool made = key.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
        return password.with_exposed(insecure_expose_secret(), [&](BytesView raw) {
            // A null password would be taken for one that is not set.
            return PKCS5_PBKDF2_HMAC(
                       raw.empty() ? "" : reinterpret_cast<const char*>(raw.data()),
                       static_cast<int>(raw.size()), salt.data(), static_cast<int>(salt.size()),
                       static_cast<int>(iterations), ossl::md_of(hash),
                       static_cast<int>(out.size()), out.data()) == 1;
        });
    });
    return made ? Result<SecretBytes>(std::move(key)) : ossl::failed("crypto.derive");
}

Result<SecretBytes> derive_hash(Hash hash, const SecretBytes& input, std::size_t size) {
    CH_TRY_VOID(check_hash(hash));
    CH_TRY_VOID(check_size(size, hash_bytes(hash)));
    return front(digest_secret(hash, input), size);
}

Result<SecretBytes> derive_hmac(Hash hash, const SecretBytes& key, BytesView data,
                                std::size_t size) {
    CH_TRY_VOID(check_hash(hash));
    CH_TRY_VOID(check_size(size, hash_bytes(hash)));
    CH_TRY(MacStream mac, MacStream::begin(key, {MacScheme::Kind::kHmac, hash, Cipher::kAes}));
    mac.update(data);
    return front(mac.finish_secret(), size);
}

Result<SecretBytes> derive_encrypt(const SecretBytes& key, const CipherParameters& parameters,
                                   const SecretBytes& data, std::size_t size) {
    CH_TRY(Encrypted made, cipher_encrypt(key, parameters, data));
    SecretBytes whole = SecretBytes::copy_of(made.ciphertext);
    wipe(made.ciphertext.data(), made.ciphertext.size());
    CH_TRY_VOID(check_size(size, whole.size()));
    return front(std::move(whole), size);
}

Result<SecretBytes> derive_kbkdf(const KbkdfScheme& scheme, const SecretBytes& key, BytesView fixed,
                                 std::size_t size) {
    CH_TRY_VOID(check_size(size, derived_bytes_max));
    if (!scheme.iv.empty() && scheme.mode != KbkdfMode::kFeedback) {
        return invalid("iv", "only the feedback mode takes one");
    }
    if (scheme.mode >= KbkdfMode::kEnd) {
        return invalid("mode", "this mode is not known");
    }
    // K(i - 1), or A(i) of the pipeline.
    SecretBytes chained = SecretBytes::copy_of(
        scheme.mode == KbkdfMode::kDoublePipeline ? fixed : scheme.iv);
    SecretBytes output(size);
    std::uint32_t counter = 0;
    for (std::size_t done = 0; done < size;) {
        ++counter;
        if (scheme.mode == KbkdfMode::kDoublePipeline) {
            CH_TRY(MacStream first, MacStream::begin(key, scheme.prf));
            first.update(chained);
            chained = first.finish_secret();
        }
        CH_TRY(MacStream mac, MacStream::begin(key, scheme.prf));
        if (scheme.mode != KbkdfMode::kCounter) {
            mac.update(chained);
        }
        const std::uint8_t octets[] = {
            static_cast<std::uint8_t>(counter >> 24), static_cast<std::uint8_t>(counter >> 16),
            static_cast<std::uint8_t>(counter >> 8), static_cast<std::uint8_t>(counter)};
        mac.update(BytesView(octets));
        mac.update(fixed);
        SecretBytes block = mac.finish_secret();
        const std::size_t count = std::min(block.size(), size - done);
        output.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView to) {
            block.with_exposed(insecure_expose_secret(), [&](BytesView from) {
                std::copy_n(from.begin(), count, to.begin() + static_cast<std::ptrdiff_t>(done));
            });
        });
        done += count;
        if (scheme.mode == KbkdfMode::kFeedback) {
            chained = std::move(block);
        }
    }
    return output;
}

Result<SecretBytes> derive_agreed(const AnyPrivateKey& own, const AnyPublicKey& other,
                                  std::size_t size) {
    const KeyAlgorithm algorithm = own.algorithm();
    const bool agrees = algorithm == KeyAlgorithm::kEc || algorithm == KeyAlgorithm::kX25519 ||
                        algorithm == KeyAlgorithm::kX448;
    if (!agrees || other.algorithm() != algorithm || own.curve() != other.curve()) {
        return Error(Code::kWrongKeyType, "crypto.derive");
    }
    const ossl::PkeyCtx context(EVP_PKEY_CTX_new_from_pkey(nullptr, own.native(), nullptr));
    std::size_t shared_bytes = 0;
    if (context == nullptr || EVP_PKEY_derive_init(context.get()) != 1 ||
        EVP_PKEY_derive_set_peer(context.get(), other.native()) != 1 ||
        EVP_PKEY_derive(context.get(), nullptr, &shared_bytes) != 1) {
        return invalid("key", "the keys do not agree on a secret");
    }
    SecretBytes shared(shared_bytes);
    const bool made =
        shared.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
            return EVP_PKEY_derive(context.get(), out.data(), &shared_bytes) == 1;
        });
    // RFC 7748 section 6: OpenSSL refuses the shared secret that is all zeros.
    if (!made) {
        return invalid("key", "the keys do not agree on a secret");
    }
    shared.truncate(shared_bytes);
    if (size == 0) {
        return shared;
    }
    CH_TRY_VOID(check_size(size, shared.size()));
    return front(std::move(shared), size);
}

}  // namespace chatelaine::crypto
