#include "operate/backup_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include "base/codec.hpp"

namespace chatelaine::operate {
namespace {

constexpr std::string_view where = "operate.backup";
constexpr std::string_view magic = "CHTLBKUP";
constexpr std::size_t prefix_bytes = 8 + 1 + 4;  ///< magic, format, length of the manifest
constexpr std::size_t hash_bytes = 32;

// Field numbers are on disk: docs/formats-backup.md.
enum ManifestField : std::uint16_t {
    kCreated = 1,
    kVersion = 2,
    kDirectoryCommit = 3,
    kRegionCommit = 4,
    kEntry = 5,  ///< repeats
};
enum EntryField : std::uint16_t { kName = 1, kBytes = 2, kHash = 3 };
constexpr std::uint8_t manifest_format = 1;

Error io_error(std::string_view step, std::string_view name, int code) {
    const Code kind = code == ENOSPC || code == EDQUOT || code == EFBIG ? Code::kStoreFull
                      : code == ENOENT                                 ? Code::kNotFound
                      : code == EEXIST                                 ? Code::kAlreadyExists
                                                                       : Code::kStoreUnavailable;
    return Error(kind, where, std::string(step) + " of " + std::string(name) + ": " +
                                  std::system_category().message(code));
}

Error corrupt(std::string message) { return Error(Code::kStoreCorrupt, where, std::move(message)); }

Result<Entry> decode_entry(BytesView bytes) {
    Entry entry;
    CH_TRY(FieldReader reader, FieldReader::open(bytes, manifest_format, where));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            break;
        }
        if (field->number == kName) {
            entry.name = std::string(field->text());
        } else if (field->number == kBytes) {
            CH_TRY(entry.bytes, field->u64());
        } else if (field->number == kHash && field->value.size() == entry.hash.size()) {
            std::copy(field->value.begin(), field->value.end(), entry.hash.begin());
        }
    }
    if (!is_entry_name(entry.name)) {
        return corrupt("an entry has a name that is none");
    }
    return entry;
}

Result<Manifest> decode_manifest(BytesView bytes) {
    Manifest manifest;
    CH_TRY(FieldReader reader, FieldReader::open(bytes, manifest_format, where));
    for (;;) {
        CH_TRY(const auto field, reader.next());
        if (!field) {
            return manifest;
        }
        if (field->number == kCreated) {
            CH_TRY(manifest.created, field->time());
        } else if (field->number == kVersion) {
            manifest.version = std::string(field->text());
        } else if (field->number == kDirectoryCommit) {
            CH_TRY(manifest.directory_commit, field->u64());
        } else if (field->number == kRegionCommit) {
            CH_TRY(manifest.region_commit, field->u64());
        } else if (field->number == kEntry) {
            CH_TRY(Entry entry, decode_entry(field->value));
            if (manifest.entries.size() == kEntriesMax) {
                return corrupt("too many entries");
            }
            manifest.entries.push_back(std::move(entry));
        }
    }
}

}  // namespace

// --- files ----------------------------------------------------------------------------------

Result<File> File::open(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return io_error("opening", path.filename().string(), errno);
    }
    return File(descriptor, path.filename().string());
}

Result<File> File::create(const std::filesystem::path& path) {
    const int descriptor =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return io_error("creation", path.filename().string(), errno);
    }
    return File(descriptor, path.filename().string());
}

File::File(File&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), name_(std::move(other.name_)) {}

File::~File() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

Result<std::size_t> File::read(MutableBytesView out) {
    std::size_t size = 0;
    while (size < out.size()) {
        const ::ssize_t n = ::read(descriptor_, out.data() + size, out.size() - size);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return io_error("reading", name_, errno);
        }
        if (n == 0) {
            break;
        }
        size += static_cast<std::size_t>(n);
    }
    return size;
}

Result<void> File::write(BytesView bytes) {
    while (!bytes.empty()) {
        const ::ssize_t n = ::write(descriptor_, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return io_error("writing", name_, errno);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return ok();
}

Result<std::uint64_t> File::size() const {
    struct ::stat facts {};
    if (::fstat(descriptor_, &facts) != 0) {
        return io_error("looking", name_, errno);
    }
    if (!S_ISREG(facts.st_mode)) {
        return Error(Code::kInvalidArgument, where, name_ + " is not a regular file");
    }
    return static_cast<std::uint64_t>(facts.st_size);
}

Result<void> File::sync() {
    return ::fsync(descriptor_) == 0 ? ok() : Result<void>(io_error("flush", name_, errno));
}

Result<void> sync_directory(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return io_error("opening", path.filename().string(), errno);
    }
    const int fault = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    return fault == 0 ? ok() : Result<void>(io_error("flush", path.filename().string(), fault));
}

Result<void> make_directory(const std::filesystem::path& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        return io_error("creation", path.filename().string(), errno);
    }
    return ok();
}

// --- contents -------------------------------------------------------------------------------

void ContentHash::add_chunk(BytesView chunk) {
    const crypto::Sha256 hash = crypto::sha256(chunk);
    hashes_.insert(hashes_.end(), hash.begin(), hash.end());
}

crypto::Sha256 ContentHash::finish() const { return crypto::sha256(hashes_); }

Result<crypto::Sha256> copy_content(File& from, std::uint64_t bytes, File* to) {
    Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, kChunkBytes)));
    ContentHash hash;
    while (bytes > 0) {
        const std::size_t size =
            static_cast<std::size_t>(std::min<std::uint64_t>(bytes, buffer.size()));
        const MutableBytesView chunk = MutableBytesView(buffer).first(size);
        CH_TRY(const std::size_t got, from.read(chunk));
        if (got != size) {
            return corrupt("the file ends too early");
        }
        hash.add_chunk(chunk);
        if (to != nullptr) {
            CH_TRY_VOID(to->write(chunk));
        }
        bytes -= size;
    }
    return hash.finish();
}

Result<Entry> describe(const std::filesystem::path& path, std::string name) {
    CH_TRY(File file, File::open(path));
    Entry entry;
    entry.name = std::move(name);
    CH_TRY(entry.bytes, file.size());
    CH_TRY(entry.hash, copy_content(file, entry.bytes, nullptr));
    return entry;
}

bool is_plain_name(std::string_view name) {
    return !name.empty() && name.size() <= 100 && name.front() != '.' &&
           std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
           });
}

bool is_entry_name(std::string_view name) {
    const std::size_t slash = name.find('/');
    return slash == std::string_view::npos
               ? is_plain_name(name)
               : is_plain_name(name.substr(0, slash)) && is_plain_name(name.substr(slash + 1));
}

// --- the head -------------------------------------------------------------------------------

Bytes encode_head(const Manifest& manifest) {
    Bytes body;
    FieldWriter fields(body, manifest_format);
    fields.time(kCreated, manifest.created);
    fields.text(kVersion, manifest.version);
    fields.u64(kDirectoryCommit, manifest.directory_commit);
    fields.u64(kRegionCommit, manifest.region_commit);
    for (const Entry& entry : manifest.entries) {
        Bytes inner;
        FieldWriter entry_fields(inner, manifest_format);
        entry_fields.text(kName, entry.name);
        entry_fields.u64(kBytes, entry.bytes);
        entry_fields.bytes(kHash, entry.hash);
        fields.bytes(kEntry, inner);
    }
    CH_CHECK(body.size() <= kManifestBytesMax);
    Bytes head;
    const BytesView name = as_bytes(magic);
    head.insert(head.end(), name.begin(), name.end());
    head.push_back(kBackupFormat);
    for (std::size_t i = 0; i < 4; ++i) {
        head.push_back(static_cast<std::uint8_t>(body.size() >> (8 * i)));
    }
    head.insert(head.end(), body.begin(), body.end());
    const crypto::Sha256 hash = crypto::sha256(head);
    head.insert(head.end(), hash.begin(), hash.end());
    return head;
}

Result<Manifest> read_head(File& file) {
    CH_TRY(const std::uint64_t file_bytes, file.size());
    Bytes head(prefix_bytes);
    CH_TRY(const std::size_t got, file.read(head));
    if (got != head.size() || as_text(BytesView(head).first(magic.size())) != magic) {
        return corrupt("this is no backup of Chatelaine");
    }
    if (const std::uint8_t format = head[magic.size()]; format > kBackupFormat) {
        return Error(Code::kFormatTooNew, where,
                     "the backup has format " + std::to_string(format) +
                         ", this version reads up to " + std::to_string(kBackupFormat));
    }
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        size |= std::size_t{head[magic.size() + 1 + i]} << (8 * i);
    }
    if (size > kManifestBytesMax) {
        return corrupt("the manifest is too large");
    }
    head.resize(prefix_bytes + size + hash_bytes);
    CH_TRY(const std::size_t rest, file.read(MutableBytesView(head).subspan(prefix_bytes)));
    const BytesView hashed = BytesView(head).first(prefix_bytes + size);
    if (rest != size + hash_bytes ||
        !std::ranges::equal(crypto::sha256(hashed), BytesView(head).last(hash_bytes))) {
        return corrupt("the manifest is damaged");
    }
    CH_TRY(Manifest manifest, decode_manifest(hashed.subspan(prefix_bytes)));
    std::uint64_t expected = head.size();
    for (const Entry& entry : manifest.entries) {
        if (entry.bytes > file_bytes) {
            return corrupt("the file is cut off");
        }
        expected += entry.bytes;
    }
    if (expected != file_bytes) {
        return corrupt(file_bytes < expected ? "the file is cut off"
                                             : "there are bytes behind the backup's end");
    }
    return manifest;
}

}  // namespace chatelaine::operate
