#include "apps/chatelained/init.hpp"

#include <cstdio>

#include "base/log.hpp"
#include "crypto/random.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "tenancy/authorities.hpp"

namespace chatelaine::app {
namespace {

constexpr std::int64_t kServerCertificateDays = 397;

Result<void> hand_out(const std::filesystem::path& folder, std::string_view file,
                      const crypto::SecretBytes& text) {
    return text.with_exposed(crypto::insecure_expose_secret(), [&](BytesView bytes) {
        if (!folder.empty()) {
            return write_file(folder / file, bytes);
        }
        std::printf("%.*s: %.*s\n", static_cast<int>(file.size()), file.data(),
                    static_cast<int>(bytes.size()), reinterpret_cast<const char*>(bytes.data()));
        return ok();
    });
}

Result<void> hand_out_shares(const std::filesystem::path& folder,
                             const std::vector<seal::ShareText>& shares) {
    if (!folder.empty()) {
        CH_TRY_VOID(make_folder(folder));
        CH_TRY_VOID(write_file(folder / "READ-ME-AND-MOVE-THESE.txt",
                               std::string_view("Break-glass shares of the root key. Give each to "
                                                "a person of its own and remove this folder.\n")));
    }
    for (std::size_t i = 0; i < shares.size(); ++i) {
        CH_TRY_VOID(hand_out(folder, "share-" + std::to_string(i + 1) + ".txt", shares[i]));
    }
    return ok();
}

Result<store::Change> sealed(const seal::Seal& seal, seal::RecordChange change) {
    store::Change stored;
    stored.key = change.key;
    stored.expected_version = change.expected_version;
    stored.dates = change.dates;
    for (const auto& [name, value] : change.terms) {
        CH_TRY(const auto term, seal.term(change.key.scope, name, value));
        stored.terms.push_back(term);
    }
    auto bytes = change.plaintext.with_exposed(
        crypto::insecure_expose_secret(), [&](BytesView plaintext) {
            return seal.seal({change.key, change.expected_version + 1}, plaintext);
        });
    if (!bytes) {
        return std::move(bytes).error();
    }
    stored.sealed = std::move(bytes).value();
    return stored;
}

struct Made {
    crypto::CertificateAuthority servers, users, operators;
};
/// The authorities and the enrolment code, in one transaction.
Result<Made> fill_directory(const InitOptions& options, const seal::Seal& seal,
                            store::Store& directory) {
    const WallTime now = system_clock().now();
    store::Transaction transaction;
    const auto authority =
        [&](std::string_view name) -> Result<crypto::CertificateAuthority> {
        CH_TRY(auto made, tenancy::new_authority(name, now));
        CH_TRY(auto change, sealed(seal, std::move(made.second)));
        transaction.changes.push_back(std::move(change));
        return std::move(made.first);
    };
    CH_TRY(auto servers, authority(tenancy::servers_authority_name));
    CH_TRY(auto users, authority(tenancy::users_authority_name));
    CH_TRY(auto operators, authority(tenancy::operators_authority_name));
    CH_TRY(auto first, tenancy::first_operator(crypto::system_random(), now));
    for (auto& change : first.second) {
        CH_TRY(auto stored, sealed(seal, std::move(change)));
        transaction.changes.push_back(std::move(stored));
    }
    CH_TRY(const auto receipt, directory.commit(std::move(transaction)));
    static_cast<void>(receipt);
    CH_TRY_VOID(hand_out(options.shares_folder, "operator-enrolment-code.txt", first.first));
    return Made{std::move(servers), std::move(users), std::move(operators)};
}

/// What a finished `init` leaves, but for the shares, which nobody knows the place of.
std::vector<std::filesystem::path> files_of(const DataDirectory& data, const seal::Paths& paths) {
    std::vector<std::filesystem::path> files = {paths.root_file, paths.keybag_file,
                                                paths.keybag_copy, paths.key_file};
    for (const auto& store : {data.region_store(), data.directory_store()}) {
        for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
            files.emplace_back(store.string() + suffix);
        }
    }
    return files;
}

/// From here to its end the directory is marked: a run that is cut short leaves nothing that
/// counts, since the shares that open its root may never have been handed out. The next begins
/// anew.
Result<void> begin(const DataDirectory& data, const seal::Paths& paths) {
    const auto files = files_of(data, paths);
    if (std::filesystem::exists(data.unfinished())) {
        for (const auto& file : files) {
            CH_TRY_VOID(remove_file(file));
        }
        return ok();
    }
    for (const auto& file : files) {
        if (std::filesystem::exists(file)) {
            return Error(Code::kAlreadyExists, "app.init", file.string() + " is there already");
        }
    }
    return write_file(data.unfinished(), std::string_view("initialising\n"));
}

Result<std::unique_ptr<store::SqliteStore>> new_store(const std::filesystem::path& path) {
    store::SqliteOptions options;
    options.path = path;
    options.create = true;
    options.writer = Uuid::random(crypto::system_random());
    return store::open_sqlite_store(options);
}

Result<void> write_pair(const DataDirectory& data, const crypto::CertificateAuthority& authority,
                        const std::string& name, const crypto::PrivateKey& key,
                        const crypto::ServerCertificate& facts) {
    CH_TRY(const Bytes der, authority.issue_server(key.public_key(), facts));
    CH_TRY(const auto pem, crypto::private_key_pem(key));
    CH_TRY_VOID(pem.with_exposed(crypto::insecure_expose_secret(), [&](BytesView bytes) {
        return write_file(data.tls() / (name + ".key"), bytes);
    }));
    return write_file(data.tls() / (name + ".pem"),
                      crypto::der_to_pem(der, "CERTIFICATE") +
                          crypto::der_to_pem(authority.certificate_der(), "CERTIFICATE"));
}

}  // namespace

Result<void> write_server_certificate(const DataDirectory& data,
                                      const crypto::CertificateAuthority& authority,
                                      const std::vector<std::string>& names) {
    const WallTime now = system_clock().now();
    crypto::ServerCertificate facts;
    facts.dns_names = {"localhost"};
    facts.addresses = {"127.0.0.1", "::1"};
    for (const std::string& name : names) {
        const bool address = name.find_first_not_of("0123456789.") == std::string::npos ||
                             name.find(':') != std::string::npos;
        (address ? facts.addresses : facts.dns_names).push_back(name);
    }
    facts.not_before = now.plus_seconds(-60);
    facts.not_after = now.plus_seconds(kServerCertificateDays * 86400);
    CH_TRY(const auto key, crypto::PrivateKey::generate_ec(crypto::Curve::kP256));
    CH_TRY_VOID(write_pair(data, authority, "server", key, facts));
    // For KMIP's older clients, which know RSA alone.
    CH_TRY(const auto rsa, crypto::PrivateKey::generate_rsa(2048));
    return write_pair(data, authority, "server-rsa", rsa, facts);
}

Result<void> initialise(const InitOptions& options) {
    const DataDirectory& data = options.data;
    CH_TRY_VOID(make_folder(data.root));
    CH_TRY_VOID(make_folder(data.tls()));
    CH_TRY_VOID(make_folder(data.backups()));
    const seal::Paths paths = data.seal_paths(options.config);
    CH_TRY_VOID(make_folder(paths.key_file.parent_path()));
    CH_TRY_VOID(begin(data, paths));
    Random& random = crypto::system_random();
    const seal::ShareOptions share_options{options.config.seal.share_threshold,
                                           options.config.seal.share_count};
    CH_TRY(const auto shares, seal::Seal::initialise(paths, share_options, random));
    CH_TRY_VOID(hand_out_shares(options.shares_folder, shares));
    CH_TRY(const auto seal, seal::Seal::open(paths, random));
    CH_TRY_VOID(seal->create_scope(access::provider_scope));
    CH_TRY(const auto region, new_store(data.region_store()));
    CH_TRY(const auto directory, new_store(data.directory_store()));
    CH_TRY(const Made made, fill_directory(options, *seal, *directory));
    const auto pem = [](const crypto::CertificateAuthority& authority) {
        return crypto::der_to_pem(authority.certificate_der(), "CERTIFICATE");
    };
    CH_TRY_VOID(write_file(data.authority(), pem(made.servers)));
    CH_TRY_VOID(write_file(data.tls() / "client-ca.pem", pem(made.users) + pem(made.operators)));
    CH_TRY_VOID(write_file(data.node(), Uuid::random(random).to_string()));
    CH_TRY_VOID(write_server_certificate(data, made.servers, options.server_names));
    return remove_file(data.unfinished());
}

}  // namespace chatelaine::app
