#include "apps/chatelaine/stream.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "apps/chatelaine/block_crew.hpp"
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

/// Cuts what is read into blocks. One byte more than a block is read: where it is not there, the
/// block is the last one.
class BlockSource {
public:
    BlockSource(std::size_t block_bytes, const ReadBytes& read)
        : block_(block_bytes), read_(read) {}
    BlockSource(const BlockSource&) = delete;
    BlockSource& operator=(const BlockSource&) = delete;
    ~BlockSource() { wipe(&carry_, sizeof carry_); }

    Result<void> fill(CrewBlock& block) {
        const std::size_t kept = carried_ ? 1 : 0;
        block.bytes.front() = carry_;
        CH_TRY(const std::size_t got,
               read_(MutableBytesView(block.bytes).subspan(kept, block_ + 1 - kept)));
        const std::size_t have = got + kept;
        carried_ = have > block_;
        if (carried_) {
            carry_ = block.bytes[block_];
        }
        block.size = std::min(have, block_);
        block.last = !carried_;
        return ok();
    }

private:
    std::size_t block_;
    const ReadBytes& read_;
    std::uint8_t carry_ = 0;
    bool carried_ = false;
};

/// A cipher for each worker: a context serves one thread at a time.
Result<std::vector<crypto::AesGcm>> ciphers_for(const CrewSize& crew,
                                                const crypto::SecretBytes& key) {
    std::vector<crypto::AesGcm> ciphers;
    for (std::size_t i = 0; i < std::max<std::size_t>(1, crew.workers); ++i) {
        CH_TRY(auto cipher, crypto::AesGcm::create(key));
        ciphers.push_back(std::move(cipher));
    }
    return ciphers;
}

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

}  // namespace

Result<void> encrypt_stream(const DataKey& key, std::string_view context, std::size_t block_bytes,
                            const ReadBytes& read, const WriteBytes& write) {
    CH_CHECK(block_bytes > kTagBytes && block_bytes <= stream_block_bytes_max);
    if (key.wrapped.size() > stream_key_bytes_max) {
        return Error(Code::kTooLarge, "cli.stream", "the wrapped data key is too long");
    }
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

    const CrewSize crew = crew_size(block_bytes);
    CH_TRY(auto ciphers, ciphers_for(crew, key.plain));
    BlockSource source(block_bytes - kTagBytes, read);
    const auto seal = [&](std::size_t worker, CrewBlock& block) -> Result<void> {
        const MutableBytesView bytes(block.bytes);
        const MutableBytesView text = bytes.first(block.size);
        // The nonce is the format's: the data key is fresh and is used for this stream alone.
        CH_TRY_VOID(ciphers[worker].insecure_encrypt_with_nonce(
            as_bytes(context), block_nonce(prefix, block.counter, block.last), text, text,
            bytes.subspan(block.size, kTagBytes)));
        block.size += kTagBytes;
        return ok();
    };
    return run_crew(
        crew, [&](CrewBlock& block) { return source.fill(block); }, seal,
        [&](const CrewBlock& block) { return write(BytesView(block.bytes).first(block.size)); });
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
    const CrewSize crew = crew_size(header.block_bytes + 1);
    CH_TRY(auto ciphers, ciphers_for(crew, key));
    BlockSource source(header.block_bytes, read);
    bool header_only = false;
    const auto fill = [&](CrewBlock& block) -> Result<void> {
        CH_TRY_VOID(source.fill(block));
        header_only = block.counter == 0 && block.size == 0;
        return ok();
    };
    const auto open = [&](std::size_t worker, CrewBlock& block) -> Result<void> {
        if (block.counter == 0 && block.size == 0) {
            return ok();
        }
        if (block.size < kTagBytes) {
            return broken();
        }
        const MutableBytesView bytes(block.bytes);
        block.size -= kTagBytes;
        const MutableBytesView text = bytes.first(block.size);
        const Nonce nonce = block_nonce(header.nonce_prefix, block.counter, block.last);
        if (!ciphers[worker].decrypt(as_bytes(context), nonce, text,
                                     bytes.subspan(block.size, kTagBytes), text)) {
            return broken();
        }
        return ok();
    };
    CH_TRY_VOID(run_crew(crew, fill, open, [&](const CrewBlock& block) {
        return write(BytesView(block.bytes).first(block.size));
    }));
    return header_only ? StreamEnd::kHeaderOnly : StreamEnd::kWhole;
}

}  // namespace chatelaine::cli
