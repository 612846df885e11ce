#pragma once

#include "faces/http/face.hpp"
#include "secrets/operations.hpp"

/// The HTTP form of each operation of OKMS REST v2 on secrets.

namespace chatelaine::faces::http {

#define CH_SECRET_BINDING(Op)                                                            \
    template <>                                                                          \
    struct Binding<secrets::Op> {                                                        \
        static Result<secrets::Op::Command> decode(Context&, const access::Principal&);  \
        static void encode(secrets::Op::Reply&, Context&, net::HttpResponse&);           \
    }

CH_SECRET_BINDING(CreateSecret);
CH_SECRET_BINDING(ListSecrets);
CH_SECRET_BINDING(SearchSecrets);
CH_SECRET_BINDING(GetSecret);
CH_SECRET_BINDING(ReadSecret);
CH_SECRET_BINDING(UpdateSecret);
CH_SECRET_BINDING(PutSecret);
CH_SECRET_BINDING(DeleteSecret);
CH_SECRET_BINDING(ListVersions);
CH_SECRET_BINDING(CreateVersion);
CH_SECRET_BINDING(GetVersion);
CH_SECRET_BINDING(ReadVersion);
CH_SECRET_BINDING(ActivateVersion);
CH_SECRET_BINDING(DeactivateVersion);
CH_SECRET_BINDING(DeleteVersion);
CH_SECRET_BINDING(GetConfig);
CH_SECRET_BINDING(UpdateConfig);
#undef CH_SECRET_BINDING

}  // namespace chatelaine::faces::http

namespace chatelaine::faces::rest {

/// Which operation a request is, where several share method and path: as in the lists of
/// rest_face.cpp.
Result<std::size_t> choose_secret_read(http::Context& context);   ///< get, read
Result<std::size_t> choose_secret_write(http::Context& context);  ///< put, update
Result<std::size_t> choose_version_state(http::Context& context);  ///< activate, deactivate, delete

}  // namespace chatelaine::faces::rest
