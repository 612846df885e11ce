// A JWK of any bytes: what is accepted can be written again and read back as the same key.
#include <cstdlib>

#include "crypto/jose.hpp"

namespace crypto = chatelaine::crypto;
namespace json = chatelaine::json;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto document = json::Document::parse(chatelaine::as_text({data, size}));
    if (!document) {
        return 0;
    }
    const auto key = crypto::parse_jwk(document->root());
    if (!key) {
        return 0;
    }
    const auto text = crypto::insecure_private_jwk(key->material, {key->kid, &key->key_ops});
    if (!text) {
        std::abort();
    }
    const bool same = text->with_exposed(
        crypto::insecure_expose_secret(), [&](chatelaine::BytesView written) {
            const auto again = json::Document::parse(chatelaine::as_text(written));
            const auto back = again ? crypto::parse_jwk(again->root()) : crypto::parse_jwk({});
            return back && back->kid == key->kid && back->key_ops == key->key_ops &&
                   back->material.index() == key->material.index();
        });
    if (!same) {
        std::abort();
    }
    return 0;
}
