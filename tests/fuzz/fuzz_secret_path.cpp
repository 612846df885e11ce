// Raw paths of any bytes through the routes of secrets: a path is split before it is decoded, what
// is found is one segment (v2) or all of the rest (v1), and a path's folders make it up again.
#include <cstdlib>

#include "base/encoding.hpp"
#include "faces/http/router.hpp"
#include "secrets/secret.hpp"

namespace http = chatelaine::faces::http;
namespace secrets = chatelaine::secrets;

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

const http::Router& routes() {
    static const http::Router& made = []() -> const http::Router& {
        static http::Router router;
        std::size_t route = 0;
        for (const std::string prefix : {"", "/api/{okmsId}"}) {
            for (const char* path : {"/v2/secret", "/v2/secret/", "/v2/secret/{path}",
                                     "/v2/secret/{path}/version",
                                     "/v2/secret/{path}/version/{version}",
                                     "/v1/secret/data/{path...}", "/v1/secret/metadata",
                                     "/v1/secret/metadata/", "/v1/secret/metadata/{path...}"}) {
                router.add("GET", prefix + path, route++);
            }
        }
        return router;
    }();
    return made;
}

void check_path(const std::string& path) {
    const auto folders = secrets::ancestors_of(path);
    std::size_t longest = 0;
    for (const std::string_view folder : folders) {
        require(folder.ends_with('/') && path.starts_with(folder) && folder.size() > longest);
        require(secrets::folder_above(folder).size() == longest);
        longest = folder.size();
    }
    require(secrets::folder_of(path).size() == longest);
    require(path.find('/', longest) == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view raw = chatelaine::as_text({data, size});
    const auto match = routes().match("GET", raw);
    if (match.kind != http::RouteMatch::Kind::kFound) {
        return 0;
    }
    const auto part = match.raw("path");
    if (!part) {
        return 0;
    }
    const bool rest = match.route % 9 == 5 || match.route % 9 == 8;
    require(!part->empty() && (rest || part->find('/') == std::string_view::npos));
    require(raw.find(*part) != std::string_view::npos && (!rest || raw.ends_with(*part)));
    const auto path = chatelaine::decode_percent(*part);
    if (path && secrets::check_path(*path)) {
        check_path(*path);
    }
    return 0;
}
