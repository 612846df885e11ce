#pragma once

#include <cstring>
#include <memory>

#include "base/bytes.hpp"
#include "base/check.hpp"

namespace chatelaine::net {

/// What came from a connection: one contiguous run of bytes that grows when told to. Whatever
/// memory it gives up is wiped first, as requests may hold secrets. Threads: one.
class InputBuffer {
public:
    InputBuffer() = default;
    InputBuffer(const InputBuffer&) = delete;
    InputBuffer& operator=(const InputBuffer&) = delete;
    ~InputBuffer() { release(); }

    std::uint8_t* data() { return data_.get(); }
    const std::uint8_t* data() const { return data_.get(); }
    std::size_t size() const { return size_; }
    std::size_t capacity() const { return capacity_; }
    MutableBytesView space() { return {data_.get() + size_, capacity_ - size_}; }

    void received(std::size_t n) {
        CH_CHECK(n <= capacity_ - size_);
        size_ += n;
    }
    /// Moves to a larger place; views into the old one are void.
    void grow(std::size_t capacity) {
        CH_CHECK(capacity > capacity_);
        auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
        if (size_ > 0) {
            std::memcpy(larger.get(), data_.get(), size_);
            wipe(data_.get(), size_);
        }
        data_ = std::move(larger);
        capacity_ = capacity;
    }
    /// Takes the bytes [from, to) out, closing the gap; what is left over at the end is wiped.
    void cut(std::size_t from, std::size_t to) {
        CH_CHECK(from <= to && to <= size_);
        std::memmove(data_.get() + from, data_.get() + to, size_ - to);
        const std::size_t left = size_ - (to - from);
        wipe(data_.get() + left, size_ - left);
        size_ = left;
    }
    void release() {
        if (data_) {
            wipe(data_.get(), size_);
        }
        data_.reset();
        size_ = capacity_ = 0;
    }

private:
    std::unique_ptr<std::uint8_t[]> data_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace chatelaine::net
