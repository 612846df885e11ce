// TTLV of any bytes: a refusal is one of two codes; what is accepted is framed as long as it is,
// every read of it is an answer or a refusal, and written again, by the writer, through XML and
// through JSON, it is the same bytes.
#include <cstdlib>

#include "ttlv/text.hpp"
#include "ttlv/ttlv.hpp"

namespace ttlv = chatelaine::ttlv;
using chatelaine::Bytes;
using chatelaine::BytesView;
using chatelaine::Code;

namespace {

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

bool same(BytesView one, BytesView other) {
    return chatelaine::as_text(one) == chatelaine::as_text(other);
}

void write(ttlv::Writer& out, ttlv::Item item) {
    const ttlv::Tag tag = item.tag();
    switch (item.type()) {
        case ttlv::Type::kStructure:
            out.begin(tag);
            for (ttlv::Item member = item.first(); member; member = member.next()) {
                require(item.find(member.tag()).tag() == member.tag());
                write(out, member);
            }
            out.end();
            return;
        case ttlv::Type::kInteger: out.integer(tag, *item.integer()); return;
        case ttlv::Type::kLongInteger: out.long_integer(tag, *item.long_integer()); return;
        case ttlv::Type::kEnumeration: out.enumeration(tag, *item.enumeration()); return;
        case ttlv::Type::kBoolean: out.boolean(tag, *item.boolean()); return;
        case ttlv::Type::kTextString: out.text(tag, *item.text()); return;
        case ttlv::Type::kByteString: out.bytes(tag, *item.bytes()); return;
        case ttlv::Type::kInterval: out.interval(tag, *item.interval()); return;
        case ttlv::Type::kDateTime:
            if (const auto time = item.date_time()) {
                out.date_time(tag, *time);
                return;
            }
            break;
        case ttlv::Type::kBigInteger:
        case ttlv::Type::kDateTimeExtended:
            break;
    }
    out.primitive(tag, item.type(), item.value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView message{data, size};
    const auto framed = ttlv::message_size(message, std::size_t{1} << 20);
    const auto document = ttlv::Document::parse(message);
    if (!document) {
        const Code code = document.error().code();
        require(code == Code::kMalformed || code == Code::kTooLarge);
        return 0;
    }
    if (document->root().structure()) {
        require(framed && *framed == size);
    }
    Bytes again;
    ttlv::Writer writer(again);
    write(writer, document->root());
    require(same(again, message));

    // Texts are longer than what they say.
    const ttlv::Limits limits{.message_bytes_max = std::size_t{1} << 26};
    const auto json = ttlv::to_json(message);
    require(json.has_value());
    require(same(ttlv::from_json(*json, limits).value(), message));
    if (const auto xml = ttlv::to_xml(message)) {
        require(same(ttlv::from_xml(*xml, limits).value(), message));
    } else {
        require(xml.error().code() == Code::kMalformed);  // a character that XML does not have
    }
    return 0;
}
