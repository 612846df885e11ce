#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

/// Who does what: the activities of the responsibility matrix and the letters R, A, C and I of
/// each party. The letters and texts are data (matrix.yaml, compiled into the binary); the code
/// holds only the identifiers, so that an operation can name its activity at compile time.

namespace chatelaine::responsibility {

/// Who runs the service and who owns the keys in it.
enum class Party : std::uint8_t { kCustomer, kProvider };
inline constexpr std::size_t party_count = 2;

/// One row of the matrix. `k3_1_1_e` is the activity "3.1.1.e". Values go in the matrix's order and
/// are an index, never stored: audit records carry the identifier's text.
enum class Activity : std::uint8_t {
    k1_1_a, k1_1_b,
    k2_1_a, k2_1_b, k2_2_a, k2_3_a,
    k3_1_1_a, k3_1_1_b, k3_1_1_c, k3_1_1_d, k3_1_1_e,
    k3_1_2_a, k3_1_2_b, k3_1_2_c,
    k3_1_3_a, k3_1_3_b, k3_1_3_c, k3_1_3_d, k3_1_3_e,
    k3_1_4_a, k3_1_5_a,
    k3_1_6_a, k3_1_6_b,
    k3_1_7_a,
    k3_2_1_a, k3_2_1_b, k3_2_2_a,
    k4_1_a, k4_2_a,
    k5_1_a, k5_2_a, k5_2_b,
};

/// The stable identifier of each activity, in the order of the enum.
inline constexpr std::array<std::string_view, 32> activity_ids{
    "1.1.a",   "1.1.b",
    "2.1.a",   "2.1.b",   "2.2.a",   "2.3.a",
    "3.1.1.a", "3.1.1.b", "3.1.1.c", "3.1.1.d", "3.1.1.e",
    "3.1.2.a", "3.1.2.b", "3.1.2.c",
    "3.1.3.a", "3.1.3.b", "3.1.3.c", "3.1.3.d", "3.1.3.e",
    "3.1.4.a", "3.1.5.a",
    "3.1.6.a", "3.1.6.b",
    "3.1.7.a",
    "3.2.1.a", "3.2.1.b", "3.2.2.a",
    "4.1.a",   "4.2.a",
    "5.1.a",   "5.2.a",   "5.2.b",
};
inline constexpr std::size_t activity_count = activity_ids.size();
static_assert(static_cast<std::size_t>(Activity::k5_2_b) + 1 == activity_count);

constexpr std::size_t index_of(Activity activity) { return static_cast<std::size_t>(activity); }
constexpr std::size_t index_of(Party party) { return static_cast<std::size_t>(party); }

/// The activity at `index` of the matrix's order; `index` < activity_count.
constexpr Activity activity_at(std::size_t index) { return static_cast<Activity>(index); }

/// "3.1.1.e".
constexpr std::string_view activity_id(Activity activity) {
    return activity_ids[index_of(activity)];
}

/// The activity of an identifier, or nothing when no row has it.
constexpr std::optional<Activity> activity_from_id(std::string_view id) {
    for (std::size_t i = 0; i < activity_count; ++i) {
        if (activity_ids[i] == id) {
            return activity_at(i);
        }
    }
    return std::nullopt;
}

/// "customer" or "provider", as audit records and the API write it.
constexpr std::string_view party_name(Party party) {
    return party == Party::kCustomer ? "customer" : "provider";
}

/// The part that a party can have in an activity; a party may have several.
enum class Role : std::uint8_t {
    kRealises = 1,   ///< R: carries it out
    kApproves = 2,   ///< A: gives or refuses consent
    kConsulted = 4,  ///< C: is asked while it goes on
    kInformed = 8,   ///< I: is told the result
};

/// A sentence in both languages of the matrix.
struct Text {
    std::string english;
    std::string french;
};

struct Section {
    std::string id;  ///< "3", "3.1" or "3.1.1"
    Text title;
};

/// What people read of one activity.
struct Row {
    Activity activity = Activity::k1_1_a;
    Text text;
    Text evidence;                      ///< what counts as evidence that it was done
    bool reads_count = false;           ///< a read is evidence as well as a change
    std::string section;                ///< id of its innermost section
    std::array<std::string, 2> letters; ///< by index_of(Party): "RA", "AI", "" for no part
};

/// The whole matrix. Immutable once loaded, so any number of threads may ask at the same time.
class Matrix {
public:
    /// Reads a matrix in the form of matrix.yaml. Strict: each activity exactly once, known
    /// members only, letters of R, A, C and I without repetition, an R and an A in each row, all
    /// texts in both languages, each activity's section present. kConfiguration names the line
    /// and the offence.
    static Result<Matrix> load(std::string_view yaml);

    /// The matrix that the binary carries; loaded once, at the first call.
    static const Matrix& built_in();

    /// The text that built_in() was loaded from.
    static std::string_view built_in_yaml();

    bool has(Party party, Activity activity, Role role) const {
        return (roles_[index_of(party)][index_of(activity)] & static_cast<unsigned>(role)) != 0;
    }
    bool realises(Party party, Activity activity) const {
        return has(party, activity, Role::kRealises);
    }
    bool approves(Party party, Activity activity) const {
        return has(party, activity, Role::kApproves);
    }
    bool consulted(Party party, Activity activity) const {
        return has(party, activity, Role::kConsulted);
    }
    bool informed(Party party, Activity activity) const {
        return has(party, activity, Role::kInformed);
    }

    /// The party whose approval must be waited for when `party` carries the activity out: the
    /// other one, when it approves; nothing when no consent but the party's own is needed.
    std::optional<Party> approval_awaited(Party party, Activity activity) const;

    const Row& row(Activity activity) const { return rows_[index_of(activity)]; }
    const std::array<Row, activity_count>& rows() const { return rows_; }

    /// All sections in the matrix's order, outer before inner.
    const std::vector<Section>& sections() const { return sections_; }

private:
    friend class MatrixReader;
    Matrix() = default;

    std::array<std::array<std::uint8_t, activity_count>, party_count> roles_{};
    std::array<Row, activity_count> rows_;
    std::vector<Section> sections_;
};

}  // namespace chatelaine::responsibility
