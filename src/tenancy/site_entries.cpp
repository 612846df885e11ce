// Who was in a building: recorded by one operator, signed by another, read by customers.
#include "tenancy/operator_operations.hpp"

#include "tenancy/handlers.hpp"

namespace chatelaine::tenancy {
namespace {

constexpr std::string_view kWhere = "tenancy.siteEntry";
constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kTextBytesMax = 200;
constexpr std::size_t kReasonBytesMax = 500;

Result<void> check_text(std::string_view field, std::string_view text, bool required,
                        std::size_t bytes_max = kTextBytesMax) {
    if ((required && text.empty()) || text.size() > bytes_max) {
        return Error::invalid(kWhere, std::string(field),
                              "expected 1 to " + std::to_string(bytes_max) + " characters");
    }
    return ok();
}

seal::RecordChange entry_change(const SiteEntry& entry, WallTime now) {
    auto change = change_of(entry, access::provider_scope, entry.id, entry.origin.version,
                            entry.recorded, now);
    change.terms.emplace_back("region", entry.region);
    return change;
}

Result<PageReply<SiteEntry>> entries(Services& services, const PageCommand& page,
                                     std::string_view region) {
    store::Query query;
    query.scope = access::provider_scope;
    query.after_born = page.after;
    query.max = page.max;
    if (!region.empty()) {
        CH_TRY(const auto term, services.reader.term(query.scope, "region", region));
        query.terms.push_back(term);
    }
    CH_TRY(auto found, services.reader.find<SiteEntry>(query));
    PageReply<SiteEntry> reply;
    reply.records = std::move(found.objects);
    reply.next = found.more ? found.born.back() : 0;
    return reply;
}

}  // namespace

void SiteEntry::encode(Bytes& out) const {
    FieldWriter fields(out, kFormat);
    fields.uuid(1, id);
    fields.text(2, region);
    fields.text(3, site);
    fields.text(4, person);
    fields.text(5, company);
    fields.text(6, reason);
    fields.time(7, entered);
    fields.time(8, left);
    fields.text(9, recorded_by);
    fields.text(10, signed_by);
    fields.id(11, recorder);
    fields.time(12, recorded);
    fields.time(13, signed_at);
}

Result<std::shared_ptr<const SiteEntry>> SiteEntry::decode(const seal::Origin& origin,
                                                           BytesView plaintext) {
    auto entry = std::make_shared<SiteEntry>();
    entry->origin = origin;
    CH_TRY(FieldReader reader, FieldReader::open(plaintext, kFormat, kWhere));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return std::shared_ptr<const SiteEntry>(std::move(entry));
        }
        switch (field->number) {
            case 1: { CH_TRY(entry->id, field->uuid()); break; }
            case 2: entry->region = field->text(); break;
            case 3: entry->site = field->text(); break;
            case 4: entry->person = field->text(); break;
            case 5: entry->company = field->text(); break;
            case 6: entry->reason = field->text(); break;
            case 7: { CH_TRY(entry->entered, field->time()); break; }
            case 8: { CH_TRY(entry->left, field->time()); break; }
            case 9: entry->recorded_by = field->text(); break;
            case 10: entry->signed_by = field->text(); break;
            case 11: { CH_TRY(entry->recorder, field->id<IdentityTag>()); break; }
            case 12: { CH_TRY(entry->recorded, field->time()); break; }
            case 13: { CH_TRY(entry->signed_at, field->time()); break; }
            default: break;  // a later build's field
        }
    }
}

Result<gate::Outcome<RecordSiteEntry>> run(const gate::Authorised<RecordSiteEntry>& authorised,
                                           Services& services, Tools&) {
    const auto& command = authorised.command();
    const auto& identities = authorised.principal().identities();
    CH_TRY_VOID(check_text("site", command.site, true));
    CH_TRY_VOID(check_text("person", command.person, true));
    CH_TRY_VOID(check_text("company", command.company, false));
    CH_TRY_VOID(check_text("region", command.region, false));
    CH_TRY_VOID(check_text("reason", command.reason, true, kReasonBytesMax));
    if (command.entered > services.now) {
        return Error::invalid(kWhere, "enteredAt", "expected a time that is past");
    }
    if (command.left && (*command.left < command.entered || *command.left > services.now)) {
        return Error::invalid(kWhere, "leftAt", "expected a time after the entry that is past");
    }
    if (identities.size() != 1) {
        return Error(Code::kWrongState, kWhere, "an entry is recorded by one operator");
    }
    auto entry = std::make_shared<SiteEntry>();
    entry->id = Uuid::random(services.random);
    entry->region = command.region.empty() ? std::string(services.region) : command.region;
    entry->site = command.site;
    entry->person = command.person;
    entry->company = command.company;
    entry->reason = command.reason;
    entry->entered = command.entered;
    entry->left = command.left;
    entry->recorder = identities.front()->id;
    entry->recorded_by = identities.front()->urn;
    entry->recorded = services.now;
    gate::Outcome<RecordSiteEntry> outcome;
    outcome.changes.push_back(entry_change(*entry, services.now));
    outcome.details.emplace_back("entry", entry->id.to_string());
    outcome.details.emplace_back("site", entry->site);
    outcome.reply.record = std::move(entry);
    return outcome;
}

Result<gate::Outcome<SignSiteEntry>> run(const gate::Authorised<SignSiteEntry>& authorised,
                                         Services& services, Tools&) {
    const auto& identities = authorised.principal().identities();
    CH_TRY(const auto found, services.reader.load<SiteEntry>(access::provider_scope,
                                                             authorised.command().entry));
    if (!found) {
        return Error(Code::kNotFound, kWhere, "no such entry");
    }
    for (const auto& identity : identities) {
        if (identity->id == found->recorder) {
            return Error(Code::kForbidden, kWhere, "another operator signs");
        }
    }
    if (found->signed_at || identities.empty()) {
        return Error(Code::kAlreadyExists, kWhere, "the entry is signed already");
    }
    auto next = std::make_shared<SiteEntry>(*found);
    next->signed_by = identities.front()->urn;
    next->signed_at = services.now;
    gate::Outcome<SignSiteEntry> outcome;
    outcome.changes.push_back(entry_change(*next, services.now));
    outcome.details.emplace_back("entry", next->id.to_string());
    outcome.details.emplace_back("site", next->site);
    outcome.reply.record = std::move(next);
    return outcome;
}

Result<gate::Outcome<ListSiteEntries>> run(const gate::Authorised<ListSiteEntries>& authorised,
                                           Services& services, Tools&) {
    gate::Outcome<ListSiteEntries> outcome;
    CH_TRY(outcome.reply, entries(services, authorised.command(), {}));
    return outcome;
}

Result<gate::Outcome<ListSiteEntriesOfRegion>> run(
    const gate::Authorised<ListSiteEntriesOfRegion>& authorised, Services& services, Tools&) {
    gate::Outcome<ListSiteEntriesOfRegion> outcome;
    CH_TRY(outcome.reply, entries(services, authorised.command(), services.region));
    return outcome;
}

}  // namespace chatelaine::tenancy
