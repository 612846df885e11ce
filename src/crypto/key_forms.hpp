#pragma once

#include <variant>

#include "crypto/keys.hpp"

/// The DER forms of keys as numbers: RFC 5280 (SubjectPublicKeyInfo), RFC 5958 (PKCS#8), RFC 8017
/// appendix A.1 (PKCS#1), RFC 5915 (SEC 1). Nothing is checked here but the form; nothing is
/// returned on any other form, curve or algorithm. Private to the room.

namespace chatelaine::crypto {

struct RsaPublicForm {
    BytesView n, e;
};
struct EcPublicForm {
    Curve curve;
    BytesView point;  ///< SEC 1 section 2.3.3
};
using PublicForm = std::variant<RsaPublicForm, EcPublicForm>;
std::optional<PublicForm> read_spki(BytesView der);
std::optional<RsaPublicForm> read_pkcs1_public(BytesView der);

struct EcPrivateForm {
    Curve curve;
    SecretBytes d;
    BytesView point;  ///< empty when the form leaves it out
};
using PrivateForm = std::variant<PrivateKey::RsaParts, EcPrivateForm>;
std::optional<PrivateKey::RsaParts> read_pkcs1(BytesView der);
std::optional<PrivateForm> read_pkcs8(BytesView der);

/// Any named curve.
struct Sec1Form {
    BytesView curve_oid;  ///< the identifier's content; empty when the form leaves it out
    SecretBytes d;
    BytesView point;  ///< empty when the form leaves it out
};
std::optional<Sec1Form> read_sec1(BytesView der);

}  // namespace chatelaine::crypto
