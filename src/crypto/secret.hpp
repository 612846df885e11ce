#pragma once

#include <cstdint>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"

/// Secret memory. SecretBytes live in one locked arena: guarded at both ends, MADV_DONTDUMP,
/// locked as pages are touched, wiped on free. SealedBytes are AEAD output. The two and plain Bytes
/// are unrelated types, so a store that takes SealedBytes cannot be handed a key.

namespace chatelaine::crypto {

/// The permission to look at secret bytes. Made only by insecure_expose_secret(), so that each
/// place that touches raw keys is one grep; tools/tidy lists the files that may.
class ExposeToken {
private:
    ExposeToken() = default;
    friend ExposeToken insecure_expose_secret();
};
inline ExposeToken insecure_expose_secret() { return {}; }

/// Bytes that must not be seen: keys, plaintexts, token secrets. Move-only, no ==, no <<, no
/// data(), no formatter. Threads: one owner; concurrent reads are safe.
class SecretBytes {
public:
    SecretBytes() = default;
    /// `size` zero bytes in the arena. Aborts when the arena cannot grow: see arena_status().
    explicit SecretBytes(std::size_t size);
    /// Copies and leaves the source to its owner to wipe.
    static SecretBytes copy_of(BytesView source);
    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    ~SecretBytes();

    SecretBytes clone() const;
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    /// Makes it shorter; the cut-off bytes are wiped.
    void truncate(std::size_t size);

    /// Calls `f(BytesView)` with the bytes and returns what it returns.
    template <class F>
    auto with_exposed(ExposeToken, F&& f) const {
        return std::forward<F>(f)(BytesView(data_, size_));
    }
    /// Calls `f(MutableBytesView)`, to fill the bytes in place.
    template <class F>
    auto with_exposed_mutable(ExposeToken, F&& f) {
        return std::forward<F>(f)(MutableBytesView(data_, size_));
    }

private:
    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
};

/// Equality in time that depends on the lengths alone.
bool equal_ct(const SecretBytes& a, const SecretBytes& b);
bool equal_ct(BytesView a, BytesView b);

/// Output of an AEAD: nonce, ciphertext and tag in one. Only a Sealer or a store's read makes one.
class SealedBytes {
public:
    SealedBytes() = default;
    /// For the store's reads and for crypto: the bytes are taken as sealed, without a check.
    static SealedBytes from_stored(Bytes bytes) { return SealedBytes(std::move(bytes)); }
    BytesView view() const { return bytes_; }
    std::size_t size() const { return bytes_.size(); }

private:
    explicit SealedBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
    Bytes bytes_;
};

/// How the arena stands; published as metrics and checked at start.
struct ArenaStatus {
    std::size_t reserved_bytes = 0;
    std::size_t used_bytes = 0;
    bool locked = false;  ///< false when RLIMIT_MEMLOCK forbids it: the start-up check warns
};
ArenaStatus arena_status();

/// Sends OpenSSL's own allocations to non-dumpable, wiped-on-free memory. Call once at the start
/// of main, before any other use of OpenSSL; false when something was allocated already.
bool take_over_openssl_memory();

/// No core dumps (RLIMIT_CORE 0, PR_SET_DUMPABLE 0). A test build may leave dumps on.
void forbid_core_dumps();

}  // namespace chatelaine::crypto
