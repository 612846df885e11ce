#pragma once

#include "access/access.hpp"

/// Records of approvals by several: the rules by which an account asks for them, what waits for
/// them, and what they were used for. How they decide is in gate/quorum.hpp.

namespace chatelaine::limits {

inline constexpr std::size_t quorum_rules_per_account_max = 50;
inline constexpr std::size_t quorum_approvers_max = 50;  ///< of a rule
inline constexpr std::size_t quorum_approvals_max = 20;  ///< that a rule may ask for
/// Requests of an account that wait at the same time.
inline constexpr std::size_t quorum_requests_max = 200;
inline constexpr std::size_t quorum_body_shown_max = 16 * 1024;
inline constexpr std::int64_t quorum_seconds_min = 60;
inline constexpr std::int64_t quorum_seconds_max = 30 * 86400;

}  // namespace chatelaine::limits

namespace chatelaine::access {

/// Any of the actions on any of the resources needs `approvals` of the approvers.
struct QuorumRule {
    Uuid id;
    std::string name;  ///< no other rule's of the account
    std::string description;
    std::vector<std::string> actions, resources;  ///< a `*` may end one
    std::vector<std::string> approvers;  ///< URNs of identities and of groups of the account
    std::uint32_t approvals = 1;
    std::int64_t valid_seconds = 86400;  ///< how long a request may wait, and be used
    WallTime created, updated;

    bool is_about(const std::array<std::string_view, 2>& actions_of_row,
                  std::string_view resource) const;
};

/// All rules of an account, in one record, so that one look says whether there are any. It is there
/// without ever having been written (store::always_there).
struct QuorumBook {
    static constexpr store::Kind kind = store::Kind::kQuorumBook;
    static Result<std::shared_ptr<const QuorumBook>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    std::vector<QuorumRule> rules;
};

/// One approval of a request, as it was given.
struct QuorumApproval {
    std::vector<IdentityId> identities;  ///< all of the approver's
    std::vector<std::string> urns;
    WallTime at;
    std::string client_ip;
};

/// A request that waits for approvals (scope: its account). It carries nothing out: the asker
/// repeats the very request, whose hash is compared.
struct QuorumRequest {
    static constexpr store::Kind kind = store::Kind::kQuorumRequest;
    static Result<std::shared_ptr<const QuorumRequest>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;
    /// The terms that it is found by: who asked for what, and whether it is still open.
    std::vector<std::pair<std::string, std::string>> terms() const;

    enum class End : std::uint8_t { kOpen, kUsed, kRefused, kWithdrawn, kExpired };

    seal::Origin origin;
    Uuid id;
    AccountId account;
    DomainId domain;  ///< that the asker was in; nil for the account's own
    std::string operation, action, resource;
    std::string method, target;  ///< as sent; KMIP: "KMIP" and the operation's name
    std::string body;            ///< for the approvers to read; empty where it may hold a secret
    bool body_hidden = false;
    crypto::Sha256 digest{};     ///< of the exact request
    std::vector<IdentityId> askers;
    std::vector<std::string> asker_urns;
    std::vector<Uuid> rules;     ///< that ask for it
    std::vector<QuorumApproval> approvals;
    WallTime asked, expires;
    End end = End::kOpen;
    std::optional<WallTime> ended;
    std::string ended_by;

    bool is_open(WallTime now) const { return end == End::kOpen && now < expires; }
    /// Its state as the API tells it. `used`: there is a QuorumUse of it.
    std::string_view state(WallTime now, bool used) const;
};
/// What a request is found by before its id is known.
std::string asked_term(const std::vector<IdentityId>& askers, const crypto::Sha256& digest);

/// That an approved request was carried out, in the region's store with what it did (scope: the
/// domain; id: the request's). Its second writing fails, so nothing is done twice.
struct QuorumUse {
    static constexpr store::Kind kind = store::Kind::kQuorumUse;
    static Result<std::shared_ptr<const QuorumUse>> decode(const seal::Origin&, BytesView);
    void encode(Bytes& out) const;

    seal::Origin origin;
    WallTime at;
};

}  // namespace chatelaine::access
