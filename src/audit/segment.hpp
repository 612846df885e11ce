#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

/// The journal's files: their names, headers and the system calls on them, each between two
/// failpoints. docs/formats-audit.md ("Journal") has every byte. Private to audit/.
///
/// A segment is a header, then groups. A group is what one write(2) wrote: a group header, whose
/// checksum runs over all of the group, then batches, one for each scope. A group counts as a whole
/// or not at all: whoever reads beside the writer never takes half of a write that is cut back.

namespace chatelaine::audit {

inline constexpr std::uint8_t kSegmentFormat = 1;
inline constexpr std::size_t kSegmentHeaderBytes = 64;
inline constexpr std::size_t kGroupHeaderBytes = 16;
inline constexpr std::size_t kBatchHeaderBytes = 72;

/// A file descriptor that is closed with its owner.
class FileHandle {
public:
    FileHandle() = default;
    explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
    FileHandle(FileHandle&& other) noexcept;
    FileHandle& operator=(FileHandle&& other) noexcept;
    FileHandle(const FileHandle&) = delete;
    FileHandle& operator=(const FileHandle&) = delete;
    ~FileHandle();
    int get() const { return descriptor_; }
    bool is_open() const { return descriptor_ >= 0; }

private:
    int descriptor_ = -1;
};

struct SegmentName {
    std::uint64_t loop = 0;
    std::uint64_t number = 0;
    auto operator<=>(const SegmentName&) const = default;
    std::string to_string() const;  ///< "<loop>-<number>.journal"
    static std::optional<SegmentName> parse(std::string_view file_name);
};

struct SegmentHeader {
    Uuid node;
    Uuid writer;
    std::uint32_t loop = 0;
    WallTime created;
};

struct BatchHeader {
    Uuid scope;
    std::uint64_t first_sequence = 0;
    std::uint32_t count = 0;
    std::uint32_t sealed_bytes = 0;
    WallTime written;
};

void append_segment_header(const SegmentHeader& header, Bytes& out);
/// kStoreCorrupt when these are not a segment's first bytes, kFormatTooNew.
Result<SegmentHeader> parse_segment_header(BytesView bytes);

void append_batch_header(const BatchHeader& header, Bytes& out);
/// nullopt when less than a batch header is left.
std::optional<BatchHeader> parse_batch_header(BytesView bytes);

/// Fills the header in the first kGroupHeaderBytes of `group`, whose batches stand behind it.
void finish_group(MutableBytesView group, std::uint32_t batches);

struct Group {
    enum class State : std::uint8_t {
        kEnd,    ///< no byte is left
        kShort,  ///< `bytes_needed` from here on are not all there
        kBroken, ///< these bytes are no group
        kWhole,
    };
    State state = State::kEnd;
    std::size_t bytes_needed = 0;  ///< with its header
    std::uint32_t batches = 0;
    BytesView payload;  ///< the batches, when whole
};
Group parse_group(BytesView bytes);

/// Calls `f(const BatchHeader&, BytesView sealed) -> Result<void>` for each batch of a whole group.
template <class F>
Result<void> for_each_batch(const Group& group, F&& f) {
    BytesView rest = group.payload;
    for (std::uint32_t i = 0; i < group.batches; ++i) {
        const std::optional<BatchHeader> header = parse_batch_header(rest);
        if (!header || header->sealed_bytes > rest.size() - kBatchHeaderBytes) {
            return Error(Code::kStoreCorrupt, "audit.segment", "a batch is cut off");
        }
        CH_TRY_VOID(f(*header, rest.subspan(kBatchHeaderBytes, header->sealed_bytes)));
        rest = rest.subspan(kBatchHeaderBytes + header->sealed_bytes);
    }
    return ok();
}

/// The segments in a directory, by loop, then number. Other names are left alone.
Result<std::vector<SegmentName>> list_segments(const std::filesystem::path& directory);
/// Makes the directory when it is missing, mode 0700.
Result<void> make_directory(const std::filesystem::path& directory);
/// A new segment with its header (and `groups`, when a segment is replaced), under a name that no
/// reader takes until all of it is there; `durable` flushes it before the name changes.
Result<FileHandle> create_segment(const std::filesystem::path& directory, const SegmentName& name,
                                  const SegmentHeader& header, BytesView groups, bool durable);
Result<FileHandle> open_segment(const std::filesystem::path& directory, const SegmentName& name);
Result<void> write_at(const FileHandle& file, std::uint64_t offset, BytesView bytes);
Result<void> truncate_to(const FileHandle& file, std::uint64_t size);
Result<void> sync_file(const FileHandle& file);
Result<void> sync_directory(const std::filesystem::path& directory);
Result<std::uint64_t> file_size(const FileHandle& file);
/// Replaces `out`'s bytes by up to `size` bytes at `offset`; fewer only at the file's end.
Result<void> read_at(const FileHandle& file, std::uint64_t offset, std::size_t size, Bytes& out);
Result<void> remove_segment(const std::filesystem::path& directory, const SegmentName& name);
/// Renames a damaged segment to "<name>.damaged", for a person to look at.
Result<void> set_aside(const std::filesystem::path& directory, const SegmentName& name);

}  // namespace chatelaine::audit
