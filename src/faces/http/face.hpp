#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/limits.hpp"
#include "engine/execution.hpp"
#include "faces/http/catalogue.hpp"
#include "faces/http/errors.hpp"
#include "faces/http/router.hpp"

/// What the HTTP faces share: from a request to an execution of an operation, and from its end to
/// a response. A face adds routes with a Binding for each operation and nothing else.

namespace chatelaine::faces::http {

/// One request on its way. Owned by its execution; touched by one thread at a time.
class Context {
public:
    Context(engine::Engine& engine, net::Exchange& exchange, const RouteMatch& match,
            RequestId request, std::string_view audit_type);

    net::Exchange& exchange() { return exchange_; }
    const net::HttpRequest& request() const { return exchange_.request(); }
    engine::Call& call() { return call_; }
    const engine::Call& call() const { return call_; }
    /// The facts about the service that answers show: its endpoints, its authorities.
    const tenancy::Tools& tools() const { return engine_.parts().tools; }
    const std::string& plate() const { return engine_.gate().plate(); }

    /// Is `{name}` in the route that was taken? A face may serve one operation with and without.
    bool has_parameter(std::string_view name) const { return match_.raw(name).has_value(); }
    /// The decoded text of `{name}`.
    Result<std::string> parameter(std::string_view name) const;
    template <class IdType>
    Result<IdType> id_parameter(std::string_view name) const {
        // An id as it is usually written, with nothing to decode.
        if (const auto plain = IdType::parse(match_.raw(name).value_or(std::string_view{}))) {
            return *plain;
        }
        CH_TRY(const std::string text, parameter(name));
        const auto id = IdType::parse(text);
        if (!id) {
            return Error::invalid("http.parameter", std::string(name), "expected a UUID");
        }
        return *id;
    }
    /// The decoded value of a query parameter; the first when it is there twice.
    Result<std::optional<std::string>> query(std::string_view name) const;
    /// A whole number inside the bounds, or the default when absent.
    struct Range {
        std::int64_t lowest, highest, otherwise;
    };
    Result<std::int64_t> query_integer(std::string_view name, const Range& range) const;

    /// A client certificate or a token, good or not.
    bool presents_something() const {
        const access::Presented& shown = call_.presented;
        return shown.certificate || !shown.authorization.empty() || !shown.vault_token.empty();
    }
    std::optional<std::string_view> header(std::string_view name) const {
        return request().header(name);
    }
    /// The body as a JSON object, parsed once. kMalformed, kMissingArgument("body") when empty.
    Result<json::Value> body();
    /// The same for a body that carries a secret's data: deeper, with more values, and each value's
    /// source() is there. A request's body is read one way or the other, never both.
    Result<json::Value> secret_body();
    /// `{okmsId}` of the path, or the caller's own domain for the short form.
    DomainId domain(const access::Principal& principal) const {
        return call_.presented.requested_domain.is_nil() ? principal.domain()
                                                         : call_.presented.requested_domain;
    }

private:
    Result<json::Value> body_within(const json::Document::Options& options);

    engine::Engine& engine_;
    net::Exchange& exchange_;
    RouteMatch match_;
    engine::Call call_;
    std::optional<json::Document> document_;
};

/// How an operation looks in HTTP. Specialise in the face:
///   static Result<typename Op::Command> decode(Context&, const access::Principal&);
///   static void encode(typename Op::Reply&, Context&, net::HttpResponse&);
/// The status is the row's.
template <class Op>
struct Binding;

using EncodeError = void (*)(const Error&, const RequestId&, net::HttpResponse&);

/// An HttpHandler over a list of operations.
class Face : public net::HttpHandler {
public:
    struct Options {
        std::string audit_type = "REST_AUDIT";
        EncodeError encode_error = &encode_okms_error;
        /// Where the operations' paths are mounted: "", "/api/{okmsId}".
        std::vector<std::string> prefixes = {""};
    };
    Face(engine::Engine& engine, Options options);
    ~Face() override;

    void handle(net::Exchange& exchange) override;
    net::HttpResponse reject(int status, std::string_view reason) override;

    /// An operation at its row's method and path, below each prefix.
    template <gate::Operation Op>
    void add() {
        rows_.push_back(&Op::row);
        add_route(Op::row.rest.method, Op::row.rest.path, runner<Op>());
    }
    /// The operation at a further place, for clients that call it there: another method, a slash at
    /// the end. No row of its own, so documents do not show it.
    template <gate::Operation Op>
    void add_also(std::string_view method, std::string_view path) {
        add_route(method, path, runner<Op>());
    }
    /// Several operations at one method and path: `choose` says which, from the request alone.
    using Runner = std::function<void(std::unique_ptr<Context>)>;
    using Choose = std::function<Result<std::size_t>(Context&)>;
    template <gate::Operation First, gate::Operation... Others>
    void add_choice(Choose choose) {
        static_assert(((Others::row.rest.method == First::row.rest.method &&
                        Others::row.rest.path == First::row.rest.path) && ...));
        rows_.insert(rows_.end(), {&First::row, &Others::row...});
        add_choice_route(First::row.rest.method, First::row.rest.path, std::move(choose),
                         {runner<First>(), runner<Others>()...});
    }
    /// add_choice() at a further place, as add_also().
    template <gate::Operation First, gate::Operation... Others>
    void add_choice_also(std::string_view method, std::string_view path, Choose choose) {
        add_choice_route(method, path, std::move(choose), {runner<First>(), runner<Others>()...});
    }
    /// Answered without an operation: health, documents. Listed by name in docs/reference.md.
    using Plain = std::function<net::HttpResponse(Context&)>;
    void add_plain(std::string_view method, std::string_view path, Plain plain);

    /// The operation for who presents a credential, good or not, and `plain` for who presents none.
    template <gate::Operation Op>
    void add_or_plain(std::string_view method, std::string_view path, Plain plain) {
        add_route(method, path,
                  [plain = std::move(plain), run = runner<Op>()](std::unique_ptr<Context> context) {
                      if (context->presents_something()) {
                          run(std::move(context));
                          return;
                      }
                      net::Exchange& exchange = context->exchange();
                      exchange.reply(plain(*context));
                  });
    }

    /// Handed on as it is to something that answers by itself: a protocol carried in bodies.
    using Raw = std::function<void(net::Exchange&)>;
    void add_raw(std::string_view method, std::string_view path, Raw raw);

    template <gate::Operation Op>
    Runner runner() {
        const engine::OperationMeter meter = engine_.meter(Op::row);
        return [this, meter](std::unique_ptr<Context> context) {
            engine::Execution<Op, Adapter<Op>>::start(engine_, meter,
                                                      Adapter<Op>(*this, std::move(context)));
        };
    }
    engine::Engine& engine() { return engine_; }
    /// What this face serves, in the order it was added.
    struct Served {
        std::string method, path;
    };
    const std::vector<Served>& served() const { return served_; }
    const Rows& rows() const { return rows_; }
    const Options& options() const { return options_; }

private:
    /// engine::FaceOf for HTTP.
    template <gate::Operation Op>
    class Adapter {
    public:
        Adapter(Face& face, std::unique_ptr<Context> context)
            : face_(&face), context_(std::move(context)) {}
        const engine::Call& call() const { return context_->call(); }
        net::Loop& loop() { return context_->exchange().loop(); }
        gate::RequestParts request_parts() const {
            const net::HttpRequest& request = context_->request();
            return {request.method, request.target, request.body};
        }
        Result<typename Op::Command> decode(const access::Principal& principal) {
            return Binding<Op>::decode(*context_, principal);
        }
        void done(Result<gate::Committed<Op>> end) {
            net::HttpResponse response;
            if (end) {
                response.status = Op::row.rest.success_status;
                if (response.status == 204) {
                    response.content_type = {};
                } else {
                    Binding<Op>::encode(end->reply(), *context_, response);
                }
            } else {
                face_->fail(*context_, end.error(), response);
                // A protocol of its own has its own form of errors, too.
                if constexpr (requires { &Binding<Op>::encode_error; }) {
                    Binding<Op>::encode_error(end.error(), *context_, response);
                }
            }
            context_->exchange().reply(std::move(response));
        }

    private:
        Face* face_;
        std::unique_ptr<Context> context_;
    };

    void add_route(std::string_view method, std::string_view path, Runner runner);
    void add_choice_route(std::string_view method, std::string_view path, Choose choose,
                          std::vector<Runner> runners);
    void fail(const Context& context, const Error& error, net::HttpResponse& response) const;
    void refuse(net::Exchange& exchange, const RequestId& request, const Error& error,
                std::string_view path);

    engine::Engine& engine_;
    Options options_;
    Router router_;
    std::vector<Runner> routes_;
    std::vector<Served> served_;
    Rows rows_;
};

}  // namespace chatelaine::faces::http
