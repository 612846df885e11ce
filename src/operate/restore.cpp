#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/ids.hpp"
#include "base/log.hpp"
#include "operate/backup.hpp"
#include "operate/backup_entries.hpp"
#include "operate/backup_file.hpp"

namespace chatelaine::operate {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view where = "operate.restore";

/// A missing or empty directory is a good target.
Result<void> check_target(const fs::path& data_dir) {
    std::error_code fault;
    const fs::file_status status = fs::symlink_status(data_dir, fault);
    if (status.type() == fs::file_type::not_found) {
        return ok();
    }
    const bool empty = fs::is_directory(status) && fs::is_empty(data_dir, fault);
    if (!empty || fault) {
        return Error(Code::kAlreadyExists, where,
                     data_dir.string() + " is not an empty directory: nothing was touched");
    }
    return ok();
}

Result<void> write_text(const fs::path& path, std::string_view text) {
    CH_TRY(File file, File::create(path));
    CH_TRY_VOID(file.write(as_bytes(text)));
    return file.sync();
}

Result<void> extract(File& from, const Entry& entry, const fs::path& place) {
    const fs::path target = place / entry.name;
    CH_TRY_VOID(make_directory(target.parent_path()));
    CH_TRY(File to, File::create(target));
    CH_TRY(const crypto::Sha256 hash, copy_content(from, entry.bytes, &to));
    if (hash != entry.hash) {
        return Error(Code::kStoreCorrupt, where, entry.name + " is damaged in the backup");
    }
    CH_TRY_VOID(to.sync());
    return sync_directory(target.parent_path());
}

Result<void> fill(const RestoreOptions& options, const fs::path& place) {
    CH_TRY(File file, File::open(options.file));
    CH_TRY(const Manifest manifest, read_head(file));
    for (const std::string_view name : required_entries) {
        if (std::ranges::none_of(manifest.entries,
                                 [&](const Entry& entry) { return entry.name == name; })) {
            return Error(Code::kStoreCorrupt, where, std::string(name) + " is not in the backup");
        }
    }
    for (const Entry& entry : manifest.entries) {
        CH_TRY_VOID(extract(file, entry, place));
    }
    CH_TRY(File keybag, File::open(place / keybag_entry));
    CH_TRY(const std::uint64_t bytes, keybag.size());
    CH_TRY(File copy, File::create(place / keybag_copy_file));
    CH_TRY(const auto hash, copy_content(keybag, bytes, &copy));
    static_cast<void>(hash);
    CH_TRY_VOID(copy.sync());
    // A new node: the streams of the old one may have gone on after the backup.
    CH_TRY_VOID(write_text(place / node_file, Uuid::random(*options.random).to_string()));
    for (const std::string_view name : {directory_entry, region_entry}) {
        auto checked = options.check_store(place / name);
        if (!checked) {
            return std::move(checked).error();
        }
    }
    return sync_directory(place);
}

Result<void> rename_into_place(const fs::path& from, const fs::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) {
        return Error(errno == ENOTEMPTY || errno == EEXIST ? Code::kAlreadyExists
                                                           : Code::kStoreUnavailable,
                     where, "naming: " + std::system_category().message(errno));
    }
    return sync_directory(to.parent_path());
}

}  // namespace

Result<BackupSummary> restore_backup(const RestoreOptions& options) {
    CH_CHECK(options.check_store && options.random != nullptr);
    // Without a slash at the end, so that the parent is the parent.
    fs::path data_dir = fs::absolute(options.data_dir).lexically_normal();
    if (!data_dir.has_filename()) {
        data_dir = data_dir.parent_path();
    }
    CH_TRY_VOID(check_target(data_dir));
    CH_TRY(BackupSummary summary, verify_backup(options.file));
    fs::path place = data_dir;
    place += ".restoring";
    std::error_code fault;
    fs::remove_all(place, fault);  // what a killed restore left
    CH_TRY_VOID(make_directory(place));
    auto filled = fill(options, place);
    if (filled) {
        filled = rename_into_place(place, data_dir);
    }
    if (!filled) {
        fs::remove_all(place, fault);
        return std::move(filled).error();
    }
    log::info("restored", {{"file", options.file.string()}, {"directory", data_dir.string()}});
    return summary;
}

}  // namespace chatelaine::operate
