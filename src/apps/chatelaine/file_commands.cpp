// encrypt FILE and decrypt FILE: any size, streaming, with a data key of the service.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "apps/chatelaine/base64_stream.hpp"
#include "apps/chatelaine/files.hpp"
#include "apps/chatelaine/keys.hpp"
#include "apps/chatelaine/stream.hpp"
#include "base/encoding.hpp"
#include "base/time.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::string_view kSuffix = ".okms";
constexpr std::size_t kDataKeyBytes = 32;

/// Says how far it is, on a terminal and only there, a few times a second.
class Progress {
public:
    Progress(std::string_view what, std::uint64_t total)
        : what_(what), total_(total), shown_(::isatty(STDERR_FILENO) == 1) {}
    ~Progress() {
        if (drawn_) {
            std::fputs("\r\033[K", stderr);
        }
    }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void add(std::size_t bytes) {
        done_ += bytes;
        const MonotonicTime now = system_clock().monotonic();
        if (!shown_ || (drawn_ && now - last_ < std::chrono::milliseconds(100))) {
            return;
        }
        last_ = now;
        drawn_ = true;
        constexpr std::uint64_t width = 30;
        const double mib = static_cast<double>(done_) / (1024.0 * 1024.0);
        if (total_ == 0) {
            std::fprintf(stderr, "\r%s  %.1f MiB", what_.c_str(), mib);
            return;
        }
        const std::uint64_t filled = std::min(width, done_ * width / total_);
        const std::string bar(filled, '#');
        std::fprintf(stderr, "\r%s [%-30s] %3d %%  %.1f MiB", what_.c_str(), bar.c_str(),
                     static_cast<int>(std::min<std::uint64_t>(100, done_ * 100 / total_)), mib);
    }

private:
    std::string what_;
    std::uint64_t total_;
    std::uint64_t done_ = 0;
    MonotonicTime last_{};
    bool shown_;
    bool drawn_ = false;
};

class Input {
public:
    static Result<Input> open(const std::filesystem::path& path) {
        Input input;
        input.descriptor_ = path == "-" ? ::dup(STDIN_FILENO)
                                        : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (input.descriptor_ < 0) {
            return file_error(path);
        }
        struct stat facts {};
        if (::fstat(input.descriptor_, &facts) == 0 && S_ISREG(facts.st_mode)) {
            input.size_ = static_cast<std::uint64_t>(facts.st_size);
        }
        input.path_ = path;
        return input;
    }
    Input(Input&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_),
          path_(std::move(other.path_)) {}
    Input& operator=(Input&&) = delete;
    ~Input() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }

    std::uint64_t size() const { return size_; }
    /// Fills the buffer; short only at the end.
    Result<std::size_t> read(MutableBytesView out) {
        std::size_t have = 0;
        while (have < out.size()) {
            const ssize_t got = ::read(descriptor_, out.data() + have, out.size() - have);
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got < 0) {
                return file_error(path_);
            }
            if (got == 0) {
                break;
            }
            have += static_cast<std::size_t>(got);
        }
        return have;
    }

private:
    Input() = default;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
    std::filesystem::path path_;
};

/// A file that appears under its name only when all of it is there; standard output for "-".
class Output {
public:
    static Result<Output> open(const std::filesystem::path& path, bool overwrite) {
        Output output;
        output.path_ = path;
        std::error_code fault;
        if (path == "-") {
            output.descriptor_ = ::dup(STDOUT_FILENO);
        } else if (!overwrite && std::filesystem::exists(path, fault)) {
            return Error(Code::kConfiguration, "cli.file",
                         path.string() + " is there already: --force overwrites it");
        } else {
            output.temporary_ = path.string() + ".part";
            output.descriptor_ = ::open(output.temporary_.c_str(),
                                        O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        }
        if (output.descriptor_ < 0) {
            return file_error(path);
        }
        return output;
    }
    Output(Output&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)),
          temporary_(std::exchange(other.temporary_, {})) {}
    Output& operator=(Output&&) = delete;
    ~Output() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
        if (!temporary_.empty()) {
            ::unlink(temporary_.c_str());
        }
    }

    Result<void> write(BytesView bytes) {
        while (!bytes.empty()) {
            const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) {
                continue;
            }
            if (written <= 0) {
                return file_error(path_);
            }
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
        return ok();
    }
    Result<void> finish() {
        if (temporary_.empty()) {
            return ok();
        }
        if (::fsync(descriptor_) != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0) {
            return file_error(path_);
        }
        temporary_.clear();
        return ok();
    }

private:
    Output() = default;
    int descriptor_ = -1;
    std::filesystem::path path_;
    std::string temporary_;
};

Result<DataKey> new_data_key(Context& context, std::string_view id) {
    std::string body;
    json::Writer(body)
        .begin_object()
        .member("size", static_cast<std::int64_t>(kDataKeyBytes * 8))
        .member("name", stream_data_key_name)
        .end_object();
    CH_TRY(const std::string path, key_path(context, id, "datakey"));
    CH_TRY(const Reply reply, context.client().post(Listener::kRest, path, body));
    DataKey key;
    CH_TRY(key.wrapped, member_text(reply, "key"));
    CH_TRY(std::string plain, member_text(reply, "plaintext"));
    CH_TRY(key.plain, decode_secret(std::move(plain)));
    return key;
}

Result<crypto::SecretBytes> open_data_key(Context& context, std::string_view id,
                                          const std::string& wrapped) {
    std::string body;
    json::Writer(body).begin_object().member("key", wrapped).end_object();
    CH_TRY(std::string plain,
           call_key(context, id, "datakey/decrypt", std::move(body), "plaintext"));
    return decode_secret(std::move(plain));
}

Result<int> encrypt_file(Context& context, const Arguments& arguments) {
    const std::filesystem::path from(arguments.text("file"));
    const std::string fallback = from == "-" ? "-" : from.string() + std::string(kSuffix);
    CH_TRY(Input input, Input::open(from));
    CH_TRY(const DataKey key, new_data_key(context, arguments.text("key")));
    CH_TRY(Output output, Output::open(std::filesystem::path(arguments.text_or("out", fallback)),
                                       arguments.has("force")));
    {
        Progress progress("encrypting", input.size());
        const ReadBytes read = [&](MutableBytesView out) -> Result<std::size_t> {
            auto got = input.read(out);
            progress.add(got ? *got : 0);
            return got;
        };
        const WriteBytes plain = [&](BytesView bytes) { return output.write(bytes); };
        Base64Writer encoder(plain);
        const WriteBytes encoded = [&](BytesView bytes) { return encoder.write(bytes); };
        CH_TRY_VOID(encrypt_stream(key, arguments.text("context"), stream_block_bytes, read,
                                   arguments.has("base64") ? encoded : plain));
        CH_TRY_VOID(encoder.finish());
    }
    CH_TRY_VOID(output.finish());
    return exit_ok;
}

Result<std::filesystem::path> decrypted_name(const Arguments& arguments) {
    const std::string from(arguments.text("file"));
    if (arguments.has("out")) {
        return std::filesystem::path(arguments.text("out"));
    }
    if (from == "-") {
        return std::filesystem::path("-");
    }
    if (from.size() > kSuffix.size() && from.ends_with(kSuffix)) {
        return std::filesystem::path(from.substr(0, from.size() - kSuffix.size()));
    }
    return Error(Code::kConfiguration, "cli.file", "where to? Give --out FILE");
}

/// The id of the key that wrapped a data key: `kid` of the JWE's header.
Result<std::string> wrapping_key_of(const std::string& wrapped) {
    const auto fault = [] {
        return Error(Code::kConfiguration, "cli.file",
                     "the file does not say which key it needs: give --key ID");
    };
    const auto header = decode_base64url(std::string_view(wrapped).substr(0, wrapped.find('.')));
    if (!header) {
        return fault();
    }
    const auto document = json::Document::parse(as_text(*header));
    if (!document) {
        return fault();
    }
    const auto kid = document->root().member("kid").string();
    return kid ? Result<std::string>(std::string(*kid)) : fault();
}

Result<int> decrypt_file(Context& context, const Arguments& arguments) {
    CH_TRY(const std::filesystem::path to, decrypted_name(arguments));
    CH_TRY(Input input, Input::open(std::filesystem::path(arguments.text("file"))));
    Progress progress("decrypting", input.size());
    const ReadBytes plain = [&](MutableBytesView out) -> Result<std::size_t> {
        auto got = input.read(out);
        progress.add(got ? *got : 0);
        return got;
    };
    Base64Reader decoder(plain);
    const ReadBytes decoded = [&](MutableBytesView out) { return decoder.read(out); };
    const ReadBytes& read = arguments.has("base64") ? decoded : plain;
    CH_TRY(const StreamHeader header, read_stream_header(read));
    std::string id(arguments.text("key"));
    if (id.empty()) {
        CH_TRY(id, wrapping_key_of(header.wrapped_key));
    }
    CH_TRY(const crypto::SecretBytes key, open_data_key(context, id, header.wrapped_key));
    CH_TRY(Output output, Output::open(to, arguments.has("force")));
    const WriteBytes write = [&](BytesView bytes) { return output.write(bytes); };
    CH_TRY(const StreamEnd end,
           decrypt_stream(header, key, arguments.text("context"), read, write));
    CH_TRY_VOID(output.finish());
    if (end == StreamEnd::kHeaderOnly) {
        note("chatelaine: warning: the file holds a header and nothing behind it. It was made from "
             "an empty file by another program, or it was cut; the two cannot be told apart.");
        return exit_header_only;
    }
    return exit_ok;
}

}  // namespace

void add_file_commands(std::vector<Command>& commands) {
    const Param file{ParamKind::kPositional, "file", "the file, - for standard input", true};
    const Param context{ParamKind::kOption, "context", "text that is bound to the file"};
    const Param base64{ParamKind::kFlag, "base64", "the encrypted side is base64"};
    const Param force{ParamKind::kFlag, "force", "overwrite the output file"};
    commands.push_back({"encrypt", "Encrypt a file of any size with a fresh data key",
                        {file, {ParamKind::kOption, "key", "id of the service key", true},
                         {ParamKind::kOption, "out", "default: FILE.okms"}, context, base64, force},
                        &encrypt_file});
    commands.push_back({"decrypt", "Decrypt a file; exit code 6 when it was cut or altered",
                        {file, {ParamKind::kOption, "key", "default: the one the file names"},
                         {ParamKind::kOption, "out", "default: FILE without .okms"}, context,
                         base64, force},
                        &decrypt_file});
}

}  // namespace chatelaine::cli
