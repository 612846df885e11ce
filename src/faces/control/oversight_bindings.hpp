#pragma once

#include "faces/http/face.hpp"
#include "tenancy/operator_operations.hpp"

/// The HTTP form of what is done about operators, accounts' states and sites, and of what customers
/// read of it.

namespace chatelaine::faces::http {

#define CH_OVERSIGHT_BINDING(Op)                                                          \
    template <>                                                                           \
    struct Binding<tenancy::Op> {                                                         \
        static Result<tenancy::Op::Command> decode(Context&, const access::Principal&);   \
        static void encode(tenancy::Op::Reply&, Context&, net::HttpResponse&);            \
    }
CH_OVERSIGHT_BINDING(ListOperators);
CH_OVERSIGHT_BINDING(UpdateOperator);
CH_OVERSIGHT_BINDING(SetAccountState);
CH_OVERSIGHT_BINDING(GetOwnAccount);
CH_OVERSIGHT_BINDING(RequestElevation);
CH_OVERSIGHT_BINDING(ListElevations);
CH_OVERSIGHT_BINDING(ApproveElevation);
CH_OVERSIGHT_BINDING(EndElevation);
CH_OVERSIGHT_BINDING(ListElevationsOfAccount);
CH_OVERSIGHT_BINDING(RecordSiteEntry);
CH_OVERSIGHT_BINDING(SignSiteEntry);
CH_OVERSIGHT_BINDING(ListSiteEntries);
CH_OVERSIGHT_BINDING(ListSiteEntriesOfRegion);
#undef CH_OVERSIGHT_BINDING

}  // namespace chatelaine::faces::http
