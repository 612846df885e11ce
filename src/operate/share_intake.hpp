#pragma once

#include <mutex>
#include <string_view>

#include "operate/operations.hpp"

namespace chatelaine::operate {

/// Break-glass shares from the network. While sealed no record opens, so nobody can be
/// authenticated: what stands here instead is the share itself, a bound on the rate, and a log line
/// for each attempt. Threads: any.
class ShareIntake {
public:
    explicit ShareIntake(Tools& tools) : tools_(tools) {}
    /// kRateLimited; kInvalidArgument("share") as Seal::submit_share. Calls on_unsealed, once, when
    /// this share was the last that was missing.
    Result<SealState> submit(const seal::ShareText& share, std::string_view client_ip);

    static constexpr double shares_per_second_max = 1.0;
    static constexpr double shares_at_once_max = 5.0;

private:
    bool take_turn();

    Tools& tools_;
    std::mutex mutex_;
    double turns_ = shares_at_once_max;
    MonotonicTime last_{};
    bool seen_ = false;
};

}  // namespace chatelaine::operate
