#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "audit/segment.hpp"
#include "base/failpoint.hpp"

namespace chatelaine::audit {
namespace {

/// What a system call's failure is called; the number tells an operator more than a text would.
Error failed(std::string_view call, int error_number) {
    const Code code = error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG
                          ? Code::kStoreFull
                          : Code::kStoreUnavailable;
    return Error(code, "audit.journal",
                 std::string(call) + " failed with errno " + std::to_string(error_number));
}

/// Closes what a failed creation left behind and removes its name.
Error abandon(const std::filesystem::path& path, Error error) {
    CH_FAILPOINT("journal.abandon.before");
    ::unlink(path.c_str());
    CH_FAILPOINT("journal.abandon.after");
    return error;
}

}  // namespace

FileHandle::FileHandle(FileHandle&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

FileHandle::~FileHandle() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

Result<std::vector<SegmentName>> list_segments(const std::filesystem::path& directory) {
    std::vector<SegmentName> names;
    std::error_code error;
    std::filesystem::directory_iterator at(directory, error);
    if (error == std::errc::no_such_file_or_directory) {
        return names;
    }
    for (const std::filesystem::directory_iterator end; !error && at != end; at.increment(error)) {
        if (const auto name = SegmentName::parse(at->path().filename().string())) {
            names.push_back(*name);
        }
    }
    if (error) {
        return failed("reading the directory", error.value());
    }
    std::sort(names.begin(), names.end());
    return names;
}

Result<void> make_directory(const std::filesystem::path& directory) {
    CH_FAILPOINT("journal.mkdir.before");
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
        return failed("mkdir", errno);
    }
    CH_FAILPOINT("journal.mkdir.after");
    return ok();
}

Result<FileHandle> create_segment(const std::filesystem::path& directory, const SegmentName& name,
                                  const SegmentHeader& header, BytesView groups, bool durable) {
    const std::filesystem::path path = directory / name.to_string();
    const std::filesystem::path fresh = path.string() + ".new";
    if (CH_FAILPOINT_ERROR("journal.create.before")) {
        return failed("open", EIO);
    }
    FileHandle file(::open(fresh.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file.is_open()) {
        return failed("open", errno);
    }
    CH_FAILPOINT("journal.create.after");
    Bytes bytes;
    bytes.reserve(kSegmentHeaderBytes + groups.size());
    append_segment_header(header, bytes);
    bytes.insert(bytes.end(), groups.begin(), groups.end());
    if (auto written = write_at(file, 0, bytes); !written) {
        return abandon(fresh, std::move(written).error());
    }
    if (durable) {
        if (auto synced = sync_file(file); !synced) {
            return abandon(fresh, std::move(synced).error());
        }
    }
    if (CH_FAILPOINT_ERROR("journal.rename.before")) {
        return abandon(fresh, failed("rename", EIO));
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0) {
        return abandon(fresh, failed("rename", errno));
    }
    CH_FAILPOINT("journal.rename.after");
    return file;
}

Result<FileHandle> open_segment(const std::filesystem::path& directory, const SegmentName& name) {
    const std::filesystem::path path = directory / name.to_string();
    FileHandle file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!file.is_open()) {
        return failed("open", errno);
    }
    return file;
}

Result<void> write_at(const FileHandle& file, std::uint64_t offset, BytesView bytes) {
    if (CH_FAILPOINT_ERROR("journal.write.before")) {
        // As a full disk does it: a part of the bytes is there.
        static_cast<void>(!::pwrite(file.get(), bytes.data(), bytes.size() / 2,
                                    static_cast<off_t>(offset)));
        return failed("write", ENOSPC);
    }
    while (!bytes.empty()) {
        const ssize_t count =
            ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return failed("write", count < 0 ? errno : ENOSPC);
        }
        offset += static_cast<std::uint64_t>(count);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    CH_FAILPOINT("journal.write.after");
    return ok();
}

Result<void> truncate_to(const FileHandle& file, std::uint64_t size) {
    if (CH_FAILPOINT_ERROR("journal.truncate.before")) {
        return failed("ftruncate", EIO);
    }
    if (::ftruncate(file.get(), static_cast<off_t>(size)) != 0) {
        return failed("ftruncate", errno);
    }
    CH_FAILPOINT("journal.truncate.after");
    return ok();
}

Result<void> sync_file(const FileHandle& file) {
    if (CH_FAILPOINT_ERROR("journal.sync.before")) {
        return failed("fdatasync", EIO);
    }
    if (::fdatasync(file.get()) != 0) {
        return failed("fdatasync", errno);
    }
    CH_FAILPOINT("journal.sync.after");
    return ok();
}

Result<void> sync_directory(const std::filesystem::path& directory) {
    const FileHandle file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!file.is_open()) {
        return failed("open", errno);
    }
    if (CH_FAILPOINT_ERROR("journal.directory_sync.before")) {
        return failed("fsync", EIO);
    }
    if (::fsync(file.get()) != 0) {
        return failed("fsync", errno);
    }
    CH_FAILPOINT("journal.directory_sync.after");
    return ok();
}

Result<std::uint64_t> file_size(const FileHandle& file) {
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) {
        return failed("fstat", errno);
    }
    return static_cast<std::uint64_t>(status.st_size);
}

Result<void> read_at(const FileHandle& file, std::uint64_t offset, std::size_t size, Bytes& out) {
    out.resize(size);
    std::size_t at = 0;
    while (at < size) {
        const ssize_t count = ::pread(file.get(), out.data() + at, size - at,
                                      static_cast<off_t>(offset + at));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return failed("read", errno);
        }
        if (count == 0) {
            break;
        }
        at += static_cast<std::size_t>(count);
    }
    out.resize(at);
    return ok();
}

Result<void> remove_segment(const std::filesystem::path& directory, const SegmentName& name) {
    const std::filesystem::path path = directory / name.to_string();
    if (CH_FAILPOINT_ERROR("journal.unlink.before")) {
        return failed("unlink", EIO);
    }
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        return failed("unlink", errno);
    }
    CH_FAILPOINT("journal.unlink.after");
    return ok();
}

Result<void> set_aside(const std::filesystem::path& directory, const SegmentName& name) {
    const std::filesystem::path path = directory / name.to_string();
    const std::filesystem::path aside = path.string() + ".damaged";
    if (CH_FAILPOINT_ERROR("journal.set_aside.before")) {
        return failed("rename", EIO);
    }
    if (::rename(path.c_str(), aside.c_str()) != 0) {
        return failed("rename", errno);
    }
    CH_FAILPOINT("journal.set_aside.after");
    return ok();
}

}  // namespace chatelaine::audit
