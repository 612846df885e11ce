#include "faces/kmip/kmip_face.hpp"

#include "base/log.hpp"
#include "faces/kmip/bindings.hpp"
#include "faces/kmip/query.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::faces::kmip {

KmipFace::KmipFace(engine::Engine& engine) : engine_(engine) {}
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
    to.template add<kmip::ObtainLease>();
    to.template add<kmip::GetUsageAllocation>();
    to.template add<kmip::Activate>();
    to.template add<kmip::Revoke>();
    to.template add<kmip::Destroy>();
    to.template add<kmip::Archive>();
    to.template add<kmip::Recover>();
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
