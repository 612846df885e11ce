// Proves that a line of the log stays one line of the same pairs whatever its values hold.
#include "base/log.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/json.hpp"
#include "base/log_line.hpp"

namespace chatelaine::log {
namespace {

constexpr LineOptions kPlain{false, WallTime{1'700'000'000'000'001}};
constexpr LineOptions kJson{true, WallTime{1'700'000'000'000'001}};

TEST(Log, WritesPairs) {
    EXPECT_EQ(format_line(kPlain, Level::kWarning, "disk_full", {{"path", "/a/b"}, {"free", ""}},
                          "Free some space."),
              "ts=2023-11-14T22:13:20.000001Z level=warning event=disk_full path=/a/b free=\"\" "
              "action=\"Free some space.\"\n");
    EXPECT_EQ(format_line(kPlain, Level::kInfo, "ready", {}, {}),
              "ts=2023-11-14T22:13:20.000001Z level=info event=ready\n");
}

TEST(Log, WritesJsonLines) {
    EXPECT_EQ(format_line(kJson, Level::kError, "x", {{"n", "1"}, {"t", "a\"\n"}}, "Do."),
              "{\"ts\":\"2023-11-14T22:13:20.000001Z\",\"level\":\"error\",\"event\":\"x\","
              "\"n\":\"1\",\"t\":\"a\\\"\\n\",\"action\":\"Do.\"}\n");
}

TEST(Log, ValuesCannotForgeLinesPairsOrControlSequences) {
    const std::string evil =
        "a\nts=1 level=error \x1b[2J\x7f\xc2\x9b\xe2\x80\xa8\xff\"\\ k=v \xc3\xa9";
    EXPECT_EQ(format_line(kPlain, Level::kInfo, "e", {{"v", evil}}, {}),
              "ts=2023-11-14T22:13:20.000001Z level=info event=e "
              "v=\"a\\nts=1 level=error \\u001b[2J\\u007f\\u009b\\u2028\\ufffd\\\"\\\\ k=v "
              "\xc3\xa9\"\n");
    EXPECT_EQ(format_line(kPlain, Level::kInfo, "e", {{"bad key\n", "1"}}, {}),
              "ts=2023-11-14T22:13:20.000001Z level=info event=e bad_key_=1\n");
}

TEST(LogProperty, AJsonLineIsOneLineOfJsonWhateverTheValue) {
    EXPECT_TRUE(rc::check("one line", [](const std::string& value) {
        std::string line = format_line(kJson, Level::kInfo, "e", {{"v", value}}, {});
        RC_ASSERT(line.find('\n') == line.size() - 1);
        const auto document = json::Document::parse(line);
        RC_ASSERT(document.has_value());
        RC_ASSERT(document->root().size() == 4u);
        const std::string plain = format_line(kPlain, Level::kInfo, "e", {{"v", value}}, {});
        RC_ASSERT(plain.find('\n') == plain.size() - 1);
    }));
}

TEST(Log, ConfigureChoosesWhatGoesOut) {
    configure(Level::kWarning, true);
    testing::internal::CaptureStderr();
    info("hidden");
    warning("shown", {{"a", "1"}}, "Look.");
    const std::string out = testing::internal::GetCapturedStderr();
    configure(Level::kInfo, false);
    EXPECT_EQ(out.find("hidden"), std::string::npos);
    EXPECT_NE(out.find("\"event\":\"shown\",\"a\":\"1\",\"action\":\"Look.\""), std::string::npos);
}

TEST(Log, EachLevelHasItsName) {
    EXPECT_EQ(level_name(Level::kDebug), "debug");
    EXPECT_EQ(level_name(Level::kInfo), "info");
    EXPECT_EQ(level_name(Level::kWarning), "warning");
    EXPECT_EQ(level_name(Level::kError), "error");
}

}  // namespace
}  // namespace chatelaine::log
