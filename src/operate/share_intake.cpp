#include "operate/share_intake.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "operate/resealer.hpp"

namespace chatelaine::operate {

bool ShareIntake::take_turn() {
    const MonotonicTime now = tools_.clock->monotonic();
    if (seen_) {
        const double seconds = std::chrono::duration<double>(now - last_).count();
        turns_ = std::min(shares_at_once_max, turns_ + seconds * shares_per_second_max);
    }
    seen_ = true;
    last_ = now;
    if (turns_ < 1.0) {
        return false;
    }
    turns_ -= 1.0;
    return true;
}

Result<SealState> ShareIntake::submit(const seal::ShareText& share, std::string_view client_ip) {
    const std::lock_guard lock(mutex_);
    if (!take_turn()) {
        log::warning("share_refused", {{"client", std::string(client_ip)}, {"reason", "rate"}},
                     "find out who sends shares so fast");
        return Error(Code::kRateLimited, "operate.share", "one share a second");
    }
    const bool was_sealed = tools_.seal->is_sealed();
    auto missing = tools_.seal->submit_share(share);
    if (!missing) {
        log::warning("share_refused",
                     {{"client", std::string(client_ip)},
                      {"reason", std::string(code_name(missing.error().code()))}},
                     "use the shares of the present root, each once");
        return std::move(missing).error();
    }
    log::info("share_taken",
              {{"client", std::string(client_ip)}, {"missing", std::to_string(*missing)}});
    if (was_sealed && *missing == 0) {
        if (tools_.on_unsealed) {
            tools_.on_unsealed();
        }
        if (tools_.resealer != nullptr) {
            tools_.resealer->wake();
        }
    }
    return SealState{tools_.seal->is_sealed(), *missing};
}

}  // namespace chatelaine::operate
