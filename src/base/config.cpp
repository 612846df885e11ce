#include "base/config.hpp"

#include <toml++/toml.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "base/config_table.hpp"
#include "base/encoding.hpp"
#include "base/log_line.hpp"

namespace chatelaine {
namespace {

using config::Row;

constexpr std::string_view kWhere = "config";

std::string_view type_name(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::none: return "nothing";
        case toml::node_type::table: return "a table";
        case toml::node_type::array: return "a list";
        case toml::node_type::string: return "a text";
        case toml::node_type::integer: return "a whole number";
        case toml::node_type::floating_point: return "a fraction";
        case toml::node_type::boolean: return "true or false";
        case toml::node_type::date: return "a date";
        case toml::node_type::time: return "a time";
        case toml::node_type::date_time: return "a date and time";
    }
    return "nothing";
}

/// Collects what is wrong and keeps what stands first in the file, since toml++ hands keys out in
/// the order of the alphabet.
class Reader {
public:
    explicit Reader(std::string_view file) : file_(file) {}

    Result<Config> read(const toml::table& root) {
        table(root, "");
        if (first_) {
            return std::move(*first_);
        }
        return std::move(config_);
    }

private:
    void wrong(const toml::source_region& at, std::string_view key, std::string_view message) {
        if (first_ && line_ <= at.begin.line) {
            return;
        }
        line_ = at.begin.line;
        first_ = Error(Code::kConfiguration, kWhere,
                       std::string(file_) + ":" + std::to_string(line_) + ": " +
                           std::string(message))
                     .in_field(key);
    }

    void table(const toml::table& table, std::string_view section) {
        for (const auto& [key, node] : table) {
            const std::string_view name = key.str();
            std::string dotted(section);
            dotted.append(section.empty() ? "" : ".").append(name);
            if (const Row* row = find(section, name)) {
                value(*row, node, dotted);
            } else if (!section.empty() || !is_section(name)) {
                wrong(key.source(), dotted, "this key is not known");
            } else if (const toml::table* inner = node.as_table()) {
                this->table(*inner, name);
            } else {
                wrong(key.source(), dotted, "must be a table, written [" + dotted + "]");
            }
        }
    }

    static const Row* find(std::string_view section, std::string_view key) {
        for (const Row& row : config::rows()) {
            if (row.section == section && row.key == key) {
                return &row;
            }
        }
        return nullptr;
    }

    static bool is_section(std::string_view name) {
        for (const config::Section& section : config::sections()) {
            if (section.name == name) {
                return true;
            }
        }
        return false;
    }

    void value(const Row& row, const toml::node& node, const std::string& key) {
        const std::string message = std::visit(
            [&](auto member) { return set(member(config_), row, node); }, row.member);
        if (!message.empty()) {
            wrong(node.source(), key, message);
        }
    }

    // Each takes one type of value; what it returns says what is wrong, empty when all is well.

    static std::string expected(std::string_view wanted, const toml::node& node) {
        return "must be " + std::string(wanted) + ", not " + std::string(type_name(node));
    }

    static std::string checked(const Row& row, const std::string& text) {
        return row.check == nullptr ? std::string{} : std::string(row.check(text));
    }

    static std::string set(std::string& out, const Row& row, const toml::node& node) {
        const auto* text = node.as_string();
        if (text == nullptr) {
            return expected("a text in quotes", node);
        }
        out = text->get();
        return checked(row, out);
    }

    template <class Integer>
        requires(std::is_same_v<Integer, std::uint64_t> || std::is_same_v<Integer, std::uint16_t>)
    static std::string set(Integer& out, const Row& row, const toml::node& node) {
        const auto* number = node.as_integer();
        if (number == nullptr) {
            return expected("a whole number", node);
        }
        const std::int64_t value = number->get();
        if (value < 0 || static_cast<std::uint64_t>(value) < row.min ||
            static_cast<std::uint64_t>(value) > row.max) {
            return "must be from " + std::to_string(row.min) + " to " + std::to_string(row.max);
        }
        out = static_cast<Integer>(value);
        return {};
    }

    static std::string set(bool& out, const Row&, const toml::node& node) {
        const auto* flag = node.as_boolean();
        if (flag == nullptr) {
            return expected("true or false", node);
        }
        out = flag->get();
        return {};
    }

    static std::string set(log::Level& out, const Row&, const toml::node& node) {
        const auto* word = node.as_string();
        if (word == nullptr || !config::parse_level(word->get(), out)) {
            return "must be \"debug\", \"info\", \"warning\" or \"error\"";
        }
        return {};
    }

    static std::string set(std::vector<std::string>& out, const Row& row, const toml::node& node) {
        const auto* list = node.as_array();
        if (list == nullptr) {
            return expected("a list of texts", node);
        }
        out.clear();
        for (const toml::node& each : *list) {
            const auto* text = each.as_string();
            if (text == nullptr) {
                return expected("a list of texts", each);
            }
            out.push_back(text->get());
            if (std::string message = checked(row, out.back()); !message.empty()) {
                return message;
            }
        }
        return {};
    }

    std::string_view file_;
    Config config_;
    std::optional<Error> first_;
    toml::source_index line_ = 0;
};

bool is_any_address(std::string_view address) { return address == "0.0.0.0" || address == "::"; }

/// With SO_REUSEPORT two listeners on one port would both start and share the connections out at
/// random, so this is the only place where the mistake shows.
bool collide(const Config::Listener& a, const Config::Listener& b) {
    return a.port != 0 && a.port == b.port &&
           (a.address == b.address || is_any_address(a.address) || is_any_address(b.address));
}

bool is_inside(const std::string& path, const std::string& folder) {
    const auto inner = std::filesystem::path(path).lexically_normal();
    const auto outer = (std::filesystem::path(folder) / "").lexically_normal();
    const auto relative = inner.lexically_relative(outer);
    return !relative.empty() && *relative.begin() != "..";
}

Error inconsistent(std::string_view key, std::string message) {
    return Error(Code::kConfiguration, kWhere, std::move(message)).in_field(key);
}

void append_comment(std::string& out, std::string_view comment) {
    while (!comment.empty()) {
        const std::size_t end = std::min(comment.find('\n'), comment.size());
        out.append("# ").append(comment.substr(0, end)).append("\n");
        comment.remove_prefix(std::min(end + 1, comment.size()));
    }
}

// The defaults are plain ASCII without quotes, so a pair of quotes is all that a text needs.
std::string toml_text(const std::string& value) { return "\"" + value + "\""; }
std::string toml_text(std::uint64_t value) { return std::to_string(value); }
std::string toml_text(std::uint16_t value) { return std::to_string(value); }
std::string toml_text(bool value) { return value ? "true" : "false"; }
std::string toml_text(log::Level value) { return toml_text(std::string(log::level_name(value))); }
std::string toml_text(const std::vector<std::string>& values) {
    std::string text = "[";
    for (const std::string& value : values) {
        text.append(text.size() > 1 ? ", " : "").append(toml_text(value));
    }
    return text + "]";
}

void append_rows(std::string& out, std::string_view section, Config& config) {
    for (const Row& row : config::rows()) {
        if (row.section == section) {
            append_comment(out, row.comment);
            out.append(row.key).append(" = ");
            out.append(std::visit([&](auto member) { return toml_text(member(config)); },
                                  row.member));
            out.append("\n");
        }
    }
}

std::string or_default(const std::string& given, const std::string& data_dir,
                       std::string_view name) {
    return given.empty() ? data_dir + "/tls/" + std::string(name) : given;
}

}  // namespace

std::string Config::certificate_file() const {
    return or_default(tls.certificate_file, data_dir, "server.pem");
}
std::string Config::key_file() const { return or_default(tls.key_file, data_dir, "server.key"); }
std::string Config::client_ca_file() const {
    return or_default(tls.client_ca_file, data_dir, "client-ca.pem");
}

Result<Config> parse_config(std::string_view text, std::string_view file) {
    // toml++ throws on bad TOML; this is the edge of the room for it.
    try {
        const toml::table root = toml::parse(text, file);
        CH_TRY(Config config, Reader(file).read(root));
        CH_TRY_VOID(check_config(config));
        return config;
    } catch (const toml::parse_error& error) {
        return Error(Code::kConfiguration, kWhere,
                     std::string(file) + ":" + std::to_string(error.source().begin.line) + ": " +
                         std::string(error.description()));
    }
}

Result<Config> load_config(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text(config_bytes_max + 1, '\0');
    if (!in || !in.read(text.data(), static_cast<std::streamsize>(text.size())).eof()) {
        return Error(Code::kConfiguration, kWhere,
                     path + (in ? ": is too large" : ": cannot be read"));
    }
    text.resize(static_cast<std::size_t>(in.gcount()));
    return parse_config(text, path);
}

Result<void> check_config(const Config& config) {
    if (config.seal.share_threshold > config.seal.share_count) {
        return inconsistent("seal.share_threshold", "must not be above seal.share_count");
    }
    if (is_inside(config.seal.key_file, config.data_dir)) {
        return inconsistent("seal.key_file", "must lie outside data_dir");
    }
    const std::pair<std::string_view, const Config::Listener*> listeners[] = {
        {"rest.port", &config.rest},
        {"control.port", &config.control},
        {"operator.port", &config.operator_},
        {"kmip.port", &config.kmip}};
    for (const auto& [key, listener] : listeners) {
        for (const auto& [other_key, other] : listeners) {
            if (listener != other && collide(*listener, *other)) {
                return inconsistent(other_key, "is the same address as " + std::string(key));
            }
        }
    }
    return ok();
}

std::string default_config_text() {
    Config defaults;
    std::string out =
        "# Configuration of chatelained. Every key stands here with its default; a key that is\n"
        "# not known, or a value of a wrong type, keeps the service from starting.\n\n";
    append_rows(out, "", defaults);
    for (const config::Section& section : config::sections()) {
        out.append("\n");
        append_comment(out, section.comment);
        out.append("[").append(section.name).append("]\n");
        append_rows(out, section.name, defaults);
    }
    return out;
}

}  // namespace chatelaine
