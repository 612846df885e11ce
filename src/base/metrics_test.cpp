// Proves the text exposition format, and that counting from many threads loses nothing.
#include "base/metrics.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

namespace chatelaine::metrics {
namespace {

TEST(Metrics, ExposesFamiliesWithHelpAndType) {
    Registry registry;
    const auto requests = [&](std::string_view help, const char* face) -> Counter& {
        return registry.counter("chatelaine_requests_total", help, {{"face", face}});
    };
    requests("Requests \\ by\nface.", "rest").add(3);
    requests("", "a\"b\\c\nd").add();
    registry.gauge("chatelaine_open", "Open connections.", {}, [] { return 2.5; });
    EXPECT_EQ(registry.expose(),
              "# HELP chatelaine_open Open connections.\n"
              "# TYPE chatelaine_open gauge\n"
              "chatelaine_open 2.5\n"
              "# HELP chatelaine_requests_total Requests \\\\ by\\nface.\n"
              "# TYPE chatelaine_requests_total counter\n"
              "chatelaine_requests_total{face=\"rest\"} 3\n"
              "chatelaine_requests_total{face=\"a\\\"b\\\\c\\nd\"} 1\n");
}

TEST(Metrics, TheSameNameAndLabelsAreTheSameCounter) {
    Registry registry;
    Counter& first = registry.counter("chatelaine_x_total", "X.", {{"a", "1"}});
    Counter& again = registry.counter("chatelaine_x_total", "X.", {{"a", "1"}});
    Counter& other = registry.counter("chatelaine_x_total", "X.", {{"a", "2"}});
    EXPECT_EQ(&first, &again);
    EXPECT_NE(&first, &other);
}

TEST(Metrics, HistogramBucketsAreCumulative) {
    Registry registry;
    Histogram& histogram = registry.histogram("chatelaine_t_seconds", "T.", {{"op", "x"}});
    histogram.observe_seconds(0.00005);  // on the first bound: counts there
    histogram.observe_seconds(0.00006);
    histogram.observe_seconds(1);
    histogram.observe_seconds(100);  // beyond the last bound
    histogram.observe_seconds(-1);   // counts as zero
    EXPECT_EQ(histogram.count(), 5u);
    const std::string text = registry.expose();
    const auto has = [&](std::string_view line) {
        return text.find(std::string(line) + "\n") != std::string::npos;
    };
    EXPECT_TRUE(has("chatelaine_t_seconds_bucket{op=\"x\",le=\"5e-05\"} 2")) << text;
    EXPECT_TRUE(has("chatelaine_t_seconds_bucket{op=\"x\",le=\"1e-04\"} 3")) << text;
    EXPECT_TRUE(has("chatelaine_t_seconds_bucket{op=\"x\",le=\"26.2144\"} 4")) << text;
    EXPECT_TRUE(has("chatelaine_t_seconds_bucket{op=\"x\",le=\"+Inf\"} 5")) << text;
    EXPECT_TRUE(has("chatelaine_t_seconds_count{op=\"x\"} 5")) << text;
    EXPECT_TRUE(has("chatelaine_t_seconds_sum{op=\"x\"} 101.00011")) << text;
}

TEST(Metrics, GaugesMayBeInfiniteOrNoNumber) {
    Registry registry;
    using Limits = std::numeric_limits<double>;
    registry.gauge("chatelaine_a", "A.", {}, [] { return Limits::infinity(); });
    registry.gauge("chatelaine_b", "B.", {}, [] { return Limits::quiet_NaN(); });
    const std::string text = registry.expose();
    EXPECT_NE(text.find("chatelaine_a +Inf\n"), std::string::npos);
    EXPECT_NE(text.find("chatelaine_b NaN\n"), std::string::npos);
}

TEST(Metrics, NoCountIsLostBetweenThreads) {
    Registry registry;
    Counter& counter = registry.counter("chatelaine_n_total", "N.");
    Histogram& histogram = registry.histogram("chatelaine_n_seconds", "N.");
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < slot_count + 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 1000; ++n) {
                counter.add();
                histogram.observe_seconds(0.001);
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(counter.value(), (slot_count + 4) * 1000);
    EXPECT_EQ(histogram.count(), (slot_count + 4) * 1000);
    EXPECT_LT(thread_slot(), slot_count);
}

TEST(MetricsDeathTest, ANameOutsideTheProductOrOfTwoKindsIsABug) {
    Registry registry;
    EXPECT_DEATH(registry.counter("other_total", "O."), "internal check failed");
    registry.counter("chatelaine_k", "K.");
    EXPECT_DEATH(registry.histogram("chatelaine_k", "K."), "internal check failed");
}

}  // namespace
}  // namespace chatelaine::metrics
