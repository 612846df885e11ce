#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/chatelaine/client.hpp"
#include "apps/chatelaine/profile.hpp"
#include "base/result.hpp"

/// The commands of the command line, as a table: parsing, help and shell completion come from it.
/// A command reads its arguments, talks to the service through a Client and prints.

namespace chatelaine::cli {

/// Exit codes, documented in docs/cli.md.
inline constexpr int exit_ok = 0;
inline constexpr int exit_failure = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_not_allowed = 3;
inline constexpr int exit_not_found = 4;
inline constexpr int exit_unavailable = 5;
inline constexpr int exit_refused = 6;  ///< a file that was cut or altered
inline constexpr int exit_no = 7;       ///< the question was answered, with no
/// A file's header with nothing behind it: empty by another program, or cut.
inline constexpr int exit_header_only = 8;

/// The exit code that an error ends the program with.
int exit_code_of(const Error& error);

/// kRest takes all words that are left, those behind `--` as they are.
enum class ParamKind : std::uint8_t { kPositional, kOption, kFlag, kList, kRest };

struct Param {
    ParamKind kind;
    std::string_view name;     ///< "key" is written --key
    std::string_view help;
    bool required = false;
    std::string_view choices = {};  ///< for completion, with blanks between
};

/// What was given on the command line, by parameter name.
class Arguments {
public:
    void set(std::string name, std::vector<std::string> values) {
        values_.insert_or_assign(std::move(name), std::move(values));
    }
    bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
    /// The value, or an empty text.
    std::string_view text(std::string_view name) const;
    std::string_view text_or(std::string_view name, std::string_view otherwise) const;
    std::vector<std::string> list(std::string_view name) const;
    /// kConfiguration when it is no whole number.
    Result<std::int64_t> integer(std::string_view name, std::int64_t otherwise) const;

private:
    std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

/// What a command works with.
class Context {
public:
    explicit Context(ProfileStore& store) : profiles(store) {}

    ProfileStore& profiles;
    Profile profile;  ///< the chosen one, with the environment over it
    bool json = false;

    Client& client();
    /// "/v2/okms/resource/ID"; kConfiguration when no domain is known.
    Result<std::string> domain_path() const;
    /// "/api/ID/v1"
    Result<std::string> rest_path() const;
    Result<std::string> domain() const;

private:
    std::optional<Client> client_;
};

struct Command {
    std::string_view path;  ///< "domain create"
    std::string_view help;
    std::vector<Param> params;
    Result<int> (*run)(Context&, const Arguments&);
};

void add_profile_commands(std::vector<Command>& commands);
void add_operator_commands(std::vector<Command>& commands);
void add_control_commands(std::vector<Command>& commands);
void add_policy_commands(std::vector<Command>& commands);
void add_credential_commands(std::vector<Command>& commands);
void add_key_commands(std::vector<Command>& commands);
void add_catalogue_commands(std::vector<Command>& commands);
void add_version_commands(std::vector<Command>& commands);
void add_alias_commands(std::vector<Command>& commands);
void add_key_transfer_commands(std::vector<Command>& commands);
void add_crypto_commands(std::vector<Command>& commands);
void add_file_commands(std::vector<Command>& commands);
void add_secret_commands(std::vector<Command>& commands);
void add_secret_extra_commands(std::vector<Command>& commands);
void add_secret_transfer_commands(std::vector<Command>& commands);
void add_secret_copy_command(std::vector<Command>& commands);
void add_register_commands(std::vector<Command>& commands);
void add_quorum_commands(std::vector<Command>& commands);
void add_oversight_commands(std::vector<Command>& commands);
void add_contact_commands(std::vector<Command>& commands);
void add_audit_commands(std::vector<Command>& commands);
void add_kmip_commands(std::vector<Command>& commands);

std::vector<Command> all_commands();
/// The completion script of "bash" or "zsh", for these commands.
std::string completion_script(std::string_view shell, const std::vector<Command>& commands);

}  // namespace chatelaine::cli
