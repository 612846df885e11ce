// Proves that the printed default reads back as the defaults, that every key is read, and that
// what is wrong is refused with its line and its key.
#include "base/config.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/config_table.hpp"

namespace chatelaine {
namespace {

std::string refusal(std::string_view text) {
    const auto config = parse_config(text, "c.toml");
    if (config) {
        return "accepted";
    }
    EXPECT_EQ(config.error().code(), Code::kConfiguration);
    return config.error().detail().message + " (" + config.error().detail().field + ")";
}

TEST(Config, ThePrintedDefaultIsTheDefault) {
    const std::string text = default_config_text();
    const auto config = parse_config(text, "default.toml");
    ASSERT_TRUE(config.has_value()) << config.error().to_string() << "\n" << text;
    EXPECT_EQ(*config, Config{});
    EXPECT_EQ(*parse_config("", "empty.toml"), Config{});
    for (const config::Row& row : config::rows()) {
        EXPECT_NE(text.find("\n" + std::string(row.key) + " = "), std::string::npos) << row.key;
    }
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(line.size(), 100u) << line;
    }
}

TEST(Config, EverySectionHasRowsAndEveryRowASection) {
    for (const config::Section& section : config::sections()) {
        bool found = false;
        for (const config::Row& row : config::rows()) {
            found = found || row.section == section.name;
        }
        EXPECT_TRUE(found) << section.name;
    }
    for (const config::Row& row : config::rows()) {
        bool found = row.section.empty();
        for (const config::Section& section : config::sections()) {
            found = found || row.section == section.name;
        }
        EXPECT_TRUE(found) << row.dotted();
    }
}

TEST(Config, ReadsWhatIsSet) {
    const auto config = parse_config(R"(
data_dir = "/srv/kms"
region = "eu-west-1"
proxy_protocol_from = ["10.0.0.0/8", "::1", "2001:db8::/32"]
[rest]
address = "::"
port = 443
public_url = "https://kms.example"
[operator]
port = 0
[tls]
key_file = "/etc/k.pem"
[log]
level = "warning"
json = true
[limits]
body_bytes_max = 65536
[journal]
flush_before_reply = true
[seal]
share_threshold = 5
)",
                                     "c.toml");
    ASSERT_TRUE(config.has_value()) << config.error().to_string();
    Config expected;
    expected.data_dir = "/srv/kms";
    expected.region = "eu-west-1";
    expected.proxy_protocol_from = {"10.0.0.0/8", "::1", "2001:db8::/32"};
    expected.rest = {"::", 443, "https://kms.example"};
    expected.operator_.port = 0;
    expected.tls.key_file = "/etc/k.pem";
    expected.log = {log::Level::kWarning, true};
    expected.limits.body_bytes_max = 65536;
    expected.journal.flush_before_reply = true;
    expected.seal.share_threshold = 5;
    EXPECT_EQ(*config, expected);
    EXPECT_EQ(config->key_file(), "/etc/k.pem");
    EXPECT_EQ(config->certificate_file(), "/srv/kms/tls/server.pem");
    EXPECT_EQ(config->client_ca_file(), "/srv/kms/tls/client-ca.pem");
}

TEST(Config, UnknownKeysAreRefusedWithTheirLine) {
    EXPECT_EQ(refusal("\nregion = \"a\"\nregoin = \"b\"\n"),
              "c.toml:3: this key is not known (regoin)");
    EXPECT_EQ(refusal("[rest]\nport = 1\nprot = 2\n"),
              "c.toml:3: this key is not known (rest.prot)");
    EXPECT_EQ(refusal("[kmip]\npublic_url = \"https://a\"\n"),
              "c.toml:2: this key is not known (kmip.public_url)");
    EXPECT_EQ(refusal("[nothing]\n"), "c.toml:1: this key is not known (nothing)");
    EXPECT_EQ(refusal("[rest.deep]\na = 1\n"), "c.toml:1: this key is not known (rest.deep)");
    EXPECT_EQ(refusal("rest = 1\n"), "c.toml:1: must be a table, written [rest] (rest)");
    // The first in the file is named, not the first of the alphabet.
    EXPECT_EQ(refusal("zz = 1\naa = 1\n"), "c.toml:1: this key is not known (zz)");
}

TEST(Config, WrongTypesAndRangesAreRefusedWithTheirLine) {
    EXPECT_EQ(refusal("region = 5\n"),
              "c.toml:1: must be a text in quotes, not a whole number (region)");
    EXPECT_EQ(refusal("[rest]\nport = \"443\"\n"),
              "c.toml:2: must be a whole number, not a text (rest.port)");
    EXPECT_EQ(refusal("[rest]\nport = 443.0\n"),
              "c.toml:2: must be a whole number, not a fraction (rest.port)");
    EXPECT_EQ(refusal("[rest]\nport = 65536\n"),
              "c.toml:2: must be from 0 to 65535 (rest.port)");
    EXPECT_EQ(refusal("[rest]\nport = -1\n"), "c.toml:2: must be from 0 to 65535 (rest.port)");
    EXPECT_EQ(refusal("[log]\njson = 1\n"),
              "c.toml:2: must be true or false, not a whole number (log.json)");
    EXPECT_EQ(refusal("[log]\nlevel = \"loud\"\n"),
              "c.toml:2: must be \"debug\", \"info\", \"warning\" or \"error\" (log.level)");
    EXPECT_EQ(refusal("proxy_protocol_from = \"10.0.0.1\"\n"),
              "c.toml:1: must be a list of texts, not a text (proxy_protocol_from)");
    EXPECT_EQ(refusal("proxy_protocol_from = [1]\n"),
              "c.toml:1: must be a list of texts, not a whole number (proxy_protocol_from)");
    EXPECT_EQ(refusal("[rest]\naddress = \"localhost\"\n"),
              "c.toml:2: must be an IP address (rest.address)");
    EXPECT_EQ(refusal("data_dir = \"here\"\n"), "c.toml:1: must be an absolute path (data_dir)");
    EXPECT_EQ(refusal("region = \"Eu\"\n"),
              "c.toml:1: must be 1 to 32 of a-z, 0-9 and '-' (region)");
    for (const std::string_view bad :
         {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "::/129", "a/8"}) {
        EXPECT_NE(refusal("proxy_protocol_from = [\"" + std::string(bad) + "\"]\n"), "accepted");
    }
    for (const std::string_view bad : {"http://a", "https://", "https://a/", "https://a b"}) {
        EXPECT_NE(refusal("[rest]\npublic_url = \"" + std::string(bad) + "\"\n"), "accepted");
    }
}

TEST(Config, NumbersHoldAtTheirLimitsAndOneOver) {
    for (const config::Row& row : config::rows()) {
        if (!std::holds_alternative<std::uint64_t& (*)(Config&)>(row.member) ||
            row.section == "seal") {
            continue;
        }
        const auto with = [&](std::uint64_t value) {
            return refusal("[" + std::string(row.section) + "]\n" + std::string(row.key) + " = " +
                           std::to_string(value) + "\n");
        };
        EXPECT_EQ(with(row.min), "accepted") << row.dotted();
        EXPECT_EQ(with(row.max), "accepted") << row.dotted();
        EXPECT_NE(with(row.max + 1), "accepted") << row.dotted();
        if (row.min > 0) {
            EXPECT_NE(with(row.min - 1), "accepted") << row.dotted();
        }
    }
}

TEST(Config, BadTomlIsRefusedWithItsLine) {
    EXPECT_TRUE(refusal("\n\nregion = \n").starts_with("c.toml:3: "));
    EXPECT_TRUE(refusal("region = \"a\"\nregion = \"b\"\n").starts_with("c.toml:2: "));
    EXPECT_TRUE(refusal("region = \"\xff\"\n").starts_with("c.toml:1: "));
}

TEST(Config, WhatDoesNotGoTogetherIsRefused) {
    EXPECT_EQ(refusal("[seal]\nshare_threshold = 6\n"),
              "must not be above seal.share_count (seal.share_threshold)");
    EXPECT_EQ(refusal("[seal]\nkey_file = \"/var/lib/chatelaine/../chatelaine/k\"\n"),
              "must lie outside data_dir (seal.key_file)");
    EXPECT_EQ(refusal("data_dir = \"/d/\"\n[seal]\nkey_file = \"/d/k\"\n"),
              "must lie outside data_dir (seal.key_file)");
    EXPECT_EQ(refusal("data_dir = \"/d\"\n[seal]\nkey_file = \"/d-seal/k\"\n"), "accepted");
    EXPECT_EQ(refusal("[operator]\nport = 8443\n"),
              "is the same address as rest.port (operator.port)");
    EXPECT_EQ(refusal("[rest]\nport = 0\n[control]\nport = 0\n"), "accepted");
    EXPECT_EQ(refusal("[rest]\naddress = \"10.0.0.1\"\nport = 9\n[operator]\nport = 9\n"),
              "accepted");
}

TEST(Config, LoadsAFileOfABoundedSize) {
    const std::string path = testing::TempDir() + "config_test_" + std::to_string(::getpid());
    const auto load = [&](const std::string& text) {
        std::ofstream(path) << text;
        return load_config(path);
    };
    EXPECT_EQ(load("region = \"abc\"\n")->region, "abc");
    EXPECT_EQ(*load(""), Config{});
    EXPECT_TRUE(load(std::string(config_bytes_max, '\n')).has_value());
    EXPECT_EQ(load(std::string(config_bytes_max + 1, '\n')).error().detail().message,
              path + ": is too large");
    std::remove(path.c_str());
    EXPECT_EQ(load_config(path).error().detail().message, path + ": cannot be read");
    EXPECT_EQ(load_config("/").error().code(), Code::kConfiguration);
}

}  // namespace
}  // namespace chatelaine
