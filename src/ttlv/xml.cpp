#include <expat.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

#include "ttlv/text.hpp"
#include "ttlv/text_values.hpp"

// The parser is Expat. It is given no DTD, so there are no entities but the five of XML; its memory
// goes through functions that wipe what is freed, since attributes hold key material.

namespace chatelaine::ttlv {
namespace {

constexpr std::size_t kSizePrefix = alignof(std::max_align_t);

void* wiping_malloc(std::size_t size) {
    auto* const block = static_cast<std::uint8_t*>(std::malloc(kSizePrefix + size));
    if (block == nullptr) {
        return nullptr;
    }
    std::memcpy(block, &size, sizeof size);
    return block + kSizePrefix;
}

void wiping_free(void* memory) {
    if (memory == nullptr) {
        return;
    }
    auto* const block = static_cast<std::uint8_t*>(memory) - kSizePrefix;
    std::size_t size = 0;
    std::memcpy(&size, block, sizeof size);
    wipe(memory, size);
    std::free(block);
}

void* wiping_realloc(void* memory, std::size_t size) {
    void* const moved = wiping_malloc(size);
    if (moved == nullptr || memory == nullptr) {
        return moved;
    }
    std::size_t old = 0;
    std::memcpy(&old, static_cast<std::uint8_t*>(memory) - kSizePrefix, sizeof old);
    std::memcpy(moved, memory, std::min(old, size));
    wiping_free(memory);
    return moved;
}

constexpr XML_Memory_Handling_Suite kWipingMemory{wiping_malloc, wiping_realloc, wiping_free};

/// Where the parser stands, both counted from 1. Expat gave the calls new names in 2.8.
struct Place {
    std::uint64_t line = 0, column = 0;
};
Place place_of(XML_Parser parser) {
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 8
    return {XML_GetCurrentLineNumber64(parser), XML_GetCurrentColumnNumber64(parser) + 1};
#else
    return {XML_GetCurrentLineNumber(parser), XML_GetCurrentColumnNumber(parser) + 1};
#endif
}

struct FreeParser {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// One message's elements, on their way to a TextBuilder.
class XmlReader {
public:
    XmlReader(Bytes& out, const Limits& limits) : builder_(out, limits) {}

    Result<void> read(std::string_view text) {
        parser_.reset(XML_ParserCreate_MM("UTF-8", &kWipingMemory, nullptr));
        if (parser_ == nullptr) {
            return Error(Code::kOverloaded, "ttlv");
        }
        XML_SetUserData(parser_.get(), this);
        XML_SetElementHandler(parser_.get(), on_start, on_end);
        XML_SetCharacterDataHandler(parser_.get(), on_text);
        XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
        XML_SetProcessingInstructionHandler(parser_.get(), on_instruction);
        const auto status = XML_Parse(parser_.get(), text.data(), static_cast<int>(text.size()), 1);
        if (error_) {
            return *std::move(error_);
        }
        if (status != XML_STATUS_OK) {
            return at_place(XML_ErrorString(XML_GetErrorCode(parser_.get())));
        }
        return ok();
    }

private:
    struct Attributes {
        const char* tag = nullptr;
        const char* type = nullptr;
        const char* value = nullptr;
    };

    static void on_start(void* self, const XML_Char* name, const XML_Char** attributes) {
        static_cast<XmlReader*>(self)->guarded([&](XmlReader& reader) {
            return reader.start(name, attributes);
        });
    }
    static void on_end(void* self, const XML_Char*) {
        static_cast<XmlReader*>(self)->guarded([](XmlReader& reader) { return reader.end(); });
    }
    static void on_text(void* self, const XML_Char* text, int size) {
        const std::string_view between(text, static_cast<std::size_t>(size));
        if (!std::all_of(between.begin(), between.end(), is_space)) {
            refuse(self, "text between elements");
        }
    }
    static void on_doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
        refuse(self, "a document type");
    }
    static void on_instruction(void* self, const XML_Char*, const XML_Char*) {
        refuse(self, "a processing instruction");
    }
    static void refuse(void* self, const char* what) {
        static_cast<XmlReader*>(self)->guarded(
            [&](XmlReader&) -> Result<void> { return text_error(what); });
    }

    /// Nothing may be thrown through the parser, which is C; it is stopped at the first error.
    template <class Step>
    void guarded(Step&& step) {
        if (error_) {
            return;
        }
        try {
            if (auto done = step(*this); !done) {
                error_ = done.error().code() == Code::kMalformed
                             ? at_place(done.error().detail().message)
                             : std::move(done).error();
            }
        } catch (const std::bad_alloc&) {
            error_ = Error(Code::kOverloaded, "ttlv");
        }
        if (error_) {
            XML_StopParser(parser_.get(), XML_FALSE);
        }
    }

    Error at_place(std::string_view what) const {
        const Place place = place_of(parser_.get());
        Error error = text_error("line " + std::to_string(place.line) + ", column " +
                                 std::to_string(place.column) + ": " + std::string(what));
        return element_.empty() ? std::move(error) : std::move(error).in_field(element_);
    }

    Result<void> start(std::string_view name, const XML_Char** given) {
        name.remove_prefix(std::min(name.find(':') + 1, name.size()));
        element_ = name.substr(0, kElementShownMax);
        if (in_value_) {
            return text_error("an element inside one that has a value");
        }
        CH_TRY(const Attributes attributes, read_attributes(given));
        const bool by_number = name == "TTLV";
        if (by_number != (attributes.tag != nullptr)) {
            return text_error("the attribute tag is for the element TTLV, which needs it");
        }
        const auto tag = tag_from_text(by_number ? attributes.tag : name);
        if (!tag) {
            return text_error("not a tag");
        }
        const auto type = attributes.type == nullptr ? Type::kStructure
                                                     : type_from_text(attributes.type);
        if (!type) {
            return text_error("not an item type");
        }
        if (type == Type::kStructure) {
            return attributes.value == nullptr
                       ? builder_.begin(*tag)
                       : text_error("a structure has members, not a value");
        }
        if (attributes.value == nullptr) {
            return text_error("the attribute value is missing");
        }
        in_value_ = true;
        return builder_.value(*tag, *type, attributes.value);
    }

    Result<Attributes> read_attributes(const XML_Char** given) {
        Attributes attributes;
        for (; given[0] != nullptr; given += 2) {
            const std::string_view name = given[0];
            if (name == "tag") {
                attributes.tag = given[1];
            } else if (name == "type") {
                attributes.type = given[1];
            } else if (name == "value") {
                attributes.value = given[1];
            } else if (name != "name" && name != "xmlns" && name.find(':') == name.npos) {
                return text_error("an attribute that is none of tag, name, type and value");
            }
        }
        return attributes;
    }

    Result<void> end() {
        if (!in_value_) {
            builder_.end();
        }
        in_value_ = false;
        return ok();
    }

    static constexpr std::size_t kElementShownMax = 64;

    TextBuilder builder_;
    std::unique_ptr<XML_ParserStruct, FreeParser> parser_;
    std::optional<Error> error_;
    std::string element_;
    bool in_value_ = false;
};

/// The value of an attribute. White space is written as references, or the reader would make spaces
/// of it (XML 1.0 section 3.3.3). False for a character that XML does not have at all.
bool append_escaped(std::string& out, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\t': out += "&#9;"; break;
            case '\n': out += "&#10;"; break;
            case '\r': out += "&#13;"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 ||
                    text.substr(i, 3) == "\xef\xbf\xbe" || text.substr(i, 3) == "\xef\xbf\xbf") {
                    return false;
                }
                out += c;
        }
    }
    return true;
}

class XmlWriter {
public:
    explicit XmlWriter(std::string& out) : out_(out) {}

    Result<void> item(Item item, NameContext& context, std::size_t depth) {
        out_.append(2 * depth, ' ') += '<';
        const std::string name = tag_name(item.tag()).empty() ? "TTLV" : tag_text(item.tag());
        out_ += name;
        if (tag_name(item.tag()).empty()) {
            out_.append(" tag=\"").append(tag_text(item.tag())) += '"';
        }
        if (item.type() != Type::kStructure) {
            out_.append(" type=\"").append(type_name(item.type())).append("\" value=\"");
            CH_TRY_VOID(value(item, context));
            out_ += "\"/>\n";
            return ok();
        }
        out_ += ">\n";
        NameContext members;
        for (Item member = item.first(); member; member = member.next()) {
            CH_TRY_VOID(this->item(member, members, depth + 1));
        }
        out_.append(2 * depth, ' ').append("</").append(name).append(">\n");
        return ok();
    }

private:
    Result<void> value(Item item, NameContext& context) {
        const Tag names = context.names_of(item.tag());
        const BytesView bytes = item.value();
        switch (item.type()) {
            case Type::kStructure:
                break;
            case Type::kInteger: {
                const std::uint32_t bits = wire::load32(bytes.data());
                out_ += is_mask(names) ? mask_text(names, bits, ' ')
                                       : std::to_string(static_cast<std::int32_t>(bits));
                break;
            }
            case Type::kLongInteger:
                out_ += std::to_string(static_cast<std::int64_t>(wire::load64(bytes.data())));
                break;
            case Type::kBigInteger:
            case Type::kByteString:
                append_hex(out_, bytes);
                break;
            case Type::kEnumeration:
                out_ += enumeration_text(names, wire::load32(bytes.data()));
                break;
            case Type::kBoolean:
                out_ += bytes[7] != 0 ? "true" : "false";
                break;
            case Type::kTextString:
                context.see(item.tag(), as_text(bytes));
                if (!append_escaped(out_, as_text(bytes))) {
                    return text_error("a text with a character that XML does not have")
                        .in_field(tag_text(item.tag()));
                }
                break;
            case Type::kDateTime:
            case Type::kDateTimeExtended:
                out_ += date_text(item);
                break;
            case Type::kInterval:
                out_ += std::to_string(wire::load32(bytes.data()));
                break;
        }
        return ok();
    }

    std::string& out_;
};

}  // namespace

Result<Bytes> from_xml(std::string_view text, const Limits& limits) {
    if (text.size() > std::min<std::size_t>(limits.message_bytes_max, 0x4000'0000)) {
        return Error(Code::kTooLarge, "ttlv",
                     "an XML text of " + std::to_string(text.size()) + " bytes");
    }
    Bytes out;
    out.reserve(text.size() / 2);
    auto done = XmlReader(out, limits).read(text);
    if (done && out.size() > limits.message_bytes_max) {
        done = Error(Code::kTooLarge, "ttlv", "an XML text that is too many bytes as TTLV");
    }
    if (!done) {
        wipe(out.data(), out.size());
        return std::move(done).error();
    }
    return out;
}

Result<std::string> to_xml(BytesView message) {
    CH_TRY(const Document document, Document::parse(message, text_limits(message)));
    // Most of a message's text is names; with room enough nothing is left behind by growing.
    std::string out;
    out.reserve(4096 + 12 * message.size());
    NameContext context;
    if (auto done = XmlWriter(out).item(document.root(), context, 0); !done) {
        wipe(out);
        return std::move(done).error();
    }
    return out;
}

}  // namespace chatelaine::ttlv
