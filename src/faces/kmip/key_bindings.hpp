#pragma once

#include "faces/kmip/kmip_face.hpp"
#include "objects/kmip/key_operations.hpp"

/// The wire form of the operations that make objects out of others.

namespace chatelaine::faces::kmip {

#define CH_KMIP_BINDING(Op)                                                              \
    template <>                                                                          \
    struct Binding<objects::kmip::Op> {                                                  \
        static Result<objects::kmip::Op::Command> decode(const Message&,                 \
                                                         const access::Principal&);      \
        static void encode(objects::kmip::Op::Reply&, Message&, ttlv::Writer&);          \
    }

CH_KMIP_BINDING(DeriveKey);
CH_KMIP_BINDING(CreateSplitKey);
CH_KMIP_BINDING(JoinSplitKey);
CH_KMIP_BINDING(Certify);
CH_KMIP_BINDING(Recertify);
CH_KMIP_BINDING(Validate);
#undef CH_KMIP_BINDING

}  // namespace chatelaine::faces::kmip
