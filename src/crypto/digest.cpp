#include "crypto/digest.hpp"

#include <array>

#include "base/check.hpp"
#include "crypto/ossl.hpp"

namespace chatelaine::crypto {

namespace {

using Methods = std::array<const EVP_MD*, static_cast<std::size_t>(Hash::kEnd)>;

/// Fetched once; null where the library has none.
const Methods& methods() {
    static const Methods fetched = [] {
        constexpr const char* names[] = {"SHA1",       "SHA224",     "SHA256",   "SHA384",
                                         "SHA512",     "SHA512-224", "SHA512-256", "SHA3-224",
                                         "SHA3-256",   "SHA3-384",   "SHA3-512", "MD5",
                                         "RIPEMD160"};
        Methods made{};
        for (std::size_t i = 0; i < made.size(); ++i) {
            made[i] = EVP_MD_fetch(nullptr, names[i], nullptr);
            CH_CHECK(made[i] != nullptr || static_cast<Hash>(i) >= Hash::kMd5);
        }
        ERR_clear_error();
        return made;
    }();
    return fetched;
}

void digest_into(Hash hash, BytesView message, MutableBytesView out) {
    const ossl::MdCtx context(EVP_MD_CTX_new());
    CH_CHECK(context != nullptr &&
             EVP_DigestInit_ex2(context.get(), ossl::md_of(hash), nullptr) == 1 &&
             EVP_DigestUpdate(context.get(), message.data(), message.size()) == 1 &&
             EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1);
}

}  // namespace

const EVP_MD* ossl::md_of(Hash hash) {
    CH_CHECK(hash_available(hash));
    return methods()[static_cast<std::size_t>(hash)];
}

bool hash_available(Hash hash) {
    return hash < Hash::kEnd && methods()[static_cast<std::size_t>(hash)] != nullptr;
}

std::size_t hash_bytes(Hash hash) {
    return static_cast<std::size_t>(EVP_MD_get_size(ossl::md_of(hash)));
}

Bytes digest(Hash hash, BytesView message) {
    Bytes result(hash_bytes(hash));
    digest_into(hash, message, result);
    return result;
}

SecretBytes digest_secret(Hash hash, const SecretBytes& message) {
    SecretBytes result(hash_bytes(hash));
    result.with_exposed_mutable(insecure_expose_secret(), [&](MutableBytesView out) {
        message.with_exposed(insecure_expose_secret(),
                             [&](BytesView raw) { digest_into(hash, raw, out); });
    });
    return result;
}

struct DigestStream::State {
    ossl::MdCtx context{EVP_MD_CTX_new()};
};

DigestStream::DigestStream(Hash hash) : state_(std::make_unique<State>()) {
    CH_CHECK(state_->context != nullptr &&
             EVP_DigestInit_ex2(state_->context.get(), ossl::md_of(hash), nullptr) == 1);
}
DigestStream::DigestStream(DigestStream&&) noexcept = default;
DigestStream& DigestStream::operator=(DigestStream&&) noexcept = default;
DigestStream::~DigestStream() = default;

void DigestStream::update(BytesView part) {
    CH_CHECK(state_ != nullptr &&
             EVP_DigestUpdate(state_->context.get(), part.data(), part.size()) == 1);
}

Bytes DigestStream::finish() {
    CH_CHECK(state_ != nullptr);
    const std::unique_ptr<State> state = std::move(state_);
    Bytes result(static_cast<std::size_t>(EVP_MD_CTX_get_size(state->context.get())));
    CH_CHECK(EVP_DigestFinal_ex(state->context.get(), result.data(), nullptr) == 1);
    return result;
}

}  // namespace chatelaine::crypto
