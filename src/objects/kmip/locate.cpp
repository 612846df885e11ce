// Locate: objects by their attributes (KMIP 1.4 section 4.9). The rarest term or range of dates
// bounds what is opened; what no term serves is compared after opening.
#include <algorithm>

#include "objects/kmip/making.hpp"
#include "objects/kmip/rules.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;
using store::DateColumn;
using store::DateCondition;
using Test = store::DateCondition::Test;

constexpr std::size_t kPage = 100;
/// Counting beyond it would cost more than the answer is worth.
constexpr std::size_t kCountedMax = 10'000;

namespace storage {
constexpr std::uint32_t kOnLine = 1, kArchived = 2, kDestroyed = 4;
}  // namespace storage

std::optional<DateColumn> column_of(ttlv::Tag of) {
    switch (of) {
        case tag::kInitialDate: return DateColumn::kCreated;
        case tag::kLastChangeDate: return DateColumn::kChanged;
        case tag::kActivationDate: return DateColumn::kActivation;
        case tag::kDeactivationDate: return DateColumn::kDeactivation;
        case tag::kProcessStartDate: return DateColumn::kProcessStart;
        case tag::kProtectStopDate: return DateColumn::kProtectStop;
        case tag::kCompromiseDate: return DateColumn::kCompromise;
        case tag::kDestroyDate: return DateColumn::kDestroy;
        case tag::kArchiveDate: return DateColumn::kArchive;
        default: return std::nullopt;
    }
}

/// One date is equality to the second, two are a range with both ends.
struct DateFilter {
    ttlv::Tag tag{};
    std::string name;
    WallTime first, last;
    bool range = false;
};

struct Filter {
    store::Query query;
    std::vector<DateFilter> dates;
    AttributeValues compared;  ///< after opening
    std::optional<State> state;
    std::uint32_t storage_mask = storage::kOnLine;
    std::optional<std::uint32_t> group_member;
};

Error wrong(std::string_view name, std::string message) {
    return Error::invalid("kmip.locate", std::string(name), std::move(message));
}

Result<void> add_date(Filter& filter, const AttributeRule& rule, const ttlv::Item& value) {
    CH_TRY(const WallTime date, value.date_time());
    for (DateFilter& known : filter.dates) {
        if (known.tag == rule.tag) {
            if (known.range) {
                return wrong(rule.name, "given more than twice");
            }
            known.range = true;
            known.last = std::max(known.first, date);
            known.first = std::min(known.first, date);
            return ok();
        }
    }
    filter.dates.push_back({rule.tag, std::string(rule.name), date, date, false});
    return ok();
}

Result<void> add_term(Filter& filter, const DomainId& domain, Services& services,
                      std::string_view name, std::string_view value) {
    CH_TRY(const store::Term term, services.reader.term(domain.uuid, name, value));
    filter.query.terms.push_back(term);
    return ok();
}

Result<void> add_attribute_filter(Filter& filter, const DomainId& domain, Services& services,
                                  const AttributeValue& wanted) {
    const AttributeRule* const rule = rule_of(wanted.name);
    if (rule == nullptr && !is_custom(wanted.name)) {
        return wrong(wanted.name, "unknown attribute");
    }
    CH_TRY(const ttlv::Document document, ttlv::Document::parse(wanted.value));
    const ttlv::Item value = document.root();
    if (rule != nullptr && value.type() != rule->type) {
        return wrong(wanted.name,
                     "expected the type " + std::string(ttlv::type_name(rule->type)));
    }
    if (rule != nullptr && rule->type == ttlv::Type::kDateTime) {
        return add_date(filter, *rule, value);
    }
    if (rule != nullptr && rule->tag == tag::kState) {
        CH_TRY(const std::uint32_t number, value.enumeration());
        if (number < 1 || number > 6) {
            return wrong("State", "unknown value of the enumeration");
        }
        filter.state = static_cast<State>(number);
        return ok();
    }
    if (rule != nullptr && rule->tag == tag::kObjectType) {
        CH_TRY(const std::uint32_t number, value.enumeration());
        return add_term(filter, domain, services, "type", std::to_string(number));
    }
    if (rule != nullptr && rule->tag == tag::kName) {
        CH_TRY(const std::string_view name, value.find(tag::kNameValue).text());
        CH_TRY_VOID(add_term(filter, domain, services, "name", name));
    } else if (rule != nullptr && rule->tag == tag::kLink) {
        CH_TRY(const std::uint32_t type, value.find(tag::kLinkType).enumeration());
        CH_TRY(const std::string_view text, value.find(tag::kLinkedObjectIdentifier).text());
        const ObjectId id = ObjectId::parse(text).value_or(ObjectId{});
        return add_term(filter, domain, services, "link", link_term(type, id));
    } else if (indexed_attribute(wanted.name)) {
        return add_term(filter, domain, services, wanted.name, as_text(wanted.value));
    }
    filter.compared.push_back(wanted);
    return ok();
}

/// What the row's dates can say is asked of the store.
void add_conditions(Filter& filter, WallTime now) {
    auto& conditions = filter.query.dates;
    if (filter.state) {
        conditions = state_conditions(*filter.state, now);
    }
    for (const DateFilter& date : filter.dates) {
        if (const auto column = column_of(date.tag)) {
            conditions.push_back({*column, Test::kAtLeast, date.first});
            conditions.push_back(
                {*column, Test::kAtMost,
                 WallTime{date.last.plus_seconds(1).microseconds - 1}});
        }
    }
    if (filter.storage_mask == storage::kOnLine && !filter.state) {
        conditions.push_back({DateColumn::kDestroy, Test::kIsNull, {}});
    }
    if (filter.storage_mask == storage::kOnLine) {
        conditions.push_back({DateColumn::kArchive, Test::kIsNull, {}});
    }
    if (filter.storage_mask == storage::kArchived) {
        conditions.push_back({DateColumn::kArchive, Test::kIsSet, {}});
    }
}

bool storage_fits(const ManagedObject& object, const Filter& filter) {
    const bool state_asked = filter.state == State::kDestroyed ||
                             filter.state == State::kDestroyedCompromised;
    std::uint32_t is = storage::kOnLine;
    if (object.destroy && !state_asked) {
        is = storage::kDestroyed;
    } else if (object.archive) {
        is = storage::kArchived;
    }
    return (filter.storage_mask & is) != 0;
}

bool dates_fit(const ManagedObject& object, const Filter& filter, WallTime now) {
    return std::all_of(
        filter.dates.begin(), filter.dates.end(), [&](const DateFilter& wanted) {
            for (const AttributeValue& one : attribute_values(object, wanted.name, now)) {
                const auto document = ttlv::Document::parse(one.value);
                const auto date = document ? document->root().date_time()
                                           : Result<WallTime>(WallTime{});
                if (date && date->seconds() >= wanted.first.seconds() &&
                    date->seconds() <= wanted.last.seconds()) {
                    return true;
                }
            }
            return false;
        });
}

/// A usage mask matches when the object may do all that is asked (KMIP 1.4 section 4.9).
bool value_fits(const AttributeValue& wanted, const AttributeValue& has) {
    if (wanted.name == "Cryptographic Usage Mask") {
        const auto asked = ttlv::Document::parse(wanted.value);
        const auto mine = ttlv::Document::parse(has.value);
        const auto asked_bits = asked->root().integer();
        const auto bits = mine->root().integer();
        return asked_bits && bits && (*bits & *asked_bits) == *asked_bits;
    }
    return wanted.value == has.value;
}

bool fits(const ManagedObject& object, const Filter& filter, WallTime now) {
    if (!storage_fits(object, filter) || !dates_fit(object, filter, now)) {
        return false;
    }
    if (filter.group_member == number(ttlv::ObjectGroupMember::kGroupMemberFresh) &&
        !is_fresh(object)) {
        return false;
    }
    return std::all_of(filter.compared.begin(), filter.compared.end(),
                       [&](const AttributeValue& wanted) {
                           const auto has = attribute_values(object, wanted.name, now);
                           return std::any_of(has.begin(), has.end(), [&](const auto& one) {
                               return value_fits(wanted, one);
                           });
                       });
}

Result<Filter> filter_of(const Locate::Command& command, Services& services) {
    Filter filter;
    filter.query.scope = command.domain.uuid;
    filter.query.max = kPage;
    filter.storage_mask = command.storage_mask;
    filter.group_member = command.group_member;
    // Members of a group are handed out in the order in which they came.
    filter.query.newest_first = !command.group_member;
    for (const AttributeValue& wanted : command.attributes) {
        CH_TRY_VOID(add_attribute_filter(filter, command.domain, services, wanted));
    }
    add_conditions(filter, services.now);
    return filter;
}

/// The group of which KMIP lets a server make a fresh member when none is left (1.4, section 3.33).
constexpr std::string_view kDefaultGroup = "default";

AttributeValue default_group() {
    return {"Object Group", std::nullopt, make_value([](ttlv::Writer& out) {
                out.text(tag::kAttributeValue, kDefaultGroup);
            })};
}

bool asks_for_default(const Locate::Command& command) {
    return command.group_member == number(ttlv::ObjectGroupMember::kGroupMemberFresh) &&
           command.offset == 0 && command.maximum.value_or(1) != 0 &&
           command.attributes.size() == 1 && command.attributes[0].name == "Object Group" &&
           command.attributes[0].value == default_group().value;
}

/// A domain that has a template of the group's name wants keys made after it on demand.
Result<void> make_default(const Locate::Command& command, gate::Outcome<Locate>& outcome,
                          Services& services) {
    CH_TRY(const auto pattern, find_by_name(command.domain, kDefaultGroup, ObjectType::kTemplate,
                                            services));
    if (!pattern || pattern->destroy || !services.allowed(Create::row, {command.domain, {}})) {
        return ok();
    }
    CH_TRY(auto given,
           template_attributes(command.domain, {std::string(kDefaultGroup)}, services));
    std::erase_if(given, [](const AttributeValue& one) { return one.name == "Object Group"; });
    given.push_back(default_group());
    CH_TRY(const auto made, make_symmetric_key(command.domain, given, services));
    put_new(outcome, *made, services);
    outcome.reply.ids = {made->id};
    outcome.reply.located = 1;
    return ok();
}

}  // namespace

Result<gate::Outcome<Locate>> run(const gate::Authorised<Locate>& authorised,
                                  Services& services) {
    const Locate::Command& command = authorised.command();
    CH_TRY(Filter filter, filter_of(command, services));
    gate::Outcome<Locate> outcome;
    std::size_t located = 0, opened = 0;
    bool more = true;
    std::vector<ObjectId> used;  // default members: those that somebody has come last
    const bool by_turns =
        command.group_member == number(ttlv::ObjectGroupMember::kGroupMemberDefault);
    const std::size_t wanted_max = command.maximum.value_or(kCountedMax);
    while (more && (outcome.reply.ids.size() < wanted_max || opened < kCountedMax)) {
        CH_TRY(const auto page, services.reader.find<ManagedObject>(filter.query));
        more = page.more && !page.objects.empty();
        opened += page.objects.size();
        for (const auto& object : page.objects) {
            const gate::Resource resource{command.domain, object->id.to_string()};
            if (!fits(*object, filter, services.now) ||
                !services.allowed(Locate::each, resource)) {
                continue;
            }
            if (by_turns && !is_fresh(*object)) {
                used.push_back(object->id);
            } else if (located >= command.offset && outcome.reply.ids.size() < wanted_max) {
                outcome.reply.ids.push_back(object->id);
            }
            ++located;
        }
        if (!page.born.empty()) {
            filter.query.after_born = page.born.back();
        }
    }
    for (const ObjectId& id : used) {
        if (outcome.reply.ids.size() < wanted_max) {
            outcome.reply.ids.push_back(id);
        }
    }
    if (!more) {
        outcome.reply.located = static_cast<std::uint32_t>(located);
    }
    if (!more && located == 0 && asks_for_default(command)) {
        CH_TRY_VOID(make_default(command, outcome, services));
    }
    return outcome;
}

}  // namespace chatelaine::objects::kmip
