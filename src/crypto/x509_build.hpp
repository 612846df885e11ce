#pragma once

#include <array>

#include "base/time.hpp"
#include "crypto/any_key.hpp"
#include "crypto/x509_handles.hpp"

/// The steps of making a certificate; private to the room.

namespace chatelaine::crypto {

using Certificate = std::unique_ptr<X509, X509Free>;

/// Null when it is none.
Certificate parse_certificate(BytesView der);

bool set_serial(X509* certificate, BytesView octets);
/// 16 octets, positive.
std::array<std::uint8_t, 16> random_serial();
bool set_dates(X509* certificate, WallTime not_before, WallTime not_after);
/// An extension in OpenSSL's text form; the texts are ours, never a caller's.
bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value);
/// A host name as certificates hold it (RFC 5280, section 4.2.1.6): letters, digits, hyphens, dots,
/// a star in front.
bool is_host_name(std::string_view name);
/// Adds `value` to the names as one of that type; owns it from here on.
bool add_name(GENERAL_NAMES* names, int type, ASN1_STRING* value);

/// The hash that a key signs certificates with; null for keys that hash for themselves. Nothing for
/// keys that do not sign.
std::optional<const EVP_MD*> certificate_hash(const AnyPrivateKey& key);
Result<Bytes> sign_and_encode(X509* certificate, const AnyPrivateKey& key);

}  // namespace chatelaine::crypto
