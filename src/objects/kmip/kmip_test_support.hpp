#pragma once

// What this room's tests share: values of attributes, and a world with a key in it.

#include <random>

#include "objects/kmip/making.hpp"
#include "objects/test_support.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip::test {

namespace tag = ttlv::tag;

inline AttributeValue text(std::string name, std::string_view value) {
    return {std::move(name), std::nullopt, make_value([&](ttlv::Writer& out) {
                out.text(tag::kAttributeValue, value);
            })};
}
inline AttributeValue number(std::string name, std::int32_t value) {
    return {std::move(name), std::nullopt, make_value([&](ttlv::Writer& out) {
                out.integer(tag::kAttributeValue, value);
            })};
}
inline AttributeValue choice(std::string name, std::uint32_t value) {
    return {std::move(name), std::nullopt, make_value([&](ttlv::Writer& out) {
                out.enumeration(tag::kAttributeValue, value);
            })};
}
inline AttributeValue date(std::string name, WallTime value) {
    return {std::move(name), std::nullopt, make_value([&](ttlv::Writer& out) {
                out.date_time(tag::kAttributeValue, value);
            })};
}
inline AttributeValue name(std::string_view value) {
    return {"Name", std::nullopt, make_value([&](ttlv::Writer& out) {
                out.begin(tag::kAttributeValue)
                    .text(tag::kNameValue, value)
                    .enumeration(tag::kNameType, ttlv::NameType::kUninterpretedTextString)
                    .end();
            })};
}

class KmipWorld : public objects::testing::World {
public:
    static Create::Command aes(AttributeValues more = {}) {
        Create::Command command;
        command.attributes = {choice("Cryptographic Algorithm", 3),
                              number("Cryptographic Length", 256),
                              number("Cryptographic Usage Mask", 12)};
        command.attributes.insert(command.attributes.end(), more.begin(), more.end());
        return command;
    }
    ObjectId create(AttributeValues more = {}) {
        auto made = commit<Create>(aes(std::move(more)));
        EXPECT_TRUE(made) << (made ? "" : made.error().to_string());
        return made ? made->id : ObjectId{};
    }
    template <class Op>
    static typename Op::Command on(const ObjectId& id) {
        typename Op::Command command;
        command.id = id;
        return command;
    }
    template <class Op>
    Code outcome(typename Op::Command command) {
        const auto done = commit<Op>(std::move(command));
        return done ? Code::kEndOfCodes : done.error().code();
    }
    std::optional<Bytes> value_of(const ObjectId& id, std::string_view name,
                                  std::uint32_t index = 0) {
        const auto value = attribute_value(*stored(id), name, index, now);
        return value ? std::optional(value->value) : std::nullopt;
    }
};

}  // namespace chatelaine::objects::kmip::test
