#pragma once

#include <string>

#include "apps/chatelaine/stream.hpp"

/// Base64 (RFC 4648, padded, no lines) around a stream, as the vendor's --base64 writes it.

namespace chatelaine::cli {

/// Encodes what goes through it. finish() writes the last group. Threads: one at a time.
class Base64Writer {
public:
    explicit Base64Writer(const WriteBytes& write) : write_(write) {}
    Result<void> write(BytesView bytes);
    Result<void> finish();

private:
    const WriteBytes& write_;
    Bytes pending_;  ///< fewer than three bytes
    std::string text_;
};

/// Decodes what comes; white space between groups is passed over. kMalformed on anything else.
class Base64Reader {
public:
    explicit Base64Reader(const ReadBytes& read) : read_(read) {}
    /// Fills the buffer; short only at the end.
    Result<std::size_t> read(MutableBytesView out);

private:
    Result<void> refill();
    const ReadBytes& read_;
    std::string groups_;  ///< characters that are not decoded yet
    Bytes ready_;
    std::size_t taken_ = 0;
    bool ended_ = false;
};

}  // namespace chatelaine::cli
