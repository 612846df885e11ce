#pragma once

#include "faces/http/face.hpp"
#include "operate/operations.hpp"

/// The HTTP form of operate's operations that are the provider's alone.

namespace chatelaine::faces::http {

#define CH_OPERATE_BINDING(Op)                                                            \
    template <>                                                                           \
    struct Binding<operate::Op> {                                                         \
        static Result<operate::Op::Command> decode(Context&, const access::Principal&);   \
        static void encode(operate::Op::Reply&, Context&, net::HttpResponse&);            \
    }

CH_OPERATE_BINDING(SealStatus);
CH_OPERATE_BINDING(SealNow);
CH_OPERATE_BINDING(RotateRoot);
CH_OPERATE_BINDING(Backup);
#undef CH_OPERATE_BINDING

}  // namespace chatelaine::faces::http
