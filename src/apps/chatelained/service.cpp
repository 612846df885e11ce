#include "apps/chatelained/service.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <future>
#include <thread>

#include "apps/chatelained/reference.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "crypto/random.hpp"
#include "engine/engine.hpp"
#include "faces/control/control_face.hpp"
#include "faces/kmip/kmip_face.hpp"
#include "faces/operator/operator_face.hpp"
#include "faces/rest/rest_face.hpp"
#include "faces/vault/vault_face.hpp"
#include "operate/resealer.hpp"
#include "secrets/keeper.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "tenancy/authorities.hpp"

namespace chatelaine::app {
namespace {

namespace control = faces::control;
namespace http = faces::http;
namespace kmip = faces::kmip;
namespace operators = faces::operators;
namespace rest = faces::rest;

/// One process a data directory: held for the process's life, given up by the kernel at its end.
class DirectoryLock {
public:
    static Result<DirectoryLock> take(const std::filesystem::path& path) {
        const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (descriptor < 0 || ::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            if (descriptor >= 0) {
                ::close(descriptor);
            }
            return Error(Code::kStoreUnavailable, "app.lock",
                         "another process uses this data directory: " + path.string());
        }
        return DirectoryLock(descriptor);
    }
    DirectoryLock(DirectoryLock&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)) {}
    DirectoryLock& operator=(DirectoryLock&&) = delete;
    ~DirectoryLock() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }

private:
    explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

Result<std::unique_ptr<store::SqliteStore>> open_store(const std::filesystem::path& path) {
    store::SqliteOptions options;
    options.path = path;
    return store::open_sqlite_store(options);
}

std::string host_of(const Config::Listener& listener) {
    const bool any = listener.address == "0.0.0.0" || listener.address == "::";
    return any ? "127.0.0.1" : listener.address;
}

std::string url_of(const Config::Listener& listener, std::uint16_t port) {
    return listener.public_url.empty()
               ? "https://" + host_of(listener) + ":" + std::to_string(port)
               : listener.public_url;
}

/// The audit record of what the service did to a secret by itself.
audit::Facts facts_of(const secrets::Keeper::Event& event, const std::string& region,
                      const std::string& urn) {
    audit::Facts facts;
    facts.time = system_clock().now();
    facts.request = RequestId::random(crypto::system_random());
    facts.region = region;
    facts.domain = event.domain;
    facts.type = "SECRET_AUDIT";
    facts.operation = event.operation;
    facts.activity = responsibility::activity_id(responsibility::Activity::k3_1_1_e);
    facts.party = "provider";
    facts.res_urn = urn;
    facts.verdict = audit::Verdict::kAllowed;
    for (const auto& [name, value] : event.details) {
        facts.details.emplace_back(name, value);
    }
    return facts;
}

/// Commits what the keeper does and waits for it.
Result<void> commit_of_keeper(engine::Engine& engine, std::vector<seal::RecordChange> changes,
                              const std::vector<secrets::Keeper::Event>& events) {
    std::vector<store::RecordKey> keys;
    for (const auto& change : changes) {
        keys.push_back(change.key);
    }
    std::vector<std::string> urns;
    std::vector<engine::Engine::Recorded> records;
    urns.reserve(events.size());
    for (const auto& event : events) {
        urns.push_back(access::object_urn(engine.gate().plate(), event.domain,
                                          secrets::kSecretKind, event.path));
        records.push_back({event.domain.uuid,
                           facts_of(event, engine.options().region, urns.back())});
    }
    std::promise<Result<void>> end;
    CH_TRY_VOID(engine.submit(gate::CommitsIn::kRegion, changes, records,
                              [&](Result<store::Receipt> receipt) {
                                  engine.invalidate(keys);
                                  end.set_value(receipt ? ok()
                                                        : Result<void>(
                                                              std::move(receipt).error()));
                              }));
    return end.get_future().get();
}

/// Everything that lives as long as the service. Members are made in this order and go in the
/// reverse: the server first, the stores last.
class Service {
public:
    explicit Service(const ServeOptions& options) : options_(options) {}
    Result<void> open();
    Result<void> run(int signals);

private:
    void fill_operate_tools();
    void make_keeper();
    Result<void> load_authorities();
    void make_faces();
    Result<void> listen();
    Result<void> open_journals();
    Result<void> write_endpoints();
    Result<void> reload();
    void publish_gauges();

    const ServeOptions& options_;
    metrics::Registry registry_;
    std::unique_ptr<seal::Seal> seal_;
    std::unique_ptr<store::SqliteStore> directory_;
    std::unique_ptr<store::SqliteStore> region_;
    tenancy::Tools tools_;
    operate::Tools operate_;
    secrets::LastReads secret_reads_;
    std::unique_ptr<audit::Shipper> shipper_;
    std::vector<std::unique_ptr<audit::Journal>> journals_;
    std::unique_ptr<engine::Engine> engine_;
    std::unique_ptr<operate::Resealer> resealer_;
    std::unique_ptr<secrets::Keeper> keeper_;
    std::unique_ptr<http::Face> rest_, control_, operator_;
    std::unique_ptr<kmip::KmipFace> kmip_;
    std::unique_ptr<net::Server> server_;
    std::uint16_t rest_port_ = 0, control_port_ = 0, operator_port_ = 0, kmip_port_ = 0;
    Uuid node_;
};

Result<void> Service::open() {
    const DataDirectory& data = options_.data;
    CH_TRY(seal_, seal::Seal::open(data.seal_paths(options_.config), crypto::system_random()));
    CH_TRY(directory_, open_store(data.directory_store()));
    CH_TRY(region_, open_store(data.region_store()));
    CH_TRY(const std::string node, read_file(data.node(), 64));
    node_ = Uuid::parse(node).value_or(Uuid{});
    tools_.seal = seal_.get();
    tools_.matrix = &responsibility::Matrix::built_in();
    CH_TRY(tools_.authorities_pem, read_file(data.authority(), 64 * 1024));

    engine::Engine::Options engine_options;
    engine_options.region = options_.config.region;
    engine_options.directory_writer = directory_->writer();
    engine_options.region_writer = region_->writer();
    engine_options.rate = {options_.config.limits.requests_per_second,
                           options_.config.limits.request_burst};
    if (options_.config.threads.pool != 0) {
        engine_options.quick_threads = options_.config.threads.pool;
        engine_options.slow_threads = options_.config.threads.pool;
    }
    engine_ = std::make_unique<engine::Engine>(
        std::move(engine_options),
        engine::Engine::Parts{*directory_, *region_, *seal_, *tools_.matrix, system_clock(),
                              crypto::system_random(), registry_, tools_, operate_,
                              secret_reads_});
    shipper_ = audit::Shipper::create({data.journal(), node_}, *seal_, *region_);
    fill_operate_tools();
    make_keeper();
    CH_TRY_VOID(listen());
    if (!seal_->is_sealed()) {
        CH_TRY_VOID(load_authorities());
        CH_TRY_VOID(shipper_->recover(system_clock().now()));
    }
    CH_TRY_VOID(open_journals());
    publish_gauges();
    return ok();
}

void Service::fill_operate_tools() {
    operate_.seal = seal_.get();
    operate_.directory = directory_.get();
    operate_.region = region_.get();
    operate_.shipper = shipper_.get();
    operate_.registry = &registry_;
    operate_.version = CHATELAINE_VERSION;
    operate_.data_dir = options_.data.root;
    operate_.backup_directory = options_.data.backups();
    operate_.on_unsealed = [this] {
        const auto loaded = load_authorities();
        if (!loaded) {
            log::error("authorities_not_loaded", {{"reason", loaded.error().to_string()}},
                       "no certificate can be issued: restart the service");
        }
    };
    operate_.on_sealed = [this] {
        engine_->cache().clear();
        tools_.users_authority.set(nullptr);
        tools_.operators_authority.set(nullptr);
    };
    operate_.invalidate = [this](const std::vector<store::RecordKey>& keys) {
        engine_->invalidate(keys);
    };
    operate_.readiness = [this] {
        return std::vector<std::pair<std::string, bool>>{
            {"directory", directory_->statistics().writable},
            {"region", region_->statistics().writable}};
    };
    resealer_ = std::make_unique<operate::Resealer>(operate::Resealer::Options{}, operate_);
    operate_.resealer = resealer_.get();
}

void Service::make_keeper() {
    secrets::Keeper::Ports ports;
    ports.scopes = [this] { return seal_->is_sealed() ? std::vector<Uuid>{} : seal_->scopes(); };
    ports.reader = [this] { return std::make_unique<engine::View>(*engine_, true); };
    ports.commit = [this](std::vector<seal::RecordChange> changes,
                          const std::vector<secrets::Keeper::Event>& events) {
        return commit_of_keeper(*engine_, std::move(changes), events);
    };
    keeper_ = std::make_unique<secrets::Keeper>(secrets::Keeper::Options{}, std::move(ports),
                                                secret_reads_);
}

Result<void> Service::load_authorities() {
    engine::View view(*engine_, true);
    const auto load =
        [&](std::string_view name) -> Result<tenancy::AuthoritySlot::Held> {
        CH_TRY(const auto record, view.load<tenancy::Authority>(access::provider_scope,
                                                                tenancy::authority_id(name)));
        if (!record) {
            return Error(Code::kStoreCorrupt, "app.authority",
                         "the directory has no authority for " + std::string(name));
        }
        CH_TRY(auto authority,
               crypto::CertificateAuthority::load(record->certificate, record->pkcs8));
        return std::make_shared<const crypto::CertificateAuthority>(std::move(authority));
    };
    CH_TRY(auto users, load(tenancy::users_authority_name));
    CH_TRY(auto operators, load(tenancy::operators_authority_name));
    tools_.users_authority.set(std::move(users));
    tools_.operators_authority.set(std::move(operators));
    return tenancy::load_account_states(view, tools_.account_states);
}

void Service::make_faces() {
    rest_ = rest::make_rest_face(*engine_, &faces::vault::add_to_face);
    control_ = control::make_control_face(*engine_);
    operator_ = operators::make_operator_face(*engine_, operate_);
    kmip_ = kmip::make_kmip_face(*engine_);
    for (const char* const path : {"/kmip", "/kmip/2_1"}) {
        rest_->add_raw("POST", path, [this](net::Exchange& exchange) {
            kmip_->handle_post(exchange);
        });
    }
    http::Rows rows;
    for (const http::Listener& listener : listeners()) {
        const http::Rows& served = listener.catalogue.rows();
        rows.insert(rows.end(), served.begin(), served.end());
    }
    operate_.operations = rows;
    for (const gate::OperationRow* const row : rows) {
        if (gate::can_be_asked(*row)) {
            tools_.actions_to_approve.insert(tools_.actions_to_approve.end(), row->actions.begin(),
                                             row->actions.end());
        }
    }
    control::add_responsibilities(*control_, *tools_.matrix, rows,
                                  responsibility::Party::kCustomer);
    control::add_reference(*control_, rows);
    control::add_responsibilities(*operator_, *tools_.matrix, rows,
                                  responsibility::Party::kProvider);
}

Result<void> Service::listen() {
    const Config& config = options_.config;
    const DataDirectory& data = options_.data;
    server_ = net::Server::create({config.threads.workers});
    make_faces();
    const auto tls_file = [&](const std::string& configured, const char* otherwise) {
        return configured.empty() ? (data.tls() / otherwise).string() : configured;
    };
    net::HttpListenerOptions listener;
    listener.tls.certificate_and_key = {{tls_file(config.tls.certificate_file, "server.pem"),
                                         tls_file(config.tls.key_file, "server.key")}};
    listener.tls.client_ca = tls_file(config.tls.client_ca_file, "client-ca.pem");
    listener.proxy_protocol_from = config.proxy_protocol_from;
    listener.header_bytes_max = config.limits.header_bytes_max;
    listener.body_bytes_max = config.limits.body_bytes_max;
    listener.connections_max = config.limits.connections_max;
    const auto add = [&](const char* name, const Config::Listener& where,
                         net::HttpHandler& face) -> Result<std::uint16_t> {
        listener.name = name;
        listener.address = where.address;
        listener.port = where.port;
        listener.handler = &face;
        return server_->listen(listener);
    };
    CH_TRY(rest_port_, add("rest", config.rest, *rest_));
    CH_TRY(control_port_, add("control", config.control, *control_));
    CH_TRY(operator_port_, add("operator", config.operator_, *operator_));
    listener.framing = net::Framing::kTtlv;
    listener.tls.require_client_certificate = true;
    const auto rsa = data.tls() / "server-rsa.pem";
    if (config.tls.certificate_file.empty() && std::filesystem::exists(rsa)) {
        listener.tls.certificate_and_key.emplace_back(rsa.string(),
                                                      (data.tls() / "server-rsa.key").string());
    }
    listener.body_bytes_max = limits::kmip_message_bytes_max;
    listener.idle_deadline = limits::kmip_idle_deadline;
    CH_TRY(kmip_port_, add("kmip", config.kmip, *kmip_));
    tools_.kmip_endpoint = host_of(config.kmip) + ":" + std::to_string(kmip_port_);
    tools_.rest_url = url_of(config.rest, rest_port_);
    tools_.control_url = url_of(config.control, control_port_);
    return ok();
}

Result<void> Service::open_journals() {
    for (net::Loop* loop : server_->loops()) {
        audit::Journal::Options journal;
        journal.directory = options_.data.journal();
        journal.node = node_;
        journal.loop = loop->index();
        journal.flush_before_reply = options_.config.journal.flush_before_reply;
        CH_TRY(auto opened, audit::Journal::open(journal, *seal_, *region_));
        engine_->attach(*loop, *opened);
        journals_.push_back(std::move(opened));
    }
    return ok();
}

void Service::publish_gauges() {
    registry_.gauge("chatelaine_secrets_expiring", "Secrets whose current version is about to end",
                    {{"within", "1d"}},
                    [this] { return static_cast<double>(keeper_->ending_within_day()); });
    registry_.gauge("chatelaine_secrets_expiring", "Secrets whose current version is about to end",
                    {{"within", "7d"}},
                    [this] { return static_cast<double>(keeper_->ending_soon()); });
    registry_.gauge("chatelaine_secrets_erased", "Deleted secrets that were erased since the start",
                    {}, [this] { return static_cast<double>(keeper_->erased()); });
    registry_.gauge("chatelaine_sealed", "1 while the root key is not open", {},
                    [this] { return seal_->is_sealed() ? 1.0 : 0.0; });
    registry_.gauge("chatelaine_secret_bytes", "Locked memory in use", {},
                    [] { return static_cast<double>(crypto::arena_status().used_bytes); });
    for (const auto& [name, store] : {std::pair<std::string, store::Store*>{"directory",
                                                                            directory_.get()},
                                      {"region", region_.get()}}) {
        store::Store* const from = store;
        registry_.gauge("chatelaine_store_records", "Records, tombstones included",
                        {{"store", name}},
                        [from] { return static_cast<double>(from->statistics().records); });
        registry_.gauge("chatelaine_store_writable", "0 after a failed sync, until verified",
                        {{"store", name}},
                        [from] { return from->statistics().writable ? 1.0 : 0.0; });
    }
}

Result<void> Service::write_endpoints() {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("pid", static_cast<std::int64_t>(::getpid()))
        .member("rest", tools_.rest_url)
        .member("control", tools_.control_url)
        .member("operator", url_of(options_.config.operator_, operator_port_))
        .member("kmip", tools_.kmip_endpoint)
        .member("ca", std::filesystem::absolute(options_.data.authority()).string())
        .member("region", options_.config.region)
        .end_object();
    text.push_back('\n');
    return write_file(options_.data.endpoints(), text);
}

Result<void> Service::reload() {
    CH_TRY(const Config fresh, options_.read_config());
    CH_TRY_VOID(server_->reload());
    const Config::Limits& limits = fresh.limits;
    engine_->set_rate({limits.requests_per_second, limits.request_burst});
    for (const char* name : {"rest", "control", "operator"}) {
        server_->set_limits(
            name, {limits.header_bytes_max, limits.body_bytes_max, limits.connections_max});
    }
    server_->set_limits(
        "kmip", {limits.header_bytes_max, limits::kmip_message_bytes_max, limits.connections_max});
    log::configure(fresh.log.level, fresh.log.json);
    Config taken = options_.config;
    taken.limits = fresh.limits;
    taken.log = fresh.log;
    if (!(taken == fresh)) {
        log::warning("reload_partial", {},
                     "more than [limits] and [log] was changed: restart the service for the rest");
    }
    return ok();
}

Result<void> Service::run(int signals) {
    std::vector<audit::Journal*> journals;
    for (const auto& journal : journals_) {
        journals.push_back(journal.get());
    }
    constexpr std::chrono::seconds ship_interval{2};
    shipper_->start(std::move(journals),
                    std::chrono::milliseconds(options_.config.journal.sync_interval_ms),
                    ship_interval);
    resealer_->start();
    keeper_->start();
    CH_TRY_VOID(server_->start());
    CH_TRY_VOID(write_endpoints());
    CH_TRY_VOID(write_file(options_.data.ready(), std::string_view("ready\n")));
    log::info("ready", {{"rest", tools_.rest_url},
                        {"control", tools_.control_url},
                        {"sealed", seal_->is_sealed() ? "true" : "false"}});
    for (;;) {
        signalfd_siginfo signal{};
        if (::read(signals, &signal, sizeof signal) != static_cast<ssize_t>(sizeof signal)) {
            continue;
        }
        if (signal.ssi_signo != SIGHUP) {
            break;
        }
        const auto reloaded = reload();
        if (reloaded) {
            log::info("reloaded");
        } else {
            log::error("reload_failed", {{"reason", reloaded.error().to_string()}},
                       "the old certificates and limits stay in use; correct the files and send "
                       "SIGHUP again");
        }
    }
    log::info("stopping");
    static_cast<void>(remove_file(options_.data.ready()).has_value());
    server_->stop(std::chrono::duration_cast<std::chrono::milliseconds>(limits::drain_deadline));
    engine_->stop();
    resealer_->stop();
    keeper_->stop();
    shipper_->stop();
    for (const auto& journal : journals_) {
        static_cast<void>(journal->sync().has_value());
    }
    log::info("stopped");
    return ok();
}

/// The signals that the service takes, blocked in every thread that comes after.
int take_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        ::sigaddset(&set, signal);
    }
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    return ::signalfd(-1, &set, SFD_CLOEXEC);
}

}  // namespace

Result<void> serve(const ServeOptions& options) {
    const int signals = take_signals();
    CH_TRY(const DirectoryLock lock, DirectoryLock::take(options.data.lock()));
    if (std::filesystem::exists(options.data.unfinished())) {
        return Error(Code::kNotFound, "app.serve",
                     "the initialisation was interrupted; run chatelained init again");
    }
    CH_TRY_VOID(remove_file(options.data.ready()));
    const auto arena = crypto::arena_status();
    if (!arena.locked) {
        log::warning("memory_not_locked", {}, "raise the memory lock limit (LimitMEMLOCK) so that "
                                              "keys cannot reach swap");
    }
    Service service(options);
    CH_TRY_VOID(service.open());
    return service.run(signals);
}

}  // namespace chatelaine::app
