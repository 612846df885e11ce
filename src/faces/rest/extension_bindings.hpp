#pragma once

#include "faces/http/face.hpp"
#include "objects/aliases.hpp"
#include "objects/catalogue.hpp"
#include "objects/key_batch.hpp"
#include "objects/versions.hpp"

/// The HTTP form of what the vendor's service keys do not have: the catalogue, advice,
/// versions, batches, aliases.

namespace chatelaine::faces::http {

#define CH_REST_BINDING(Op)                                                              \
    template <>                                                                          \
    struct Binding<objects::Op> {                                                        \
        static Result<objects::Op::Command> decode(Context&, const access::Principal&);  \
        static void encode(objects::Op::Reply&, Context&, net::HttpResponse&);           \
    }

CH_REST_BINDING(GetCatalogue);
CH_REST_BINDING(GetAdvice);
CH_REST_BINDING(RotateKey);
CH_REST_BINDING(ListKeyVersions);
CH_REST_BINDING(DestroyKeyVersion);
CH_REST_BINDING(ScheduleRotation);
CH_REST_BINDING(ReEncrypt);
CH_REST_BINDING(UseKeys);
CH_REST_BINDING(SetAlias);
CH_REST_BINDING(DeleteAlias);
CH_REST_BINDING(ListAliases);
#undef CH_REST_BINDING

}  // namespace chatelaine::faces::http
