#include "apps/chatelaine/client.hpp"

#include <curl/curl.h>

#include <cctype>

#include "apps/chatelaine/files.hpp"
#include "base/encoding.hpp"

namespace chatelaine::cli {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kRequestSeconds = 60;
constexpr std::size_t kReplyBytesMax = 32 * 1024 * 1024;
constexpr int kPagesMax = 10'000;

struct HeaderList {
    curl_slist* list = nullptr;
    ~HeaderList() { curl_slist_free_all(list); }
    void add(const std::string& line) { list = curl_slist_append(list, line.c_str()); }
};

std::size_t take_body(char* data, std::size_t, std::size_t size, void* into) {
    auto& body = static_cast<Reply*>(into)->body;
    if (body.size() + size > kReplyBytesMax) {
        return 0;
    }
    body.append(data, size);
    return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* into) {
    constexpr std::string_view name = "x-pagination-cursor-next:";
    const std::string_view line(data, size);
    bool same = line.size() > name.size();
    for (std::size_t i = 0; same && i < name.size(); ++i) {
        same = std::tolower(static_cast<unsigned char>(line[i])) == name[i];
    }
    if (same) {
        std::string_view value = line.substr(name.size());
        while (!value.empty() && value.front() == ' ') {
            value.remove_prefix(1);
        }
        while (!value.empty() && static_cast<unsigned char>(value.back()) <= ' ') {
            value.remove_suffix(1);
        }
        static_cast<Reply*>(into)->next_cursor = value;
    }
    return size;
}

std::string joined(const json::Value& texts) {
    std::string out;
    for (json::Value item = texts.first(); item.exists(); item = item.next()) {
        if (auto text = item.string()) {
            out += (out.empty() ? "" : "; ") + std::string(*text);
        }
    }
    return out;
}

/// The service's own words: OKMS bodies have `errors`, control bodies `message` and `details`.
Error refusal(int status, const std::string& body) {
    std::string message, field, action, resource;
    const auto text = [](const json::Value& value) {
        auto read = value.string();
        return read ? std::string(*read) : std::string();
    };
    if (const auto parsed = json::Document::parse(body); parsed.has_value()) {
        const json::Value root = parsed->root();
        message = root.member("errors").is_array() ? joined(root.member("errors"))
                                                   : text(root.member("message"));
        const json::Value details = root.member("details");
        field = text(details.member("field"));
        action = text(details.member("unauthorizedActionsByIAM"));
        resource = text(details.member("resource"));
    }
    if (message.empty()) {
        message = "the service answered " + std::to_string(status);
    }
    if (!field.empty() && message.find(field) == std::string::npos) {
        message += " (field " + field + ")";
    }
    if (!action.empty() && message.find(action) == std::string::npos) {
        message += " (needs " + action + (resource.empty() ? "" : " on " + resource) + ")";
    }
    const Code code = status == 401 || status == 403   ? Code::kForbidden
                      : status == 404                  ? Code::kNotFound
                      : status == 409                  ? Code::kAlreadyExists
                      : status == 429                  ? Code::kRateLimited
                      : status == 503                  ? Code::kStoreUnavailable
                      : status >= 400 && status < 500  ? Code::kInvalidArgument
                                                       : Code::kInternal;
    return Error(code, "cli.service", message);
}

Error transport_error(CURLcode code, const char* detail, const std::string& url) {
    const std::string what = *detail == '\0' ? curl_easy_strerror(code) : detail;
    switch (static_cast<int>(code)) {
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
            return Error(Code::kConfiguration, "cli.connect", url + ": " + what);
        default:
            return Error(Code::kStoreUnavailable, "cli.connect", url + ": " + what);
    }
}

}  // namespace

Reply::~Reply() { wipe(body); }

Result<json::Document> Reply::document() const {
    json::Document::Options options;
    options.limits.values_max = 1'000'000;
    options.keep_source = true;
    return json::Document::parse(body, options);
}

struct Client::State {
    struct Free {
        void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
    };
    std::unique_ptr<CURL, Free> curl{curl_easy_init()};
    Profile profile;

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { wipe(profile.token); }

    const std::string& base(Listener listener) const {
        switch (listener) {
            case Listener::kRest: return profile.rest;
            case Listener::kControl: return profile.control;
            case Listener::kOperator: return profile.operator_;
        }
        return profile.rest;
    }
    Result<void> load_token();
    void set_credential(const Request& request, HeaderList& headers);
    void set_request(const Request& request, const std::string& url);
};

Result<void> Client::State::load_token() {
    if (profile.token.empty() && !profile.token_file.empty()) {
        CH_TRY(profile.token, read_secret_line(profile.token_file));
    }
    return ok();
}

void Client::State::set_credential(const Request& request, HeaderList& headers) {
    CURL* const handle = curl.get();
    const bool token = !request.anonymous && !profile.token.empty();
    const bool certificate = !request.anonymous && !token && !profile.cert.empty();
    curl_easy_setopt(handle, CURLOPT_SSLCERT, certificate ? profile.cert.c_str() : nullptr);
    curl_easy_setopt(handle, CURLOPT_SSLKEY, certificate ? profile.key.c_str() : nullptr);
    if (token) {
        std::string line = "Authorization: Bearer " + profile.token;
        headers.add(line);
        wipe(line);
    }
}

void Client::State::set_request(const Request& request, const std::string& url) {
    CURL* const handle = curl.get();
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, kRequestSeconds);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "chatelaine");
    if (!profile.ca.empty()) {
        curl_easy_setopt(handle, CURLOPT_CAINFO, profile.ca.c_str());
    }
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (request.body.empty() && request.method == "GET") {
        curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
    } else {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.c_str());
    }
}

Client::Client(const Profile& profile) : state_(std::make_unique<State>()) {
    state_->profile = profile;
}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Reply> Client::send(const Request& request) {
    const std::string& base = state_->base(request.listener);
    if (base.empty()) {
        constexpr std::string_view names[] = {"rest", "control", "operator"};
        return Error(Code::kConfiguration, "cli.connect",
                     "the profile has no " +
                         std::string(names[static_cast<std::size_t>(request.listener)]) +
                         " URL: chatelaine login sets it");
    }
    if (!request.anonymous) {
        CH_TRY_VOID(state_->load_token());
    }
    CURL* const handle = state_->curl.get();
    curl_easy_reset(handle);
    HeaderList headers;
    headers.add("Accept: application/json");
    headers.add("Expect:");
    headers.add(request.body.empty() ? "Content-Type:" : "Content-Type: application/json");
    if (!request.cursor.empty()) {
        headers.add("X-Pagination-Cursor: " + request.cursor);
    }
    const std::string url = base + request.path;
    state_->set_request(request, url);
    state_->set_credential(request, headers);
    Reply reply;
    char detail[CURL_ERROR_SIZE] = {};
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.list);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &reply);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &take_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &reply);
    if (const CURLcode code = curl_easy_perform(handle); code != CURLE_OK) {
        return transport_error(code, detail, base);
    }
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    reply.status = static_cast<int>(status);
    if (status < 200 || status > 299) {
        return refusal(reply.status, reply.body);
    }
    return reply;
}

Result<Reply> Client::get(Listener listener, std::string path) {
    Request request;
    request.listener = listener;
    request.path = std::move(path);
    return send(request);
}

Result<Reply> Client::post(Listener listener, std::string path, std::string body) {
    Request request;
    request.listener = listener;
    request.method = "POST";
    request.path = std::move(path);
    request.body = std::move(body);
    auto reply = send(request);
    wipe(request.body);
    return reply;
}

Result<std::string> Client::get_all(Listener listener, const std::string& path) {
    std::string all = "[";
    Request request;
    request.listener = listener;
    request.path = path;
    for (int page = 0; page < kPagesMax; ++page) {
        CH_TRY(const Reply reply, send(request));
        CH_TRY(const json::Document document, reply.document());
        if (!document.root().is_array()) {
            return Error(Code::kInternal, "cli.service", "the service did not answer with a list");
        }
        for (json::Value item = document.root().first(); item.exists(); item = item.next()) {
            all += (all.size() == 1 ? "" : ",") + std::string(item.source());
        }
        if (reply.next_cursor.empty()) {
            break;
        }
        request.cursor = reply.next_cursor;
    }
    return all + "]";
}

std::string query(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
    std::string out;
    for (const auto& [name, value] : members) {
        if (!value.empty()) {
            out += (out.empty() ? "?" : "&") + std::string(name) + "=" + encode_percent(value);
        }
    }
    return out;
}

}  // namespace chatelaine::cli
