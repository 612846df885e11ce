#include "seal/envelope.hpp"

#include <algorithm>

#include "crypto/aead.hpp"
#include "crypto/hash.hpp"

namespace chatelaine::seal {
namespace {

constexpr std::size_t sum_bytes = 32;

BytesView bytes_of(const Magic& magic) {
    return as_bytes(std::string_view(magic.data(), magic.size()));
}

}  // namespace

Bytes close_envelope(const Magic& magic, BytesView body) {
    Bytes file;
    file.reserve(magic.size() + body.size() + sum_bytes);
    const BytesView head = bytes_of(magic);
    file.insert(file.end(), head.begin(), head.end());
    file.insert(file.end(), body.begin(), body.end());
    const crypto::Sha256 sum = crypto::sha256(BytesView(file));
    file.insert(file.end(), sum.begin(), sum.end());
    return file;
}

Result<BytesView> open_envelope(const Magic& magic, BytesView file, std::string_view where) {
    const BytesView head = bytes_of(magic);
    if (file.size() < head.size() + sum_bytes ||
        !std::equal(head.begin(), head.end(), file.begin())) {
        return Error(Code::kStoreCorrupt, where, "the file is not of this kind or is cut off");
    }
    const BytesView summed = file.first(file.size() - sum_bytes);
    const crypto::Sha256 sum = crypto::sha256(summed);
    if (!std::equal(sum.begin(), sum.end(), file.end() - sum_bytes)) {
        return Error(Code::kStoreCorrupt, where, "the file is damaged");
    }
    return summed.subspan(head.size());
}

Result<Bytes> wrap_secret(const crypto::SecretBytes& key, BytesView aad,
                          const crypto::SecretBytes& secret) {
    CH_TRY(const crypto::SealedBytes sealed,
           secret.with_exposed(crypto::insecure_expose_secret(),
                               [&](BytesView bytes) { return crypto::seal(key, aad, bytes); }));
    return Bytes(sealed.view().begin(), sealed.view().end());
}

Result<crypto::SecretBytes> unwrap_secret(const crypto::SecretBytes& key, BytesView aad,
                                          BytesView wrapped) {
    return crypto::unseal(key, aad,
                          crypto::SealedBytes::from_stored(Bytes(wrapped.begin(), wrapped.end())));
}

Joined& Joined::text(std::string_view value) {
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return *this;
}

Joined& Joined::uuid(const Uuid& value) {
    bytes_.insert(bytes_.end(), value.octets.begin(), value.octets.end());
    return *this;
}

Joined& Joined::number(std::uint64_t value, std::size_t octets) {
    for (std::size_t i = 0; i < octets; ++i) {
        bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
    return *this;
}

}  // namespace chatelaine::seal
