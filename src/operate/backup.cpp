#include "operate/backup.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/log.hpp"
#include "operate/backup_entries.hpp"
#include "operate/backup_file.hpp"

namespace chatelaine::operate {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view where = "operate.backup";

/// A folder and all in it, gone with its owner. What an earlier process left is removed first.
class Workplace {
public:
    static Result<Workplace> make(fs::path path) {
        std::error_code fault;
        fs::remove_all(path, fault);
        if (fault) {
            return Error(Code::kStoreUnavailable, where, "cleaning up: " + fault.message());
        }
        CH_TRY_VOID(make_directory(path));
        return Workplace(std::move(path));
    }
    Workplace(Workplace&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    Workplace& operator=(Workplace&&) = delete;
    ~Workplace() {
        if (!path_.empty()) {
            std::error_code ignored;
            fs::remove_all(path_, ignored);
        }
    }
    const fs::path& path() const { return path_; }

private:
    explicit Workplace(fs::path path) : path_(std::move(path)) {}
    fs::path path_;
};

Result<void> duplicate(const fs::path& from, const fs::path& to) {
    CH_TRY(File source, File::open(from));
    CH_TRY(const std::uint64_t bytes, source.size());
    CH_TRY(File target, File::create(to));
    CH_TRY(const auto hash, copy_content(source, bytes, &target));
    static_cast<void>(hash);
    return ok();
}

/// Everything that goes in, as files that nobody changes any more.
///
/// The region goes before the directory, so that each domain of a copied object is known, and the
/// keybag last, so that it opens all that was copied; root file and keybag are a pair while the
/// caller holds `keys`.
Result<Manifest> collect(Tools& tools, const fs::path& place) {
    Manifest manifest;
    std::vector<std::string> names{std::string(region_entry), std::string(directory_entry)};
    if (tools.shipper != nullptr) {
        CH_TRY_VOID(tools.shipper->ship());
    }
    manifest.region_commit = tools.region->statistics().last_commit;
    CH_TRY_VOID(tools.region->copy_to(place / region_entry));
    manifest.directory_commit = tools.directory->statistics().last_commit;
    CH_TRY_VOID(tools.directory->copy_to(place / directory_entry));
    for (const std::string& name : tools.backup_files) {
        CH_CHECK(is_entry_name(name));
        const fs::path target = place / name;
        CH_TRY_VOID(make_directory(target.parent_path()));
        auto copied = duplicate(tools.data_dir / name, target);
        if (copied) {
            names.push_back(name);
        } else if (copied.error().code() != Code::kNotFound) {
            return std::move(copied).error();
        }
    }
    for (const std::string_view name : {root_entry, keybag_entry}) {
        CH_TRY_VOID(duplicate(tools.data_dir / name, place / name));
        names.emplace_back(name);
    }
    for (std::string& name : names) {
        const fs::path path = place / name;
        CH_TRY(Entry entry, describe(path, std::move(name)));
        manifest.entries.push_back(std::move(entry));
    }
    return manifest;
}

Result<void> write_all(const fs::path& target, const fs::path& place, const Manifest& manifest) {
    CH_TRY(File out, File::create(target));
    CH_TRY_VOID(out.write(encode_head(manifest)));
    for (const Entry& entry : manifest.entries) {
        CH_TRY(File from, File::open(place / entry.name));
        CH_TRY(const crypto::Sha256 hash, copy_content(from, entry.bytes, &out));
        if (hash != entry.hash) {
            return Error(Code::kStoreUnavailable, where, "a copy reads differently each time");
        }
    }
    return out.sync();
}

/// Gives the file its name; never over another.
Result<void> publish(const fs::path& from, const fs::path& to) {
    if (::link(from.c_str(), to.c_str()) != 0) {
        if (errno == EEXIST) {
            return Error(Code::kAlreadyExists, where, "a backup has this name");
        }
        return Error(Code::kStoreUnavailable, where,
                     "naming: " + std::system_category().message(errno));
    }
    return sync_directory(to.parent_path());
}

BackupSummary summary_of(const Manifest& manifest, const fs::path& file, std::uint64_t bytes) {
    BackupSummary summary;
    summary.file = file;
    summary.bytes = bytes;
    summary.created = manifest.created;
    summary.version = manifest.version;
    summary.directory_commit = manifest.directory_commit;
    summary.region_commit = manifest.region_commit;
    for (const Entry& entry : manifest.entries) {
        summary.entries.push_back(entry.name);
    }
    return summary;
}

}  // namespace

Result<BackupSummary> write_backup(Tools& tools, const std::string& name, WallTime now) {
    if (!is_plain_name(name)) {
        return Error::invalid(where, "file",
                              "expected a plain file name; it goes to " +
                                  tools.backup_directory.string());
    }
    const std::unique_lock lock(tools.keys, std::try_to_lock);
    if (!lock) {
        return Error(Code::kWrongState, where,
                     "a backup or a rotation is running; try again when it is done");
    }
    CH_TRY_VOID(make_directory(tools.backup_directory));
    const fs::path target = tools.backup_directory / name;
    std::error_code fault;
    if (fs::exists(fs::symlink_status(target, fault))) {
        return Error(Code::kAlreadyExists, where, "a backup has this name");
    }
    CH_TRY(const Workplace place, Workplace::make(tools.backup_directory / ".backup.part"));
    CH_TRY(Manifest manifest, collect(tools, place.path()));
    manifest.created = now;
    manifest.version = tools.version;
    const fs::path part = place.path() / ".whole";
    CH_TRY_VOID(write_all(part, place.path(), manifest));
    CH_TRY(BackupSummary summary, verify_backup(part));
    CH_TRY_VOID(publish(part, target));
    summary.file = target;
    log::info("backup_written", {{"file", target.string()},
                                 {"bytes", std::to_string(summary.bytes)}});
    return summary;
}

Result<BackupSummary> verify_backup(const fs::path& path) {
    CH_TRY(File file, File::open(path));
    CH_TRY(const std::uint64_t bytes, file.size());
    CH_TRY(const Manifest manifest, read_head(file));
    for (const Entry& entry : manifest.entries) {
        CH_TRY(const crypto::Sha256 hash, copy_content(file, entry.bytes, nullptr));
        if (hash != entry.hash) {
            return Error(Code::kStoreCorrupt, where, entry.name + " is damaged in the backup");
        }
    }
    return summary_of(manifest, path, bytes);
}

}  // namespace chatelaine::operate
