#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "engine/batch.hpp"
#include "faces/http/catalogue.hpp"
#include "faces/kmip/message.hpp"
#include "objects/kmip/streams.hpp"

/// KMIP requests to operations, and their ends to responses. Nothing is decided here: what a batch
/// item asks for is an operation of the table, run by the engine like those of every other face.

namespace chatelaine::faces::kmip {

/// How an operation looks on the wire. Specialise in bindings.hpp:
///   static Result<typename Op::Command> decode(const Message&, const access::Principal&);
///   static void encode(typename Op::Reply&, Message&, ttlv::Writer&);
template <class Op>
struct Binding;

class KmipFace final : public net::HttpHandler {
public:
    explicit KmipFace(engine::Engine& engine);
    ~KmipFace() override;

    /// A request whose body is one message in TTLV.
    void handle(net::Exchange& exchange) override;
    /// The body of a POST: TTLV (application/octet-stream), XML (text/xml, application/xml) or JSON
    /// (application/json), answered in the same. 415 for anything else.
    void handle_post(net::Exchange& exchange);
    /// The answer to what is no message.
    net::HttpResponse reject(int status, std::string_view reason) override;

    template <gate::Operation Op>
    void add() {
        static_assert(Op::row.kmip != 0);
        rows_.push_back(&Op::row);
        runners_[Op::row.kmip] = runner<Op>();
        parts_[Op::row.kmip] = part_maker<Op>();
    }
    /// Answered without an operation, as OKMS has no right for it: Query, Discover Versions.
    using Plain = std::function<Result<void>(const KmipFace&, Message&)>;
    void add_plain(ttlv::Operation operation, Plain plain);

    const std::vector<const gate::OperationRow*>& rows() const { return rows_; }
    /// The operations that are served in a version, by their numbers.
    std::vector<std::uint32_t> operations(Version version) const;

private:
    using Runner = std::function<void(std::unique_ptr<Message>)>;

    template <gate::Operation Op>
    Result<typename Op::Command> decode(const Message& message, const engine::Call& call,
                                        const access::Principal& principal) {
        CH_TRY(auto command, Binding<Op>::decode(message, principal));
        if constexpr (requires { command.part.table; }) {
            command.part.table = &streams_;
            command.part.request = call.request;
        }
        return command;
    }

    /// engine::FaceOf for KMIP.
    template <gate::Operation Op>
    class Adapter {
    public:
        Adapter(KmipFace& face, std::unique_ptr<Message> message)
            : face_(&face), message_(std::move(message)) {}
        const engine::Call& call() const { return message_->call(); }
        net::Loop& loop() { return message_->exchange().loop(); }
        Result<typename Op::Command> decode(const access::Principal& principal) {
            return face_->template decode<Op>(*message_, call(), principal);
        }
        gate::RequestParts request_parts() const {
            return {"KMIP", Op::row.name, message_->payload().encoded()};
        }
        /// The answer is written before anything is committed: one that is too large has no effect.
        Result<void> admit(typename Op::Reply& reply) {
            return message_->succeed(
                [&](ttlv::Writer& out) { Binding<Op>::encode(reply, *message_, out); });
        }
        void done(Result<gate::Committed<Op>> end) {
            if (!end) {
                face_->fail(*message_, end.error());
            }
            face_->go_on_later(std::move(message_));
        }

    private:
        KmipFace* face_;
        std::unique_ptr<Message> message_;
    };

    /// The same within a batch that is done as one: the message is the batch's.
    template <gate::Operation Op>
    class PartAdapter {
    public:
        PartAdapter(KmipFace& face, Message& message, std::size_t index)
            : face_(&face), message_(&message), index_(index), call_(message.call()) {}
        const engine::Call& call() const { return call_; }
        net::Loop& loop() { return message_->exchange().loop(); }
        Result<typename Op::Command> decode(const access::Principal& principal) {
            CH_CHECK(message_->next() && message_->item_index() == index_);
            return face_->template decode<Op>(*message_, call(), principal);
        }
        Result<void> admit(typename Op::Reply& reply) {
            return message_->succeed(
                [&](ttlv::Writer& out) { Binding<Op>::encode(reply, *message_, out); });
        }
        void done(Result<gate::Committed<Op>>) {}  // the batch answers for its parts

    private:
        KmipFace* face_;
        Message* message_;
        std::size_t index_;
        engine::Call call_;
    };

    template <gate::Operation Op>
    Runner runner() {
        const engine::OperationMeter meter = engine_.meter(Op::row);
        return [this, meter](std::unique_ptr<Message> message) {
            engine::Execution<Op, Adapter<Op>>::start(engine_, meter,
                                                      Adapter<Op>(*this, std::move(message)));
        };
    }
    using PartMaker =
        std::function<std::unique_ptr<engine::ExecutionStages>(Message&, std::size_t)>;
    template <gate::Operation Op>
    PartMaker part_maker() {
        const engine::OperationMeter meter = engine_.meter(Op::row);
        return [this, meter](Message& message, std::size_t index) {
            return std::make_unique<engine::Execution<Op, PartAdapter<Op>>>(
                engine_, meter, PartAdapter<Op>(*this, message, index));
        };
    }
    class WholeBatch;
    /// Runs all items as one, or answers at once when one of them is refused already.
    void run_as_one(std::unique_ptr<Message> message);
    bool serves(std::uint32_t operation, Version version) const;

    void handle(net::Exchange& exchange, Encoding encoding);
    /// Runs the next item, or sends the response after the last one.
    void go_on(std::unique_ptr<Message> message);
    /// The same from within an operation's end: the next one gets a stack of its own.
    void go_on_later(std::unique_ptr<Message> message);
    void fail(Message& message, const Error& error) const;

    engine::Engine& engine_;
    objects::kmip::StreamTable streams_;  ///< messages that come in parts
    std::map<std::uint32_t, Runner> runners_;
    std::map<std::uint32_t, PartMaker> parts_;
    std::map<std::uint32_t, Plain> plain_;
    std::vector<const gate::OperationRow*> rows_;
};

/// The face with every operation that is served.
std::unique_ptr<KmipFace> make_kmip_face(engine::Engine& engine);
/// The same as data.
http::Catalogue catalogue();

}  // namespace chatelaine::faces::kmip
