// Encrypt and Decrypt.
#include <algorithm>

#include "crypto/aead.hpp"
#include "objects/kmip/crypto_rules.hpp"
#include "objects/kmip/key_material.hpp"

namespace chatelaine::objects::kmip {
namespace {

constexpr std::string_view kWhere = "kmip.cipher";
constexpr std::size_t kTagBytes = 16;
/// A tag shorter than this is taken only from a client that names its length (SP 800-38D,
/// appendix C).
constexpr std::size_t kTagBytesMin = 12;

bool is_rsa(const ManagedObject& object) {
    return object.type == ObjectType::kPublicKey || object.type == ObjectType::kPrivateKey;
}

/// The crypto room's fields in KMIP's words. A tag of a wrong length is General Failure in the
/// cases of OASIS.
Error in_words(Error error) {
    const std::string& field = error.detail().field;
    if (error.code() != Code::kInvalidArgument) {
        return error;
    }
    if (field == "tag") {
        return Error::invalid("kmip.tag_length", "Tag Length", "the mode has no such tag");
    }
    const std::string_view name = field == "iv"        ? "IV/Counter/Nonce"
                                  : field == "mode"    ? "Block Cipher Mode"
                                  : field == "padding" ? "Padding Method"
                                  : field == "aad" ? "Authenticated Encryption Additional Data"
                                  : field == "key" ? "Cryptographic Length"
                                                   : "Data";
    return Error::invalid(kWhere, std::string(name), error.detail().message);
}

template <class T>
Result<T> in_words(Result<T> result) {
    return result ? std::move(result) : Result<T>(in_words(std::move(result).error()));
}

/// Everything of a symmetric use that does not depend on the part in hand.
struct Setup {
    CryptoParameters parameters;
    crypto::CipherParameters cipher;
    bool tagged = false;
};

Result<Setup> setup_of(const ManagedObject& object, const CipherCommand& command) {
    if (object.type != ObjectType::kSymmetricKey || object.material.bytes.empty()) {
        return Error(Code::kWrongKeyType, kWhere, "the object is no key that encrypts");
    }
    Setup setup;
    CH_TRY(setup.parameters, parameters_for(object, command.parameters));
    CH_TRY(setup.cipher, cipher_of(object.algorithm, setup.parameters));
    setup.cipher.aad = command.aad;
    setup.cipher.tag_bytes = setup.parameters.tag_length.value_or(kTagBytes);
    setup.tagged = crypto::mode_has_tag(setup.cipher.mode);
    return setup;
}

/// The given IV, or a fresh one, which `made` keeps; empty where the mode has none.
Result<BytesView> iv_for_encryption(const Setup& setup, const CipherCommand& command,
                                    Bytes& made, Services& services) {
    const std::size_t usual = iv_bytes(setup.cipher, setup.parameters);
    if (usual == 0) {
        return BytesView{};  // ECB, key wrap: one that is given changes nothing
    }
    if (command.iv) {
        return BytesView(*command.iv);
    }
    if (setup.parameters.random_iv && !*setup.parameters.random_iv) {
        return Error::missing(kWhere, "IV/Counter/Nonce");
    }
    made.resize(usual);
    services.random.fill(made);
    return BytesView(made);
}

Result<BytesView> iv_for_decryption(const Setup& setup, const CipherCommand& command) {
    if (iv_bytes(setup.cipher, setup.parameters) == 0) {
        return BytesView{};
    }
    if (!command.iv) {
        return Error::missing(kWhere, "IV/Counter/Nonce");
    }
    return BytesView(*command.iv);
}

Result<const crypto::SecretBytes*> data_of(const CipherCommand& command) {
    static const crypto::SecretBytes nothing;
    if (!command.data) {
        if (command.part.is_stream()) {
            return &nothing;
        }
        return Error::missing(kWhere, "Data");
    }
    return &*command.data;
}

/// Ciphertext and tag as the version has them.
void put_encrypted(CipherReply& reply, BytesView ciphertext, Bytes tag, bool tag_in_data) {
    Bytes whole(ciphertext.begin(), ciphertext.end());
    if (tag_in_data) {
        whole.insert(whole.end(), tag.begin(), tag.end());
        tag.clear();
    }
    reply.tag = std::move(tag);
    reply.data = crypto::SecretBytes::copy_of(whole);
}

void put_part(CipherReply& reply, StreamResult result, Bytes correlation) {
    if (!result.data.empty()) {
        reply.data = std::move(result.data);
    }
    reply.tag = std::move(result.tag);
    reply.iv = std::move(result.iv);
    reply.correlation = std::move(correlation);
}

bool holds_all(crypto::CipherMode mode, bool decrypts) {
    return mode == crypto::CipherMode::kCcm || mode == crypto::CipherMode::kXts ||
           mode == crypto::CipherMode::kKeyWrap || mode == crypto::CipherMode::kKeyWrapPadded ||
           (decrypts && crypto::mode_has_tag(mode));
}

Result<StreamResult> encrypt_part(Stream& stream, const crypto::SecretBytes& data, bool last,
                                  bool tag_in_data) {
    if (!last) {
        CH_TRY(const Bytes ready, in_words(stream.encryption->update(data)));
        return StreamResult{crypto::SecretBytes::copy_of(ready), {}, {}};
    }
    CH_TRY(crypto::Encrypted end, in_words(stream.encryption->finish(data)));
    if (tag_in_data) {
        end.ciphertext.insert(end.ciphertext.end(), end.tag.begin(), end.tag.end());
        end.tag.clear();
    }
    return StreamResult{crypto::SecretBytes::copy_of(end.ciphertext), std::move(end.tag), {}};
}

Result<void> encrypt_stream(const gate::Authorised<Encrypt>& authorised,
                            const ManagedObject& object, gate::Outcome<Encrypt>& outcome,
                            Services& services) {
    const Encrypt::Command& command = authorised.command();
    CH_TRY(const crypto::SecretBytes* const data, data_of(command));
    CH_TRY(Setup setup, setup_of(object, command));
    StreamRun run(authorised, command.part, object.id, services);
    Bytes made_iv;
    const auto begin = [&](Stream& stream) -> Result<void> {
        CH_TRY(setup.cipher.iv, iv_for_encryption(setup, command, made_iv, services));
        CH_TRY(stream.encryption, in_words(crypto::CipherEncryption::begin(object.material.bytes,
                                                                           setup.cipher)));
        stream.holds = holds_all(setup.cipher.mode, false);
        return ok();
    };
    const auto step = [&](Stream& stream) -> Result<StreamResult> {
        if (stream.holds) {
            CH_TRY_VOID(command.part.table->hold(run.key(), data->size()));
        }
        CH_TRY(StreamResult result,
               encrypt_part(stream, *data, command.part.last, command.tag_in_data));
        result.iv = std::move(made_iv);
        return result;
    };
    CH_TRY(StreamResult result, run.run(begin, step));
    put_part(outcome.reply, std::move(result), run.correlation());
    run.finish(outcome);
    return ok();
}

/// RFC 8017: no cipher, no IV, one part.
Result<void> check_rsa(const CipherCommand& command, Services& services) {
    if (command.part.is_stream()) {
        return Error(Code::kNotSupported, kWhere, "RSA takes no message in parts");
    }
    if (!command.data) {
        return Error::missing(kWhere, "Data");
    }
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, kWhere);
    }
    return ok();
}

Result<void> encrypt_rsa(const ManagedObject& object, const Encrypt::Command& command,
                         CipherReply& reply, Services& services) {
    CH_TRY_VOID(check_rsa(command, services));
    CH_TRY(const CryptoParameters parameters, parameters_for(object, command.parameters));
    CH_TRY(const crypto::AnyPublicKey key, object.any_public_key());
    Bytes ciphertext;
    if (is_oaep(parameters)) {
        CH_TRY(const auto scheme, oaep_of(parameters));
        CH_TRY(ciphertext, in_words(crypto::encrypt_oaep_with(key, scheme, *command.data)));
    } else {
        CH_TRY(ciphertext, in_words(crypto::encrypt_pkcs1_with(key, *command.data)));
    }
    reply.data = crypto::SecretBytes::copy_of(ciphertext);
    return ok();
}

Result<void> decrypt_rsa(const ManagedObject& object, const Decrypt::Command& command,
                         CipherReply& reply, Services& services) {
    CH_TRY_VOID(check_rsa(command, services));
    CH_TRY(const CryptoParameters parameters, parameters_for(object, command.parameters));
    CH_TRY(const crypto::AnyPrivateKey key, object.any_private_key());
    const auto expose = crypto::insecure_expose_secret();
    if (is_oaep(parameters)) {
        CH_TRY(const auto scheme, oaep_of(parameters));
        CH_TRY(reply.data, command.data->with_exposed(expose, [&](BytesView ciphertext) {
            return crypto::decrypt_oaep_with(key, scheme, ciphertext);
        }));
    } else {
        CH_TRY(reply.data, command.data->with_exposed(expose, [&](BytesView ciphertext) {
            return crypto::decrypt_pkcs1_with(key, ciphertext);
        }));
    }
    return ok();
}

/// AES-GCM as nearly all use it: the calling thread keeps its context with the key.
bool has_kept_cipher(const ManagedObject& object, const Setup& setup, std::size_t bytes) {
    const std::size_t key = object.material.bytes.size();
    return setup.cipher.cipher == crypto::Cipher::kAes &&
           setup.cipher.mode == crypto::CipherMode::kGcm &&
           setup.cipher.padding == crypto::BlockPadding::kNone &&
           setup.cipher.tag_bytes == crypto::gcm_tag_bytes &&
           (key == 16 || key == 24 || key == 32) && bytes <= crypto::cipher_input_bytes_max &&
           setup.cipher.aad.size() <= crypto::cipher_input_bytes_max;
}

template <class F>
Result<void> with_kept_cipher(const ManagedObject& object, F&& use) {
    ManagedObject::Slot& slot = object.slot();
    const std::lock_guard lock(slot.mutex);
    if (!slot.key.gcm) {
        CH_TRY(slot.key.gcm, crypto::AesGcm::create(object.material.bytes));
    }
    return std::forward<F>(use)(*slot.key.gcm);
}

Result<void> encrypt_kept(const ManagedObject& object, const Setup& setup,
                          const crypto::SecretBytes& data, bool tag_in_data, CipherReply& reply) {
    const std::size_t size = data.size();
    Bytes iv(crypto::gcm_nonce_bytes), tag(tag_in_data ? 0 : crypto::gcm_tag_bytes);
    crypto::SecretBytes out(size + crypto::gcm_tag_bytes - tag.size());
    const auto expose = crypto::insecure_expose_secret();
    CH_TRY_VOID(with_kept_cipher(object, [&](crypto::AesGcm& cipher) {
        return data.with_exposed(expose, [&](BytesView plaintext) {
            return out.with_exposed_mutable(expose, [&](MutableBytesView into) {
                return cipher.encrypt(setup.cipher.aad, plaintext, iv, into.first(size),
                                      tag_in_data ? into.subspan(size) : MutableBytesView(tag));
            });
        });
    }));
    reply.iv = std::move(iv);
    reply.tag = std::move(tag);
    reply.data = std::move(out);
    return ok();
}

Result<crypto::SecretBytes> decrypt_kept(const ManagedObject& object, const Setup& setup,
                                         BytesView ciphertext, BytesView tag) {
    crypto::SecretBytes plaintext(ciphertext.size());
    CH_TRY_VOID(with_kept_cipher(object, [&](crypto::AesGcm& cipher) {
        return plaintext.with_exposed_mutable(
            crypto::insecure_expose_secret(), [&](MutableBytesView into) {
                return cipher.decrypt(setup.cipher.aad, setup.cipher.iv, ciphertext, tag, into);
            });
    }));
    return plaintext;
}

Result<void> encrypt_whole(const ManagedObject& object, const Encrypt::Command& command,
                           CipherReply& reply, Services& services) {
    CH_TRY(const crypto::SecretBytes* const data, data_of(command));
    CH_TRY(Setup setup, setup_of(object, command));
    const bool own_iv = !command.iv && setup.parameters.random_iv.value_or(true) &&
                        iv_bytes(setup.cipher, setup.parameters) == crypto::gcm_nonce_bytes;
    if (own_iv && has_kept_cipher(object, setup, data->size())) {
        return encrypt_kept(object, setup, *data, command.tag_in_data, reply);
    }
    CH_TRY(setup.cipher.iv, iv_for_encryption(setup, command, reply.iv, services));
    CH_TRY(crypto::Encrypted made,
           in_words(crypto::cipher_encrypt(object.material.bytes, setup.cipher, *data)));
    put_encrypted(reply, made.ciphertext, std::move(made.tag), command.tag_in_data);
    return ok();
}

/// The tag of a message in one piece, and what is left of the data. `tag` is the field of 1.4.
struct Sealed {
    BytesView ciphertext, tag;
};
Result<Sealed> split_tag(BytesView data, const std::optional<Bytes>& tag, Setup& setup,
                         bool tag_in_data) {
    if (!setup.tagged) {
        return Sealed{data, {}};
    }
    const std::size_t size = setup.cipher.tag_bytes;
    if (tag) {
        if (!setup.parameters.tag_length && tag->size() >= kTagBytesMin) {
            setup.cipher.tag_bytes = tag->size();
        }
        return Sealed{data, *tag};
    }
    if (!tag_in_data) {
        return Error::missing(kWhere, "Authenticated Encryption Tag");
    }
    if (data.size() < size) {
        return Error(Code::kDecryptFailed, kWhere);
    }
    return Sealed{data.first(data.size() - size), data.last(size)};
}

Result<void> decrypt_whole(const ManagedObject& object, const Decrypt::Command& command,
                           CipherReply& reply) {
    CH_TRY(const crypto::SecretBytes* const data, data_of(command));
    CH_TRY(Setup setup, setup_of(object, command));
    CH_TRY(setup.cipher.iv, iv_for_decryption(setup, command));
    CH_TRY(reply.data,
           data->with_exposed(crypto::insecure_expose_secret(),
                              [&](BytesView bytes) -> Result<crypto::SecretBytes> {
                                  CH_TRY(const Sealed sealed, split_tag(bytes, command.tag, setup,
                                                                        command.tag_in_data));
                                  if (has_kept_cipher(object, setup, sealed.ciphertext.size()) &&
                                      setup.cipher.iv.size() == crypto::gcm_nonce_bytes &&
                                      sealed.tag.size() == crypto::gcm_tag_bytes) {
                                      return decrypt_kept(object, setup, sealed.ciphertext,
                                                          sealed.tag);
                                  }
                                  return in_words(crypto::cipher_decrypt(
                                      object.material.bytes, setup.cipher, sealed.ciphertext,
                                      sealed.tag));
                              }));
    return ok();
}

Result<StreamResult> decrypt_part(Stream& stream, BytesView data, const Decrypt::Command& command) {
    // What may be the tag stays behind until the message's end is known.
    Bytes joined = std::move(stream.tail);
    joined.insert(joined.end(), data.begin(), data.end());
    const std::size_t keep = std::min(stream.tag_bytes, joined.size());
    const BytesView fed = BytesView(joined).first(joined.size() - keep);
    stream.tail.assign(joined.end() - static_cast<std::ptrdiff_t>(keep), joined.end());
    if (!command.part.last) {
        CH_TRY(auto ready, in_words(stream.decryption->update(fed)));
        return StreamResult{std::move(ready), {}, {}};
    }
    const BytesView tag = command.tag ? BytesView(*command.tag) : BytesView(stream.tail);
    CH_TRY(auto end, in_words(stream.decryption->finish(fed, tag)));
    return StreamResult{std::move(end), {}, {}};
}

Result<void> decrypt_stream(const gate::Authorised<Decrypt>& authorised,
                            const ManagedObject& object, gate::Outcome<Decrypt>& outcome,
                            Services& services) {
    const Decrypt::Command& command = authorised.command();
    CH_TRY(const crypto::SecretBytes* const data, data_of(command));
    CH_TRY(Setup setup, setup_of(object, command));
    StreamRun run(authorised, command.part, object.id, services);
    const auto begin = [&](Stream& stream) -> Result<void> {
        CH_TRY(setup.cipher.iv, iv_for_decryption(setup, command));
        CH_TRY(stream.decryption, in_words(crypto::CipherDecryption::begin(object.material.bytes,
                                                                           setup.cipher)));
        stream.holds = holds_all(setup.cipher.mode, true);
        stream.tag_bytes = setup.tagged && command.tag_in_data ? setup.cipher.tag_bytes : 0;
        return ok();
    };
    const auto step = [&](Stream& stream) -> Result<StreamResult> {
        if (stream.holds) {
            CH_TRY_VOID(command.part.table->hold(run.key(), data->size()));
        }
        return data->with_exposed(crypto::insecure_expose_secret(), [&](BytesView bytes) {
            return decrypt_part(stream, bytes, command);
        });
    };
    CH_TRY(StreamResult result, run.run(begin, step));
    put_part(outcome.reply, std::move(result), run.correlation());
    run.finish(outcome);
    return ok();
}

Cost cost_of(const CipherCommand& command) {
    return {command.data ? command.data->size() : 0, command.part.begins() ? 1U : 0U};
}

}  // namespace

Result<gate::Outcome<Encrypt>> run(const gate::Authorised<Encrypt>& authorised,
                                   Services& services) {
    const Encrypt::Command& command = authorised.command();
    CH_TRY(const auto object, load(services.reader, command));
    CH_TRY_VOID(require_use(*object, {usage::kEncrypt, true}, services.now));
    gate::Outcome<Encrypt> outcome;
    outcome.record_version = object->origin.version;
    outcome.reply.id = object->id;
    CH_TRY_VOID(count_use(outcome, *object, cost_of(command), services));
    if (is_rsa(*object)) {
        CH_TRY_VOID(encrypt_rsa(*object, command, outcome.reply, services));
    } else if (command.part.is_stream()) {
        CH_TRY_VOID(encrypt_stream(authorised, *object, outcome, services));
    } else {
        CH_TRY_VOID(encrypt_whole(*object, command, outcome.reply, services));
    }
    return outcome;
}

Result<gate::Outcome<Decrypt>> run(const gate::Authorised<Decrypt>& authorised,
                                   Services& services) {
    const Decrypt::Command& command = authorised.command();
    CH_TRY(const auto object, load(services.reader, command));
    CH_TRY_VOID(require_use(*object, {usage::kDecrypt, false}, services.now));
    gate::Outcome<Decrypt> outcome;
    outcome.record_version = object->origin.version;
    outcome.reply.id = object->id;
    if (is_rsa(*object)) {
        CH_TRY_VOID(decrypt_rsa(*object, command, outcome.reply, services));
    } else if (command.part.is_stream()) {
        CH_TRY_VOID(decrypt_stream(authorised, *object, outcome, services));
    } else {
        CH_TRY_VOID(decrypt_whole(*object, command, outcome.reply));
    }
    return outcome;
}

}  // namespace chatelaine::objects::kmip
