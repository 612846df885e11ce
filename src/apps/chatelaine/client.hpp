#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/chatelaine/profile.hpp"
#include "base/json.hpp"

namespace chatelaine::cli {

enum class Listener : std::uint8_t { kRest, kControl, kOperator };

/// A reply of the service: 2xx, with its JSON when it has some.
struct Reply {
    int status = 0;
    std::string body;         ///< wiped with the reply
    std::string next_cursor;  ///< X-Pagination-Cursor-Next

    Reply() = default;
    Reply(Reply&&) noexcept = default;
    Reply& operator=(Reply&&) noexcept = default;
    ~Reply();

    /// The body's JSON; kMalformed when it is none.
    Result<json::Document> document() const;
};

/// Speaks HTTPS to the service over one kept connection, by token or client certificate, with TLS
/// 1.2 or newer, no redirects, and a bound on time and size of a reply. Threads: one at a time.
class Client {
public:
    explicit Client(const Profile& profile);
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;
    ~Client();

    struct Request {
        Listener listener = Listener::kControl;
        std::string method = "GET";
        std::string path;
        std::string body = {};    ///< JSON; none when empty
        std::string cursor = {};  ///< X-Pagination-Cursor
        bool anonymous = false;   ///< sends no credential
    };
    /// What the service refuses comes back as an Error with its message: kForbidden on 401 and 403,
    /// kNotFound on 404, kStoreUnavailable when it cannot be reached or says 503, kInternal else.
    Result<Reply> send(const Request& request);

    Result<Reply> get(Listener listener, std::string path);
    Result<Reply> post(Listener listener, std::string path, std::string body);
    /// All pages of a list that pages by header, as one JSON array.
    Result<std::string> get_all(Listener listener, const std::string& path);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// "?a=b&c=d" with what needs it escaped; members with an empty value are left out.
std::string query(std::initializer_list<std::pair<std::string_view, std::string_view>> members);

}  // namespace chatelaine::cli
