#include "secrets/secret.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "crypto/hash.hpp"

namespace chatelaine::secrets {
namespace {

constexpr std::pair<VersionState, std::string_view> kStates[] = {
    {VersionState::kActive, "active"},
    {VersionState::kDeactivated, "deactivated"},
    {VersionState::kDeleted, "deleted"},
};

bool allowed_in_path(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_.:/=@-").find(c) != std::string_view::npos;
}

Result<Uuid> id_of(seal::Reader& reader, const DomainId& domain, std::string_view name,
                   std::string_view value) {
    CH_TRY(const auto term, reader.term(domain.uuid, name, value));
    return Uuid::from_octets(term.value);
}

}  // namespace

std::string_view state_name(VersionState state) {
    for (const auto& [value, name] : kStates) {
        if (value == state) {
            return name;
        }
    }
    CH_CHECK(!"a state outside the enum");
}

std::optional<VersionState> state_from_name(std::string_view name) {
    for (const auto& [value, known] : kStates) {
        if (known == name) {
            return value;
        }
    }
    return std::nullopt;
}

VersionState Version::state(WallTime now) const {
    if (deleted) {
        return VersionState::kDeleted;
    }
    return deactivation && *deactivation <= now ? VersionState::kDeactivated
                                                : VersionState::kActive;
}

const Version* Secret::version(std::uint32_t number) const {
    // Dense: the first one's number says where each stands.
    if (versions.empty() || number < versions.front().number ||
        number > versions.back().number) {
        return nullptr;
    }
    return &versions[number - versions.front().number];
}

store::Dates Secret::dates() const {
    store::Dates dates;
    dates[store::DateColumn::kCreated] = created;
    dates[store::DateColumn::kChanged] = updated;
    if (const Version* newest = version(current); newest != nullptr && !newest->deleted) {
        dates[store::DateColumn::kDeactivation] = newest->deactivation;
    }
    return dates;
}

seal::RecordChange Secret::to_change() const {
    seal::RecordChange change = change_of(*this, {domain.uuid, kind, id}, origin.version);
    change.dates = dates();
    change.terms.emplace_back(term::kIn, folder_of(path));
    for (const std::string_view folder : ancestors_of(path)) {
        change.terms.emplace_back(term::kUnder, folder);
    }
    // A path of slashes alone may have used up the terms; its end is then not told of.
    const auto end = change.dates[store::DateColumn::kDeactivation];
    if (end && change.terms.size() < limits::terms_per_record_max) {
        change.terms.emplace_back(term::kExpires, day_of(*end));
    }
    return change;
}

std::string day_of(WallTime time) {
    constexpr std::int64_t kDay = 24LL * 3600 * 1'000'000;
    return std::to_string(time.microseconds / kDay);
}

Uuid version_id(const Uuid& life, std::uint32_t number) {
    Bytes text(life.octets.begin(), life.octets.end());
    for (unsigned shift = 0; shift < 32; shift += 8) {
        text.push_back(static_cast<std::uint8_t>(number >> shift));
    }
    return Uuid::from_octets(BytesView(crypto::sha256(text)).first(16));
}

Result<void> check_path(std::string_view path) {
    if (path.empty() || path.size() > limits::secret_path_characters_max ||
        !std::all_of(path.begin(), path.end(), allowed_in_path)) {
        return Error::invalid("secrets.path", "path",
                              "expected 1 to 255 characters of A-Z a-z 0-9 _ . : / = @ -");
    }
    return ok();
}

std::string_view folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash + 1);
}

std::string_view folder_above(std::string_view folder) {
    CH_CHECK(folder.ends_with('/'));
    return folder_of(folder.substr(0, folder.size() - 1));
}

std::vector<std::string_view> ancestors_of(std::string_view path) {
    std::vector<std::string_view> folders;
    for (std::size_t at = path.find('/'); at != std::string_view::npos;
         at = path.find('/', at + 1)) {
        folders.push_back(path.substr(0, at + 1));
    }
    return folders;
}

Result<Uuid> secret_id(seal::Reader& reader, const DomainId& domain, std::string_view path) {
    return id_of(reader, domain, term::kPath, path);
}

Result<Uuid> folder_id(seal::Reader& reader, const DomainId& domain, std::string_view folder) {
    return id_of(reader, domain, term::kFolder, folder);
}

}  // namespace chatelaine::secrets
