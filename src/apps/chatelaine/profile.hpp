#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace chatelaine::cli {

/// Where the service is and who is calling. Empty members are not set.
struct Profile {
    std::string name;
    std::string rest, control, operator_;  ///< https URLs, no slash at the end
    std::string kmip;
    std::string ca;          ///< PEM file of the authority to trust; empty: the system's
    std::string domain;      ///< UUID
    std::string token_file;  ///< holds a bearer token, or
    std::string cert, key;   ///< PEM files
    std::string token = {};  ///< from the environment only; never written
};

/// The profiles of this user: $CHATELAINE_CONFIG, or chatelaine/profiles.toml below
/// $XDG_CONFIG_HOME or ~/.config. Written whole, mode 0600.
class ProfileStore {
public:
    /// An absent file is an empty store. kConfiguration with file and line on a wrong one.
    static Result<ProfileStore> open(std::filesystem::path path);
    static std::filesystem::path default_path();

    const std::filesystem::path& path() const { return path_; }
    const std::map<std::string, Profile, std::less<>>& all() const { return profiles_; }
    const std::string& current() const { return current_; }
    void set_current(std::string name) { current_ = std::move(name); }
    void put(Profile profile);
    bool remove(std::string_view name);
    /// The profile `name`; an empty one when it is not there yet.
    Profile find(std::string_view name) const;
    Result<void> save() const;

private:
    std::filesystem::path path_;
    std::string current_ = "default";
    std::map<std::string, Profile, std::less<>> profiles_;
};

/// A member of a profile by the name that the file, the options and, in capitals behind
/// CHATELAINE_, the environment know it by.
struct ProfileField {
    std::string_view name;
    std::string Profile::*member;
    std::string_view help;
};
std::span<const ProfileField> profile_fields();

/// Lays CHATELAINE_REST, _CONTROL, _OPERATOR, _KMIP, _CA, _DOMAIN, _TOKEN, _TOKEN_FILE, _CERT and
/// _KEY over it; a credential of the environment takes the place of the profile's.
void apply_environment(Profile& profile);

}  // namespace chatelaine::cli
