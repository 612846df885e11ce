// JSON of any bytes: a refusal is one of two codes; what is accepted is a message, and written as
// JSON again it reads back as the same message.
#include <cstdlib>

#include "ttlv/text.hpp"

namespace ttlv = chatelaine::ttlv;
using chatelaine::Code;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto message = ttlv::from_json(chatelaine::as_text({data, size}));
    if (!message) {
        const Code code = message.error().code();
        if (code != Code::kMalformed && code != Code::kTooLarge) {
            std::abort();
        }
        return 0;
    }
    const auto text = ttlv::to_json(*message);
    if (!ttlv::Document::parse(*message) || !text) {
        std::abort();
    }
    const auto again = ttlv::from_json(*text, {.message_bytes_max = std::size_t{1} << 26});
    if (!again || *again != *message) {
        std::abort();
    }
    return 0;
}
