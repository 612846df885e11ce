#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every bound of the product has its name here, and a test at the bound and one over.
/// What an operator may change is a default of the configuration; the rest is fixed.

namespace chatelaine::limits {

// HTTP.
inline constexpr std::size_t header_bytes_max = 16 * 1024;
inline constexpr std::size_t body_bytes_max = 128 * 1024;
inline constexpr std::size_t target_bytes_max = 4096;
inline constexpr std::size_t connections_max = 10'000;
inline constexpr std::chrono::seconds handshake_deadline{10};
inline constexpr std::chrono::seconds request_deadline{30};  ///< first byte to last of a request
inline constexpr std::chrono::seconds idle_deadline{300};    ///< keep-alive between requests
inline constexpr std::chrono::seconds write_deadline{30};
inline constexpr std::chrono::seconds drain_deadline{30};  ///< graceful stop

// JSON bodies.
inline constexpr std::size_t json_depth_max = 16;
inline constexpr std::size_t json_values_max = 10'000;

// Service keys (okms-rest.md, section 3).
inline constexpr std::size_t key_name_characters_max = 32;
inline constexpr std::size_t key_context_characters_max = 64;
inline constexpr std::size_t key_alias_characters_max = 64;
inline constexpr std::size_t key_operations_max = 32;
inline constexpr std::size_t plaintext_bytes_max = 4096;
inline constexpr std::size_t plaintext_base64_characters_max = 5464;
inline constexpr std::size_t ciphertext_characters_max = 8192;
inline constexpr std::size_t wrapped_key_characters_max = 5000;
inline constexpr std::size_t data_key_characters_max = 5000;
inline constexpr std::size_t data_key_bits_min = 64;
inline constexpr std::size_t data_key_bits_max = 4096;
inline constexpr std::size_t random_bytes_max = 4096;
inline constexpr std::size_t list_page_min = 10;
inline constexpr std::size_t list_page_max = 100;
inline constexpr std::size_t continuation_token_characters_max = 500;

// Secrets (okms-rest.md, section 4).
inline constexpr std::size_t secret_path_characters_max = 255;
inline constexpr std::size_t secret_data_bytes_max = 64 * 1024;  ///< of the JSON text
inline constexpr std::size_t secret_json_depth_max = 100;
inline constexpr std::size_t secret_json_values_max = 70'000;
inline constexpr std::uint32_t secret_versions_max = 24'000;  ///< numbers, and how many are kept
inline constexpr std::uint32_t secret_versions_default = 10;
inline constexpr std::size_t secret_metadata_entries_max = 64;
inline constexpr std::size_t secret_metadata_key_bytes_max = 512;
inline constexpr std::size_t secret_metadata_value_bytes_max = 512;
/// Data of a secret's newest versions that its own record carries; the rest has records apart.
inline constexpr std::size_t secret_inline_bytes_max = 4096;
/// Names of one folder that one answer holds, and records that one list looks at for them.
inline constexpr std::size_t secret_names_max = 10'000;
/// Secrets, and versions of each, whose last read waits to be written down.
inline constexpr std::size_t secret_reads_pending_max = 256 * 1024;
inline constexpr std::size_t secret_reads_versions_max = 1024;
inline constexpr std::int64_t secret_undelete_seconds_max = 366LL * 24 * 3600;
/// How long before its end a version is told of.
inline constexpr std::int64_t secret_warning_days = 7;
inline constexpr std::uint32_t secret_generated_characters_max = 4096;
inline constexpr std::size_t secret_common_name_bytes_max = 64;  ///< X.520's upper bound
inline constexpr std::size_t secret_certificate_names_max = 32;
inline constexpr std::uint32_t secret_certificate_days_max = 3650;
inline constexpr std::int64_t secret_seconds_max = 100LL * 366 * 24 * 3600;  ///< of a duration

// KMIP.
inline constexpr std::size_t kmip_message_bytes_max = std::size_t{1} << 20;
inline constexpr std::size_t kmip_batch_items_max = 1000;
inline constexpr std::chrono::hours kmip_idle_deadline{12};  ///< clients keep connections for hours

// Access.
inline constexpr std::size_t token_characters_max = 512;
inline constexpr std::size_t token_generations_max = 4;  ///< tokens made by tokens made by …
inline constexpr std::int64_t child_token_seconds_default = 32LL * 24 * 3600;
inline constexpr std::int64_t child_token_seconds_max = 365LL * 24 * 3600;
inline constexpr std::size_t csr_bytes_max = 16 * 1024;
inline constexpr std::size_t credential_days_max = 365;
inline constexpr std::size_t credential_name_characters_max = 50;
inline constexpr std::size_t credential_identities_max = 25;
inline constexpr std::size_t grants_per_identity_max = 1000;

// Engine and store.
inline constexpr std::size_t blocking_queue_max = 4096;
inline constexpr std::size_t commit_queue_max = 8192;
inline constexpr std::size_t commit_group_max = 256;
inline constexpr std::size_t object_cache_entries_max = 100'000;
/// What the opened records of the cache weigh together: as many bytes as their sealed forms have.
inline constexpr std::size_t object_cache_bytes_max = 48 * 1024 * 1024;
/// Reserved, locked on touch. The cache and as much again for what is under way.
inline constexpr std::size_t secret_arena_bytes = 128 * 1024 * 1024;
inline constexpr std::size_t terms_per_record_max = 256;
inline constexpr std::size_t record_bytes_max = 1024 * 1024;

// Audit.
inline constexpr std::size_t journal_segment_bytes_max = 64 * 1024 * 1024;
inline constexpr std::chrono::seconds journal_sync_interval{1};
inline constexpr std::size_t audit_page_max = 1000;

}  // namespace chatelaine::limits
