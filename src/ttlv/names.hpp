#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ttlv/ttlv.hpp"

/// The numbers and names of KMIP 1.0 to 2.1: tags, enumerations, masks. Each number stands in one
/// place. A name is the specification's own ("Unique Identifier"); the XML and JSON form of it
/// ("UniqueIdentifier") is made from it by the rule of KMIP Profiles, section 5.4.1.1.

namespace chatelaine::ttlv {

/// `tag::kUniqueIdentifier` and all others of KMIP 2.1 section 11.60 (0x420001 to 0x420163 or so),
/// the ones that 2.x reserved and 1.x still uses included.
namespace tag {
// inline constexpr Tag kActivationDate = 0x420001; and so on
}  // namespace tag

std::string_view tag_name(Tag tag);        ///< "Unique Identifier"; empty when it has none
std::string tag_text(Tag tag);             ///< "UniqueIdentifier", or "0x54000F"
std::optional<Tag> tag_from_text(std::string_view text);

/// The names of an enumeration's values. Which enumeration a tag has is looked up by the tag
/// (Object Type, Operation, Cryptographic Algorithm …).
std::string_view enumeration_name(Tag tag, std::uint32_t value);  ///< "Symmetric Key"; empty
std::string enumeration_text(Tag tag, std::uint32_t value);       ///< "SymmetricKey", "0x80000001"
std::optional<std::uint32_t> enumeration_from_text(Tag tag, std::string_view text);
/// True when `value` is one that the enumeration of that tag lists (extensions 0x8xxxxxxx are not).
bool enumeration_has(Tag tag, std::uint32_t value);

/// Cryptographic Usage Mask, Storage Status Mask, Protection Storage Mask.
bool is_mask(Tag tag);
std::string_view mask_bit_name(Tag tag, std::uint32_t bit);
std::optional<std::uint32_t> mask_bit_from_text(Tag tag, std::string_view text);

}  // namespace chatelaine::ttlv
