// What the operations do. Those that wait (stores, files, key files) never run on a network loop.
#include "operate/operations.hpp"
#include "operate/resealer.hpp"

namespace chatelaine::operate {
namespace {

Result<void> require_blocking(const Services& services) {
    return services.reader.may_block() ? ok() : Result<void>(Error(Code::kWouldBlock, "operate"));
}

/// A scope's records lie in both stores: changes where their records are, uses in the region's.
Result<audit::RecordPage> read_trail(const Uuid& scope, const AuditQuery& query,
                                     const Services& services, Tools& tools) {
    CH_TRY_VOID(require_blocking(services));
    return audit::read_records(scope, query.filter, {query.cursor}, query.max, query.newest_first,
                               *tools.seal, {tools.region, tools.directory}, tools.shipper);
}

Error busy() {
    return Error(Code::kWrongState, "operate.keys",
                 "a backup or a rotation is running; try again when it is done");
}

}  // namespace

Result<gate::Outcome<ReadAudit>> run(const gate::Authorised<ReadAudit>& authorised,
                                     Services& services, Tools& tools) {
    gate::Outcome<ReadAudit> outcome;
    const auto& command = authorised.command();
    CH_TRY(outcome.reply, read_trail(command.domain.uuid, command.query, services, tools));
    return outcome;
}

Result<gate::Outcome<ReadAccountAudit>> run(const gate::Authorised<ReadAccountAudit>& authorised,
                                            Services& services, Tools& tools) {
    gate::Outcome<ReadAccountAudit> outcome;
    CH_TRY(outcome.reply, read_trail(authorised.principal().account().uuid,
                                     authorised.command().query, services, tools));
    return outcome;
}

Result<gate::Outcome<ReadProviderAudit>> run(const gate::Authorised<ReadProviderAudit>& authorised,
                                             Services& services, Tools& tools) {
    gate::Outcome<ReadProviderAudit> outcome;
    CH_TRY(outcome.reply,
           read_trail(access::provider_scope, authorised.command().query, services, tools));
    return outcome;
}

Result<gate::Outcome<SealStatus>> run(const gate::Authorised<SealStatus>&, Services&,
                                      Tools& tools) {
    gate::Outcome<SealStatus> outcome;
    outcome.reply.sealed = tools.seal->is_sealed();
    outcome.reply.shares_missing = tools.seal->shares_missing();
    for (const Uuid& scope : tools.seal->scopes()) {
        ++outcome.reply.scopes;
        if (tools.seal->oldest_generation(scope) != tools.seal->generation(scope)) {
            ++outcome.reply.scopes_resealing;
        }
    }
    return outcome;
}

Result<gate::Outcome<SealNow>> run(const gate::Authorised<SealNow>&, Services&, Tools& tools) {
    gate::Outcome<SealNow> outcome;
    outcome.reply.sealed = true;
    // After the record of it: nothing can be recorded once the keys are forgotten.
    outcome.then = [&tools] {
        tools.seal->seal_now();
        if (tools.on_sealed) {
            tools.on_sealed();
        }
    };
    return outcome;
}

Result<gate::Outcome<RotateRoot>> run(const gate::Authorised<RotateRoot>& authorised,
                                      Services& services, Tools& tools) {
    CH_TRY_VOID(require_blocking(services));
    const std::unique_lock lock(tools.keys, std::try_to_lock);
    if (!lock) {
        return busy();
    }
    const auto& command = authorised.command();
    gate::Outcome<RotateRoot> outcome;
    CH_TRY(outcome.reply.shares, tools.seal->rotate_root({command.threshold, command.count}));
    outcome.reply.threshold = command.threshold;
    outcome.details.emplace_back("threshold", std::to_string(command.threshold));
    outcome.details.emplace_back("count", std::to_string(command.count));
    return outcome;
}

Result<gate::Outcome<RotateDomainKey>> run(const gate::Authorised<RotateDomainKey>& authorised,
                                           Services& services, Tools& tools) {
    CH_TRY_VOID(require_blocking(services));
    gate::Outcome<RotateDomainKey> outcome;
    CH_TRY(outcome.reply.generation,
           tools.seal->rotate_scope(authorised.command().domain.uuid));
    outcome.details.emplace_back("generation", std::to_string(outcome.reply.generation));
    if (tools.resealer != nullptr) {
        tools.resealer->wake();
    }
    return outcome;
}

Result<gate::Outcome<Backup>> run(const gate::Authorised<Backup>& authorised, Services& services,
                                  Tools& tools) {
    CH_TRY_VOID(require_blocking(services));
    std::filesystem::path name = authorised.command().file;
    if (name.is_absolute() && name.parent_path() == tools.backup_directory.lexically_normal()) {
        name = name.filename();
    }
    gate::Outcome<Backup> outcome;
    CH_TRY(outcome.reply, write_backup(tools, name.string(), services.now));
    outcome.details.emplace_back("file", name.string());
    outcome.details.emplace_back("bytes", std::to_string(outcome.reply.bytes));
    return outcome;
}

}  // namespace chatelaine::operate
