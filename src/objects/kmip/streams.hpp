#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "crypto/block_cipher.hpp"
#include "crypto/digest.hpp"
#include "crypto/mac.hpp"

/// Cryptography in parts (KMIP 1.4 section 4.29 and on: Init Indicator, Final Indicator and
/// Correlation Value). The state between two parts lives in this process alone: it is small,
/// bounded, bound to who began it and to the key, and goes when it was not used for ten minutes.

namespace chatelaine::objects::kmip {

inline constexpr std::size_t streams_max = 1024;
inline constexpr std::size_t streams_of_one_caller_max = 64;
/// Of what must be held until the end: messages that have a tag to be checked, CCM, key wrap.
inline constexpr std::size_t streams_held_bytes_max = 16 * 1024 * 1024;
inline constexpr std::int64_t streams_idle_seconds = 600;

/// What one part of a message asks for.
struct StreamPart {
    bool first = false, last = false;
    Bytes correlation;  ///< empty for a first part, or when there is one part only
    // Set by the face.
    RequestId request;  ///< tells a part that runs again from the next one
    class StreamTable* table = nullptr;

    /// Is this more than a request on its own?
    bool is_stream() const { return !correlation.empty() || (first && !last); }
    /// Does a message begin here?
    bool begins() const { return correlation.empty(); }
    /// Does one end here?
    bool ends() const { return !is_stream() || last; }
};

/// What a part gave; kept until the next one, so that a part that runs again gives the same.
struct StreamResult {
    crypto::SecretBytes data;
    Bytes tag;
    Bytes iv;  ///< made here, with the first part
    StreamResult clone() const { return {data.clone(), tag, iv}; }
};

/// One message on its way. Hold the lock while you use it.
struct Stream {
    std::mutex mutex;
    std::optional<crypto::CipherEncryption> encryption;
    std::optional<crypto::CipherDecryption> decryption;
    std::optional<crypto::DigestStream> digest;
    std::optional<crypto::MacStream> mac;
    Bytes tail;                  ///< decryption: what may be the tag at the message's end
    std::size_t tag_bytes = 0;   ///< decryption: how many those are; 0 when the tag comes apart
    bool holds = false;          ///< the crypto room keeps all of it until the end
    RequestId request;           ///< of the part that was done last
    StreamResult result;
};

/// Threads: any.
class StreamTable {
public:
    explicit StreamTable(Random& random) : random_(random) {}
    ~StreamTable();
    StreamTable(const StreamTable&) = delete;
    StreamTable& operator=(const StreamTable&) = delete;

    struct Owner {
        Uuid credential;
        ObjectId key;  ///< nil for what takes no key
        std::uint32_t operation = 0;
        friend bool operator==(const Owner&, const Owner&) = default;
    };
    /// The stream that `request` began, when it runs again.
    std::shared_ptr<Stream> begun_by(const RequestId& request, const Owner& owner,
                                     Bytes& correlation);
    /// Keeps a new stream and says its correlation value. kRateLimited when the caller, or all
    /// together, have too many.
    Result<Bytes> add(std::shared_ptr<Stream> stream, const Owner& owner, WallTime now);
    /// kInvalidArgument("Correlation Value") when there is none, or it is another caller's, key's
    /// or operation's: the three are not told apart.
    Result<std::shared_ptr<Stream>> find(BytesView correlation, const Owner& owner, WallTime now);
    /// Counts bytes that must be held; kRateLimited above the bound.
    Result<void> hold(BytesView correlation, std::size_t bytes);
    void remove(BytesView correlation);
    std::size_t size() const;

private:
    struct Entry {
        std::shared_ptr<Stream> stream;
        Owner owner;
        WallTime used;
        std::size_t held = 0;
    };
    void drop_idle(WallTime now);
    Random& random_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
    std::size_t held_ = 0;
};

}  // namespace chatelaine::objects::kmip
