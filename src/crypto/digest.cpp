#include "crypto/digest.hpp"

#include <array>

#include "base/check.hpp"
#include "crypto/ossl.hpp"

namespace chatelaine::crypto {

const EVP_MD* ossl::md_of(Hash hash) {
    static const auto fetched = [] {
        constexpr const char* names[] = {"SHA1",       "SHA224",     "SHA256",   "SHA384",
                                         "SHA512",     "SHA512-224", "SHA512-256", "SHA3-224",
                                         "SHA3-256",   "SHA3-384",   "SHA3-512"};
        std::array<const EVP_MD*, static_cast<std::size_t>(Hash::kEnd)> methods{};
        for (std::size_t i = 0; i < methods.size(); ++i) {
            methods[i] = EVP_MD_fetch(nullptr, names[i], nullptr);
            CH_CHECK(methods[i] != nullptr);
        }
        return methods;
    }();
    CH_CHECK(hash < Hash::kEnd);
    return fetched[static_cast<std::size_t>(hash)];
}

std::size_t hash_bytes(Hash hash) {
    return static_cast<std::size_t>(EVP_MD_get_size(ossl::md_of(hash)));
}

Bytes digest(Hash hash, BytesView message) {
    const EVP_MD* const md = ossl::md_of(hash);
    Bytes result(static_cast<std::size_t>(EVP_MD_get_size(md)));
    const ossl::MdCtx context(EVP_MD_CTX_new());
    CH_CHECK(context != nullptr && EVP_DigestInit_ex2(context.get(), md, nullptr) == 1 &&
             EVP_DigestUpdate(context.get(), message.data(), message.size()) == 1 &&
             EVP_DigestFinal_ex(context.get(), result.data(), nullptr) == 1);
    return result;
}

}  // namespace chatelaine::crypto
