#include "crypto/key_forms.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "crypto/any_key.hpp"
#include "crypto/der.hpp"

namespace chatelaine::crypto {

namespace {

constexpr std::array<std::uint8_t, 9> kRsaOid{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1};
constexpr std::array<std::uint8_t, 7> kEcOid{0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1};
constexpr std::array<std::uint8_t, 8> kP256Oid{0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7};
constexpr std::array<std::uint8_t, 5> kP384Oid{0x2b, 0x81, 4, 0, 0x22};
constexpr std::array<std::uint8_t, 5> kP521Oid{0x2b, 0x81, 4, 0, 0x23};

bool same(BytesView a, BytesView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

std::optional<Curve> curve_of(const std::optional<BytesView>& oid) {
    if (!oid) {
        return std::nullopt;
    }
    return same(*oid, kP256Oid)   ? std::optional(Curve::kP256)
           : same(*oid, kP384Oid) ? std::optional(Curve::kP384)
           : same(*oid, kP521Oid) ? std::optional(Curve::kP521)
                                  : std::nullopt;
}

struct Algorithm {
    std::optional<Curve> curve;  ///< nothing: RSA
};

/// AlgorithmIdentifier. Explicit curve parameters are refused with every other curve.
std::optional<Algorithm> read_algorithm(DerReader& outer) {
    const auto content = outer.take(DerReader::kSequence);
    if (!content) {
        return std::nullopt;
    }
    DerReader in(*content);
    const auto oid = in.take(DerReader::kOid);
    if (oid && same(*oid, kRsaOid)) {
        // RFC 3279 section 2.3.1 wants NULL; some leave it out.
        const bool null = in.at_end() || (in.take(DerReader::kNull) && in.at_end());
        return null ? std::optional<Algorithm>(Algorithm{}) : std::nullopt;
    }
    if (oid && same(*oid, kEcOid)) {
        const auto curve = curve_of(in.take(DerReader::kOid));
        return curve && in.at_end() ? std::optional<Algorithm>(Algorithm{curve}) : std::nullopt;
    }
    return std::nullopt;
}

/// Opens the one SEQUENCE that `der` is.
std::optional<DerReader> open_sequence(BytesView der) {
    DerReader outer(der);
    const auto content = outer.take(DerReader::kSequence);
    return content && outer.at_end() ? std::optional<DerReader>(*content) : std::nullopt;
}

bool take_version(DerReader& in, std::uint8_t version_max, std::uint8_t& version) {
    const auto number = in.take_number();
    if (!number || number->size() > 1) {
        return false;
    }
    version = number->empty() ? std::uint8_t{0} : (*number)[0];
    return version <= version_max;
}

/// SEC 1's ECPrivateKey inside PKCS#8.
std::optional<EcPrivateForm> read_inner_sec1(BytesView der, Curve curve) {
    auto form = read_sec1(der);
    if (!form || (!form->curve_oid.empty() && curve_of(form->curve_oid) != curve)) {
        return std::nullopt;
    }
    return EcPrivateForm{curve, std::move(form->d), form->point};
}

}  // namespace

std::optional<PublicForm> read_spki(BytesView der) {
    auto in = open_sequence(der);
    const auto algorithm = in ? read_algorithm(*in) : std::nullopt;
    const auto bits = algorithm ? in->take_bits() : std::nullopt;
    if (!bits || !in->at_end()) {
        return std::nullopt;
    }
    if (algorithm->curve) {
        return EcPublicForm{*algorithm->curve, *bits};
    }
    const auto numbers = read_pkcs1_public(*bits);
    return numbers ? std::optional<PublicForm>(*numbers) : std::nullopt;
}

std::optional<RsaPublicForm> read_pkcs1_public(BytesView der) {
    auto numbers = open_sequence(der);
    if (!numbers) {
        return std::nullopt;
    }
    const auto n = numbers->take_number();
    const auto e = numbers->take_number();
    if (!n || !e || !numbers->at_end()) {
        return std::nullopt;
    }
    return RsaPublicForm{*n, *e};
}

std::optional<PrivateKey::RsaParts> read_pkcs1(BytesView der) {
    auto in = open_sequence(der);
    std::uint8_t version = 0;
    // Version 1 has more than two primes.
    if (!in || !take_version(*in, 0, version)) {
        return std::nullopt;
    }
    std::array<BytesView, 8> numbers;
    for (BytesView& number : numbers) {
        const auto taken = in->take_number();
        if (!taken || taken->empty()) {
            return std::nullopt;
        }
        number = *taken;
    }
    if (!in->at_end()) {
        return std::nullopt;
    }
    const auto copy = [&](std::size_t i) { return Bytes(numbers[i].begin(), numbers[i].end()); };
    const auto secret = [&](std::size_t i) { return SecretBytes::copy_of(numbers[i]); };
    return PrivateKey::RsaParts{copy(0),   copy(1),   secret(2), secret(3),
                                secret(4), secret(5), secret(6), secret(7)};
}

std::optional<Sec1Form> read_sec1(BytesView der) {
    auto in = open_sequence(der);
    std::uint8_t version = 0;
    if (!in || !take_version(*in, 1, version) || version != 1) {
        return std::nullopt;
    }
    const auto d = in->take(DerReader::kOctetString);
    if (!d) {
        return std::nullopt;
    }
    Sec1Form form{{}, SecretBytes::copy_of(*d), {}};
    if (in->next_is(DerReader::kContext0)) {
        const auto named = in->take(DerReader::kContext0);
        DerReader parameters(named.value_or(BytesView()));
        const auto oid = parameters.take(DerReader::kOid);
        if (!oid || oid->empty() || !parameters.at_end()) {
            return std::nullopt;
        }
        form.curve_oid = *oid;
    }
    if (in->next_is(DerReader::kContext1)) {
        const auto shown = in->take(DerReader::kContext1);
        DerReader bits(shown.value_or(BytesView()));
        const auto point = bits.take_bits();
        if (!point || point->empty() || !bits.at_end()) {
            return std::nullopt;
        }
        form.point = *point;
    }
    return in->at_end() ? std::optional(std::move(form)) : std::nullopt;
}

std::optional<PrivateForm> read_pkcs8(BytesView der) {
    auto in = open_sequence(der);
    std::uint8_t version = 0;
    if (!in || !take_version(*in, 1, version)) {
        return std::nullopt;
    }
    const auto algorithm = read_algorithm(*in);
    const auto key = algorithm ? in->take(DerReader::kOctetString) : std::nullopt;
    // Attributes (RFC 5958) say nothing about the key itself.
    if (!key || (in->next_is(DerReader::kContext0) && !in->take(DerReader::kContext0)) ||
        !in->at_end()) {
        return std::nullopt;
    }
    if (algorithm->curve) {
        auto form = read_inner_sec1(*key, *algorithm->curve);
        return form ? std::optional<PrivateForm>(std::move(*form)) : std::nullopt;
    }
    auto parts = read_pkcs1(*key);
    return parts ? std::optional<PrivateForm>(std::move(*parts)) : std::nullopt;
}

namespace {

/// The tags of what a SEQUENCE holds, nine at most; empty on any other form.
struct Outline {
    std::array<std::uint8_t, 9> tags{};
    std::size_t count = 0;
    std::uint8_t version = 0xff;  ///< of a first INTEGER of one octet
};

Outline outline_of(BytesView der) {
    auto in = open_sequence(der);
    Outline outline;
    while (in && !in->at_end()) {
        const std::uint8_t tag = in->next_tag();
        const auto content = in->take(tag);
        if (!content || outline.count == outline.tags.size()) {
            return {};
        }
        if (outline.count == 0 && tag == DerReader::kInteger && content->size() == 1) {
            outline.version = (*content)[0];
        }
        outline.tags[outline.count++] = tag;
    }
    return outline;
}

}  // namespace

KeyForm key_form(BytesView der) {
    const Outline outline = outline_of(der);
    const auto begins = [&](std::initializer_list<std::uint8_t> tags) {
        return outline.count >= tags.size() &&
               std::equal(tags.begin(), tags.end(), outline.tags.begin());
    };
    const auto is = [&](std::initializer_list<std::uint8_t> tags) {
        return outline.count == tags.size() && begins(tags);
    };
    constexpr std::uint8_t integer = DerReader::kInteger;
    constexpr std::uint8_t sequence = DerReader::kSequence;
    constexpr std::uint8_t octets = DerReader::kOctetString;
    constexpr std::uint8_t bits = DerReader::kBitString;
    if (is({sequence, bits})) {
        return KeyForm::kSpki;
    }
    if (is({sequence, sequence, bits})) {
        return KeyForm::kCertificate;
    }
    if (is({sequence, octets})) {
        return KeyForm::kEncryptedPkcs8;
    }
    if (begins({integer, sequence, octets}) && outline.version <= 1) {
        return KeyForm::kPkcs8;
    }
    if (begins({integer, sequence}) && outline.version == 3) {
        return KeyForm::kPkcs12;
    }
    if (begins({integer, octets}) && outline.version == 1) {
        return KeyForm::kSec1;
    }
    if (is({integer, integer})) {
        return KeyForm::kPkcs1Public;
    }
    if (outline.count == 9 && outline.version == 0 &&
        std::all_of(outline.tags.begin(), outline.tags.end(),
                    [](std::uint8_t tag) { return tag == integer; })) {
        return KeyForm::kPkcs1Private;
    }
    return KeyForm::kUnknown;
}

}  // namespace chatelaine::crypto
