// What secrets have beyond both APIs: comparing and bringing back versions, last reads, deleted
// secrets that come back.
#include <algorithm>

#include "base/limits.hpp"
#include "secrets/cursor.hpp"
#include "secrets/data.hpp"
#include "secrets/duration.hpp"
#include "secrets/edit.hpp"

namespace chatelaine::secrets {
namespace {

/// Records of deleted secrets that are opened for one answer.
constexpr std::size_t kLookedAtMax = 1000;

/// A version that has data to give: kSecretNotFound when it is not there, kWrongState when it is
/// not active.
Result<SecretAnswer> read_active(Services& services, const SecretRef& ref,
                                 std::optional<std::uint32_t> number) {
    CH_TRY(SecretAnswer answer, read_answer(services, ref, {number, true}));
    if (!answer.version) {
        return Error(Code::kSecretNotFound, "secrets.version", "the secret has no version");
    }
    if (!answer.data) {
        return Error(Code::kWrongState, "secrets.version", "the version is not active");
    }
    return answer;
}

bool may_get(Services& services, const DomainId& domain, const std::string& path) {
    return services.allowed(GetSecret::row, {domain, path});
}

/// The one that was deleted last of a path, and is not past its time. kSecretNotFound else.
Result<std::shared_ptr<const DeletedSecret>> find_deleted(Services& services,
                                                          const SecretRef& ref) {
    store::Query query;
    query.scope = ref.domain.uuid;
    CH_TRY(const store::Term term,
           services.reader.term(ref.domain.uuid, term::kDeleted, ref.path));
    query.terms.push_back(term);
    query.newest_first = true;
    query.max = 1;
    CH_TRY(const auto found, services.reader.find<DeletedSecret>(query));
    if (found.objects.empty() || found.objects.front()->erased <= services.now) {
        return Error(Code::kSecretNotFound, "secrets.undelete", "no such deleted secret");
    }
    return found.objects.front();
}

}  // namespace

Result<gate::Outcome<DiffVersions>> run(const gate::Authorised<DiffVersions>& authorised,
                                        Services& services, LastReads& reads) {
    const DiffVersions::Command& command = authorised.command();
    CH_TRY_VOID(also(authorised, services, action::kGet, command.path));
    CH_TRY(const SecretAnswer from, read_active(services, command, command.from));
    CH_TRY(const SecretAnswer to, read_active(services, command, command.to));
    gate::Outcome<DiffVersions> outcome;
    outcome.reply.from = from.version->number;
    outcome.reply.to = to.version->number;
    CH_TRY(outcome.reply.changes, diff_of(*from.data, *to.data, command.values));
    outcome.record_version = to.secret->origin.version;
    outcome.details.emplace_back("versions", std::to_string(outcome.reply.from) + "," +
                                                 std::to_string(outcome.reply.to));
    note_read(outcome, reads, from, services.now);
    outcome.then = [first = std::move(outcome.then), &reads, scope = to.secret->domain.uuid,
                    id = to.secret->id, life = to.secret->life, number = to.version->number,
                    now = services.now] {
        first();
        reads.note(scope, id, life, number, now);
    };
    return outcome;
}

Result<gate::Outcome<RollbackSecret>> run(const gate::Authorised<RollbackSecret>& authorised,
                                          Services& services) {
    const RollbackSecret::Command& command = authorised.command();
    CH_TRY(const SecretAnswer old, read_active(services, command, command.version));
    Edit edit = Edit::of(services, *old.secret);
    CH_TRY_VOID(edit.check_cas(command.cas));
    CH_TRY_VOID(edit.add_version(old.data->clone()));
    CH_TRY(auto outcome, written<RollbackSecret>(edit, services, {}));
    outcome.details.emplace_back("from", std::to_string(command.version));
    return outcome;
}

Result<gate::Outcome<GetReads>> run(const gate::Authorised<GetReads>& authorised,
                                    Services& services, LastReads& reads) {
    gate::Outcome<GetReads> outcome;
    CH_TRY(outcome.reply.secret, load_secret(services, authorised.command()));
    const Secret& secret = *outcome.reply.secret;
    outcome.record_version = secret.origin.version;
    // What is not written down first: it may be written down between the two looks.
    outcome.reply.reads = reads.of(secret.id, secret.life);
    CH_TRY(const auto notes,
           services.reader.load<SecretNotes>(secret.domain.uuid, secret.id));
    const bool written = notes && notes->life == secret.life;
    merge_times(outcome.reply.reads, written ? notes->reads : LastReads::Times{});
    return outcome;
}

Result<gate::Outcome<ListDeleted>> run(const gate::Authorised<ListDeleted>& authorised,
                                       Services& services) {
    const ListDeleted::Command& command = authorised.command();
    store::Query query;
    query.scope = command.domain.uuid;
    CH_TRY(query.after_born, read_cursor(command.cursor, CursorOf::kDeleted));
    query.max = std::min(command.max + 1, kLookedAtMax);
    gate::Outcome<ListDeleted> outcome;
    // Most may be others' or over: the answer then ends early, and its cursor goes on.
    for (std::size_t looked = 0;; looked += query.max) {
        if (looked >= kLookedAtMax) {
            outcome.reply.next = make_cursor(query.after_born, CursorOf::kDeleted);
            return outcome;
        }
        CH_TRY(const auto found, services.reader.find<DeletedSecret>(query));
        for (std::size_t i = 0; i < found.objects.size(); ++i) {
            const auto& gone = found.objects[i];
            if (gone->erased > services.now &&
                may_get(services, command.domain, gone->secret.path)) {
                if (outcome.reply.secrets.size() == command.max) {
                    outcome.reply.next = make_cursor(query.after_born, CursorOf::kDeleted);
                    return outcome;
                }
                outcome.reply.secrets.push_back(gone);
            }
            query.after_born = found.born[i];
        }
        if (!found.more) {
            return outcome;
        }
    }
}

Result<gate::Outcome<UndeleteSecret>> run(const gate::Authorised<UndeleteSecret>& authorised,
                                          Services& services) {
    CH_TRY(const auto gone, find_deleted(services, authorised.command()));
    CH_TRY(Edit edit, Edit::bring_back(services, *gone));
    return written<UndeleteSecret>(edit, services, {});
}

Result<gate::Outcome<GetRetention>> run(const gate::Authorised<GetRetention>& authorised,
                                        Services& services) {
    CH_TRY(const Config config, config_record(services, authorised.command().domain));
    gate::Outcome<GetRetention> outcome;
    outcome.record_version = config.origin.version;
    outcome.reply.undelete_within = config.undelete_within.value_or("0s");
    return outcome;
}

Result<gate::Outcome<UpdateRetention>> run(const gate::Authorised<UpdateRetention>& authorised,
                                           Services& services) {
    const UpdateRetention::Command& command = authorised.command();
    CH_TRY(const std::int64_t seconds,
           parse_duration(command.undelete_within, "undeleteWithin"));
    if (seconds > limits::secret_undelete_seconds_max) {
        return Error::invalid("secrets.retention", "undeleteWithin", "expected at most 366 days");
    }
    CH_TRY(Config config, config_record(services, command.domain));
    config.undelete_within = command.undelete_within;
    gate::Outcome<UpdateRetention> outcome;
    outcome.record_version = config.origin.version + 1;
    outcome.reply.undelete_within = command.undelete_within;
    outcome.changes.push_back(config_change(services, command.domain, config));
    return outcome;
}

}  // namespace chatelaine::secrets
