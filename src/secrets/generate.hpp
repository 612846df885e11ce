#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "crypto/secret.hpp"

/// Values that the service makes itself, so that nobody has to see them: `generate` of a write.
///
///   {"field": "password", "length": 32, "alphabet": "…"}    a text
///   {"key": "EC-P256"}                                        private_key, public_key (PEM)
///   {"key": "EC-P256", "certificate": {"common_name": "db", "dns": ["db.test"], "days": 90}}
///                                                             private_key, certificate (PEM)
///
/// The answer of a write never has data; whoever may read it reads it.

namespace chatelaine::secrets {

struct Generate {
    std::string field = "value";  ///< of a text
    std::uint32_t length = 32;    ///< characters
    std::string alphabet;         ///< empty: letters and digits
    std::string key;              ///< RSA-2048, RSA-3072, RSA-4096, EC-P256, EC-P384, EC-P521
    struct Certificate {
        std::string common_name;
        std::vector<std::string> dns;
        std::uint32_t days = 365;
    };
    std::optional<Certificate> certificate;  ///< signed by the key itself
};

/// What is written: the data that was sent, what is to be made, or both.
struct NewData {
    NewData() = default;
    NewData(crypto::SecretBytes data) : sent(std::move(data)) {}
    crypto::SecretBytes sent;  ///< one JSON object's text; empty when there was none
    std::optional<Generate> generate;
};

/// Of the members `data` and `generate` of an object: at least one must be there. Errors name the
/// member. Alphabets are 2 to 95 printable ASCII characters, each once.
Result<NewData> new_data_of(const json::Value& object);

/// The object's text to keep: what was sent, with what was made as its last members.
/// kInvalidArgument on a member that would be there twice. Keys take long: kWouldBlock where
/// `may_block` is false.
Result<crypto::SecretBytes> make_data(const NewData& wanted, Random& random, WallTime now,
                                      bool may_block);

}  // namespace chatelaine::secrets
