#include "secrets/generate.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/limits.hpp"
#include "crypto/certify.hpp"
#include "secrets/data.hpp"

namespace chatelaine::secrets {
namespace {

constexpr std::string_view kWhere = "secrets.generate";
constexpr std::string_view kLettersAndDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

struct KeyKind {
    std::string_view name;
    std::size_t rsa_bits;  ///< 0: a curve
    crypto::Curve curve;
};
constexpr std::array<KeyKind, 6> kKeyKinds{{{"RSA-2048", 2048, {}},
                                            {"RSA-3072", 3072, {}},
                                            {"RSA-4096", 4096, {}},
                                            {"EC-P256", 0, crypto::Curve::kP256},
                                            {"EC-P384", 0, crypto::Curve::kP384},
                                            {"EC-P521", 0, crypto::Curve::kP521}}};

const KeyKind* find_kind(std::string_view name) {
    const auto found = std::find_if(kKeyKinds.begin(), kKeyKinds.end(),
                                    [&](const KeyKind& kind) { return kind.name == name; });
    return found == kKeyKinds.end() ? nullptr : &*found;
}

Result<std::uint32_t> bounded(const json::Value& value, std::int64_t lowest, std::int64_t highest) {
    CH_TRY(const std::int64_t number, value.integer());
    if (number < lowest || number > highest) {
        return Error::invalid(std::string(kWhere), value.path(),
                              "expected " + std::to_string(lowest) + " to " +
                                  std::to_string(highest));
    }
    return static_cast<std::uint32_t>(number);
}

Result<std::string> alphabet_of(const json::Value& value) {
    CH_TRY(const std::string_view text, value.string());
    std::string sorted(text);
    std::sort(sorted.begin(), sorted.end());
    const bool once = std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
    const bool printable =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (text.size() < 2 || !once || !printable) {
        return Error::invalid(std::string(kWhere), value.path(),
                              "expected 2 to 95 printable ASCII characters, each once");
    }
    return std::string(text);
}

/// Labels of letters, digits, hyphens and underscores (RFC 1123, and what is in use), behind a star
/// at most.
bool is_dns_name(std::string_view name) {
    constexpr std::size_t kNameMax = 253, kLabelMax = 63;
    if (name.starts_with("*.")) {
        name.remove_prefix(2);
    }
    std::size_t label = 0;
    for (const char c : name) {
        const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (c == '.' ? label == 0 : !good || label == kLabelMax) {
            return false;
        }
        label = c == '.' ? 0 : label + 1;
    }
    return label != 0 && name.size() <= kNameMax;
}

Result<Generate::Certificate> certificate_of(const json::Value& value) {
    if (!value.is_object()) {
        return Error::invalid(std::string(kWhere), value.path(), "expected an object");
    }
    CH_TRY_VOID(value.only_members({"common_name", "dns", "days"}));
    Generate::Certificate wanted;
    CH_TRY(const std::string_view name, value.member("common_name").string());
    if (name.empty() || name.size() > limits::secret_common_name_bytes_max) {
        return Error::invalid(std::string(kWhere), value.member("common_name").path(),
                              "expected 1 to 64 bytes");
    }
    wanted.common_name = name;
    if (const json::Value names = value.member("dns"); !names.is_absent()) {
        if (!names.is_array() || names.size() > limits::secret_certificate_names_max) {
            return Error::invalid(std::string(kWhere), names.path(),
                                  "expected an array of at most 32 names");
        }
        for (json::Value each = names.first(); each.exists(); each = each.next()) {
            CH_TRY(const std::string_view text, each.string());
            if (!is_dns_name(text)) {
                return Error::invalid(std::string(kWhere), each.path(), "expected a DNS name");
            }
            wanted.dns.emplace_back(text);
        }
    }
    if (const json::Value days = value.member("days"); !days.is_absent()) {
        CH_TRY(wanted.days, bounded(days, 1, limits::secret_certificate_days_max));
    }
    return wanted;
}

Result<Generate> generate_of(const json::Value& value) {
    if (!value.is_object()) {
        return Error::invalid(std::string(kWhere), value.path(), "expected an object");
    }
    CH_TRY_VOID(value.only_members({"field", "length", "alphabet", "key", "certificate"}));
    Generate wanted;
    const json::Value key = value.member("key");
    if (!key.is_absent()) {
        CH_TRY_VOID(value.only_members({"key", "certificate"}));
        CH_TRY(const std::string_view name, key.string());
        if (find_kind(name) == nullptr) {
            return Error::invalid(std::string(kWhere), key.path(),
                                  "expected RSA-2048, RSA-3072, RSA-4096, EC-P256, EC-P384 or "
                                  "EC-P521");
        }
        wanted.key = name;
        if (const json::Value order = value.member("certificate"); !order.is_absent()) {
            CH_TRY(wanted.certificate, certificate_of(order));
        }
        return wanted;
    }
    if (!value.member("certificate").is_absent()) {
        return Error::missing(std::string(kWhere), key.path());
    }
    if (const json::Value field = value.member("field"); !field.is_absent()) {
        CH_TRY(const std::string_view name, field.string());
        if (name.empty() || name.size() > limits::secret_metadata_key_bytes_max) {
            return Error::invalid(std::string(kWhere), field.path(), "expected 1 to 512 bytes");
        }
        wanted.field = name;
    }
    if (const json::Value length = value.member("length"); !length.is_absent()) {
        CH_TRY(wanted.length, bounded(length, 1, limits::secret_generated_characters_max));
    }
    if (const json::Value alphabet = value.member("alphabet"); !alphabet.is_absent()) {
        CH_TRY(wanted.alphabet, alphabet_of(alphabet));
    }
    return wanted;
}

/// A text on its way into an object; wiped when it goes.
struct Made {
    std::string name;
    std::string text;
    Made(std::string_view called, std::size_t room) : name(called) { text.reserve(room); }
    Made(Made&& other) noexcept : name(std::move(other.name)), text(std::move(other.text)) {
        wipe(other.text);  // a short text is copied by a move
    }
    Made& operator=(Made&&) = delete;
    ~Made() { wipe(text); }
};

/// Each character as likely as the other: octets beyond the last whole multiple are thrown away.
Made make_text(const Generate& wanted, Random& random) {
    const std::string_view alphabet =
        wanted.alphabet.empty() ? kLettersAndDigits : std::string_view(wanted.alphabet);
    const std::size_t fair = 256 / alphabet.size() * alphabet.size();
    Made made(wanted.field, wanted.length);
    std::array<std::uint8_t, 64> octets{};
    while (made.text.size() < wanted.length) {
        random.fill(octets);
        for (const std::uint8_t octet : octets) {
            if (octet < fair && made.text.size() < wanted.length) {
                made.text.push_back(alphabet[octet % alphabet.size()]);
            }
        }
    }
    wipe(octets.data(), octets.size());
    return made;
}

/// RFC 7468: base64 in lines of 64.
Made make_pem(std::string_view name, std::string_view label, BytesView der) {
    std::string coded = encode_base64(der);
    Made made(name, coded.size() / 64 * 65 + 65 + 2 * label.size() + 40);
    made.text.append("-----BEGIN ").append(label).append("-----\n");
    for (std::size_t at = 0; at < coded.size(); at += 64) {
        made.text.append(coded, at, 64).push_back('\n');
    }
    made.text.append("-----END ").append(label).append("-----\n");
    wipe(coded);
    return made;
}

Result<Bytes> certify(const crypto::PrivateKey& key, const Generate::Certificate& wanted,
                      WallTime now) {
    constexpr std::int64_t kDay = 24 * 3600;
    crypto::CertificateOrder order;
    order.subject.push_back({{}, "CN", wanted.common_name});
    for (const std::string& name : wanted.dns) {
        order.alternatives.push_back({crypto::AlternativeName::Kind::kDns, name});
    }
    order.not_before = now;
    order.not_after = now.plus_seconds(kDay * wanted.days);
    order.key_usage = crypto::kDigitalSignature | crypto::kKeyEncipherment;
    auto made = crypto::self_signed_certificate(key, order);
    if (!made && made.error().code() == Code::kInvalidArgument) {
        return Error::invalid(std::string(kWhere), "generate.certificate",
                              "expected a name that certificates can hold");
    }
    return made;
}

Result<std::vector<Made>> make_key(const Generate& wanted, WallTime now) {
    const KeyKind* const kind = find_kind(wanted.key);
    CH_CHECK(kind != nullptr);
    CH_TRY(const crypto::PrivateKey key, kind->rsa_bits != 0
                                             ? crypto::PrivateKey::generate_rsa(kind->rsa_bits)
                                             : crypto::PrivateKey::generate_ec(kind->curve));
    CH_TRY(const crypto::SecretBytes pkcs8, key.to_pkcs8());
    std::vector<Made> made;
    made.push_back(pkcs8.with_exposed(crypto::insecure_expose_secret(), [](BytesView der) {
        return make_pem("private_key", "PRIVATE KEY", der);
    }));
    if (wanted.certificate) {
        CH_TRY(const Bytes der, certify(key, *wanted.certificate, now));
        made.push_back(make_pem("certificate", "CERTIFICATE", der));
    } else {
        CH_TRY(const Bytes der, key.public_key().to_spki());
        made.push_back(make_pem("public_key", "PUBLIC KEY", der));
    }
    return made;
}

/// What was sent, with what was made behind it.
Result<crypto::SecretBytes> joined(const crypto::SecretBytes& sent, const std::vector<Made>& made) {
    crypto::SecretBytes patch;
    std::size_t room = 64;
    for (const Made& each : made) {
        room += 6 * (each.name.size() + each.text.size()) + 16;
    }
    std::string text;
    text.reserve(room);
    json::Writer out(text);
    out.begin_object();
    for (const Made& each : made) {
        out.member(each.name, each.text);
    }
    out.end_object();
    patch = crypto::SecretBytes::copy_of(as_bytes(text));
    wipe(text);
    if (sent.empty()) {
        return patch;
    }
    for (const Made& each : made) {
        CH_TRY(const bool there, has_member(sent, each.name));
        if (there) {
            return Error::invalid(std::string(kWhere), "data." + each.name,
                                  "is there, and generate would make it");
        }
    }
    return merge_patch(sent, patch);
}

}  // namespace

Result<NewData> new_data_of(const json::Value& object) {
    NewData wanted;
    const json::Value generate = object.member("generate");
    const json::Value data = object.member("data");
    if (generate.is_absent() || !data.is_absent()) {
        CH_TRY(wanted.sent, data_of(data));
    }
    if (!generate.is_absent()) {
        CH_TRY(wanted.generate, generate_of(generate));
    }
    return wanted;
}

Result<crypto::SecretBytes> make_data(const NewData& wanted, Random& random, WallTime now,
                                      bool may_block) {
    if (!wanted.generate) {
        return wanted.sent.clone();
    }
    if (wanted.generate->key.empty()) {
        std::vector<Made> made;
        made.push_back(make_text(*wanted.generate, random));
        return joined(wanted.sent, made);
    }
    if (!may_block) {
        return Error(Code::kWouldBlock, std::string(kWhere));
    }
    CH_TRY(const std::vector<Made> made, make_key(*wanted.generate, now));
    return joined(wanted.sent, made);
}

}  // namespace chatelaine::secrets
