// Client certificates of a domain. The serial number is the credential's id; which identities it
// speaks for stands in the record, not in the certificate, so a change holds at once.
#include "base/limits.hpp"
#include "tenancy/rules.hpp"

namespace chatelaine::tenancy {
namespace {

constexpr std::size_t kRsaBits = 2048;

seal::RecordChange credential_change(const access::Credential& credential,
                                     std::uint64_t expected_version, WallTime now) {
    return change_of(credential, credential.domain.uuid, credential.id.uuid, expected_version,
                     credential.created, now);
}

/// The account's identity that a URN names.
Result<std::shared_ptr<const access::Identity>> identity_of(const std::string& urn,
                                                            const AccountId& account,
                                                            Services& services) {
    CH_TRY(auto identity, identity_named(services, account, urn));
    if (!identity) {
        return Error::invalid("tenancy.credential", "identityURNs",
                              "expected URNs of identities of this account");
    }
    return identity;
}

Result<void> check_command(const CreateCredential::Command& command) {
    CH_TRY_VOID(check_name("name", command.name, limits::credential_name_characters_max));
    if (command.description.size() > 200) {
        return Error::invalid("tenancy.credential", "description",
                              "expected at most 200 characters");
    }
    if (command.identity_urns.empty() ||
        command.identity_urns.size() > limits::credential_identities_max) {
        return Error::invalid("tenancy.credential", "identityURNs", "expected 1 to 25 identities");
    }
    if (command.validity_days < 1 ||
        command.validity_days > static_cast<std::int64_t>(limits::credential_days_max)) {
        return Error::invalid("tenancy.credential", "validity", "expected 1 to 365 days");
    }
    if (command.certificate_type != "ECDSA" && command.certificate_type != "RSA") {
        return Error::invalid("tenancy.credential", "certificateType", "expected ECDSA or RSA");
    }
    return ok();
}

/// The subject's key: from the CSR, or made here (then it is given out once).
struct SubjectKey {
    crypto::PublicKey key;
    std::optional<crypto::SecretBytes> private_pem;
};
Result<SubjectKey> subject_key(const CreateCredential::Command& command) {
    if (command.csr) {
        CH_TRY(const auto request, crypto::read_request_pem(*command.csr));
        return SubjectKey{request.key, std::nullopt};
    }
    auto made = command.certificate_type == "RSA"
                    ? crypto::PrivateKey::generate_rsa(kRsaBits)
                    : crypto::PrivateKey::generate_ec(crypto::Curve::kP256);
    CH_TRY(const crypto::PrivateKey key, std::move(made));
    CH_TRY(auto pem, crypto::private_key_pem(key));
    return SubjectKey{key.public_key(), std::move(pem)};
}

Result<std::vector<std::string>> urns_of(const access::Credential& credential,
                                         Services& services) {
    std::vector<std::string> urns;
    for (const IdentityId& id : credential.identities) {
        CH_TRY(const auto identity,
               services.reader.load<access::Identity>(credential.account.uuid, id.uuid));
        if (identity) {
            urns.push_back(identity->urn);
        }
    }
    return urns;
}

Result<std::shared_ptr<const access::Credential>> own_credential(Services& services,
                                                                 const CredentialRef& ref) {
    CH_TRY(auto credential,
           services.reader.load<access::Credential>(ref.domain.uuid, ref.credential.uuid));
    if (!credential) {
        return Error(Code::kNotFound, "tenancy.credential", "no such credential");
    }
    return credential;
}

}  // namespace

Result<gate::Outcome<CreateCredential>> run(const gate::Authorised<CreateCredential>& authorised,
                                            Services& services, Tools& tools) {
    const auto& command = authorised.command();
    const access::Principal& principal = authorised.principal();
    CH_TRY_VOID(check_command(command));
    if (!services.reader.may_block()) {
        return Error(Code::kWouldBlock, "tenancy.credential");
    }
    auto credential = std::make_shared<access::Credential>();
    for (const std::string& urn : command.identity_urns) {
        CH_TRY(const auto identity, identity_of(urn, principal.account(), services));
        const auto& callers = principal.identities();
        const bool by_root = principal.is_system() ||
                             (callers.size() == 1 && callers.front()->root);
        if (identity->root && !by_root) {
            return Error::forbidden("tenancy.credential", "okms:apiovh:credential/create",
                                    identity->urn);
        }
        CH_TRY_VOID(may_act_as(services, principal, identity));
        credential->identities.push_back(identity->id);
    }
    const WallTime not_after = services.now.plus_seconds(command.validity_days * 86400);
    CH_TRY_VOID(may_outlive(principal, not_after, CreateCredential::row.actions[0],
                            authorised.resource_urn()));
    CH_TRY(auto subject, subject_key(command));
    credential->id = CredentialId::random(services.random);
    // The serial number is the id as a positive integer, which must not begin with a zero octet.
    credential->id.uuid.octets[0] |= 0x40;
    credential->account = principal.account();
    credential->domain = command.domain;
    credential->name = command.name;
    credential->description = command.description;
    credential->from_csr = command.csr.has_value();
    credential->certificate_type =
        subject.key.type() == crypto::KeyType::kRsa ? "RSA" : "ECDSA";
    credential->created = services.now;
    credential->not_before = services.now.plus_seconds(-60);
    credential->not_after = not_after;
    const std::string domain = command.domain.to_string();
    const crypto::ClientCertificate facts{credential->id, domain, "okms.domain:" + domain,
                                          credential->not_before, credential->not_after};
    CH_TRY(const auto authority, tools.users_authority.get());
    CH_TRY(const Bytes der, authority->issue_client(subject.key, facts));
    credential->fingerprint = crypto::sha256(der);
    credential->certificate_pem = crypto::der_to_pem(der, "CERTIFICATE");
    gate::Outcome<CreateCredential> outcome;
    outcome.changes.push_back(credential_change(*credential, 0, services.now));
    outcome.details.emplace_back("credential", credential->id.to_string());
    outcome.reply = {std::move(credential), std::move(subject.private_pem), command.identity_urns};
    return outcome;
}

Result<gate::Outcome<GetCredential>> run(const gate::Authorised<GetCredential>& authorised,
                                         Services& services, Tools&) {
    gate::Outcome<GetCredential> outcome;
    CH_TRY(outcome.reply.credential, own_credential(services, authorised.command()));
    CH_TRY(outcome.reply.identity_urns, urns_of(*outcome.reply.credential, services));
    return outcome;
}

Result<gate::Outcome<ListCredentials>> run(const gate::Authorised<ListCredentials>& authorised,
                                           Services& services, Tools&) {
    const auto& command = authorised.command();
    store::Query query;
    query.scope = command.domain.uuid;
    query.after_born = command.after;
    query.max = command.max;
    CH_TRY(auto found, services.reader.find<access::Credential>(query));
    gate::Outcome<ListCredentials> outcome;
    for (auto& credential : found.objects) {
        CH_TRY(auto urns, urns_of(*credential, services));
        outcome.reply.credentials.push_back({std::move(credential), std::nullopt, std::move(urns)});
    }
    outcome.reply.next = found.more ? found.born.back() : 0;
    return outcome;
}

Result<gate::Outcome<RevokeCredential>> run(const gate::Authorised<RevokeCredential>& authorised,
                                            Services& services, Tools&) {
    CH_TRY(const auto credential, own_credential(services, authorised.command()));
    auto revoked = std::make_shared<access::Credential>(*credential);
    revoked->revoked = revoked->revoked ? revoked->revoked : services.now;
    gate::Outcome<RevokeCredential> outcome;
    outcome.changes.push_back(
        credential_change(*revoked, credential->origin.version, services.now));
    CH_TRY(outcome.reply.identity_urns, urns_of(*revoked, services));
    outcome.details.emplace_back("credential", revoked->id.to_string());
    outcome.reply.credential = std::move(revoked);
    return outcome;
}

}  // namespace chatelaine::tenancy
