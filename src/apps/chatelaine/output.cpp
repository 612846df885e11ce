#include "apps/chatelaine/output.hpp"

#include <algorithm>
#include <cstdio>

#include "base/encoding.hpp"

namespace chatelaine::cli {
namespace {

std::string printable(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            c = '?';
        }
    }
    return out;
}

std::string display_value(const json::Value& value) {
    if (value.is_absent()) {
        return {};
    }
    switch (value.type()) {
        case json::Type::kString: return printable(*value.string());
        case json::Type::kBool: return *value.boolean() ? "yes" : "no";
        case json::Type::kNumber: return std::string(value.number_text());
        case json::Type::kArray: {
            std::string out;
            for (json::Value item = value.first(); item.exists(); item = item.next()) {
                out += (out.empty() ? "" : ", ") + display_value(item);
            }
            return out;
        }
        case json::Type::kObject: return printable(value.source());
        case json::Type::kNull: break;
    }
    return {};
}

/// Characters, not bytes: continuation bytes take no column.
std::size_t width(std::string_view text) {
    const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts));
}

void pad(std::string& out, std::string_view text, std::size_t columns) {
    out += text;
    out.append(columns - width(text) + 2, ' ');
}

void add_card(const json::Value& object, const std::string& prefix,
              std::vector<std::pair<std::string, std::string>>& rows) {
    for (json::Value member = object.first(); member.exists(); member = member.next()) {
        const std::string name = prefix + std::string(member.member_name());
        if (member.is_object()) {
            add_card(member, name + ".", rows);
        } else if (!member.is_string() || member.string()->find("-----BEGIN ") != 0) {
            rows.emplace_back(name, display_value(member));
        }
    }
}

}  // namespace

std::string display(const json::Value& object, std::string_view path) {
    json::Value at = object;
    while (!path.empty()) {
        const auto dot = path.find('.');
        at = at.member(path.substr(0, dot));
        path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    }
    return display_value(at);
}

std::string table(const json::Value& rows, const std::vector<Column>& columns) {
    std::vector<std::vector<std::string>> cells(1);
    for (const Column& column : columns) {
        cells.front().emplace_back(column.title);
    }
    for (json::Value row = rows.first(); row.exists(); row = row.next()) {
        auto& line = cells.emplace_back();
        for (const Column& column : columns) {
            line.push_back(display(row, column.member));
        }
    }
    std::vector<std::size_t> widest(columns.size(), 0);
    for (const auto& line : cells) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            widest[i] = std::max(widest[i], width(line[i]));
        }
    }
    std::string out;
    for (const auto& line : cells) {
        std::string text;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            pad(text, line[i], widest[i]);
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + "\n";
    }
    return out;
}

std::string card(const json::Value& object) {
    std::vector<std::pair<std::string, std::string>> rows;
    add_card(object, "", rows);
    std::size_t widest = 0;
    for (const auto& row : rows) {
        widest = std::max(widest, width(row.first));
    }
    std::string out;
    for (const auto& [name, value] : rows) {
        pad(out, name, widest);
        out += value + "\n";
    }
    return out;
}

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void print_line(std::string_view text) {
    print(text);
    print("\n");
}

void note(std::string_view text) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
}

}  // namespace chatelaine::cli
