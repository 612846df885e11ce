// Proves that the SDK's stream format goes round at every size about a block's, lies in its bytes
// as the contract says, and that a stream cut, altered or bounded wrongly anywhere is refused.
#include "apps/chatelaine/stream.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "apps/chatelaine/base64_stream.hpp"
#include "base/encoding.hpp"
#include "crypto/random.hpp"

namespace chatelaine::cli {
namespace {

constexpr std::size_t kBlock = 16 + 32;  // 32 bytes of plaintext a block

ReadBytes reader(const Bytes& from, std::size_t& at) {
    return [&from, &at](MutableBytesView out) -> Result<std::size_t> {
        const std::size_t size = std::min(out.size(), from.size() - at);
        std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(at), size, out.begin());
        at += size;
        return size;
    };
}

WriteBytes writer(Bytes& into) {
    return [&into](BytesView bytes) {
        into.insert(into.end(), bytes.begin(), bytes.end());
        return ok();
    };
}

const DataKey& data_key() {
    static const DataKey key{crypto::random_secret(32), "header.key.nonce.text.tag"};
    return key;
}

Bytes sealed(const Bytes& plain, std::string_view context = "about",
             std::size_t block = kBlock) {
    std::size_t at = 0;
    Bytes out;
    EXPECT_TRUE(encrypt_stream(data_key(), context, block, reader(plain, at), writer(out)));
    return out;
}

struct Opened {
    Bytes plain;
    Result<StreamEnd> end;
};
Opened opened(const Bytes& stream, std::string_view context = "about") {
    std::size_t at = 0;
    Opened result{{}, StreamEnd::kWhole};
    const ReadBytes read = reader(stream, at);
    auto header = read_stream_header(read);
    if (!header) {
        result.end = std::move(header).error();
        return result;
    }
    EXPECT_EQ(header->wrapped_key, data_key().wrapped);
    result.end = decrypt_stream(*header, data_key().plain, context, read, writer(result.plain));
    return result;
}

std::size_t header_bytes() { return 8 + 1 + 2 + data_key().wrapped.size() + 2 + 7 + 4; }

Bytes some(std::size_t size) {
    Bytes bytes(size);
    crypto::system_random().fill(bytes);
    return bytes;
}

TEST(Stream, GoesRoundAtEverySizeAboutABlock) {
    for (std::size_t size = 0; size <= 3 * 32 + 2; ++size) {
        const Bytes plain = some(size);
        const Bytes stream = sealed(plain);
        const std::size_t blocks = size == 0 ? 1 : (size + 31) / 32;
        EXPECT_EQ(stream.size(), header_bytes() + size + 16 * blocks);
        Opened back = opened(stream);
        ASSERT_TRUE(back.end);
        EXPECT_EQ(*back.end, StreamEnd::kWhole);
        EXPECT_EQ(back.plain, plain);
    }
}

TEST(Stream, LiesInItsBytesAsTheContractSays) {
    const Bytes stream = sealed(some(5), "", 4 * 1024 * 1024);
    const std::string& key = data_key().wrapped;
    EXPECT_EQ(as_text(BytesView(stream).first(8)), "OKMSBLOB");
    EXPECT_EQ(stream[8], 2);
    EXPECT_EQ(stream[9], key.size());
    EXPECT_EQ(stream[10], 0);
    EXPECT_EQ(as_text(BytesView(stream).subspan(11, key.size())), key);
    EXPECT_EQ(stream[11 + key.size()], 7);
    EXPECT_EQ(stream[12 + key.size()], 0);
    EXPECT_EQ(encode_hex(BytesView(stream).subspan(20 + key.size(), 4)), "00004000");
}

TEST(Stream, RefusesACutAtEveryByte) {
    const Bytes whole = sealed(some(3 * 32));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        Opened back = opened(Bytes(whole.begin(), whole.begin() + static_cast<long>(size)));
        if (size == header_bytes()) {
            ASSERT_TRUE(back.end);
            EXPECT_EQ(*back.end, StreamEnd::kHeaderOnly);
            EXPECT_TRUE(back.plain.empty());
        } else {
            EXPECT_FALSE(back.end) << size;
        }
    }
}

TEST(Stream, RefusesEveryAlteredByteBehindTheKeysName) {
    const Bytes whole = sealed(some(70));
    for (std::size_t at = header_bytes() - 13; at < whole.size(); ++at) {
        Bytes altered = whole;
        altered[at] ^= 1;
        EXPECT_FALSE(opened(altered).end) << at;
    }
}

TEST(Stream, RefusesBlocksInAnotherOrderAndAnotherContext) {
    const Bytes whole = sealed(some(3 * 32));
    Bytes swapped = whole;
    const auto first = swapped.begin() + static_cast<long>(header_bytes());
    std::swap_ranges(first, first + kBlock, first + kBlock);
    EXPECT_FALSE(opened(swapped).end);
    EXPECT_FALSE(opened(whole, "another").end);
    Bytes longer = whole;
    longer.push_back(0);
    EXPECT_FALSE(opened(longer).end);
}

TEST(Stream, BoundsTheLengthsOfItsHeader) {
    const Bytes whole = sealed(some(10));
    const std::size_t key = 9, prefix = 11 + data_key().wrapped.size(), block = prefix + 9;
    const auto with = [&](std::size_t at, std::uint32_t value, std::size_t octets) {
        Bytes altered = whole;
        for (std::size_t i = 0; i < octets; ++i) {
            altered[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
        }
        std::size_t from = 0;
        return read_stream_header(reader(altered, from)).has_value();
    };
    EXPECT_TRUE(with(block, stream_block_bytes_max, 4));
    EXPECT_FALSE(with(block, stream_block_bytes_max + 1, 4));
    EXPECT_FALSE(with(block, 0xffffffff, 4));
    EXPECT_TRUE(with(block, 17, 4));
    EXPECT_FALSE(with(block, 16, 4));
    EXPECT_FALSE(with(key, 0, 2));
    EXPECT_FALSE(with(key, stream_key_bytes_max + 1, 2));
    EXPECT_FALSE(with(prefix, 8, 2));
    EXPECT_FALSE(with(8, 3, 1));
    EXPECT_FALSE(with(0, 'X', 1));
}

TEST(Stream, AKeyTooLongForTheHeaderIsRefused) {
    DataKey key{crypto::random_secret(32), std::string(stream_key_bytes_max + 1, 'a')};
    const Bytes plain;
    std::size_t at = 0;
    Bytes out;
    EXPECT_FALSE(encrypt_stream(key, "", kBlock, reader(plain, at), writer(out)));
}

TEST(Base64Stream, GoesRoundInPiecesOfAnySize) {
    rc::check("base64 pieces", [](const std::vector<Bytes>& pieces) {
        Bytes text, all;
        const WriteBytes write = writer(text);
        Base64Writer encoder(write);
        for (const Bytes& piece : pieces) {
            all.insert(all.end(), piece.begin(), piece.end());
            RC_ASSERT(encoder.write(piece).has_value());
        }
        RC_ASSERT(encoder.finish().has_value());
        RC_ASSERT(std::string(as_text(text)) == encode_base64(all));
        std::size_t at = 0;
        const ReadBytes read = reader(text, at);
        Base64Reader decoder(read);
        Bytes back(all.size() + 1);
        auto got = decoder.read(back);
        RC_ASSERT(got.has_value());
        back.resize(*got);
        RC_ASSERT(back == all);
    });
}

TEST(Base64Stream, PassesOverLinesAndRefusesTheRest) {
    const auto decode = [](std::string_view text) {
        const BytesView view = as_bytes(text);
        const Bytes bytes(view.begin(), view.end());
        std::size_t at = 0;
        const ReadBytes read = reader(bytes, at);
        Base64Reader decoder(read);
        Bytes back(100'000);
        return decoder.read(back).has_value();
    };
    EXPECT_TRUE(decode("QUJD\r\nREVG\n"));
    EXPECT_FALSE(decode("QUJ"));
    EXPECT_FALSE(decode("QUI=QUJD"));
    EXPECT_FALSE(decode("QU*D"));
    EXPECT_FALSE(decode(std::string(65534, 'A') + "==" + "QUJD"));
}

}  // namespace
}  // namespace chatelaine::cli
