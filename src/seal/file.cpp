#include "seal/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "base/failpoint.hpp"

namespace chatelaine::seal {
namespace {

namespace fs = std::filesystem;

/// The name of a failpoint; in a release build nothing calls it.
[[maybe_unused]] std::string point(const FileRole& role, std::string_view step) {
    return std::string("seal.").append(role.name).append(step);
}

Error io_error(std::string_view step, const fs::path& path, int code) {
    const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
    return Error(full ? Code::kStoreFull : Code::kStoreUnavailable, "seal.file",
                 std::string(step) + " of " + path.filename().string() + ": " +
                     std::system_category().message(code));
}

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    int get() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }
    /// A failed close may be the only word of a failed write (NFS).
    bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

private:
    int fd_;
};

bool write_all(int fd, BytesView content) {
    while (!content.empty()) {
        const ::ssize_t n = ::write(fd, content.data(), content.size());
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        content = content.subspan(static_cast<std::size_t>(n));
    }
    return true;
}

/// Fills `out` from the file's start; false with errno, 0 for a file that ends too early.
bool read_all(int fd, MutableBytesView out) {
    while (!out.empty()) {
        const ::ssize_t n = ::read(fd, out.data(), out.size());
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            errno = n == 0 ? 0 : errno;
            return false;
        }
        out = out.subspan(static_cast<std::size_t>(n));
    }
    return true;
}

/// Compares through a small wiped buffer: the content may be a key.
Result<void> check_content(const fs::path& path, BytesView content) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) {
        return io_error("reading back", path, errno);
    }
    std::array<std::uint8_t, 4096> buffer{};
    bool same = true;
    while (same && !content.empty()) {
        const std::size_t size = std::min(content.size(), buffer.size());
        const MutableBytesView part(buffer.data(), size);
        same = read_all(file.get(), part) && crypto::equal_ct(part, content.first(size));
        content = content.subspan(size);
    }
    std::uint8_t rest = 0;
    same = same && ::read(file.get(), &rest, 1) == 0;
    wipe(buffer.data(), buffer.size());
    if (!same) {
        return Error(Code::kStoreUnavailable, "seal.file",
                     path.filename().string() + " reads back differently from what was written");
    }
    return ok();
}

Result<void> sync_directory(const fs::path& path, [[maybe_unused]] const FileRole& role) {
    if (CH_FAILPOINT_ERROR(point(role, ".directory_sync.before"))) {
        return io_error("flush of the directory", path, EIO);
    }
    const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
    const Descriptor directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.is_open() || ::fsync(directory.get()) != 0) {
        return io_error("flush of the directory", path, errno);
    }
    if (CH_FAILPOINT_ERROR(point(role, ".directory_sync.after"))) {
        return io_error("flush of the directory", path, EIO);
    }
    return ok();
}

Result<void> write_temporary(const fs::path& path, const FileRole& role, BytesView content) {
    // A left-over of a killed writer is nobody's: made anew, so that mode and owner are ours.
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        return io_error("removal", path, errno);
    }
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    Descriptor file(::open(path.c_str(), flags, 0600));
    if (!file.is_open()) {
        return io_error("creation", path, errno);
    }
    if (CH_FAILPOINT_ERROR(point(role, ".write.before"))) {
        return io_error("write", path, EIO);
    }
    if (!write_all(file.get(), content) || ::fchmod(file.get(), role.mode) != 0) {
        return io_error("write", path, errno);
    }
    if (CH_FAILPOINT_ERROR(point(role, ".write.after")) ||
        CH_FAILPOINT_ERROR(point(role, ".sync.before"))) {
        return io_error("write", path, EIO);
    }
    if (::fsync(file.get()) != 0 || !file.close()) {
        return io_error("flush", path, errno);
    }
    if (CH_FAILPOINT_ERROR(point(role, ".sync.after"))) {
        return io_error("flush", path, EIO);
    }
    return check_content(path, content);
}

Result<void> rename_over(const fs::path& from, const fs::path& to,
                         [[maybe_unused]] const FileRole& role) {
    if (CH_FAILPOINT_ERROR(point(role, ".rename.before"))) {
        return io_error("rename", to, EIO);
    }
    if (::rename(from.c_str(), to.c_str()) != 0) {
        return io_error("rename", to, errno);
    }
    if (CH_FAILPOINT_ERROR(point(role, ".rename.after"))) {
        return io_error("rename", to, EIO);
    }
    return ok();
}

/// The size, once it is known to be a regular file within the bound.
Result<std::size_t> checked_size(const struct ::stat& facts, const fs::path& path,
                                 std::size_t bytes_max) {
    if (!S_ISREG(facts.st_mode)) {
        return Error(Code::kConfiguration, "seal.file",
                     path.filename().string() + " is not a regular file");
    }
    const auto size = static_cast<std::size_t>(facts.st_size);
    if (size > bytes_max) {
        return Error(Code::kStoreCorrupt, "seal.file",
                     path.filename().string() + " is larger than " + std::to_string(bytes_max) +
                         " bytes");
    }
    return size;
}

}  // namespace

Result<void> replace_file(const fs::path& path, const FileRole& role, BytesView content) {
    fs::path temporary = path;
    temporary += ".tmp";
    auto written = write_temporary(temporary, role, content);
    if (written) {
        written = rename_over(temporary, path, role);
    }
    if (!written) {
        ::unlink(temporary.c_str());
        return std::move(written).error();
    }
    CH_TRY_VOID(sync_directory(path, role));
    return check_content(path, content);
}

Result<void> remove_file(const fs::path& path, [[maybe_unused]] const FileRole& role) {
    if (CH_FAILPOINT_ERROR(point(role, ".unlink.before"))) {
        return io_error("removal", path, EIO);
    }
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        return io_error("removal", path, errno);
    }
    if (CH_FAILPOINT_ERROR(point(role, ".unlink.after"))) {
        return io_error("removal", path, EIO);
    }
    return sync_directory(path, role);
}

Result<std::optional<Bytes>> read_file(const fs::path& path, std::size_t bytes_max) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) {
        if (errno == ENOENT) {
            return std::optional<Bytes>();
        }
        return io_error("opening", path, errno);
    }
    struct ::stat facts {};
    if (::fstat(file.get(), &facts) != 0) {
        return io_error("opening", path, errno);
    }
    CH_TRY(const std::size_t size, checked_size(facts, path, bytes_max));
    Bytes content(size);
    if (!read_all(file.get(), content)) {
        return io_error("reading", path, errno);
    }
    return std::optional<Bytes>(std::move(content));
}

Result<std::optional<crypto::SecretBytes>> read_private_file(const fs::path& path,
                                                             std::size_t bytes_max) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) {
        if (errno == ENOENT) {
            return std::optional<crypto::SecretBytes>();
        }
        return io_error("opening", path, errno);
    }
    struct ::stat facts {};
    if (::fstat(file.get(), &facts) != 0) {
        return io_error("opening", path, errno);
    }
    if (facts.st_uid != ::geteuid()) {
        return Error(Code::kConfiguration, "seal.key_file",
                     path.string() + " belongs to another user; it must be this service's own");
    }
    if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return Error(Code::kConfiguration, "seal.key_file",
                     path.string() + " can be used by others; set its mode to 0400");
    }
    CH_TRY(const std::size_t size, checked_size(facts, path, bytes_max));
    crypto::SecretBytes content(size);
    const bool read = content.with_exposed_mutable(
        crypto::insecure_expose_secret(),
        [&](MutableBytesView out) { return read_all(file.get(), out); });
    if (!read) {
        return io_error("reading", path, errno);
    }
    return std::optional<crypto::SecretBytes>(std::move(content));
}

Result<bool> file_exists(const fs::path& path) {
    struct ::stat facts {};
    if (::lstat(path.c_str(), &facts) == 0) {
        return true;
    }
    if (errno == ENOENT) {
        return false;
    }
    return io_error("looking", path, errno);
}

}  // namespace chatelaine::seal
