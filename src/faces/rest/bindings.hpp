#pragma once

#include "faces/http/face.hpp"
#include "objects/service_keys.hpp"

/// The HTTP form of each service key operation.

namespace chatelaine::faces::http {

/// A key as callers name it: its id, or "alias:NAME". kInvalidArgument(`field`).
Result<void> read_key_name(std::string_view text, std::string_view field, objects::KeyRef& ref);

/// The domain and `{keyId}`: what most commands begin with.
template <class Command>
Result<Command> decode_key_ref(Context& context, const access::Principal& principal) {
    Command command;
    command.domain = context.domain(principal);
    if (auto id = context.id_parameter<ObjectId>("keyId")) {
        command.key = *id;
        return command;
    }
    CH_TRY(const std::string text, context.parameter("keyId"));
    CH_TRY_VOID(read_key_name(text, "keyId", command));
    return command;
}

#define CH_REST_BINDING(Op)                                                              \
    template <>                                                                          \
    struct Binding<objects::Op> {                                                        \
        static Result<objects::Op::Command> decode(Context&, const access::Principal&);  \
        static void encode(objects::Op::Reply&, Context&, net::HttpResponse&);           \
    }

CH_REST_BINDING(CreateKey);
CH_REST_BINDING(ImportKey);
CH_REST_BINDING(ListKeys);
CH_REST_BINDING(GetKey);
CH_REST_BINDING(ExportKey);
CH_REST_BINDING(UpdateKey);
CH_REST_BINDING(DeleteKey);
CH_REST_BINDING(ActivateKey);
CH_REST_BINDING(DeactivateKey);
CH_REST_BINDING(Encrypt);
CH_REST_BINDING(Decrypt);
CH_REST_BINDING(CreateDataKey);
CH_REST_BINDING(DecryptDataKey);
CH_REST_BINDING(Sign);
CH_REST_BINDING(Verify);
CH_REST_BINDING(GetRandom);
#undef CH_REST_BINDING

}  // namespace chatelaine::faces::http
