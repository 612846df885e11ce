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

void KmipFace::handle(net::Exchange& exchange) {
    go_on(std::make_unique<Message>(engine_, exchange));
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
        if (const auto plain = plain_.find(operation); plain != plain_.end()) {
            if (const auto good = plain->second(*this, *message); !good) {
                fail(*message, good.error());
            }
            continue;
        }
        const auto runner = runners_.find(operation);
        const bool known = runner != runners_.end() &&
                           first_version(static_cast<ttlv::Operation>(operation)) <=
                               message->version();
        if (!known) {
            message->fail(Error(Code::kRouteNotFound, "kmip.operation",
                                "the operation is not supported"));
            continue;
        }
        runner->second(std::move(message));
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
    if (result_reason(error.code(), message.version()) == ttlv::ResultReason::kGeneralFailure) {
        log::error("kmip_request_failed",
                   {{"request", message.call().request.to_string()},
                    {"reason", std::string(code_name(error.code()))},
                    {"where", std::string(error.where())},
                    {"message", error.detail().message}},
                   "see the reason; the client was told General Failure");
    }
    message.fail(error);
}

std::unique_ptr<KmipFace> make_kmip_face(engine::Engine& engine) {
    namespace kmip = objects::kmip;
    auto face = std::make_unique<KmipFace>(engine);
    add_queries(*face);
    face->add<kmip::Create>();
    face->add<kmip::CreateKeyPair>();
    face->add<kmip::Register>();
    face->add<kmip::Locate>();
    face->add<kmip::Get>();
    face->add<kmip::GetAttributes>();
    face->add<kmip::GetAttributeList>();
    face->add<kmip::AddAttribute>();
    face->add<kmip::ModifyAttribute>();
    face->add<kmip::DeleteAttribute>();
    face->add<kmip::SetAttribute>();
    face->add<kmip::Activate>();
    face->add<kmip::Revoke>();
    face->add<kmip::Destroy>();
    face->add<kmip::Archive>();
    face->add<kmip::Recover>();
    add_cryptography(*face);
    return face;
}

}  // namespace chatelaine::faces::kmip
