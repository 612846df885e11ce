#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Counters, gauges and histograms in the Prometheus text format. Label sets are fixed when a
/// metric is made, so their number is bounded. Counting is lock-free and spread over slots, one a
/// thread, so that two loops do not share a cache line. Threads: any.

namespace chatelaine::metrics {

/// A small number for the calling thread, below slot_count; threads may share one.
std::size_t thread_slot();
inline constexpr std::size_t slot_count = 16;

class Counter {
public:
    void add(std::uint64_t n = 1) {
        slots_[thread_slot()].value.fetch_add(n, std::memory_order_relaxed);
    }
    std::uint64_t value() const;

private:
    struct alignas(64) Slot {
        std::atomic<std::uint64_t> value{0};
    };
    Slot slots_[slot_count];
};

/// Bucket bounds are fixed: 50 µs, doubling to 26 s.
class Histogram {
public:
    void observe_seconds(double seconds);
    static constexpr std::size_t bucket_count = 20;
    std::uint64_t count() const;

private:
    friend class Registry;
    struct alignas(64) Slot {
        std::atomic<std::uint64_t> buckets[bucket_count + 1]{};
        std::atomic<std::uint64_t> nanoseconds{0};
    };
    Slot slots_[slot_count];
};

using Labels = std::vector<std::pair<std::string, std::string>>;

/// Names start with "chatelaine_". The registry owns its metrics for its whole life.
class Registry {
public:
    Registry();
    ~Registry();
    Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
    Histogram& histogram(std::string_view name, std::string_view help, const Labels& labels = {});
    /// Read when the text is made, under the registry's lock: `read` may not call the registry.
    void gauge(std::string_view name, std::string_view help, const Labels& labels,
               std::function<double()> read);
    /// The text exposition format, version 0.0.4.
    std::string expose() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace chatelaine::metrics
