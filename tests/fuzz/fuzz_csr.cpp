// A certificate request of any bytes: as PEM text, and as DER put into PEM, so that the fuzzer
// reaches the parser without learning base64. What is accepted has a key that can be issued for.
#include <cstdlib>

#include "base/limits.hpp"
#include "crypto/x509.hpp"

namespace crypto = chatelaine::crypto;

namespace {

void read(std::string_view pem) {
    const auto request = crypto::read_request_pem(pem);
    if (request ? !request->key.to_spki().has_value()
                : request.error().code() != chatelaine::Code::kInvalidArgument) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const chatelaine::BytesView bytes(data, size);
    read(chatelaine::as_text(bytes));
    if (size <= chatelaine::limits::csr_bytes_max) {
        read(crypto::der_to_pem(bytes, "CERTIFICATE REQUEST"));
    }
    return 0;
}
