#pragma once

#include "faces/http/face.hpp"
#include "faces/vault/mounts.hpp"
#include "secrets/kv_operations.hpp"
#include "tenancy/sessions.hpp"

/// The HTTP form of each operation that Vault's clients call.

namespace chatelaine::faces::http {

#define CH_VAULT_BINDING(Op)                                                  \
    template <>                                                               \
    struct Binding<Op> {                                                      \
        static Result<Op::Command> decode(Context&, const access::Principal&); \
        static void encode(Op::Reply&, Context&, net::HttpResponse&);         \
    }

CH_VAULT_BINDING(secrets::KvWrite);
CH_VAULT_BINDING(secrets::KvRead);
CH_VAULT_BINDING(secrets::KvPatch);
CH_VAULT_BINDING(secrets::KvDeleteLatest);
CH_VAULT_BINDING(secrets::KvDelete);
CH_VAULT_BINDING(secrets::KvUndelete);
CH_VAULT_BINDING(secrets::KvDestroy);
CH_VAULT_BINDING(secrets::KvSubkeys);
CH_VAULT_BINDING(secrets::KvGetMetadata);
CH_VAULT_BINDING(secrets::KvList);
CH_VAULT_BINDING(secrets::KvPutMetadata);
CH_VAULT_BINDING(secrets::KvPatchMetadata);
CH_VAULT_BINDING(secrets::KvDeleteMetadata);
CH_VAULT_BINDING(secrets::KvGetConfig);
CH_VAULT_BINDING(secrets::KvUpdateConfig);
CH_VAULT_BINDING(tenancy::LookupSelf);
CH_VAULT_BINDING(tenancy::LookupToken);
CH_VAULT_BINDING(tenancy::CreateChildToken);
CH_VAULT_BINDING(vault::ListMounts);
CH_VAULT_BINDING(vault::GetMount);
#undef CH_VAULT_BINDING

}  // namespace chatelaine::faces::http
