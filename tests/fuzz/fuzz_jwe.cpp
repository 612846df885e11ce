// JWE and JWS tokens of any bytes, with the keys that the corpus was made for: nothing opens but
// what the keys made, and a refusal is one of the two documented codes.
#include <cstdlib>

#include "base/encoding.hpp"
#include "crypto/jose.hpp"

namespace crypto = chatelaine::crypto;
using chatelaine::Code;

namespace {

/// RFC 7516, appendix A.1, whose token is in the corpus.
constexpr std::string_view kKey =
    R"({"kty":"RSA","n":"oahUIoWw0K0usKNuOR6H4wkf4oBUXHTxRvgb48E-BVvxkeDNjbC4he8rUWcJoZmds2h7)"
    R"(M70imEVhRU5djINXtqllXI4DFqcI1DgjT9LewND8MW2Krf3Spsk_ZkoFnilakGygTwpZ3uesH-PFABNIUYpOiN)"
    R"(15dsQRkgr0vEhxN92i2asbOenSZeyaxziK72UwxrrKoExv6kc5twXTq4h-QChLOln0_mtUZwfsRaMStPs6mS6X)"
    R"(rgxnxbWhojf663tuEQueGC-FCMfra36C9knDFGzKsNa7LZK2djYgyD3JR_MB_4NUJW_TqOQtwHYbxevoJArm-L)"
    R"(5StowjzGy-_bq6Gw","e":"AQAB","d":"kLdtIj6GbDks_ApCSTYQtelcNttlKiOyPzMrXHeI-yk1F7-kpDxY)"
    R"(4-WY5NWV5KntaEeXS1j82E375xxhWMHXyvjYecPT9fpwR_M9gV8n9Hrh2anTpTD93Dt62ypW3yDsJzBnTnrYu1)"
    R"(iwWRgBKrEYY46qAZIrA2xAwnm2X7uGR1hghkqDp0Vqj3kbSCz1XyfCs6_LehBwtxHIyh8Ripy40p24moOAbgxV)"
    R"(w3rxT_vlt3UVe4WO3JkJOzlpUf-KTVI2Ptgm-dARxTEtE-id-4OJr0h-K-VFs3VSndVTIznSxfyrj8ILL6MG_U)"
    R"(v8YAu7VILSB3lOW085-4qE3DzgrTjgyQ"})";

const crypto::PrivateKey& rsa_key() {
    static const crypto::PrivateKey key = std::get<crypto::PrivateKey>(
        crypto::parse_jwk(chatelaine::json::Document::parse(kKey).value().root()).value().material);
    return key;
}

/// An all-zero key with a fixed name.
crypto::DirectJwe& direct() {
    static crypto::DirectJwe jwe =
        crypto::DirectJwe::create(crypto::SecretBytes(32), "key", {}).value();
    return jwe;
}

template <class T>
void check(const chatelaine::Result<T>& result) {
    if (!result && result.error().code() != Code::kMalformed &&
        result.error().code() != Code::kDecryptFailed) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view token = chatelaine::as_text({data, size});
    check(direct().decrypt(token, {}));
    check(direct().decrypt(token, "context"));
    check(crypto::unwrap_jwe(rsa_key(), token));
    const auto parts = crypto::parse_jws(token);
    check(parts);
    if (parts && parts->signing_input.size() + 1 > size) {
        std::abort();
    }
    return 0;
}
