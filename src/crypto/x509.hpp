#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "crypto/hash.hpp"
#include "crypto/keys.hpp"

namespace chatelaine::crypto {

/// The facts of a certificate that the service looks at. Parsed once per connection.
struct CertificateFacts {
    Sha256 fingerprint{};
    Bytes serial;           ///< big-endian, no leading zero, at most 20 octets
    Bytes issuer_key_id;    ///< authority key identifier, empty when absent
    Sha256 issuer_name{};   ///< SHA-256 of the issuer's DER name
    std::string subject_common_name;
    WallTime not_before, not_after;
    std::vector<std::string> upn_names;  ///< otherName 1.3.6.1.4.1.311.20.2.3 of the SAN
    bool client_auth = false;            ///< EKU holds clientAuth
};
Result<CertificateFacts> read_certificate(BytesView der);
Result<CertificateFacts> read_certificate_pem(std::string_view pem);
Result<Bytes> pem_to_der(std::string_view pem, std::string_view label);
std::string der_to_pem(BytesView der, std::string_view label);

/// A PKCS#10 request whose self-signature is good. kInvalidArgument("csr") else.
struct CertificateRequest {
    PublicKey key;
    std::string subject_common_name;
};
Result<CertificateRequest> read_request_pem(std::string_view pem);

/// What a client certificate says (control-plane.md, section 4): serial = the credential's UUID,
/// subject CN = the domain's UUID, critical SAN otherName UPN "okms.domain:<uuid>", clientAuth
/// only.
struct ClientCertificate {
    CredentialId credential;
    std::string subject_common_name;
    std::string upn;  ///< "okms.domain:<uuid>"; left out when empty (operators)
    WallTime not_before, not_after;
};
struct ServerCertificate {
    std::vector<std::string> dns_names;
    std::vector<std::string> addresses;  ///< textual IPv4 and IPv6
    WallTime not_before, not_after;
};

/// A certificate authority: its certificate and its private key. Threads: any.
class CertificateAuthority {
public:
    static Result<CertificateAuthority> create(std::string_view common_name, WallTime not_before,
                                               WallTime not_after);
    static Result<CertificateAuthority> load(BytesView certificate_der, const SecretBytes& pkcs8);
    const Bytes& certificate_der() const { return certificate_; }
    const PrivateKey& key() const { return key_; }
    Result<Bytes> issue_client(const PublicKey& subject, const ClientCertificate& facts) const;
    Result<Bytes> issue_server(const PublicKey& subject, const ServerCertificate& facts) const;

private:
    CertificateAuthority(Bytes certificate, PrivateKey key)
        : certificate_(std::move(certificate)), key_(std::move(key)) {}
    Bytes certificate_;
    PrivateKey key_;
};

/// PEM of a private key as clients expect it: EC as SEC1 "EC PRIVATE KEY", RSA as PKCS#1.
Result<SecretBytes> private_key_pem(const PrivateKey& key);
Result<PrivateKey> private_key_from_pem(const SecretBytes& pem);

}  // namespace chatelaine::crypto
