#include "apps/chatelaine/profile.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "apps/chatelaine/files.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::size_t kProfilesBytesMax = 1024 * 1024;

constexpr std::array<ProfileField, 9> kFields{{
    {"rest", &Profile::rest, "https URL of the REST listener"},
    {"control", &Profile::control, "https URL of the customers' control listener"},
    {"operator", &Profile::operator_, "https URL of the operators' listener"},
    {"kmip", &Profile::kmip, "host:port of the KMIP listener"},
    {"ca", &Profile::ca, "PEM file of the authority to trust"},
    {"domain", &Profile::domain, "the domain's UUID"},
    {"token-file", &Profile::token_file, "file that holds a bearer token"},
    {"cert", &Profile::cert, "PEM file of the client certificate"},
    {"key", &Profile::key, "PEM file of its private key"},
}};

Error wrong(const std::filesystem::path& path, const toml::source_region& where,
            std::string_view what) {
    return Error(Code::kConfiguration, "cli.profile",
                 path.string() + ":" + std::to_string(where.begin.line) + ": " +
                     std::string(what));
}

Result<Profile> read_profile(const std::filesystem::path& path, std::string_view name,
                             const toml::table& table) {
    Profile profile;
    profile.name = name;
    for (const auto& [key, node] : table) {
        const auto* const field = std::find_if(
            kFields.begin(), kFields.end(),
            [&](const ProfileField& known) { return known.name == key.str(); });
        if (field == kFields.end()) {
            return wrong(path, key.source(), "unknown key " + std::string(key.str()));
        }
        const auto text = node.value<std::string>();
        if (!text) {
            return wrong(path, node.source(), std::string(key.str()) + " is a text");
        }
        profile.*(field->member) = *text;
    }
    return profile;
}

std::string toml_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out.push_back('\\');
        }
        out.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
    }
    return out + "\"";
}

}  // namespace

std::span<const ProfileField> profile_fields() { return kFields; }

std::filesystem::path ProfileStore::default_path() {
    if (const char* path = std::getenv("CHATELAINE_CONFIG"); path != nullptr && *path != '\0') {
        return path;
    }
    const char* base = std::getenv("XDG_CONFIG_HOME");
    if (base != nullptr && *base != '\0') {
        return std::filesystem::path(base) / "chatelaine" / "profiles.toml";
    }
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home == nullptr ? "." : home) / ".config" / "chatelaine" /
           "profiles.toml";
}

Result<ProfileStore> ProfileStore::open(std::filesystem::path path) {
    ProfileStore store;
    store.path_ = std::move(path);
    std::error_code fault;
    if (!std::filesystem::exists(store.path_, fault)) {
        return store;
    }
    CH_TRY(const std::string text, read_text(store.path_, kProfilesBytesMax));
    try {
        const toml::table file = toml::parse(text, store.path_.string());
        for (const auto& [key, node] : file) {
            if (key.str() == "current" && node.is_string()) {
                store.current_ = *node.value<std::string>();
            } else if (node.is_table()) {
                CH_TRY(Profile profile, read_profile(store.path_, key.str(), *node.as_table()));
                store.put(std::move(profile));
            } else {
                return wrong(store.path_, key.source(), "unknown key " + std::string(key.str()));
            }
        }
    } catch (const toml::parse_error& error) {
        return wrong(store.path_, error.source(), error.description());
    }
    return store;
}

void ProfileStore::put(Profile profile) {
    std::string name = profile.name;
    profiles_.insert_or_assign(std::move(name), std::move(profile));
}

bool ProfileStore::remove(std::string_view name) {
    const auto found = profiles_.find(name);
    if (found == profiles_.end()) {
        return false;
    }
    profiles_.erase(found);
    return true;
}

Profile ProfileStore::find(std::string_view name) const {
    const auto found = profiles_.find(name);
    if (found != profiles_.end()) {
        return found->second;
    }
    Profile profile;
    profile.name = name;
    return profile;
}

Result<void> ProfileStore::save() const {
    std::string out = "# Profiles of the chatelaine command line; chatelaine login writes them.\n";
    out += "current = " + toml_text(current_) + "\n";
    for (const auto& [name, profile] : profiles_) {
        out += "\n[" + toml_text(name) + "]\n";
        for (const ProfileField& field : kFields) {
            if (const std::string& value = profile.*(field.member); !value.empty()) {
                out += std::string(field.name) + " = " + toml_text(value) + "\n";
            }
        }
    }
    return write_private(path_, as_bytes(out));
}

void apply_environment(Profile& profile) {
    const auto take = [](std::string_view name, std::string& member) {
        std::string variable = "CHATELAINE_";
        for (const char c : name) {
            const bool lower = c >= 'a' && c <= 'z';
            variable.push_back(c == '-' ? '_' : lower ? static_cast<char>(c - 32) : c);
        }
        if (const char* value = std::getenv(variable.c_str()); value != nullptr && *value != '\0') {
            member = value;
            return true;
        }
        return false;
    };
    // A credential of the environment takes the place of the profile's, not a seat beside it.
    const Profile stored = profile;
    bool given_token = take("token", profile.token);
    for (const ProfileField& field : kFields) {
        const bool taken = take(field.name, profile.*(field.member));
        given_token = given_token || (taken && field.name == "token-file");
    }
    const bool given_certificate = profile.cert != stored.cert || profile.key != stored.key;
    if (given_token && !given_certificate) {
        profile.cert.clear();
        profile.key.clear();
    } else if (given_certificate && !given_token) {
        profile.token_file.clear();
    }
}

}  // namespace chatelaine::cli
