#include "apps/chatelaine/command.hpp"

#include <charconv>

#include "base/ids.hpp"

namespace chatelaine::cli {

int exit_code_of(const Error& error) {
    switch (error.code()) {
        case Code::kConfiguration: return exit_usage;
        case Code::kUnauthenticated:
        case Code::kForbidden: return exit_not_allowed;
        case Code::kRouteNotFound:
        case Code::kKeyNotFound:
        case Code::kDomainNotFound:
        case Code::kSecretNotFound:
        case Code::kNotFound: return exit_not_found;
        case Code::kOverloaded:
        case Code::kSealed:
        case Code::kStoreUnavailable:
        case Code::kStoreFull: return exit_unavailable;
        case Code::kDecryptFailed:
        case Code::kSealBroken: return exit_refused;
        case Code::kMalformed:
        case Code::kInvalidArgument:
        case Code::kMissingArgument:
        case Code::kUnknownField:
        case Code::kMethodNotAllowed:
        case Code::kUnsupportedMediaType:
        case Code::kTooLarge:
        case Code::kNotSupported:
        case Code::kWrongState:
        case Code::kWrongKeyType:
        case Code::kNotPermittedUse:
        case Code::kNotExtractable:
        case Code::kArchived:
        case Code::kUndone:
        case Code::kKeyFormatNotSupported:
        case Code::kIllegalOperation:
        case Code::kAlreadyExists:
        case Code::kVersionConflict:
        case Code::kRateLimited:
        case Code::kCryptoFailed:
        case Code::kStoreCorrupt:
        case Code::kFormatTooNew:
        case Code::kAuditUnavailable:
        case Code::kInternal:
        case Code::kWouldBlock:
        case Code::kEndOfCodes: return exit_failure;
    }
    return exit_failure;
}

std::string_view Arguments::text(std::string_view name) const { return text_or(name, {}); }

std::string_view Arguments::text_or(std::string_view name, std::string_view otherwise) const {
    const auto found = values_.find(name);
    return found == values_.end() || found->second.empty() ? otherwise : found->second.front();
}

std::vector<std::string> Arguments::list(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::vector<std::string>{} : found->second;
}

Result<std::int64_t> Arguments::integer(std::string_view name, std::int64_t otherwise) const {
    const std::string_view given = text(name);
    if (given.empty()) {
        return otherwise;
    }
    std::int64_t value = 0;
    const auto [stopped, fault] = std::from_chars(given.data(), given.data() + given.size(), value);
    if (fault != std::errc{} || stopped != given.data() + given.size()) {
        return Error(Code::kConfiguration, "cli.arguments",
                     "--" + std::string(name) + " takes a whole number");
    }
    return value;
}

Client& Context::client() {
    if (!client_) {
        client_.emplace(profile);
    }
    return *client_;
}

Result<std::string> Context::domain() const {
    if (profile.domain.empty()) {
        return Error(Code::kConfiguration, "cli.domain",
                     "which domain? Give --domain ID, or set it in the profile");
    }
    if (!Uuid::parse(profile.domain)) {
        return Error(Code::kConfiguration, "cli.domain", profile.domain + " is no domain's UUID");
    }
    return profile.domain;
}

Result<std::string> Context::domain_path() const {
    CH_TRY(const std::string id, domain());
    return "/v2/okms/resource/" + id;
}

Result<std::string> Context::rest_path() const {
    CH_TRY(const std::string id, domain());
    return "/api/" + id + "/v1";
}

std::vector<Command> all_commands() {
    std::vector<Command> commands;
    add_profile_commands(commands);
    add_operator_commands(commands);
    add_control_commands(commands);
    add_policy_commands(commands);
    add_credential_commands(commands);
    add_key_commands(commands);
    add_catalogue_commands(commands);
    add_version_commands(commands);
    add_alias_commands(commands);
    add_key_transfer_commands(commands);
    add_crypto_commands(commands);
    add_file_commands(commands);
    add_secret_commands(commands);
    add_secret_extra_commands(commands);
    add_secret_transfer_commands(commands);
    add_secret_copy_command(commands);
    add_audit_commands(commands);
    add_register_commands(commands);
    add_quorum_commands(commands);
    add_oversight_commands(commands);
    add_contact_commands(commands);
    add_kmip_commands(commands);
    return commands;
}

}  // namespace chatelaine::cli
