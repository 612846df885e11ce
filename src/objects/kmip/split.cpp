// Create Split Key and Join Split Key (KMIP 1.4 sections 4.38 and 4.39).
#include "crypto/split_key.hpp"

#include "crypto/random.hpp"
#include "objects/kmip/crypto_rules.hpp"
#include "objects/kmip/key_material.hpp"
#include "objects/kmip/key_operations.hpp"
#include "objects/kmip/making.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;
using crypto::SecretBytes;
using ttlv::Item;
using ttlv::SplitKeyMethod;
using ttlv::Writer;

constexpr std::string_view kWhere = "kmip.split";

Error wrong(std::string_view field, std::string message) {
    return Error::invalid(kWhere, std::string(field), std::move(message));
}

Result<crypto::SplitMethod> method_of(std::uint32_t method) {
    switch (static_cast<SplitKeyMethod>(method)) {
        case SplitKeyMethod::kXOR: return crypto::SplitMethod::kXor;
        case SplitKeyMethod::kPolynomialSharingGF216: return crypto::SplitMethod::kGf2_16;
        case SplitKeyMethod::kPolynomialSharingPrimeField: return crypto::SplitMethod::kPrimeField;
        case SplitKeyMethod::kPolynomialSharingGF28: return crypto::SplitMethod::kGf2_8;
    }
    return wrong("Split Key Method", "unknown value of the enumeration");
}

Error in_words(Error error) {
    const std::string& field = error.detail().field;
    if (error.code() != Code::kInvalidArgument) {
        return error;
    }
    const std::string_view name = field == "threshold" ? "Split Key Threshold"
                                  : field == "parts"   ? "Split Key Parts"
                                  : field == "prime"   ? "Prime Field Size"
                                                       : "Cryptographic Length";
    return wrong(name, error.detail().message);
}

/// What is split: an object that may leave, since its parts may; or a fresh key.
struct Source {
    std::uint32_t algorithm = 0, bits = 0;
    KeyForm form;
};

Result<Source> source_of(const CreateSplitKey::Command& command, const AttributeValues& given,
                         Services& services) {
    Source source;
    if (!command.id) {
        CH_TRY(auto fresh,
               made_object(command.domain, ObjectType::kSymmetricKey, given, services));
        CH_TRY_VOID(fill_symmetric(*fresh));
        source.algorithm = fresh->algorithm;
        source.bits = fresh->bits;
        source.form.material = std::move(fresh->material.bytes);
        return source;
    }
    CH_TRY(const auto object, load(services.reader, {command.domain, *command.id}));
    CH_TRY_VOID(require_present(*object, services.now));
    const bool splits = object->type == ObjectType::kSymmetricKey ||
                        object->type == ObjectType::kPrivateKey ||
                        object->type == ObjectType::kSecretData;
    if (!splits) {
        return Error(Code::kIllegalOperation, kWhere, "such an object is not split");
    }
    if (!object->extractable || object->sensitive) {
        return Error(Code::kNotExtractable, kWhere, "the object may not leave, nor may its parts");
    }
    source.algorithm = object->algorithm;
    source.bits = object->bits;
    CH_TRY(source.form, give_material(*object, std::nullopt));
    if (is_transparent(source.form.format)) {
        const bool symmetric = object->type != ObjectType::kPrivateKey;
        CH_TRY(source.form,
               give_material(*object, symmetric ? format::kRaw : format::kPkcs8));
    }
    return source;
}

Result<crypto::SplitScheme> scheme_of(const CreateSplitKey::Command& command,
                                      const Source& source) {
    crypto::SplitScheme scheme;
    CH_TRY(scheme.method, method_of(command.method));
    scheme.parts = command.parts;
    scheme.threshold = command.threshold;
    if (scheme.method == crypto::SplitMethod::kPrimeField) {
        CH_TRY(scheme.prime, crypto::split_prime(source.form.material.size()));
    }
    return scheme;
}

/// The Split Key structure of one part (KMIP 1.4 section 2.2.5).
SecretBytes part_structure(const CreateSplitKey::Command& command, const Source& source,
                           const crypto::SplitScheme& scheme, const crypto::KeyPart& part) {
    Bytes out;
    out.reserve(part.bytes.size() + 512);
    Writer writer(out);
    writer.begin(tag::kSplitKey)
        .integer(tag::kSplitKeyParts, static_cast<std::int32_t>(command.parts))
        .integer(tag::kKeyPartIdentifier, static_cast<std::int32_t>(part.identifier))
        .integer(tag::kSplitKeyThreshold, static_cast<std::int32_t>(command.threshold))
        .enumeration(tag::kSplitKeyMethod, command.method);
    if (!scheme.prime.empty()) {
        writer.big_integer(tag::kPrimeFieldSize, scheme.prime);
    }
    writer.begin(tag::kKeyBlock).enumeration(tag::kKeyFormatType, source.form.format);
    writer.begin(tag::kKeyValue);
    part.bytes.with_exposed(crypto::insecure_expose_secret(), [&](BytesView bytes) {
        writer.bytes(tag::kKeyMaterial, bytes);
    });
    writer.end();
    if (source.algorithm != 0) {
        writer.enumeration(tag::kCryptographicAlgorithm, source.algorithm);
    }
    if (source.bits != 0) {
        writer.integer(tag::kCryptographicLength, static_cast<std::int32_t>(source.bits));
    }
    writer.end().end();
    auto made = SecretBytes::copy_of(out);
    wipe(out.data(), out.size());
    return made;
}

/// What the first part says of all of them.
struct Joined {
    crypto::SplitScheme scheme;
    std::uint32_t format = format::kRaw, algorithm = 0, bits = 0;
    std::vector<crypto::KeyPart> parts;
};

Result<void> read_part(const ManagedObject& object, Joined& joined) {
    if (object.type != ObjectType::kSplitKey || object.material.bytes.empty()) {
        return Error(Code::kIllegalOperation, kWhere, "the object is no part of a key");
    }
    return object.registered.with_exposed(
        crypto::insecure_expose_secret(), [&](BytesView bytes) -> Result<void> {
            CH_TRY(const ttlv::Document document, ttlv::Document::parse(bytes));
            const Item root = document.root();
            CH_TRY(const std::int32_t identifier, root.find(tag::kKeyPartIdentifier).integer());
            CH_TRY(const std::int32_t threshold, root.find(tag::kSplitKeyThreshold).integer());
            CH_TRY(const std::int32_t parts, root.find(tag::kSplitKeyParts).integer());
            CH_TRY(const std::uint32_t number, root.find(tag::kSplitKeyMethod).enumeration());
            CH_TRY(const crypto::SplitMethod method, method_of(number));
            if (identifier < 1 || threshold < 1 || parts < 1) {
                return wrong("Key Part Identifier", "expected numbers above zero");
            }
            const bool fits = joined.parts.empty() ||
                              (joined.scheme.method == method &&
                               joined.scheme.threshold == static_cast<std::size_t>(threshold));
            if (!fits) {
                return wrong("Unique Identifier", "the parts are not of one key");
            }
            joined.scheme.method = method;
            joined.scheme.threshold = static_cast<std::size_t>(threshold);
            joined.scheme.parts = static_cast<std::size_t>(parts);
            if (const Item prime = root.find(tag::kPrimeFieldSize)) {
                CH_TRY(const BytesView big, prime.big_integer());
                const auto first = std::find_if(big.begin(), big.end(),
                                                [](std::uint8_t octet) { return octet != 0; });
                joined.scheme.prime.assign(first, big.end());
            }
            joined.format = object.material.format;
            joined.algorithm = object.algorithm;
            joined.bits = object.bits;
            joined.parts.push_back(
                {static_cast<std::size_t>(identifier), object.material.bytes.clone()});
            return ok();
        });
}

Result<Joined> load_parts(const gate::Authorised<JoinSplitKey>& authorised, Services& services) {
    const JoinSplitKey::Command& command = authorised.command();
    Joined joined;
    for (const ObjectId& id : command.parts) {
        CH_TRY_VOID(authorised.also(services.plate, {JoinSplitKey::row.actions[0], {}},
                                    "serviceKey", id.to_string()));
        CH_TRY(const auto object, load(services.reader, {command.domain, id}));
        CH_TRY_VOID(require_present(*object, services.now));
        CH_TRY_VOID(read_part(*object, joined));
    }
    return joined;
}

/// The joined bytes as material of the new object, in the format that was split.
Result<void> take_joined(ManagedObject& object, const Joined& joined, const SecretBytes& secret) {
    object.material.format = joined.format;
    return secret.with_exposed(
        crypto::insecure_expose_secret(), [&](BytesView bytes) -> Result<void> {
            Bytes item;
            item.reserve(bytes.size() + 16);
            Writer(item).bytes(tag::kKeyMaterial, bytes);
            auto taken = [&]() -> Result<void> {
                CH_TRY(const ttlv::Document document, ttlv::Document::parse(item));
                CH_TRY_VOID(take_material(object, joined.format, document.root()));
                return object.material.bytes.empty()
                           ? Result<void>(Error(Code::kDecryptFailed, kWhere))
                           : set_digest(object, bytes, joined.format);
            }();
            wipe(item.data(), item.size());
            return taken;
        });
}

}  // namespace

Result<gate::Outcome<CreateSplitKey>> run(const gate::Authorised<CreateSplitKey>& authorised,
                                          Services& services) {
    const CreateSplitKey::Command& command = authorised.command();
    CH_TRY(auto given, template_attributes(command.domain, command.templates, services));
    given = merged(std::move(given), command.attributes);
    CH_TRY(const Source source, source_of(command, given, services));
    CH_TRY(const auto scheme, scheme_of(command, source));
    auto parts = crypto::split_key(scheme, source.form.material);
    if (!parts) {
        return in_words(std::move(parts).error());
    }
    gate::Outcome<CreateSplitKey> outcome;
    for (const crypto::KeyPart& part : *parts) {
        CH_TRY(auto object, made_object(command.domain, ObjectType::kSplitKey, given, services));
        CH_TRY_VOID(take_structure(*object, part_structure(command, source, scheme, part)));
        put_new(outcome, *object, services);
        outcome.reply.parts.push_back(object->id);
    }
    if (command.id) {
        outcome.details.emplace_back("split", command.id->to_string());
    }
    return outcome;
}

Result<gate::Outcome<JoinSplitKey>> run(const gate::Authorised<JoinSplitKey>& authorised,
                                        Services& services) {
    const JoinSplitKey::Command& command = authorised.command();
    const bool made_so = command.type == ObjectType::kSymmetricKey ||
                         command.type == ObjectType::kSecretData ||
                         command.type == ObjectType::kPrivateKey;
    if (!made_so) {
        return wrong("Object Type", "such an object is not joined from parts");
    }
    if (command.parts.empty()) {
        return Error::missing(kWhere, "Unique Identifier");
    }
    CH_TRY(const Joined joined, load_parts(authorised, services));
    CH_TRY(auto given, template_attributes(command.domain, command.templates, services));
    given = merged(std::move(given), command.attributes);
    CH_TRY(auto object, made_object(command.domain, command.type, given, services));
    object->algorithm = object->algorithm != 0 ? object->algorithm : joined.algorithm;
    object->bits = object->bits != 0 ? object->bits : joined.bits;
    std::size_t size = 0;
    if (command.type != ObjectType::kPrivateKey && object->bits != 0) {
        CH_TRY(size, symmetric_bytes(object->algorithm, object->bits));
    }
    auto secret = crypto::join_key(joined.scheme, joined.parts, size);
    if (!secret) {
        return secret.error().code() == Code::kCryptoFailed
                   ? Error(Code::kDecryptFailed, kWhere, "there are fewer parts than the threshold")
                   : in_words(std::move(secret).error());
    }
    CH_TRY_VOID(take_joined(*object, joined, *secret));
    object->never_extractable = object->always_sensitive = false;  // its parts could leave
    gate::Outcome<JoinSplitKey> outcome;
    put_new(outcome, *object, services);
    outcome.reply = object->id;
    return outcome;
}

}  // namespace chatelaine::objects::kmip
