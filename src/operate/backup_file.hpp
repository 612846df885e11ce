#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/hash.hpp"

/// The backup file as bytes (docs/formats-backup.md): a head with the manifest, then the contents
/// of its entries one behind the other. Private to operate/.

namespace chatelaine::operate {

inline constexpr std::uint8_t kBackupFormat = 1;
inline constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
inline constexpr std::size_t kManifestBytesMax = std::size_t{64} << 10;
inline constexpr std::size_t kEntriesMax = 64;

/// A file descriptor that is closed with its owner. Failures are kStoreFull or kStoreUnavailable,
/// and kNotFound where there is no file.
class File {
public:
    static Result<File> open(const std::filesystem::path& path);
    /// A new file of mode 0600; kAlreadyExists when it is there.
    static Result<File> create(const std::filesystem::path& path);
    File(File&& other) noexcept;
    File& operator=(File&&) = delete;
    ~File();

    /// Fills `out` as far as the file goes; the count.
    Result<std::size_t> read(MutableBytesView out);
    Result<void> write(BytesView bytes);
    Result<std::uint64_t> size() const;
    Result<void> sync();

private:
    File(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
    int descriptor_;
    std::string name_;
};

Result<void> sync_directory(const std::filesystem::path& path);
/// A folder of mode 0700; one that is there is success.
Result<void> make_directory(const std::filesystem::path& path);

/// SHA-256 over the SHA-256 of each chunk of kChunkBytes (the last one shorter).
class ContentHash {
public:
    void add_chunk(BytesView chunk);
    crypto::Sha256 finish() const;

private:
    Bytes hashes_;
};

struct Entry {
    std::string name;  ///< path below the data directory: one or two plain names
    std::uint64_t bytes = 0;
    crypto::Sha256 hash{};
};
struct Manifest {
    WallTime created;
    std::string version;
    std::uint64_t directory_commit = 0, region_commit = 0;
    std::vector<Entry> entries;
};

/// 1 to 100 of [A-Za-z0-9._-] with no dot in front.
bool is_plain_name(std::string_view name);
/// One plain name, or a folder's and one in it.
bool is_entry_name(std::string_view name);

/// Reads exactly `bytes` from `from`, writes them to `to` unless it is null; their hash.
/// kStoreCorrupt when the file ends before.
Result<crypto::Sha256> copy_content(File& from, std::uint64_t bytes, File* to);
/// Size and hash of a whole file.
Result<Entry> describe(const std::filesystem::path& path, std::string name);

Bytes encode_head(const Manifest& manifest);
/// The head at the file's start. kStoreCorrupt when it is damaged, or the file's size is not what
/// the manifest says; kFormatTooNew names both formats.
Result<Manifest> read_head(File& file);

}  // namespace chatelaine::operate
