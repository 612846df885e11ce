#pragma once

#include <string_view>
#include <vector>

#include "gate/operation.hpp"

/// What a face serves, as data: the OpenAPI document, the reference and tests are made from it.

namespace chatelaine::faces::http {

/// Rows live as long as the program.
using Rows = std::vector<const gate::OperationRow*>;

/// A path that is answered without an operation: no caller, no rights, no audit record.
struct PlainRoute {
    std::string_view method;
    std::string_view path;
    std::string_view summary;
};

/// Takes what a Face takes, and keeps the description alone. Threads: one.
class Catalogue {
public:
    template <gate::Operation Op>
    void add() {
        rows_.push_back(&Op::row);
    }
    template <gate::Operation... Ops, class Choose>
    void add_choice(const Choose&) {
        (rows_.push_back(&Ops::row), ...);
    }
    /// What a Face serves a second time is not told twice.
    template <gate::Operation Op>
    void add_also(std::string_view, std::string_view) {}
    template <gate::Operation... Ops, class Choose>
    void add_choice_also(std::string_view, std::string_view, const Choose&) {}
    void add_plain(const PlainRoute& route) { plain_.push_back(route); }

    const Rows& rows() const { return rows_; }
    const std::vector<PlainRoute>& plain() const { return plain_; }

private:
    Rows rows_;
    std::vector<PlainRoute> plain_;
};

/// The words for a row's members, as documents write them.
std::string_view plane_name(gate::Plane plane);
std::string_view effect_name(gate::Effect effect);
std::string_view audit_name(gate::AuditLevel level);
std::string_view rate_name(gate::RateClass rate);

}  // namespace chatelaine::faces::http
