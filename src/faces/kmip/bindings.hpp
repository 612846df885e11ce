#pragma once

#include "faces/kmip/kmip_face.hpp"
#include "objects/kmip/operations.hpp"

/// The wire form of each KMIP operation, in every version.

namespace chatelaine::faces::kmip {

#define CH_KMIP_BINDING(Op)                                                              \
    template <>                                                                          \
    struct Binding<objects::kmip::Op> {                                                  \
        static Result<objects::kmip::Op::Command> decode(const Message&,                 \
                                                         const access::Principal&);      \
        static void encode(objects::kmip::Op::Reply&, Message&, ttlv::Writer&);          \
    }

CH_KMIP_BINDING(Create);
CH_KMIP_BINDING(CreateKeyPair);
CH_KMIP_BINDING(Register);
CH_KMIP_BINDING(Locate);
CH_KMIP_BINDING(Get);
CH_KMIP_BINDING(GetAttributes);
CH_KMIP_BINDING(GetAttributeList);
CH_KMIP_BINDING(AddAttribute);
CH_KMIP_BINDING(ModifyAttribute);
CH_KMIP_BINDING(DeleteAttribute);
CH_KMIP_BINDING(SetAttribute);
CH_KMIP_BINDING(AdjustAttribute);
CH_KMIP_BINDING(Import);
CH_KMIP_BINDING(Export);
CH_KMIP_BINDING(Activate);
CH_KMIP_BINDING(Revoke);
CH_KMIP_BINDING(Destroy);
CH_KMIP_BINDING(Archive);
CH_KMIP_BINDING(Recover);
CH_KMIP_BINDING(Rekey);
CH_KMIP_BINDING(RekeyKeyPair);
CH_KMIP_BINDING(Check);
CH_KMIP_BINDING(ObtainLease);
CH_KMIP_BINDING(GetUsageAllocation);
#undef CH_KMIP_BINDING

}  // namespace chatelaine::faces::kmip
