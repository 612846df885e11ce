#pragma once

#include <string>

#include "ttlv/ttlv.hpp"

/// KMIP's XML and JSON encodings (KMIP Profiles 1.4 sections 5.4 and 5.5; 2.1 the same), transcoded
/// to TTLV bytes and back. Names of tags and enumerations are those of names.hpp; what has no name
/// is written in hexadecimal (`0x54000F`), and both forms are read. Masks are names with spaces in
/// XML and with `|` in JSON; the hexadecimal form is read as well.

namespace chatelaine::ttlv {

/// kMalformed names the element or member and its place; kTooLarge above the limits, which hold for
/// the text and for what comes out. No external entity, DTD or processing instruction is read.
Result<Bytes> from_xml(std::string_view text, const Limits& limits = {});
Result<Bytes> from_json(std::string_view text, const Limits& limits = {});

/// The message's text. `message` is what Document::parse takes; kMalformed else. The text may hold
/// key material: the caller wipes it.
Result<std::string> to_xml(BytesView message);
Result<std::string> to_json(BytesView message);

}  // namespace chatelaine::ttlv
