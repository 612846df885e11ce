#include "faces/http/face.hpp"

#include <charconv>

#include "base/log.hpp"

namespace chatelaine::faces::http {

Context::Context(engine::Engine& engine, net::Exchange& exchange, const RouteMatch& match,
                 RequestId request, std::string_view audit_type)
    : engine_(engine), exchange_(exchange), match_(match) {
    const net::HttpRequest& http = exchange.request();
    const net::Peer& peer = exchange.peer();
    call_.request = request;
    call_.type = audit_type;
    call_.client_ip = peer.address;
    call_.http_method = http.method;
    call_.http_path = http.path();
    call_.status_of = &http_status;
    call_.received = exchange.received();
    call_.presented = engine::presented_by(peer);
    call_.presented.authorization = http.header("Authorization").value_or(std::string_view{});
    call_.presented.vault_token = http.header("X-Vault-Token").value_or(std::string_view{});
}

Result<std::string> Context::parameter(std::string_view name) const {
    const auto raw = match_.raw(name);
    CH_CHECK(raw.has_value());
    auto text = decode_percent(*raw);
    if (!text || !is_utf8(*text)) {
        return Error::invalid("http.parameter", std::string(name), "expected UTF-8 text");
    }
    return text;
}

Result<std::optional<std::string>> Context::query(std::string_view name) const {
    std::string_view rest = request().query();
    while (!rest.empty()) {
        const std::size_t end = rest.find('&');
        const std::string_view pair = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        const std::size_t equals = pair.find('=');
        if (pair.substr(0, equals) != name) {
            continue;
        }
        std::string raw(equals == std::string_view::npos ? std::string_view{}
                                                         : pair.substr(equals + 1));
        for (char& c : raw) {
            c = c == '+' ? ' ' : c;  // form encoding, as clients' query builders write it
        }
        auto value = decode_percent(raw);
        if (!value || !is_utf8(*value)) {
            return Error::invalid("http.query", std::string(name), "expected UTF-8 text");
        }
        return std::optional<std::string>(std::move(value).value());
    }
    return std::optional<std::string>{};
}

Result<std::int64_t> Context::query_integer(std::string_view name, const Range& range) const {
    CH_TRY(const auto text, query(name));
    if (!text) {
        return range.otherwise;
    }
    std::int64_t value = 0;
    const char* const end = text->data() + text->size();
    const auto [stopped, fault] = std::from_chars(text->data(), end, value);
    if (fault != std::errc{} || stopped != end || value < range.lowest || value > range.highest) {
        return Error::invalid("http.query", std::string(name),
                              "expected a whole number from " + std::to_string(range.lowest) +
                                  " to " + std::to_string(range.highest));
    }
    return value;
}

Result<json::Value> Context::body() {
    json::Document::Options options;
    options.limits = {limits::json_depth_max, limits::json_values_max};
    return body_within(options);
}

Result<json::Value> Context::secret_body() {
    json::Document::Options options;
    options.limits = {limits::secret_json_depth_max, limits::secret_json_values_max};
    options.keep_source = true;
    return body_within(options);
}

Result<json::Value> Context::body_within(const json::Document::Options& options) {
    if (!document_) {
        const BytesView bytes = request().body;
        if (bytes.empty()) {
            return Error::missing("http.body", "body");
        }
        auto document = json::Document::parse(as_text(bytes), options);
        if (!document && document.error().code() == Code::kTooLarge) {
            // The body was taken; what it holds is too deep or too much: that is a bad body (400).
            return Error(Code::kMalformed, "http.body", document.error().detail().message);
        }
        if (!document) {
            return std::move(document).error();
        }
        document_ = std::move(document).value();
    }
    const json::Value root = document_->root();
    if (!root.is_object()) {
        return Error::invalid("http.body", "body", "expected a JSON object");
    }
    return root;
}

Face::Face(engine::Engine& engine, Options options)
    : engine_(engine), options_(std::move(options)) {}
Face::~Face() = default;

void Face::add_route(std::string_view method, std::string_view path, Runner runner) {
    for (const std::string& prefix : options_.prefixes) {
        router_.add(method, prefix + std::string(path), routes_.size());
    }
    served_.push_back({std::string(method), std::string(path)});
    routes_.push_back(std::move(runner));
}

void Face::add_choice_route(std::string_view method, std::string_view path, Choose choose,
                            std::vector<Runner> runners) {
    add_route(method, path,
              [this, choose = std::move(choose),
               runners = std::move(runners)](std::unique_ptr<Context> context) {
                  const auto chosen = choose(*context);
                  // A body that cannot be read is the first operation's to refuse: after the
                  // caller is known, and with its audit record.
                  runners[chosen ? *chosen : 0](std::move(context));
              });
}

void Face::add_plain(std::string_view method, std::string_view path, Plain plain) {
    const std::size_t route = routes_.size();
    router_.add(method, path, route);
    served_.push_back({std::string(method), std::string(path)});
    routes_.push_back([plain = std::move(plain)](std::unique_ptr<Context> context) {
        net::Exchange& exchange = context->exchange();
        exchange.reply(plain(*context));
    });
}

void Face::add_raw(std::string_view method, std::string_view path, Raw raw) {
    router_.add(method, path, routes_.size());
    served_.push_back({std::string(method), std::string(path)});
    routes_.push_back([raw = std::move(raw)](std::unique_ptr<Context> context) {
        net::Exchange& exchange = context->exchange();
        context.reset();
        raw(exchange);
    });
}

void Face::handle(net::Exchange& exchange) {
    const RequestId request = RequestId::random(engine_.parts().random);
    const std::string_view path = exchange.request().path();
    const RouteMatch match = router_.match(exchange.request().method, path);
    if (match.kind != RouteMatch::Kind::kFound) {
        const bool no_path = match.kind == RouteMatch::Kind::kNoPath;
        refuse(exchange, request,
               no_path ? Error(Code::kRouteNotFound, "http.route", "no operation at this path")
                       : Error(Code::kMethodNotAllowed, "http.route", "not with this method"),
               path);
        return;
    }
    auto context = std::make_unique<Context>(engine_, exchange, match, request,
                                             options_.audit_type);
    if (const auto raw = match.raw("okmsId")) {
        const auto domain = DomainId::parse(*raw);
        if (!domain) {
            refuse(exchange, request, Error::invalid("http.route", "okmsId", "expected a UUID"),
                   path);
            return;
        }
        context->call().presented.requested_domain = *domain;
    }
    routes_[match.route](std::move(context));
}

void Face::fail(const Context& context, const Error& error, net::HttpResponse& response) const {
    options_.encode_error(error, context.call().request, response);
    if (response.status >= 500) {
        log::error("request_failed",
                   {{"request", context.call().request.to_string()},
                    {"reason", std::string(code_name(error.code()))},
                    {"where", std::string(error.where())},
                    {"message", error.detail().message}},
                   "see the reason; the caller was told to try again or to give the request id");
    }
}

void Face::refuse(net::Exchange& exchange, const RequestId& request, const Error& error,
                  std::string_view path) {
    net::HttpResponse response;
    options_.encode_error(error, request, response);
    if (error.code() == Code::kMethodNotAllowed) {
        response.headers.emplace_back("Allow", router_.allowed(path));
    }
    exchange.reply(std::move(response));
}

net::HttpResponse Face::reject(int status, std::string_view reason) {
    const Code code = status == 413 || status == 431 ? Code::kTooLarge
                      : status == 503                ? Code::kOverloaded
                                                     : Code::kMalformed;
    net::HttpResponse response;
    options_.encode_error(Error(code, "http.reject", std::string(reason)),
                          RequestId::random(engine_.parts().random), response);
    response.status = status;
    response.close = true;
    return response;
}

}  // namespace chatelaine::faces::http
