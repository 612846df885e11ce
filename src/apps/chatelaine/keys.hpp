#pragma once

#include "apps/chatelaine/show.hpp"
#include "crypto/keys.hpp"

/// Steps that the commands on service keys share. Private to the room.

namespace chatelaine::cli {

/// "/api/DOMAIN/v1/servicekey", with "/ID" and "/action" behind it when given.
Result<std::string> key_path(const Context& context, std::string_view id = {},
                             std::string_view action = {});
/// The public half of an asymmetric service key.
Result<crypto::PublicKey> fetch_public_key(Context& context, std::string_view id);
/// Posts to a key's action and gives one text member of the reply.
Result<std::string> call_key(Context& context, std::string_view id, std::string_view action,
                             std::string body, std::string_view member);
/// The service's base64 into locked memory; the text is wiped.
Result<crypto::SecretBytes> decode_secret(std::string text);
/// The text's bytes into locked memory.
crypto::SecretBytes secret_of(std::string_view text);

}  // namespace chatelaine::cli
