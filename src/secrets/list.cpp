// Lists of secrets. A caller sees what it has the right to get, and nothing tells it of the rest.
#include <algorithm>

#include "base/limits.hpp"
#include "secrets/cursor.hpp"
#include "secrets/edit.hpp"
#include "secrets/kv_operations.hpp"

namespace chatelaine::secrets {
namespace {

/// Pages of the store that one request reads once it has something to answer with.
constexpr std::size_t kStorePagesMax = 10;

bool may_get(Services& services, const DomainId& domain, const std::string& path) {
    return services.allowed(GetSecret::row, {domain, path});
}

constexpr std::size_t kPageRecords = 100;

/// One page of the secrets that the query finds, `wanted` takes and the caller may get.
template <class Wanted>
Result<ListSecrets::Reply> page_of(Services& services, store::Query query, CursorOf list,
                                   std::size_t max, const Wanted& wanted) {
    // One more than asked for is looked at, so that there is a cursor only when a secret follows.
    query.max = max + 1;
    const DomainId domain{query.scope};
    ListSecrets::Reply reply;
    for (std::size_t page = 0;; ++page) {
        CH_TRY(const auto found, services.reader.find<Secret>(query));
        for (std::size_t i = 0; i < found.objects.size(); ++i) {
            const auto& secret = found.objects[i];
            if (wanted(*secret) && may_get(services, domain, secret->path)) {
                if (reply.secrets.size() == max) {
                    reply.next = make_cursor(query.after_born, list);
                    return reply;
                }
                reply.secrets.push_back(secret);
            }
            query.after_born = found.born[i];
        }
        if (!found.more) {
            return reply;
        }
        // Pages go on while there is nothing to show; once there is, the rest can wait.
        if (page + 1 >= kStorePagesMax && !reply.secrets.empty()) {
            reply.next = make_cursor(query.after_born, list);
            return reply;
        }
    }
}

Result<store::Query> query_of(Services& services, const DomainId& domain, std::string_view term,
                              std::string_view folder) {
    store::Query query;
    query.scope = domain.uuid;
    CH_TRY(const store::Term blind, services.reader.term(domain.uuid, term, folder));
    query.terms.push_back(blind);
    return query;
}

/// Is there a secret below the folder that the caller may get? One record is looked at when the
/// caller may get all that can be there: a pattern that matches the folder's name with a star
/// behind it matches every name that goes on from there. Else up to limits::secret_names_max are.
Result<bool> has_visible(Services& services, const DomainId& domain, const std::string& folder) {
    CH_TRY(store::Query query, query_of(services, domain, term::kUnder, folder));
    const bool sees_all = may_get(services, domain, folder + "*");
    query.max = sees_all ? 1 : kPageRecords;
    for (std::size_t looked = 0; looked < limits::secret_names_max; looked += query.max) {
        CH_TRY(const auto found, services.reader.find<Secret>(query));
        for (const auto& secret : found.objects) {
            if (sees_all || may_get(services, domain, secret->path)) {
                return true;
            }
        }
        if (!found.more) {
            return false;
        }
        query.after_born = found.born.back();
    }
    return false;
}

/// The children of one kind, in the order in which they were made.
template <class T>
class Children {
public:
    Children(Services& services, store::Query query) : services_(services), query_(query) {}

    /// Calls `take(object)` for each until it says false (which leaves that one for the next list)
    /// or there are no more; true when there are none left.
    template <class Take>
    Result<bool> each(const Take& take) {
        query_.max = kPageRecords;
        for (;;) {
            CH_TRY(const auto found, services_.reader.template find<T>(query_));
            for (std::size_t i = 0; i < found.objects.size(); ++i) {
                CH_TRY(const bool taken, take(*found.objects[i]));
                if (!taken) {
                    return false;
                }
                query_.after_born = found.born[i];
            }
            if (!found.more) {
                return true;
            }
        }
    }
    std::uint64_t after() const { return query_.after_born; }

private:
    Services& services_;
    store::Query query_;
};

/// Folders come first, then secrets; the cursor says in which of the two the list goes on.
Result<gate::Outcome<KvList>> list_folder(const KvList::Command& command, Services& services) {
    gate::Outcome<KvList> outcome;
    KvList::Reply& reply = outcome.reply;
    const std::size_t max = command.max == 0 ? limits::secret_names_max : command.max;
    CH_TRY(store::Query query, query_of(services, command.domain, term::kIn, command.folder));
    const auto secrets_from = read_cursor(command.cursor, CursorOf::kNames);
    if (!secrets_from || command.cursor.empty()) {
        CH_TRY(query.after_born, read_cursor(command.cursor, CursorOf::kFolders));
        Children<Folder> folders(services, query);
        CH_TRY(const bool ended, folders.each([&](const Folder& folder) -> Result<bool> {
            CH_TRY(const bool visible, has_visible(services, command.domain, folder.path));
            if (visible && reply.names.size() == max) {
                return false;
            }
            if (visible) {
                reply.names.push_back(folder.path.substr(command.folder.size()));
            }
            return true;
        }));
        if (!ended) {
            reply.next = make_cursor(folders.after(), CursorOf::kFolders);
            return outcome;
        }
    }
    query.after_born = secrets_from && !command.cursor.empty() ? *secrets_from : 0;
    Children<Secret> secrets(services, query);
    CH_TRY(const bool ended, secrets.each([&](const Secret& secret) -> Result<bool> {
        const bool visible = may_get(services, command.domain, secret.path);
        if (visible && reply.names.size() == max) {
            return false;
        }
        if (visible) {
            reply.names.push_back(secret.path.substr(command.folder.size()));
        }
        return true;
    }));
    if (!ended) {
        reply.next = make_cursor(secrets.after(), CursorOf::kNames);
    }
    return outcome;
}

}  // namespace

Result<gate::Outcome<ListSecrets>> run(const gate::Authorised<ListSecrets>& authorised,
                                       Services& services) {
    const ListSecrets::Command& command = authorised.command();
    CH_TRY(const std::uint64_t after, read_cursor(command.cursor, CursorOf::kSecrets));
    store::Query query;
    query.scope = command.domain.uuid;
    query.after_born = after;
    gate::Outcome<ListSecrets> outcome;
    CH_TRY(outcome.reply, page_of(services, std::move(query), CursorOf::kSecrets, command.max,
                                  [](const Secret&) { return true; }));
    return outcome;
}

Result<gate::Outcome<SearchSecrets>> run(const gate::Authorised<SearchSecrets>& authorised,
                                         Services& services) {
    const SearchSecrets::Command& command = authorised.command();
    CH_TRY(const std::uint64_t after, read_cursor(command.cursor, CursorOf::kSearch));
    store::Query query;
    query.scope = command.domain.uuid;
    if (const std::string_view folder = folder_of(command.prefix); !folder.empty()) {
        CH_TRY(query, query_of(services, command.domain, term::kUnder, folder));
    }
    query.after_born = after;
    gate::Outcome<SearchSecrets> outcome;
    CH_TRY(outcome.reply,
           page_of(services, std::move(query), CursorOf::kSearch, command.max,
                   [&](const Secret& secret) {
                       return secret.path.starts_with(command.prefix) &&
                              secret.path.find(command.text) != std::string::npos;
                   }));
    return outcome;
}

Result<gate::Outcome<KvList>> run(const gate::Authorised<KvList>& authorised,
                                  Services& services) {
    const KvList::Command& command = authorised.command();
    CH_TRY(auto outcome, list_folder(command, services));
    if (outcome.reply.names.empty() && command.cursor.empty() && !command.folder.empty()) {
        return Error(Code::kSecretNotFound, "secrets.list", "no such folder");
    }
    std::sort(outcome.reply.names.begin(), outcome.reply.names.end());
    return outcome;
}

}  // namespace chatelaine::secrets
