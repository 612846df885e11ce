#include "faces/kmip/kmip_face.hpp"

#include "base/log.hpp"
#include "faces/kmip/bindings.hpp"
#include "faces/kmip/crypto_bindings.hpp"
#include "faces/kmip/query.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::faces::kmip {

KmipFace::KmipFace(engine::Engine& engine)
    : engine_(engine), streams_(engine.parts().random) {}
KmipFace::~KmipFace() = default;

namespace {

Error not_served() {
    return Error(Code::kRouteNotFound, "kmip.operation", "the operation is not supported");
}

/// Answers for items that were not done: `failed` is why, those before it are undone, those after
/// it canceled.
void answer_undone(Message& message, std::size_t failed, const std::function<void()>& fail) {
    message.restart();
    while (message.next()) {
        if (message.item_index() < failed) {
            message.fail(Error(Code::kUndone, "kmip.batch"));
        } else {
            fail();
        }
    }
}

}  // namespace

/// engine::BatchFace for a message that says Undo.
class KmipFace::WholeBatch final : public engine::BatchFace {
public:
    WholeBatch(KmipFace& face, std::unique_ptr<Message> message)
        : face_(face), message_(std::move(message)) {}
    net::Loop& loop() override { return message_->exchange().loop(); }
    void restart() override { message_->restart(); }
    void done(const Error* error, std::size_t failed) override {
        if (error != nullptr) {
            answer_undone(*message_, failed, [&] { face_.fail(*message_, *error); });
        }
        message_->finish();
    }

private:
    KmipFace& face_;
    std::unique_ptr<Message> message_;
};

void KmipFace::handle(net::Exchange& exchange) { handle(exchange, Encoding::kTtlv); }

void KmipFace::handle_post(net::Exchange& exchange) {
    const std::string_view header =
        exchange.request().header("Content-Type").value_or(std::string_view{});
    const std::string_view type = header.substr(0, header.find(';'));
    if (type == "application/octet-stream" || type.empty()) {
        handle(exchange, Encoding::kTtlv);
    } else if (type == "text/xml" || type == "application/xml") {
        handle(exchange, Encoding::kXml);
    } else if (type == "application/json") {
        handle(exchange, Encoding::kJson);
    } else {
        net::HttpResponse response;
        response.status = 415;
        response.content_type = {};
        exchange.reply(std::move(response));
    }
}

void KmipFace::handle(net::Exchange& exchange, Encoding encoding) {
    auto message = std::make_unique<Message>(engine_, exchange, encoding);
    if (message->undo()) {
        run_as_one(std::move(message));
    } else {
        go_on(std::move(message));
    }
}

bool KmipFace::serves(std::uint32_t operation, Version version) const {
    const bool known = runners_.contains(operation) || plain_.contains(operation);
    return known && first_version(static_cast<ttlv::Operation>(operation)) <= version;
}

void KmipFace::run_as_one(std::unique_ptr<Message> message) {
    std::vector<engine::Batch::Item> items;
    while (message->next()) {
        const std::uint32_t operation = message->operation();
        if (!serves(operation, message->version())) {
            const std::size_t refused = message->item_index();
            answer_undone(*message, refused, [&] { message->fail(not_served()); });
            message->finish();
            return;
        }
        engine::Batch::Item item;
        if (const auto plain = plain_.find(operation); plain != plain_.end()) {
            item.plain = [this, raw = message.get(), run = plain->second]() -> Result<void> {
                CH_CHECK(raw->next());
                return run(*this, *raw);
            };
        } else {
            item.operation = parts_.at(operation)(*message, message->item_index());
        }
        items.push_back(std::move(item));
    }
    if (message->stopped()) {
        // An item that cannot be an operation at all: nothing is tried.
        const std::size_t refused = items.size();
        answer_undone(*message, refused, [] {});
        message->finish();
        return;
    }
    engine::Batch::start(engine_, std::make_unique<WholeBatch>(*this, std::move(message)),
                         std::move(items));
}

net::HttpResponse KmipFace::reject(int, std::string_view reason) {
    net::HttpResponse response;
    response.body = Message::refusal(engine_.parts().clock.now(), reason);
    response.close = true;
    return response;
}

void KmipFace::add_plain(ttlv::Operation operation, Plain plain) {
    plain_[number(operation)] = std::move(plain);
}

std::vector<std::uint32_t> KmipFace::operations(Version version) const {
    std::vector<std::uint32_t> served;
    const auto add = [&](std::uint32_t operation) {
        if (first_version(static_cast<ttlv::Operation>(operation)) <= version) {
            served.push_back(operation);
        }
    };
    for (const auto& [operation, runner] : runners_) {
        add(operation);
    }
    for (const auto& [operation, plain] : plain_) {
        add(operation);
    }
    std::sort(served.begin(), served.end());
    return served;
}

void KmipFace::go_on(std::unique_ptr<Message> message) {
    while (message->next()) {
        const std::uint32_t operation = message->operation();
        const auto plain = plain_.find(operation);
        if (plain != plain_.end() && serves(operation, message->version())) {
            if (const auto good = plain->second(*this, *message); !good) {
                fail(*message, good.error());
            }
            continue;
        }
        if (!serves(operation, message->version())) {
            message->fail(not_served());
            continue;
        }
        runners_.at(operation)(std::move(message));
        return;
    }
    message->finish();
}

void KmipFace::go_on_later(std::unique_ptr<Message> message) {
    if (message->is_last()) {
        message->finish();
        return;
    }
    net::Loop& loop = message->exchange().loop();
    Message* const raw = message.release();
    loop.post([this, raw] { go_on(std::unique_ptr<Message>(raw)); });
}

void KmipFace::fail(Message& message, const Error& error) const {
    // A tag of a wrong length is the client's fault, whatever the cases call it.
    if (result_reason(error, message.version()) == ttlv::ResultReason::kGeneralFailure &&
        error.code() != Code::kInvalidArgument) {
        log::error("kmip_request_failed",
                   {{"request", message.call().request.to_string()},
                    {"reason", std::string(code_name(error.code()))},
                    {"where", std::string(error.where())},
                    {"message", error.detail().message}},
                   "see the reason; the client was told General Failure");
    }
    message.fail(error);
}

namespace {

/// The one list of what is served: the face and the reference are made from it.
template <class To>
void add_operations(To& to) {
    namespace kmip = objects::kmip;
    to.template add<kmip::Create>();
    to.template add<kmip::CreateKeyPair>();
    to.template add<kmip::Register>();
    to.template add<kmip::Rekey>();
    to.template add<kmip::RekeyKeyPair>();
    to.template add<kmip::Locate>();
    to.template add<kmip::Check>();
    to.template add<kmip::Get>();
    to.template add<kmip::GetAttributes>();
    to.template add<kmip::GetAttributeList>();
    to.template add<kmip::AddAttribute>();
    to.template add<kmip::ModifyAttribute>();
    to.template add<kmip::DeleteAttribute>();
    to.template add<kmip::SetAttribute>();
    to.template add<kmip::AdjustAttribute>();
    to.template add<kmip::Import>();
    to.template add<kmip::Export>();
    to.template add<kmip::ObtainLease>();
    to.template add<kmip::GetUsageAllocation>();
    to.template add<kmip::Activate>();
    to.template add<kmip::Revoke>();
    to.template add<kmip::Destroy>();
    to.template add<kmip::Archive>();
    to.template add<kmip::Recover>();
    add_cryptography(to);
}

}  // namespace

std::unique_ptr<KmipFace> make_kmip_face(engine::Engine& engine) {
    auto face = std::make_unique<KmipFace>(engine);
    add_queries(*face);
    add_operations(*face);
    return face;
}

http::Catalogue catalogue() {
    http::Catalogue catalogue;
    add_operations(catalogue);
    return catalogue;
}

}  // namespace chatelaine::faces::kmip
