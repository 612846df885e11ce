// Bearer tokens of any bytes: only the one spelling that make_token_text gives is a token.
#include <cstdlib>

#include "access/access.hpp"
#include "base/encoding.hpp"

namespace tokens = chatelaine::access;
namespace crypto = chatelaine::crypto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = chatelaine::as_text({data, size});
    const auto parts = tokens::parse_token_text(text);
    if (!parts) {
        return 0;
    }
    constexpr std::size_t kSecretAt = 1 + 16 + 16;
    const auto bytes = chatelaine::decode_base64url(text.substr(5));
    if (!bytes || bytes->size() != kSecretAt + 32) {
        std::abort();
    }
    const auto secret =
        crypto::SecretBytes::copy_of(chatelaine::BytesView(*bytes).subspan(kSecretAt));
    const auto made = tokens::make_token_text(parts->scope, parts->id, secret);
    const bool same = made.with_exposed(
        crypto::insecure_expose_secret(),
        [&](chatelaine::BytesView again) { return chatelaine::as_text(again) == text; });
    if (!same || tokens::token_hash(made) != parts->hash) {
        std::abort();
    }
    return 0;
}
