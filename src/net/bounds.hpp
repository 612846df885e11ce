#pragma once

#include <chrono>
#include <cstddef>

/// The fixed bounds of this room; what an operator may change is in base/limits.hpp.

namespace chatelaine::net {

inline constexpr std::size_t kHeaderFieldsMax = 128;
/// Room beside header and body for the framing of chunks (their sizes, extensions, trailers).
inline constexpr std::size_t kFramingBytesMax = 8 * 1024;
inline constexpr std::size_t kReadBytesFirst = 4 * 1024;
/// Requests of one connection that are answered without going back to the loop.
inline constexpr unsigned kRequestsPerTurnMax = 32;
inline constexpr std::size_t kAcceptsPerTurnMax = 64;
inline constexpr std::size_t kTlsSessionsMax = 4096;
inline constexpr std::chrono::seconds kTlsSessionLife{3600};
/// Certificates whose facts and good chain are remembered, for each set of TLS files.
inline constexpr std::size_t kKnownCertificatesMax = 1024;
inline constexpr std::size_t kProxyHeaderBytesMax = 16 + 2048;
/// Deadlines are looked at this often (more often when one of them is shorter than a second).
inline constexpr std::chrono::milliseconds kTickMax{500};
inline constexpr std::chrono::milliseconds kTickMin{10};
/// After the last answer on a connection: how long what the client still sends is read and dropped,
/// so that a reset does not overtake the answer.
inline constexpr std::chrono::seconds kLingerDeadline{2};
/// At a graceful stop: how long a quiet connection may still bring a request.
inline constexpr std::chrono::milliseconds kDrainGrace{250};
/// A quiet connection gives its buffers back after this time.
inline constexpr std::chrono::seconds kLeanAfter{2};

}  // namespace chatelaine::net
