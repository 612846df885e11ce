// Versions of service keys: rotate, list, destroy one, schedule, re-encrypt.
#include <algorithm>
#include <charconv>
#include <limits>

#include "base/limits.hpp"
#include "faces/rest/bindings.hpp"
#include "faces/rest/decode.hpp"
#include "faces/rest/extension_bindings.hpp"

namespace chatelaine::faces::http {
namespace {

constexpr std::int64_t kVersionMax = 0xffffffff;

template <class T>
Result<std::optional<T>> optional_number(const json::Value& body, std::string_view name) {
    CH_TRY(const auto number, rest::optional_integer(body, name));
    if (!number) {
        return std::optional<T>{};
    }
    if (*number < 0 || static_cast<std::uint64_t>(*number) > std::numeric_limits<T>::max()) {
        return Error::invalid("rest.number", std::string(name), "out of range");
    }
    return std::optional<T>(static_cast<T>(*number));
}

void write_schedule(json::Writer& out, const objects::ManagedObject& key) {
    const objects::Rotation& rotation = key.rotation;
    out.member("newestVersion", static_cast<std::int64_t>(key.newest_version))
        .member("minimumVersion", static_cast<std::int64_t>(key.minimum_version))
        .key("rotation")
        .begin_object()
        .member("periodDays", static_cast<std::int64_t>(rotation.period_days))
        .member("usesMax", static_cast<std::int64_t>(rotation.uses_max))
        .member("atMax", rotation.refuse_at_max ? "refuse" : "rotate");
    if (rotation.uses_max != 0) {
        out.member("usesReserved", static_cast<std::int64_t>(
                                       std::min(key.uses_reserved, rotation.uses_max)));
    }
    out.end_object();
}

Result<std::string> bounded_ciphertext(const json::Value& body) {
    CH_TRY(const std::string_view text, body.member("ciphertext").string());
    if (text.size() > limits::ciphertext_characters_max) {
        return Error::invalid("rest.reencrypt", "ciphertext", "expected at most 8192 characters");
    }
    return std::string(text);
}

}  // namespace

Result<objects::RotateKey::Command> Binding<objects::RotateKey>::decode(
    Context& context, const access::Principal& principal) {
    return decode_key_ref<objects::RotateKey::Command>(context, principal);
}
void Binding<objects::RotateKey>::encode(objects::RotateKey::Reply& reply, Context&,
                                         net::HttpResponse& response) {
    json::Writer(response.body)
        .begin_object()
        .member("version", static_cast<std::int64_t>(reply.version))
        .member("created", format_rfc3339(reply.created))
        .end_object();
}

Result<objects::ListKeyVersions::Command> Binding<objects::ListKeyVersions>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_key_ref<objects::ListKeyVersions::Command>(context, principal));
    CH_TRY(const std::int64_t from, context.query_integer("from", {0, kVersionMax, 0}));
    constexpr Context::Range page{limits::list_page_min, limits::list_page_max,
                                  limits::list_page_max};
    CH_TRY(const std::int64_t max, context.query_integer("max", page));
    command.from = static_cast<std::uint32_t>(from);
    command.max = static_cast<std::size_t>(max);
    return command;
}
void Binding<objects::ListKeyVersions>::encode(objects::ListKeyVersions::Reply& reply, Context&,
                                               net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_object();
    write_schedule(out, *reply.key);
    out.key("versions").begin_array();
    for (const auto& version : reply.versions) {
        const bool usable = version.version >= reply.key->minimum_version;
        out.begin_object()
            .member("version", static_cast<std::int64_t>(version.version))
            .member("created", format_rfc3339(version.created))
            .member("state", version.destroyed ? "destroyed"
                             : usable          ? "usable"
                                               : "below_minimum");
        if (version.destroyed) {
            out.member("destroyed", format_rfc3339(*version.destroyed));
        }
        out.end_object();
    }
    out.end_array();
    if (reply.next != 0) {
        out.member("next", static_cast<std::int64_t>(reply.next));
    }
    out.end_object();
}

Result<objects::DestroyKeyVersion::Command> Binding<objects::DestroyKeyVersion>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_key_ref<objects::DestroyKeyVersion::Command>(context, principal));
    CH_TRY(const std::string text, context.parameter("version"));
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, command.version);
    if (read.ec != std::errc{} || read.ptr != end) {
        return Error::invalid("rest.version", "version", "expected a version's number");
    }
    return command;
}
void Binding<objects::DestroyKeyVersion>::encode(objects::Nothing&, Context&,
                                                 net::HttpResponse&) {}

Result<objects::ScheduleRotation::Command> Binding<objects::ScheduleRotation>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_key_ref<objects::ScheduleRotation::Command>(context, principal));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"periodDays", "usesMax", "atMax", "minimumVersion"}));
    CH_TRY(command.period_days, optional_number<std::uint32_t>(body, "periodDays"));
    CH_TRY(command.uses, optional_number<std::uint64_t>(body, "usesMax"));
    CH_TRY(command.minimum_version, optional_number<std::uint32_t>(body, "minimumVersion"));
    if (const json::Value at_max = body.member("atMax"); !at_max.is_absent()) {
        CH_TRY(const std::string_view word, at_max.string());
        if (word != "rotate" && word != "refuse") {
            return Error::invalid("rest.rotation", "atMax", "expected rotate or refuse");
        }
        command.refuse = word == "refuse";
    }
    return command;
}
void Binding<objects::ScheduleRotation>::encode(objects::ScheduleRotation::Reply& reply, Context&,
                                                net::HttpResponse& response) {
    json::Writer out(response.body);
    out.begin_object();
    write_schedule(out, *reply.key);
    out.end_object();
}

Result<objects::ReEncrypt::Command> Binding<objects::ReEncrypt>::decode(
    Context& context, const access::Principal& principal) {
    CH_TRY(auto command, decode_key_ref<objects::ReEncrypt::Command>(context, principal));
    CH_TRY(const json::Value body, context.body());
    CH_TRY_VOID(body.only_members({"ciphertext", "context", "newContext", "fromKeyId"}));
    CH_TRY(command.ciphertext, bounded_ciphertext(body));
    constexpr rest::TextBounds bounds{0, limits::key_context_characters_max};
    CH_TRY(auto text, rest::optional_text(body, "context", bounds));
    command.context = std::move(text).value_or("");
    CH_TRY(command.new_context, rest::optional_text(body, "newContext", bounds));
    if (const json::Value from = body.member("fromKeyId"); !from.is_absent()) {
        CH_TRY(const std::string_view id, from.string());
        command.from = ObjectId::parse(id);
        if (!command.from) {
            return Error::invalid("rest.reencrypt", "fromKeyId", "expected a UUID");
        }
    }
    return command;
}
void Binding<objects::ReEncrypt>::encode(objects::ReEncrypt::Reply& reply, Context&,
                                         net::HttpResponse& response) {
    json::Writer(response.body)
        .begin_object()
        .member("ciphertext", reply.ciphertext)
        .member("version", static_cast<std::int64_t>(reply.version))
        .end_object();
}

}  // namespace chatelaine::faces::http
