// Using keys: Encrypt, Decrypt, Sign, Signature Verify, MAC, MAC Verify, Hash, random bytes.
#include "faces/kmip/crypto_bindings.hpp"

#include "ttlv/names.hpp"

namespace chatelaine::faces::kmip {
namespace {

namespace tag = ttlv::tag;
namespace model = objects::kmip;
using access::Principal;
using ttlv::Item;
using ttlv::Writer;

Result<std::optional<Bytes>> optional_bytes(const Item& item) {
    if (!item) {
        return std::optional<Bytes>{};
    }
    CH_TRY(const BytesView bytes, item.bytes());
    return std::optional<Bytes>(std::in_place, bytes.begin(), bytes.end());
}

Result<bool> flag(const Item& item) { return item ? item.boolean() : Result<bool>(false); }

Result<std::optional<model::CryptoParameters>> parameters(const Message& message) {
    const Item item = message.payload().find(tag::kCryptographicParameters);
    if (!item) {
        return std::optional<model::CryptoParameters>{};
    }
    CH_TRY(auto read, model::read_parameters(item));
    return std::optional(std::move(read));
}

Result<model::StreamPart> part(const Message& message) {
    const Item& payload = message.payload();
    model::StreamPart read;
    CH_TRY(read.first, flag(payload.find(tag::kInitIndicator)));
    CH_TRY(read.last, flag(payload.find(tag::kFinalIndicator)));
    CH_TRY(auto correlation, optional_bytes(payload.find(tag::kCorrelationValue)));
    read.correlation = std::move(correlation).value_or(Bytes{});
    return read;
}

void write_id(Writer& out, const ObjectId& id) {
    out.text(tag::kUniqueIdentifier, id.to_string());
}

void write_correlation(Writer& out, const Bytes& correlation) {
    if (!correlation.empty()) {
        out.bytes(tag::kCorrelationValue, correlation);
    }
}

/// 1.2 and 1.3 know no field for the tag of GCM.
bool has_tag_field(const Message& message) { return message.version() >= model::kVersion1_4; }

Result<void> decode_cipher(model::CipherCommand& command, const Message& message,
                           const Principal& principal) {
    const Item& payload = message.payload();
    command.domain = principal.domain();
    CH_TRY(command.id, message.object(tag::kUniqueIdentifier));
    CH_TRY(command.parameters, parameters(message));
    if (const Item data = payload.find(tag::kData)) {
        CH_TRY(const BytesView bytes, data.bytes());
        command.data = crypto::SecretBytes::copy_of(bytes);
    }
    CH_TRY(command.iv, optional_bytes(payload.find(tag::kIVCounterNonce)));
    CH_TRY(auto aad, optional_bytes(payload.find(tag::kAuthenticatedEncryptionAdditionalData)));
    command.aad = std::move(aad).value_or(Bytes{});
    command.tag_in_data = !has_tag_field(message);
    CH_TRY(command.part, part(message));
    return ok();
}

void encode_cipher(model::CipherReply& reply, Writer& out) {
    write_id(out, reply.id);
    if (reply.data) {
        reply.data->with_exposed(crypto::insecure_expose_secret(),
                                 [&](BytesView data) { out.bytes(tag::kData, data); });
    }
    if (!reply.iv.empty()) {
        out.bytes(tag::kIVCounterNonce, reply.iv);
    }
    write_correlation(out, reply.correlation);
    if (!reply.tag.empty()) {
        out.bytes(tag::kAuthenticatedEncryptionTag, reply.tag);
    }
}

Result<void> decode_message(model::MessageCommand& command, const Message& message,
                            const Principal& principal) {
    const Item& payload = message.payload();
    command.domain = principal.domain();
    CH_TRY(command.id, message.object(tag::kUniqueIdentifier));
    CH_TRY(command.parameters, parameters(message));
    CH_TRY(command.data, optional_bytes(payload.find(tag::kData)));
    CH_TRY(command.digest, optional_bytes(payload.find(tag::kDigestedData)));
    CH_TRY(command.part, part(message));
    return ok();
}

void encode_made(model::MadeReply& reply, ttlv::Tag tag, Writer& out) {
    write_id(out, reply.id);
    if (reply.made) {
        out.bytes(tag, *reply.made);
    }
    write_correlation(out, reply.correlation);
}

void encode_checked(model::CheckedReply& reply, Writer& out) {
    write_id(out, reply.id);
    if (reply.valid) {
        out.enumeration(tag::kValidityIndicator, *reply.valid ? ttlv::ValidityIndicator::kValid
                                                              : ttlv::ValidityIndicator::kInvalid);
    }
    write_correlation(out, reply.correlation);
}

}  // namespace

Result<model::Encrypt::Command> Binding<model::Encrypt>::decode(const Message& message,
                                                                const Principal& principal) {
    model::Encrypt::Command command;
    CH_TRY_VOID(decode_cipher(command, message, principal));
    return command;
}
void Binding<model::Encrypt>::encode(model::Encrypt::Reply& reply, Message&, Writer& out) {
    encode_cipher(reply, out);
}

Result<model::Decrypt::Command> Binding<model::Decrypt>::decode(const Message& message,
                                                                const Principal& principal) {
    model::Decrypt::Command command;
    CH_TRY_VOID(decode_cipher(command, message, principal));
    if (has_tag_field(message)) {
        CH_TRY(command.tag,
               optional_bytes(message.payload().find(tag::kAuthenticatedEncryptionTag)));
    }
    return command;
}
void Binding<model::Decrypt>::encode(model::Decrypt::Reply& reply, Message&, Writer& out) {
    encode_cipher(reply, out);
}

Result<model::Sign::Command> Binding<model::Sign>::decode(const Message& message,
                                                          const Principal& principal) {
    model::Sign::Command command;
    CH_TRY_VOID(decode_message(command, message, principal));
    return command;
}
void Binding<model::Sign>::encode(model::Sign::Reply& reply, Message&, Writer& out) {
    encode_made(reply, tag::kSignatureData, out);
}

Result<model::SignatureVerify::Command> Binding<model::SignatureVerify>::decode(
    const Message& message, const Principal& principal) {
    model::SignatureVerify::Command command;
    CH_TRY_VOID(decode_message(command, message, principal));
    CH_TRY(command.signature, optional_bytes(message.payload().find(tag::kSignatureData)));
    return command;
}
void Binding<model::SignatureVerify>::encode(model::SignatureVerify::Reply& reply, Message&,
                                             Writer& out) {
    encode_checked(reply, out);
}

Result<model::Mac::Command> Binding<model::Mac>::decode(const Message& message,
                                                        const Principal& principal) {
    model::Mac::Command command;
    CH_TRY_VOID(decode_message(command, message, principal));
    return command;
}
void Binding<model::Mac>::encode(model::Mac::Reply& reply, Message&, Writer& out) {
    encode_made(reply, tag::kMACData, out);
}

Result<model::MacVerify::Command> Binding<model::MacVerify>::decode(const Message& message,
                                                                    const Principal& principal) {
    model::MacVerify::Command command;
    CH_TRY_VOID(decode_message(command, message, principal));
    CH_TRY(command.mac, optional_bytes(message.payload().find(tag::kMACData)));
    return command;
}
void Binding<model::MacVerify>::encode(model::MacVerify::Reply& reply, Message&, Writer& out) {
    encode_checked(reply, out);
}

Result<model::Hash::Command> Binding<model::Hash>::decode(const Message& message,
                                                          const Principal& principal) {
    model::Hash::Command command;
    command.domain = principal.domain();
    CH_TRY(auto given, parameters(message));
    command.parameters = std::move(given).value_or(model::CryptoParameters{});
    CH_TRY(command.data, optional_bytes(message.payload().find(tag::kData)));
    CH_TRY(command.part, part(message));
    return command;
}
void Binding<model::Hash>::encode(model::Hash::Reply& reply, Message&, Writer& out) {
    if (reply.digest) {
        out.bytes(tag::kData, *reply.digest);
    }
    write_correlation(out, reply.correlation);
}

Result<model::RngRetrieve::Command> Binding<model::RngRetrieve>::decode(
    const Message& message, const Principal& principal) {
    CH_TRY(const std::int32_t length, message.payload().find(tag::kDataLength).integer());
    return model::RngRetrieve::Command{principal.domain(),
                                       static_cast<std::size_t>(std::max(length, 0))};
}
void Binding<model::RngRetrieve>::encode(model::RngRetrieve::Reply& reply, Message&,
                                         Writer& out) {
    reply.with_exposed(crypto::insecure_expose_secret(),
                       [&](BytesView bytes) { out.bytes(tag::kData, bytes); });
}

Result<model::RngSeed::Command> Binding<model::RngSeed>::decode(const Message& message,
                                                                const Principal& principal) {
    CH_TRY(const BytesView seed, message.payload().find(tag::kData).bytes());
    static_cast<void>(seed);
    return model::RngSeed::Command{principal.domain()};
}
void Binding<model::RngSeed>::encode(model::RngSeed::Reply& reply, Message&, Writer& out) {
    out.integer(tag::kDataLength, static_cast<std::int32_t>(reply.taken));
}

}  // namespace chatelaine::faces::kmip
