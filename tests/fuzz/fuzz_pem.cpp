// PEM and DER of certificates and keys of any bytes. What is accepted goes through its own
// encoding.
#include <cstdlib>

#include "crypto/x509.hpp"

namespace crypto = chatelaine::crypto;

namespace {

void check_private(const chatelaine::Result<crypto::PrivateKey>& key) {
    if (key && !(key->to_pkcs8() && crypto::PrivateKey::from_pkcs8(key->to_pkcs8().value()))) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const chatelaine::BytesView bytes(data, size);
    const std::string_view text = chatelaine::as_text(bytes);
    static_cast<void>(crypto::read_certificate_pem(text));
    static_cast<void>(crypto::read_certificate(bytes));
    const auto shown = crypto::PublicKey::from_spki(bytes);
    if (shown && !crypto::PublicKey::from_spki(shown->to_spki().value())) {
        std::abort();
    }
    if (size <= 64 * 1024) {
        const auto secret = crypto::SecretBytes::copy_of(bytes);
        check_private(crypto::private_key_from_pem(secret));
        check_private(crypto::PrivateKey::from_pkcs8(secret));
        check_private(crypto::PrivateKey::from_pkcs1(secret));
    }
    return 0;
}
