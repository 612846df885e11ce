#include "net/response_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace chatelaine::net {

namespace {

std::string_view reason_phrase(int status) {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        default: return "";  // an empty phrase is allowed (RFC 9112, 4)
    }
}

void append_number(std::string& out, std::size_t number) {
    std::array<char, 24> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    out.append(text.data(), end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    const auto visible = [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) ? ' ' : c;
    };
    std::transform(name.begin(), name.end(), std::back_inserter(out), visible);
    out.append(": ");
    std::transform(value.begin(), value.end(), std::back_inserter(out), visible);
    out.append("\r\n");
}

}  // namespace

void write_response(std::string& out, const HttpResponse& response,
                    const ResponseFraming& framing) {
    const bool bodiless = response.status == 204 || response.status == 304;
    out.reserve(out.size() + response.body.size() + 256);
    out.append("HTTP/1.1 ");
    append_number(out, static_cast<std::size_t>(response.status));
    out.push_back(' ');
    out.append(reason_phrase(response.status));
    out.append("\r\n");
    if (!framing.date.empty()) {
        out.append("Date: ").append(framing.date).append("\r\n");
    }
    if (!bodiless) {
        if (!response.content_type.empty()) {
            out.append("Content-Type: ").append(response.content_type).append("\r\n");
        }
        out.append("Content-Length: ");
        append_number(out, response.body.size());
        out.append("\r\n");
    }
    for (const auto& [name, value] : response.headers) {
        append_field(out, name, value);
    }
    if (framing.close) {
        out.append("Connection: close\r\n");
    }
    out.append("\r\n");
    if (!bodiless && !framing.head) {
        out.append(response.body);
    }
}

std::string http_date(WallTime time) {
    static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                      "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = time.seconds();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                   kDays.at(static_cast<std::size_t>(parts.tm_wday)), parts.tm_mday,
                                   kMonths.at(static_cast<std::size_t>(parts.tm_mon)),
                                   parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
    return std::string(text.data(), static_cast<std::size_t>(std::max(size, 0)));
}

}  // namespace chatelaine::net
