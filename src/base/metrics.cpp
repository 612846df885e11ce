#include "base/metrics.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <map>
#include <mutex>

#include "base/check.hpp"

namespace chatelaine::metrics {
namespace {

constexpr double kFirstBound = 50e-6;

/// Sums an atomic of every slot.
template <class Slots, class Read>
std::uint64_t sum(const Slots& slots, Read read) {
    std::uint64_t total = 0;
    for (const auto& slot : slots) {
        total += read(slot).load(std::memory_order_relaxed);
    }
    return total;
}

std::string number(double value) {
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value > 0 ? "+Inf" : "-Inf";
    }
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

std::string escaped(std::string_view text, bool quotes) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out.append("\\n");
        } else if (c == '\\' || (quotes && c == '"')) {
            out.append(1, '\\').append(1, c);
        } else {
            out.push_back(c);
        }
    }
    return out;
}

/// `{a="b",c="d"}`, or nothing without labels. `more` goes in last (a histogram's bound).
std::string label_text(const Labels& labels, std::string_view more = {}) {
    std::string text;
    for (const auto& [name, value] : labels) {
        text.append(text.empty() ? "" : ",").append(name);
        text.append("=\"").append(escaped(value, true)).append("\"");
    }
    if (!more.empty()) {
        text.append(text.empty() ? "" : ",").append(more);
    }
    return text.empty() ? text : "{" + text + "}";
}

}  // namespace

std::size_t thread_slot() {
    static std::atomic<std::size_t> next{0};
    thread_local const std::size_t slot = next.fetch_add(1, std::memory_order_relaxed) % slot_count;
    return slot;
}

std::uint64_t Counter::value() const {
    return sum(slots_, [](const Slot& slot) -> auto& { return slot.value; });
}

void Histogram::observe_seconds(double seconds) {
    // A clock that went back, or no number at all, counts as nothing rather than spoiling the sum.
    const double clean = seconds > 0 ? seconds : 0;
    std::size_t bucket = 0;
    for (double bound = kFirstBound; bucket < bucket_count && clean > bound; bound *= 2) {
        ++bucket;
    }
    Slot& slot = slots_[thread_slot()];
    slot.buckets[bucket].fetch_add(1, std::memory_order_relaxed);
    slot.nanoseconds.fetch_add(static_cast<std::uint64_t>(std::min(clean, 1e9) * 1e9),
                               std::memory_order_relaxed);
}

std::uint64_t Histogram::count() const {
    std::uint64_t total = 0;
    for (std::size_t i = 0; i <= bucket_count; ++i) {
        total += sum(slots_, [i](const Slot& slot) -> auto& { return slot.buckets[i]; });
    }
    return total;
}

struct Registry::State {
    enum class Kind { kCounter, kGauge, kHistogram };

    struct Series {
        Labels labels;
        std::unique_ptr<Counter> counter;
        std::unique_ptr<Histogram> histogram;
        std::function<double()> gauge;
    };

    struct Family {
        Kind kind = Kind::kCounter;
        std::string help;
        std::vector<std::unique_ptr<Series>> series;
    };

    /// The series of that name and those labels, made when it is new. Lock held by the caller.
    Series& find(std::string_view name, std::string_view help, const Labels& labels, Kind kind) {
        CH_CHECK(name.starts_with("chatelaine_"));
        const auto [at, is_new] = families.try_emplace(std::string(name));
        Family& family = at->second;
        if (is_new) {
            family.kind = kind;
            family.help = help;
        }
        CH_CHECK(family.kind == kind);
        for (const auto& each : family.series) {
            if (each->labels == labels) {
                return *each;
            }
        }
        family.series.push_back(std::make_unique<Series>());
        family.series.back()->labels = labels;
        return *family.series.back();
    }

    static std::string_view type_name(Kind kind) {
        switch (kind) {
            case Kind::kCounter: return "counter";
            case Kind::kGauge: return "gauge";
            case Kind::kHistogram: return "histogram";
        }
        return "";
    }

    static void expose_histogram(std::string& out, const std::string& name, const Series& series) {
        const Histogram& histogram = *series.histogram;
        std::uint64_t below = 0;
        double bound = kFirstBound;
        for (std::size_t i = 0; i <= Histogram::bucket_count; ++i, bound *= 2) {
            below += sum(histogram.slots_,
                         [i](const Histogram::Slot& slot) -> auto& { return slot.buckets[i]; });
            const std::string text = i == Histogram::bucket_count ? "+Inf" : number(bound);
            out.append(name).append("_bucket");
            out.append(label_text(series.labels, "le=\"" + text + "\""));
            out.append(" ").append(std::to_string(below)).append("\n");
        }
        const auto nanoseconds_of = [](const Histogram::Slot& slot) -> auto& {
            return slot.nanoseconds;
        };
        const std::uint64_t nanoseconds = sum(histogram.slots_, nanoseconds_of);
        out.append(name).append("_sum").append(label_text(series.labels)).append(" ");
        out.append(number(static_cast<double>(nanoseconds) / 1e9)).append("\n");
        out.append(name).append("_count").append(label_text(series.labels)).append(" ");
        out.append(std::to_string(below)).append("\n");
    }

    std::mutex mutex;
    std::map<std::string, Family, std::less<>> families;
};

Registry::Registry() : state_(std::make_unique<State>()) {}
Registry::~Registry() = default;

Counter& Registry::counter(std::string_view name, std::string_view help, const Labels& labels) {
    const std::scoped_lock lock(state_->mutex);
    State::Series& series = state_->find(name, help, labels, State::Kind::kCounter);
    if (!series.counter) {
        series.counter = std::make_unique<Counter>();
    }
    return *series.counter;
}

Histogram& Registry::histogram(std::string_view name, std::string_view help,
                               const Labels& labels) {
    const std::scoped_lock lock(state_->mutex);
    State::Series& series = state_->find(name, help, labels, State::Kind::kHistogram);
    if (!series.histogram) {
        series.histogram = std::make_unique<Histogram>();
    }
    return *series.histogram;
}

void Registry::gauge(std::string_view name, std::string_view help, const Labels& labels,
                     std::function<double()> read) {
    const std::scoped_lock lock(state_->mutex);
    state_->find(name, help, labels, State::Kind::kGauge).gauge = std::move(read);
}

std::string Registry::expose() const {
    std::string out;
    const std::scoped_lock lock(state_->mutex);
    for (const auto& [name, family] : state_->families) {
        out.append("# HELP ").append(name).append(" ").append(escaped(family.help, false));
        out.append("\n# TYPE ").append(name).append(" ");
        out.append(State::type_name(family.kind)).append("\n");
        for (const auto& series : family.series) {
            if (family.kind == State::Kind::kHistogram) {
                State::expose_histogram(out, name, *series);
                continue;
            }
            out.append(name).append(label_text(series->labels)).append(" ");
            out.append(family.kind == State::Kind::kCounter
                           ? std::to_string(series->counter->value())
                           : number(series->gauge()));
            out.append("\n");
        }
    }
    return out;
}

}  // namespace chatelaine::metrics
