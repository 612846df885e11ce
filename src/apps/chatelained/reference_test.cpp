// Proves that the documents made from the operation table are whole: each listener's OpenAPI text
// is JSON, has every row with its actions and parameters, and the reference names every operation.
#include "apps/chatelained/reference.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "faces/http/openapi.hpp"

namespace chatelaine::app {
namespace {

namespace http = faces::http;

std::string method_member(std::string_view method) {
    std::string small(method);
    std::transform(small.begin(), small.end(), small.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    return small;
}

/// What the document says of a row: its operation, or its entry among the alternatives.
json::Value entry_of(const json::Value& operation, std::string_view name) {
    if (operation.member("operationId").string().value() == name) {
        return operation;
    }
    for (auto one = operation.member("x-alternatives").first(); one.exists(); one = one.next()) {
        if (one.member("operationId").string().value() == name) {
            return one;
        }
    }
    return json::Value();
}

void expect_row(const json::Value& root, const gate::OperationRow& row) {
    SCOPED_TRACE(std::string(row.name));
    const json::Value operation =
        root.member("paths").member(row.rest.path).member(method_member(row.rest.method));
    ASSERT_TRUE(operation.is_object());
    const json::Value entry = entry_of(operation, row.name);
    ASSERT_TRUE(entry.is_object());
    std::vector<std::string> actions;
    for (auto one = entry.member("x-iam-actions").first(); one.exists(); one = one.next()) {
        actions.emplace_back(one.string().value());
    }
    const auto filled = std::count_if(row.actions.begin(), row.actions.end(),
                                      [](std::string_view action) { return !action.empty(); });
    EXPECT_EQ(actions.size(), static_cast<std::size_t>(filled));
    EXPECT_EQ(entry.member("x-activity").string().value(),
              responsibility::activity_id(row.activity));
    EXPECT_EQ(entry.member("x-party").string().value(), responsibility::party_name(row.party));
    EXPECT_TRUE(operation.member("responses")
                    .member(std::to_string(row.rest.success_status))
                    .is_object());
    const auto braces = std::count(row.rest.path.begin(), row.rest.path.end(), '{');
    EXPECT_EQ(operation.member("parameters").size(), static_cast<std::size_t>(braces));
    const std::size_t schemes = row.plane == gate::Plane::kPublic ? 0 : 2;
    EXPECT_EQ(operation.member("security").size(), schemes);
}

TEST(Reference, OpenApiHasEveryRowOfEachListener) {
    for (const http::Listener& listener : listeners()) {
        http::OpenApi options;
        options.title = listener.title;
        options.prefixes = {"", "/api/{okmsId}"};
        ASSERT_FALSE(listener.catalogue.rows().empty());
        const auto document = json::Document::parse(
            http::openapi_document(options, listener.catalogue.rows()));
        ASSERT_TRUE(document) << document.error().to_string();
        EXPECT_EQ(document->root().member("openapi").string().value(), "3.1.0");
        EXPECT_EQ(document->root().member("servers").size(), 2U);
        for (const gate::OperationRow* row : listener.catalogue.rows()) {
            expect_row(document->root(), *row);
        }
    }
}

TEST(Reference, OperationIdsAreUniqueInADocument) {
    for (const http::Listener& listener : listeners()) {
        std::set<std::string_view> names;
        for (const gate::OperationRow* row : listener.catalogue.rows()) {
            EXPECT_TRUE(names.insert(row->name).second) << row->name;
        }
    }
}

TEST(Reference, NamesEveryOperationAndPlainPath) {
    const std::string text = reference();
    for (const http::Listener& listener : listeners()) {
        for (const gate::OperationRow* row : listener.catalogue.rows()) {
            EXPECT_NE(text.find("`" + std::string(row->name) + "`"), std::string::npos);
        }
        for (const http::PlainRoute& route : listener.catalogue.plain()) {
            EXPECT_NE(text.find(route.path), std::string::npos);
        }
    }
}

}  // namespace
}  // namespace chatelaine::app
