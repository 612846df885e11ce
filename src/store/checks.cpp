#include "store/checks.hpp"

#include "base/limits.hpp"

namespace chatelaine::store {

Result<void> check_transaction(const Transaction& transaction) {
    constexpr std::string_view where = "store.check";
    for (const Change& change : transaction.changes) {
        if (change.sealed.size() > limits::record_bytes_max) {
            return Error(Code::kTooLarge, where, "a sealed record is over record_bytes_max");
        }
        if (change.keep_terms && !change.terms.empty()) {
            return Error(Code::kInvalidArgument, where, "terms are kept or given, not both");
        }
        if (change.terms.size() > limits::terms_per_record_max) {
            return Error(Code::kTooLarge, where, "a record is over terms_per_record_max");
        }
    }
    for (const Append& append : transaction.appends) {
        if (append.count == 0 || !append.seal || append.first_sequence == std::uint64_t{0}) {
            return Error(Code::kInvalidArgument, where,
                         "an append holds a record, a seal and a sequence from 1 on");
        }
    }
    return ok();
}

bool meets(const DateCondition& condition, const Dates& dates) {
    const auto& date = dates[condition.column];
    switch (condition.test) {
        case DateCondition::Test::kIsNull:
            return !date;
        case DateCondition::Test::kIsSet:
            return date.has_value();
        case DateCondition::Test::kAtMost:
            return date && *date <= condition.value;
        case DateCondition::Test::kAtLeast:
            return date && *date >= condition.value;
        case DateCondition::Test::kNullOrAfter:
            return !date || *date > condition.value;
    }
    CH_CHECK(false);
}

}  // namespace chatelaine::store
