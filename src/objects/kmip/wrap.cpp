#include "objects/kmip/wrap.hpp"

#include "objects/kmip/key_material.hpp"
#include "ttlv/names.hpp"

namespace chatelaine::objects::kmip {
namespace {

namespace tag = ttlv::tag;
using crypto::SecretBytes;
using ttlv::EncodingOption;
using ttlv::Item;
using ttlv::WrappingMethod;
using ttlv::Writer;

constexpr std::string_view kWhere = "kmip.wrap";

/// A Key Wrapping Specification, or Key Wrapping Data.
struct Wrapping {
    ObjectId key;
    std::optional<CryptoParameters> parameters;
    Bytes iv;
    bool encoded = true;  ///< the whole Key Value in TTLV, and not the material alone
    std::vector<std::string> attributes;
    BytesView key_information;  ///< as the client wrote it: it goes into the answer
    std::optional<std::uint32_t> encoding;
};

Result<Wrapping> read_wrapping(const Item& item) {
    CH_TRY_VOID(item.structure());
    CH_TRY(const std::uint32_t method, item.find(tag::kWrappingMethod).enumeration());
    if (method != number(WrappingMethod::kEncrypt)) {
        return Error(Code::kNotSupported, kWhere, "keys are wrapped by encryption alone");
    }
    const Item information = item.find(tag::kEncryptionKeyInformation);
    CH_TRY(const std::string_view text, information.find(tag::kUniqueIdentifier).text());
    const auto id = ObjectId::parse(text);
    if (!id) {
        return Error(Code::kKeyNotFound, kWhere, "there is no such wrapping key");
    }
    Wrapping read;
    read.key = *id;
    read.key_information = information.encoded();
    if (const Item parameters = information.find(tag::kCryptographicParameters)) {
        CH_TRY(read.parameters, read_parameters(parameters));
    }
    if (const Item iv = item.find(tag::kIVCounterNonce)) {
        CH_TRY(const BytesView bytes, iv.bytes());
        read.iv.assign(bytes.begin(), bytes.end());
    }
    if (const Item option = item.find(tag::kEncodingOption)) {
        CH_TRY(read.encoding, option.enumeration());
        read.encoded = *read.encoding != number(EncodingOption::kNoEncoding);
    }
    for (Item member = item.first(); member; member = member.next()) {
        if (member.tag() == tag::kAttributeName) {
            CH_TRY(const std::string_view name, member.text());
            read.attributes.emplace_back(name);
        }
    }
    if (!read.attributes.empty() && !read.encoded) {
        return Error::invalid(kWhere, "Encoding Option",
                              "attributes can be wrapped with the key in TTLV alone");
    }
    return read;
}

/// A key is wrapped by key wrap unless something says otherwise.
Result<crypto::CipherParameters> wrapping_cipher(const ManagedObject& key,
                                                 const Wrapping& wrapping) {
    CH_TRY(CryptoParameters parameters, parameters_for(key, wrapping.parameters));
    if (!parameters.mode && key.algorithm == algorithm::kAes) {
        parameters.mode = number(ttlv::BlockCipherMode::kNISTKeyWrap);
    }
    CH_TRY(auto cipher, cipher_of(key.algorithm, parameters));
    if (crypto::mode_has_tag(cipher.mode)) {
        return Error(Code::kNotSupported, kWhere, "a wrapped key has no place for a tag");
    }
    return cipher;
}

struct Wrapped {
    Bytes bytes, iv;
};
Result<Wrapped> wrap(const ManagedObject& key, const Wrapping& wrapping, const SecretBytes& plain,
                     Services& services) {
    if (key.type == ObjectType::kPublicKey) {
        CH_TRY(const CryptoParameters parameters, parameters_for(key, wrapping.parameters));
        CH_TRY(const auto recipient, key.any_public_key());
        if (is_oaep(parameters)) {
            CH_TRY(const auto scheme, oaep_of(parameters));
            CH_TRY(Bytes bytes, crypto::encrypt_oaep_with(recipient, scheme, plain));
            return Wrapped{std::move(bytes), {}};
        }
        CH_TRY(Bytes bytes, crypto::encrypt_pkcs1_with(recipient, plain));
        return Wrapped{std::move(bytes), {}};
    }
    CH_TRY(auto cipher, wrapping_cipher(key, wrapping));
    Wrapped made;
    made.iv.resize(crypto::cipher_iv_bytes(cipher.cipher, cipher.mode));
    services.random.fill(made.iv);
    cipher.iv = made.iv;
    CH_TRY(auto encrypted, crypto::cipher_encrypt(key.material.bytes, cipher, plain));
    made.bytes = std::move(encrypted.ciphertext);
    return made;
}

Result<SecretBytes> unwrap(const ManagedObject& key, const Wrapping& wrapping, BytesView bytes) {
    if (key.type == ObjectType::kPrivateKey) {
        CH_TRY(const CryptoParameters parameters, parameters_for(key, wrapping.parameters));
        CH_TRY(const auto recipient, key.any_private_key());
        if (is_oaep(parameters)) {
            CH_TRY(const auto scheme, oaep_of(parameters));
            return crypto::decrypt_oaep_with(recipient, scheme, bytes);
        }
        return crypto::decrypt_pkcs1_with(recipient, bytes);
    }
    CH_TRY(auto cipher, wrapping_cipher(key, wrapping));
    cipher.iv = wrapping.iv;
    return crypto::cipher_decrypt(key.material.bytes, cipher, bytes, {});
}

/// The Key Value: the material and the attributes that go with it.
SecretBytes encoded_value(const ManagedObject& object, const KeyForm& form,
                          const std::vector<std::string>& names, WallTime now) {
    Bytes out;
    out.reserve(form.material.size() + 512);
    Writer writer(out);
    writer.begin(tag::kKeyValue);
    form.material.with_exposed(crypto::insecure_expose_secret(), [&](BytesView bytes) {
        if (is_transparent(form.format)) {
            writer.item(bytes);
        } else {
            writer.bytes(tag::kKeyMaterial, bytes);
        }
    });
    for (const std::string& name : names) {
        for (const AttributeValue& value : attribute_values(object, name, now)) {
            writer.begin(tag::kAttribute).text(tag::kAttributeName, value.name);
            if (value.index.value_or(0) != 0) {
                writer.integer(tag::kAttributeIndex, static_cast<std::int32_t>(*value.index));
            }
            writer.item(value.value).end();
        }
    }
    writer.end();
    auto made = SecretBytes::copy_of(out);
    wipe(out.data(), out.size());
    return made;
}

/// The right to use the other key: that of the operation itself, or of the like use.
template <class Op>
Result<std::shared_ptr<const ManagedObject>> load_wrapping_key(
    const gate::Authorised<Op>& authorised, const ObjectId& id, Use use,
    std::string_view other_action, Services& services) {
    CH_TRY_VOID(authorised.also(services.plate, {Op::row.actions[0], other_action}, "serviceKey",
                                id.to_string()));
    CH_TRY(auto key, load(services.reader, {authorised.command().domain, id}));
    CH_TRY_VOID(require_use(*key, use, services.now));
    return key;
}

/// Puts the unwrapped bytes into the model.
Result<void> take_unwrapped(ManagedObject& object, const Wrapping& wrapping,
                            const SecretBytes& plain) {
    const auto take = [&](BytesView encoded) -> Result<void> {
        CH_TRY(const ttlv::Document document, ttlv::Document::parse(encoded));
        const Item root = document.root();
        const Item material = root.tag() == tag::kKeyValue ? root.find(tag::kKeyMaterial) : root;
        return take_material(object, object.material.format, material);
    };
    return plain.with_exposed(crypto::insecure_expose_secret(), [&](BytesView bytes) {
        if (wrapping.encoded) {
            return take(bytes);
        }
        Bytes item;
        item.reserve(bytes.size() + 16);
        Writer(item).bytes(tag::kKeyMaterial, bytes);
        auto taken = take(item);
        wipe(item.data(), item.size());
        return taken;
    });
}

}  // namespace

template <class Op>
Result<SecretBytes> give_wrapped(const gate::Authorised<Op>& authorised,
                                 const ManagedObject& object, gate::Outcome<Op>& outcome,
                                 Services& services) {
    const Get::Command& command = authorised.command();
    CH_TRY(const ttlv::Document document, ttlv::Document::parse(command.wrapping));
    CH_TRY(const Wrapping wrapping, read_wrapping(document.root()));
    CH_TRY(const auto key, load_wrapping_key(authorised, wrapping.key, {usage::kWrapKey, true},
                                             "okms:kmip:encrypt", services));
    CH_TRY(const KeyForm form, give_material(object, command.format));
    if (!wrapping.encoded && is_transparent(form.format)) {
        return Error::invalid(kWhere, "Encoding Option", "a structure is wrapped in TTLV alone");
    }
    const SecretBytes plain =
        wrapping.encoded ? encoded_value(object, form, wrapping.attributes, services.now)
                         : form.material.clone();
    CH_TRY(const Wrapped wrapped, wrap(*key, wrapping, plain, services));
    CH_TRY_VOID(count_use(outcome, *key, {plain.size(), 1}, services));
    Bytes out;
    Writer writer(out);
    write_key_structure(writer, object, form.format, [&] {
        writer.bytes(tag::kKeyValue, wrapped.bytes);
    }, [&] {
        writer.begin(tag::kKeyWrappingData)
            .enumeration(tag::kWrappingMethod, WrappingMethod::kEncrypt)
            .item(wrapping.key_information);
        if (!wrapped.iv.empty()) {
            writer.bytes(tag::kIVCounterNonce, wrapped.iv);
        }
        if (wrapping.encoding) {
            writer.enumeration(tag::kEncodingOption, *wrapping.encoding);
        }
        writer.end();
    });
    return SecretBytes::copy_of(out);
}

template Result<SecretBytes> give_wrapped(const gate::Authorised<Get>&, const ManagedObject&,
                                          gate::Outcome<Get>&, Services&);
template Result<SecretBytes> give_wrapped(const gate::Authorised<Export>&, const ManagedObject&,
                                          gate::Outcome<Export>&, Services&);

template <class Op>
Result<void> unwrap_registered(const gate::Authorised<Op>& authorised, ManagedObject& object,
                               Services& services) {
    return object.registered.with_exposed(
        crypto::insecure_expose_secret(), [&](BytesView structure) -> Result<void> {
            if (structure.empty() || !has_key_block(object.type)) {
                return ok();
            }
            CH_TRY(const ttlv::Document document, ttlv::Document::parse(structure));
            const Item block = document.root().find(tag::kKeyBlock);
            const auto wrapping = read_wrapping(block.find(tag::kKeyWrappingData));
            if (!wrapping) {
                return ok();
            }
            const auto key = load_wrapping_key(authorised, wrapping->key,
                                               {usage::kUnwrapKey, false}, "okms:kmip:decrypt",
                                               services);
            if (!key) {
                return key.error().code() == Code::kWouldBlock
                           ? Result<void>(Error(Code::kWouldBlock, kWhere))
                           : ok();
            }
            const Item value = block.find(tag::kKeyValue);
            const Item bytes = value.type() == ttlv::Type::kStructure
                                   ? value.find(tag::kKeyMaterial)
                                   : value;
            const auto plain = unwrap(**key, *wrapping, bytes.value());
            return plain ? take_unwrapped(object, *wrapping, *plain) : ok();
        });
}

template Result<void> unwrap_registered(const gate::Authorised<Register>&, ManagedObject&,
                                        Services&);
template Result<void> unwrap_registered(const gate::Authorised<Import>&, ManagedObject&, Services&);

}  // namespace chatelaine::objects::kmip
