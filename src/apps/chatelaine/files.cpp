#include "apps/chatelaine/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace chatelaine::cli {
namespace {

constexpr std::size_t kSecretLineMax = 4096;

bool write_all(int descriptor, BytesView bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

Error file_error(const std::filesystem::path& path) {
    return Error(Code::kConfiguration, "cli.file", path.string() + ": " + std::strerror(errno));
}

Result<std::string> read_text(const std::filesystem::path& path, std::size_t bytes_max) {
    const bool standard = path == "-";
    const int descriptor = standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return file_error(path);
    }
    std::string text;
    char block[16384];
    ssize_t got = 0;
    while (text.size() <= bytes_max && (got = ::read(descriptor, block, sizeof block)) > 0) {
        text.append(block, static_cast<std::size_t>(got));
    }
    wipe(block, sizeof block);
    Result<std::string> result = text;
    if (got < 0) {
        result = file_error(path);
    } else if (text.size() > bytes_max) {
        result = Error(Code::kTooLarge, "cli.file",
                       path.string() + ": more than " + std::to_string(bytes_max) + " bytes");
    }
    wipe(text);
    if (!standard) {
        ::close(descriptor);
    }
    return result;
}

Result<std::string> read_secret_line(const std::filesystem::path& path) {
    CH_TRY(std::string text, read_text(path, kSecretLineMax));
    const auto begin = text.find_first_not_of(" \t\r\n");
    const auto end = text.find_first_of(" \t\r\n", begin);
    std::string line =
        begin == std::string::npos ? std::string() : text.substr(begin, end - begin);
    wipe(text);
    if (line.empty()) {
        return Error(Code::kConfiguration, "cli.file", path.string() + " is empty");
    }
    return line;
}

Result<void> write_private(const std::filesystem::path& path, BytesView bytes) {
    if (path == "-") {
        return write_all(STDOUT_FILENO, bytes) ? ok() : Result<void>(file_error("standard output"));
    }
    if (const auto folder = path.parent_path(); !folder.empty()) {
        std::error_code fault;
        if (std::filesystem::create_directories(folder, fault)) {
            ::chmod(folder.c_str(), 0700);
        }
    }
    const std::string temporary = path.string() + ".part";
    const int descriptor =
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return file_error(path);
    }
    const bool written = write_all(descriptor, bytes) && ::fsync(descriptor) == 0;
    const bool closed = ::close(descriptor) == 0;
    if (!written || !closed || ::rename(temporary.c_str(), path.c_str()) != 0) {
        const Error error = file_error(path);
        ::unlink(temporary.c_str());
        return Error(error.code(), error.where(), error.detail().message);
    }
    return ok();
}

}  // namespace chatelaine::cli
