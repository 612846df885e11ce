#pragma once

#include <span>
#include <string>

#include "faces/http/catalogue.hpp"

/// docs/reference.md: every operation and plain path of every listener, made from the rows.

namespace chatelaine::faces::http {

struct Listener {
    std::string_view title;
    /// One sentence: what stands before the paths.
    std::string_view mounted;
    Catalogue catalogue;
};

/// The Markdown text, with a new line at its end.
std::string reference_text(std::span<const Listener> listeners);

}  // namespace chatelaine::faces::http
