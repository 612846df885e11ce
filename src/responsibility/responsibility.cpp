#include "responsibility/responsibility.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <initializer_list>

#include "responsibility/matrix_yaml.hpp"

namespace chatelaine::responsibility {
namespace {

constexpr std::string_view kWhere = "responsibility.load";
constexpr int kFormat = 1;

Error wrong(const YAML::Node& node, const std::string& message) {
    // yaml-cpp counts lines from 0, and has none for a node that was made, not read.
    const int line = node.Mark().line;
    const std::string place = line >= 0 ? "line " + std::to_string(line + 1) + ": " : "";
    return {Code::kConfiguration, kWhere, place + message};
}

Result<void> only_members(const YAML::Node& map, std::initializer_list<std::string_view> known) {
    if (!map.IsMap()) {
        return wrong(map, "a mapping was expected");
    }
    std::vector<std::string> seen;
    for (const auto& member : map) {
        const auto name = member.first.as<std::string>();
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            return wrong(member.first, "unknown member '" + name + "'");
        }
        // yaml-cpp keeps both of two equal members and answers with the first.
        if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
            return wrong(member.first, "member '" + name + "' stands twice");
        }
        seen.push_back(name);
    }
    return ok();
}

Result<std::string> text_of(const YAML::Node& map, const char* name, bool may_be_empty = false) {
    const YAML::Node node = map[name];
    if (!node.IsDefined()) {
        return wrong(map, std::string("member '") + name + "' is missing");
    }
    if (!node.IsScalar()) {
        return wrong(node, std::string("member '") + name + "' must be a text");
    }
    auto text = node.as<std::string>();
    if (text.empty() && !may_be_empty) {
        return wrong(node, std::string("member '") + name + "' is empty");
    }
    return text;
}

Result<Text> both_languages(const YAML::Node& map) {
    CH_TRY(auto english, text_of(map, "en"));
    CH_TRY(auto french, text_of(map, "fr"));
    return Text{std::move(english), std::move(french)};
}

Result<std::uint8_t> role_of(char letter, const YAML::Node& node) {
    switch (letter) {
        case 'R': return static_cast<std::uint8_t>(Role::kRealises);
        case 'A': return static_cast<std::uint8_t>(Role::kApproves);
        case 'C': return static_cast<std::uint8_t>(Role::kConsulted);
        case 'I': return static_cast<std::uint8_t>(Role::kInformed);
        default: break;
    }
    return wrong(node, std::string("letter '") + letter + "' is none of R, A, C and I");
}

Result<std::uint8_t> roles_of(const std::string& letters, const YAML::Node& node) {
    std::uint8_t roles = 0;
    for (const char letter : letters) {
        CH_TRY(const auto role, role_of(letter, node));
        if ((roles & role) != 0) {
            return wrong(node, std::string("letter '") + letter + "' stands twice");
        }
        roles = static_cast<std::uint8_t>(roles | role);
    }
    return roles;
}

std::string parent_of(std::string_view id) { return std::string(id.substr(0, id.rfind('.'))); }

}  // namespace

/// Builds a Matrix from a parsed file.
class MatrixReader {
public:
    Result<Matrix> read(const YAML::Node& root) {
        CH_TRY_VOID(only_members(root, {"format", "sections", "activities"}));
        CH_TRY(const auto format, text_of(root, "format"));
        if (format != std::to_string(kFormat)) {
            return wrong(root["format"], "format " + format + " is not known, only " +
                                             std::to_string(kFormat) + " is");
        }
        const YAML::Node sections = root["sections"];
        const YAML::Node activities = root["activities"];
        if (!sections.IsDefined() || !sections.IsSequence()) {
            return wrong(root, "a list 'sections' was expected");
        }
        if (!activities.IsDefined() || !activities.IsSequence()) {
            return wrong(root, "a list 'activities' was expected");
        }
        for (const auto& section : sections) {
            CH_TRY_VOID(read_section(section));
        }
        for (const auto& activity : activities) {
            CH_TRY_VOID(read_activity(activity));
        }
        for (std::size_t i = 0; i < activity_count; ++i) {
            if (!seen_[i]) {
                return wrong(activities,
                             "activity " + std::string(activity_ids[i]) + " is missing");
            }
        }
        return std::move(matrix_);
    }

private:
    bool has_section(const std::string& id) const {
        return std::any_of(matrix_.sections_.begin(), matrix_.sections_.end(),
                           [&](const Section& section) { return section.id == id; });
    }

    Result<void> read_section(const YAML::Node& node) {
        CH_TRY_VOID(only_members(node, {"id", "en", "fr"}));
        CH_TRY(auto id, text_of(node, "id"));
        CH_TRY(auto title, both_languages(node));
        if (has_section(id)) {
            return wrong(node, "section " + id + " stands twice");
        }
        if (id.find('.') != std::string::npos && !has_section(parent_of(id))) {
            return wrong(node, "section " + id + " stands before its outer section");
        }
        matrix_.sections_.push_back({std::move(id), std::move(title)});
        return ok();
    }

    Result<void> read_activity(const YAML::Node& node) {
        CH_TRY_VOID(only_members(node, {"id", "en", "fr", "customer", "provider", "evidence"}));
        CH_TRY(const auto id, text_of(node, "id"));
        const auto activity = activity_from_id(id);
        if (!activity) {
            return wrong(node, "activity " + id + " is not known");
        }
        const std::size_t index = index_of(*activity);
        if (seen_[index]) {
            return wrong(node, "activity " + id + " stands twice");
        }
        seen_[index] = true;

        Row& row = matrix_.rows_[index];
        row.activity = *activity;
        row.section = parent_of(id);
        if (!has_section(row.section)) {
            return wrong(node, "activity " + id + " has no section " + row.section);
        }
        CH_TRY(row.text, both_languages(node));
        const YAML::Node evidence = node["evidence"];
        if (!evidence.IsDefined()) {
            return wrong(node, "member 'evidence' is missing");
        }
        CH_TRY_VOID(only_members(evidence, {"en", "fr", "reads"}));
        CH_TRY(row.evidence, both_languages(evidence));
        if (evidence["reads"].IsDefined()) {
            CH_TRY(const auto reads, text_of(evidence, "reads"));
            if (reads != "true" && reads != "false") {
                return wrong(evidence["reads"], "member 'reads' is true or false");
            }
            row.reads_count = reads == "true";
        }
        return read_letters(node, index);
    }

    Result<void> read_letters(const YAML::Node& node, std::size_t index) {
        std::uint8_t all = 0;
        for (const Party party : {Party::kCustomer, Party::kProvider}) {
            const std::string name(party_name(party));
            CH_TRY(auto letters, text_of(node, name.c_str(), true));
            CH_TRY(const auto roles, roles_of(letters, node[name]));
            matrix_.roles_[index_of(party)][index] = roles;
            matrix_.rows_[index].letters[index_of(party)] = std::move(letters);
            all = static_cast<std::uint8_t>(all | roles);
        }
        const std::string id(activity_ids[index]);
        if ((all & static_cast<unsigned>(Role::kRealises)) == 0) {
            return wrong(node, "nobody realises activity " + id);
        }
        if ((all & static_cast<unsigned>(Role::kApproves)) == 0) {
            return wrong(node, "nobody approves activity " + id);
        }
        return ok();
    }

    Matrix matrix_;
    std::array<bool, activity_count> seen_{};
};

Result<Matrix> Matrix::load(std::string_view yaml) {
    try {
        const auto documents = YAML::LoadAll(std::string(yaml));
        if (documents.size() != 1) {
            return Error(Code::kConfiguration, kWhere, "exactly one document was expected");
        }
        return MatrixReader().read(documents.front());
    } catch (const YAML::Exception& exception) {
        return Error(Code::kConfiguration, kWhere,
                     "line " + std::to_string(exception.mark.line + 1) + ": " + exception.msg);
    }
}

const Matrix& Matrix::built_in() {
    // A built-in matrix that does not load is a bug of the build: value() aborts with it.
    static const Matrix matrix = load(matrix_yaml()).value();
    return matrix;
}

std::string_view Matrix::built_in_yaml() { return matrix_yaml(); }

std::optional<Party> Matrix::approval_awaited(Party party, Activity activity) const {
    const Party other = party == Party::kCustomer ? Party::kProvider : Party::kCustomer;
    if (approves(other, activity)) {
        return other;
    }
    return std::nullopt;
}

}  // namespace chatelaine::responsibility
