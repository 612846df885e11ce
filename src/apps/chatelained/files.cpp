#include "apps/chatelained/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/failpoint.hpp"

namespace chatelaine::app {
namespace {

Error file_error(const std::filesystem::path& path) {
    return Error(Code::kConfiguration, "app.file",
                 path.string() + ": " + std::strerror(errno));
}

bool write_all(int descriptor, BytesView bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written <= 0) {
            return false;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

/// Name and mode of a file are in its folder: durable only when that is flushed too.
Result<void> sync_folder_of(const std::filesystem::path& path) {
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    CH_FAILPOINT("app.directory_sync.before");
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return file_error(folder);
    }
    const bool synced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    CH_FAILPOINT("app.directory_sync.after");
    return synced ? ok() : Result<void>(file_error(folder));
}

bool write_and_flush(int descriptor, BytesView bytes) {
    CH_FAILPOINT("app.write.before");
    const bool written = write_all(descriptor, bytes);
    CH_FAILPOINT("app.write.after");
    CH_FAILPOINT("app.sync.before");
    const bool synced = written && ::fsync(descriptor) == 0;
    CH_FAILPOINT("app.sync.after");
    return synced;
}

}  // namespace

seal::Paths DataDirectory::seal_paths(const Config& config) const {
    return {root / "root.seal", root / "keybag", root / "keybag.copy", config.seal.key_file};
}

Result<void> write_file(const std::filesystem::path& path, BytesView bytes) {
    const std::filesystem::path temporary = path.string() + ".tmp";
    const int descriptor =
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return file_error(temporary);
    }
    const bool written = write_and_flush(descriptor, bytes);
    const bool closed = ::close(descriptor) == 0;
    CH_FAILPOINT("app.rename.before");
    if (!written || !closed || ::rename(temporary.c_str(), path.c_str()) != 0) {
        return file_error(path);
    }
    CH_FAILPOINT("app.rename.after");
    return sync_folder_of(path);
}

Result<void> remove_file(const std::filesystem::path& path) {
    CH_FAILPOINT("app.unlink.before");
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        return file_error(path);
    }
    CH_FAILPOINT("app.unlink.after");
    return sync_folder_of(path);
}

Result<void> write_file(const std::filesystem::path& path, std::string_view text) {
    return write_file(path, as_bytes(text));
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return file_error(path);
    }
    std::string text(bytes_max + 1, '\0');
    std::size_t size = 0;
    ssize_t got = 0;
    while (size < text.size() &&
           (got = ::read(descriptor, text.data() + size, text.size() - size)) > 0) {
        size += static_cast<std::size_t>(got);
    }
    ::close(descriptor);
    if (got < 0) {
        return file_error(path);
    }
    if (size > bytes_max) {
        return Error(Code::kTooLarge, "app.file", path.string() + " is too large");
    }
    text.resize(size);
    return text;
}

Result<void> make_folder(const std::filesystem::path& path) {
    std::error_code fault;
    std::filesystem::create_directories(path.parent_path(), fault);
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        return file_error(path);
    }
    return ok();
}

}  // namespace chatelaine::app
