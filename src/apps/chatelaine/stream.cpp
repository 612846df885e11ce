#include "apps/chatelaine/stream.hpp"

#include <algorithm>
#include <array>

#include "crypto/aead.hpp"
#include "crypto/random.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::string_view kMagic = "OKMSBLOB";
constexpr std::uint8_t kVersion = 2;
constexpr std::size_t kPrefixBytes = 7;
constexpr std::size_t kTagBytes = crypto::gcm_tag_bytes;
using Nonce = std::array<std::uint8_t, crypto::gcm_nonce_bytes>;

void append_little(Bytes& out, std::size_t value, std::size_t octets) {
    for (std::size_t i = 0; i < octets; ++i) {
        out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
}

Nonce block_nonce(BytesView prefix, std::uint32_t counter, bool last) {
    Nonce nonce{};
    std::copy(prefix.begin(), prefix.end(), nonce.begin());
    for (std::size_t i = 0; i < 4; ++i) {
        nonce[kPrefixBytes + i] = static_cast<std::uint8_t>(counter >> (24 - 8 * i));
    }
    nonce.back() = last ? 1 : 0;
    return nonce;
}

/// A buffer of one block and the byte behind it: a block is the last one when that byte is not
/// there. Wiped when it goes.
class BlockReader {
public:
    BlockReader(std::size_t block_bytes, const ReadBytes& read)
        : buffer_(block_bytes + 1), block_(block_bytes), read_(read) {}
    BlockReader(const BlockReader&) = delete;
    BlockReader& operator=(const BlockReader&) = delete;
    ~BlockReader() { wipe(buffer_.data(), buffer_.size()); }

    struct Block {
        MutableBytesView bytes;
        bool last = false;
    };
    Result<Block> next() {
        if (carried_) {
            buffer_.front() = buffer_.back();
        }
        const std::size_t kept = carried_ ? 1 : 0;
        CH_TRY(const std::size_t got, read_(MutableBytesView(buffer_).subspan(kept)));
        const std::size_t have = got + kept;
        carried_ = have > block_;
        return Block{MutableBytesView(buffer_).first(std::min(have, block_)), !carried_};
    }

private:
    Bytes buffer_;
    std::size_t block_;
    const ReadBytes& read_;
    bool carried_ = false;
};

Error not_a_stream(std::string message) {
    return Error(Code::kMalformed, "cli.stream", std::move(message));
}

Result<Bytes> read_exactly(const ReadBytes& read, std::size_t size) {
    Bytes bytes(size);
    CH_TRY(const std::size_t got, read(bytes));
    if (got != size) {
        return Error(Code::kSealBroken, "cli.stream", "the file ends inside its header");
    }
    return bytes;
}

Result<std::size_t> read_little(const ReadBytes& read, std::size_t octets) {
    CH_TRY(const Bytes bytes, read_exactly(read, octets));
    std::size_t value = 0;
    for (std::size_t i = octets; i-- > 0;) {
        value = value << 8 | bytes[i];
    }
    return value;
}

Result<void> check_counter(std::uint32_t counter) {
    if (counter == UINT32_MAX) {
        return Error(Code::kTooLarge, "cli.stream", "more blocks than a stream may have");
    }
    return ok();
}

}  // namespace

Result<void> encrypt_stream(const DataKey& key, std::string_view context, std::size_t block_bytes,
                            const ReadBytes& read, const WriteBytes& write) {
    CH_CHECK(block_bytes > kTagBytes && block_bytes <= stream_block_bytes_max);
    if (key.wrapped.size() > stream_key_bytes_max) {
        return Error(Code::kTooLarge, "cli.stream", "the wrapped data key is too long");
    }
    CH_TRY(auto cipher, crypto::AesGcm::create(key.plain));
    Bytes prefix(kPrefixBytes);
    crypto::system_random().fill(prefix);
    const BytesView magic = as_bytes(kMagic);
    Bytes header(magic.begin(), magic.end());
    header.push_back(kVersion);
    append_little(header, key.wrapped.size(), 2);
    header.insert(header.end(), key.wrapped.begin(), key.wrapped.end());
    append_little(header, prefix.size(), 2);
    header.insert(header.end(), prefix.begin(), prefix.end());
    append_little(header, block_bytes, 4);
    CH_TRY_VOID(write(header));

    BlockReader blocks(block_bytes - kTagBytes, read);
    Bytes sealed(block_bytes);
    for (std::uint32_t counter = 0;; ++counter) {
        CH_TRY_VOID(check_counter(counter));
        CH_TRY(const auto block, blocks.next());
        const MutableBytesView out(sealed);
        // The nonce is the format's: the data key is fresh and is used for this stream alone.
        CH_TRY_VOID(cipher.insecure_encrypt_with_nonce(
            as_bytes(context), block_nonce(prefix, counter, block.last), block.bytes,
            out.first(block.bytes.size()), out.subspan(block.bytes.size(), kTagBytes)));
        CH_TRY_VOID(write(BytesView(sealed).first(block.bytes.size() + kTagBytes)));
        if (block.last) {
            return ok();
        }
    }
}

Result<StreamHeader> read_stream_header(const ReadBytes& read) {
    Bytes magic(kMagic.size() + 1);
    CH_TRY(const std::size_t got, read(magic));
    if (got != magic.size() || as_text(BytesView(magic).first(kMagic.size())) != kMagic) {
        return not_a_stream("the file is no encrypted stream");
    }
    if (magic.back() != kVersion) {
        return not_a_stream("the stream is of version " + std::to_string(magic.back()) +
                            ", this program reads version 2");
    }
    StreamHeader header;
    CH_TRY(const std::size_t key_bytes, read_little(read, 2));
    if (key_bytes == 0 || key_bytes > stream_key_bytes_max) {
        return not_a_stream("the data key's length is out of bounds");
    }
    CH_TRY(const Bytes key, read_exactly(read, key_bytes));
    header.wrapped_key = as_text(key);
    CH_TRY(const std::size_t prefix_bytes, read_little(read, 2));
    if (prefix_bytes != kPrefixBytes) {
        return not_a_stream("the nonce prefix's length is out of bounds");
    }
    CH_TRY(header.nonce_prefix, read_exactly(read, prefix_bytes));
    CH_TRY(header.block_bytes, read_little(read, 4));
    if (header.block_bytes <= kTagBytes || header.block_bytes > stream_block_bytes_max) {
        return not_a_stream("the block size is out of bounds: 17 bytes to 64 MiB");
    }
    return header;
}

Result<StreamEnd> decrypt_stream(const StreamHeader& header, const crypto::SecretBytes& key,
                                 std::string_view context, const ReadBytes& read,
                                 const WriteBytes& write) {
    const auto broken = [] {
        return Error(Code::kSealBroken, "cli.stream",
                     "the file was cut or altered, or the context is not the one it was made with");
    };
    CH_TRY(auto cipher, crypto::AesGcm::create(key));
    BlockReader blocks(header.block_bytes, read);
    struct Plain {
        Bytes bytes;
        explicit Plain(std::size_t size) : bytes(size) {}
        Plain(const Plain&) = delete;
        Plain& operator=(const Plain&) = delete;
        ~Plain() { wipe(bytes.data(), bytes.size()); }
    } plain(header.block_bytes - kTagBytes);
    for (std::uint32_t counter = 0;; ++counter) {
        CH_TRY_VOID(check_counter(counter));
        CH_TRY(const auto block, blocks.next());
        if (counter == 0 && block.bytes.empty()) {
            return StreamEnd::kHeaderOnly;
        }
        if (block.bytes.size() < kTagBytes) {
            return broken();
        }
        const std::size_t size = block.bytes.size() - kTagBytes;
        const MutableBytesView out = MutableBytesView(plain.bytes).first(size);
        const BytesView sealed = block.bytes;
        const Nonce nonce = block_nonce(header.nonce_prefix, counter, block.last);
        if (!cipher.decrypt(as_bytes(context), nonce, sealed.first(size), sealed.subspan(size),
                            out)) {
            return broken();
        }
        CH_TRY_VOID(write(out));
        if (block.last) {
            return StreamEnd::kWhole;
        }
    }
}

}  // namespace chatelaine::cli
