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
CH_SECRET_BINDING(DiffVersions);
CH_SECRET_BINDING(RollbackSecret);
CH_SECRET_BINDING(GetReads);
CH_SECRET_BINDING(ListDeleted);
CH_SECRET_BINDING(UndeleteSecret);
CH_SECRET_BINDING(GetRetention);
CH_SECRET_BINDING(UpdateRetention);
CH_SECRET_BINDING(GetConfig);
CH_SECRET_BINDING(UpdateConfig);
#undef CH_SECRET_BINDING

/// A version that a query names, from `lowest` on; nothing when it names none.
Result<std::optional<std::uint32_t>> query_number(Context& context, std::string_view name,
                                                  std::int64_t lowest);

/// Page size and cursor of a list's headers, and the cursor of its answer.
struct SecretPaging {
    std::string cursor;
    std::size_t max = limits::list_page_max;
};
Result<SecretPaging> decode_secret_paging(Context& context);
void encode_secret_cursor(const std::string& cursor, net::HttpResponse& response);

/// {path, metadata}, as a write answers.
void encode_secret_answer(const secrets::SecretAnswer& answer, Context& context,
                          net::HttpResponse& response);

}  // namespace chatelaine::faces::http

namespace chatelaine::faces::rest {

/// Which operation a request is, where several share method and path: as in the lists of
/// rest_face.cpp.
Result<std::size_t> choose_secret_read(http::Context& context);   ///< get, read
Result<std::size_t> choose_secret_write(http::Context& context);  ///< put, update
Result<std::size_t> choose_version_state(http::Context& context);  ///< activate, deactivate, delete

}  // namespace chatelaine::faces::rest
