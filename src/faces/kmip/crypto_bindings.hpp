#pragma once

#include "faces/kmip/key_bindings.hpp"
#include "objects/kmip/crypto_operations.hpp"

/// The wire form of the operations that use keys.

namespace chatelaine::faces::kmip {

#define CH_KMIP_BINDING(Op)                                                              \
    template <>                                                                          \
    struct Binding<objects::kmip::Op> {                                                  \
        static Result<objects::kmip::Op::Command> decode(const Message&,                 \
                                                         const access::Principal&);      \
        static void encode(objects::kmip::Op::Reply&, Message&, ttlv::Writer&);          \
    }

CH_KMIP_BINDING(Encrypt);
CH_KMIP_BINDING(Decrypt);
CH_KMIP_BINDING(Sign);
CH_KMIP_BINDING(SignatureVerify);
CH_KMIP_BINDING(Mac);
CH_KMIP_BINDING(MacVerify);
CH_KMIP_BINDING(Hash);
CH_KMIP_BINDING(RngRetrieve);
CH_KMIP_BINDING(RngSeed);
#undef CH_KMIP_BINDING

/// Adds all of them to the face, or to the reference.
template <class To>
void add_cryptography(To& to) {
    namespace kmip = objects::kmip;
    to.template add<kmip::Encrypt>();
    to.template add<kmip::Decrypt>();
    to.template add<kmip::Sign>();
    to.template add<kmip::SignatureVerify>();
    to.template add<kmip::Mac>();
    to.template add<kmip::MacVerify>();
    to.template add<kmip::Hash>();
    to.template add<kmip::RngRetrieve>();
    to.template add<kmip::RngSeed>();
    to.template add<kmip::DeriveKey>();
    to.template add<kmip::CreateSplitKey>();
    to.template add<kmip::JoinSplitKey>();
    to.template add<kmip::Certify>();
    to.template add<kmip::Recertify>();
    to.template add<kmip::Validate>();
}

}  // namespace chatelaine::faces::kmip
