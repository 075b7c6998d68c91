#include "web/page_files.hpp"

#include "util/embedded.hpp"
#include "util/error.hpp"
#include "web/answer.hpp"

#include <algorithm>
#include <vector>

namespace skerry::web {

std::vector<EmbeddedFile> embedded_files(); // made from the folder page

namespace {

const char* type_of(std::string_view name)
{
    if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    return "text/html; charset=utf-8";
}

} // namespace

http::Response show_page(Visit& visit)
{
    static const auto files = embedded_files();
    const auto name = visit.request.path == "/" ? "index.html" : visit.request.path.substr(1);
    const auto file =
        std::find_if(files.begin(), files.end(), [&](const EmbeddedFile& one) { return one.name == name; });
    if (file == files.end()) throw Error(Code::not_found, "there is nothing at this address");
    return {.type = type_of(name),
            .body = std::string(file->content),
            .headers = {{"Cache-Control", "no-cache"}}};
}

} // namespace skerry::web
