#pragma once

#include "faces/http/face.hpp"
#include "tenancy/contact_operations.hpp"

/// The HTTP form of a subscription's contacts.

namespace chatelaine::faces::http {

#define CH_CONTACT_BINDING(Op)                                                            \
    template <>                                                                           \
    struct Binding<tenancy::Op> {                                                         \
        static Result<tenancy::Op::Command> decode(Context&, const access::Principal&);   \
        static void encode(tenancy::Op::Reply&, Context&, net::HttpResponse&);            \
    }
CH_CONTACT_BINDING(SetContact);
CH_CONTACT_BINDING(GetContact);
CH_CONTACT_BINDING(ExportContacts);
CH_CONTACT_BINDING(EraseContact);
#undef CH_CONTACT_BINDING

}  // namespace chatelaine::faces::http
