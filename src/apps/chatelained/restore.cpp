#include "apps/chatelained/restore.hpp"

#include <cstdio>

#include "access/access.hpp"
#include "apps/chatelained/init.hpp"
#include "crypto/random.hpp"
#include "operate/backup.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "tenancy/authorities.hpp"

namespace chatelaine::app {
namespace {

constexpr std::size_t kShareBytesMax = 1024;
constexpr std::string_view where = "app.restore";

Result<void> check_store(const std::filesystem::path& path) {
    store::SqliteOptions options;
    options.path = path;
    CH_TRY(const auto store, store::open_sqlite_store(options));
    return store->check_integrity();
}

/// The share alone, without the end of its line.
Result<seal::ShareText> read_share(const std::filesystem::path& path) {
    CH_TRY(std::string text, read_file(path, kShareBytesMax));
    const std::size_t end = text.find_last_not_of(" \r\n");
    auto share = seal::ShareText::copy_of(
        as_bytes(std::string_view(text).substr(0, end == std::string::npos ? 0 : end + 1)));
    wipe(text);
    return share;
}

Result<void> open_with_shares(seal::Seal& seal, const RestoreOptions& options) {
    std::size_t missing = seal.shares_missing();
    for (const auto& path : options.share_files) {
        CH_TRY(const auto share, read_share(path));
        auto left = seal.submit_share(share);
        if (!left) {
            return Error(left.error().code(), where,
                         path.string() + ": " + left.error().to_string());
        }
        missing = *left;
    }
    if (seal.is_sealed()) {
        return Error(Code::kSealed, where,
                     "the data is in place; " + std::to_string(missing) +
                         " more shares are needed: run restore again without --file, with a "
                         "--share-file for each");
    }
    // The key file was lost with the machine.
    return seal.restore_key_file();
}

Result<std::shared_ptr<const tenancy::Authority>> authority_of(store::Store& directory,
                                                               const seal::Seal& seal,
                                                               std::string_view name) {
    const store::RecordKey key{access::provider_scope, tenancy::Authority::kind,
                               tenancy::authority_id(name)};
    CH_TRY(const auto record, directory.get(key));
    if (!record || record->tombstone) {
        return Error(Code::kStoreCorrupt, where,
                     "the directory has no authority for " + std::string(name));
    }
    CH_TRY(const auto plaintext, seal.open_record({key, record->version}, record->sealed));
    return plaintext.with_exposed(crypto::insecure_expose_secret(), [&](BytesView bytes) {
        return tenancy::Authority::decode(
            {key, record->version, record->commit, record->born, record->dates}, bytes);
    });
}

Result<void> write_certificates(const RestoreOptions& options, const seal::Seal& seal) {
    const DataDirectory& data = options.data;
    store::SqliteOptions store_options;
    store_options.path = data.directory_store();
    CH_TRY(const auto directory, store::open_sqlite_store(store_options));
    CH_TRY(const auto servers, authority_of(*directory, seal, tenancy::servers_authority_name));
    CH_TRY(const auto users, authority_of(*directory, seal, tenancy::users_authority_name));
    CH_TRY(const auto operators,
           authority_of(*directory, seal, tenancy::operators_authority_name));
    const auto pem = [](const auto& authority) {
        return crypto::der_to_pem(authority->certificate, "CERTIFICATE");
    };
    CH_TRY_VOID(make_folder(data.tls()));
    CH_TRY_VOID(make_folder(data.backups()));
    CH_TRY_VOID(write_file(data.authority(), pem(servers)));
    CH_TRY_VOID(write_file(data.tls() / "client-ca.pem", pem(users) + pem(operators)));
    CH_TRY(const auto signer,
           crypto::CertificateAuthority::load(servers->certificate, servers->pkcs8));
    return write_server_certificate(data, signer, options.server_names);
}

}  // namespace

Result<void> restore_files(const std::filesystem::path& backup, const DataDirectory& data) {
    operate::RestoreOptions options;
    options.file = backup;
    options.data_dir = data.root;
    options.check_store = check_store;
    options.random = &crypto::system_random();
    CH_TRY(const auto summary, operate::restore_backup(options));
    std::printf("restored %s: %llu bytes, verified\n", backup.c_str(),
                static_cast<unsigned long long>(summary.bytes));
    return ok();
}

Result<void> finish_restore(const RestoreOptions& options) {
    const seal::Paths paths = options.data.seal_paths(options.config);
    CH_TRY_VOID(make_folder(paths.key_file.parent_path()));
    CH_TRY(const auto seal, seal::Seal::open(paths, crypto::system_random()));
    if (seal->is_sealed()) {
        CH_TRY_VOID(open_with_shares(*seal, options));
    }
    return write_certificates(options, *seal);
}

}  // namespace chatelaine::app
