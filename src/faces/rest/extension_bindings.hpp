#pragma once

#include "faces/http/face.hpp"
#include "objects/catalogue.hpp"

/// The HTTP form of what the vendor's service keys do not have: the catalogue and advice.

namespace chatelaine::faces::http {

#define CH_REST_BINDING(Op)                                                              \
    template <>                                                                          \
    struct Binding<objects::Op> {                                                        \
        static Result<objects::Op::Command> decode(Context&, const access::Principal&);  \
        static void encode(objects::Op::Reply&, Context&, net::HttpResponse&);           \
    }

CH_REST_BINDING(GetCatalogue);
CH_REST_BINDING(GetAdvice);
#undef CH_REST_BINDING

}  // namespace chatelaine::faces::http
