#include "projects/template.hpp"

#include "app/shared_folder.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <unistd.h>

namespace fs = std::filesystem;

namespace skerry::projects {
namespace {

bool is_path(const std::string& name)
{
    return name == "." || name == ".." || name.find('/') != std::string::npos;
}

Template template_in(const fs::path& folder)
{
    if (!fs::exists(folder))
        throw Error(Code::not_found, "there is no template folder " + folder.string(),
                    {.hint = "skerry templates list"});
    if (!fs::is_directory(folder))
        throw Error(Code::bad_request, "the template " + folder.string() + " is not a folder");
    if (::access(folder.c_str(), R_OK | X_OK) != 0)
        throw Error(Code::unavailable, "the template folder " + folder.string() + " cannot be read",
                    {.hint = "check its permissions"});
    const auto text = read_file_if_any(folder / "template.json");
    if (!text) return {fs::canonical(folder).filename().string(), "", fs::canonical(folder), {}};
    const auto description = api::Json::parse(*text);
    return {description["name"].text(folder.filename().string()), description["description"].text(),
            fs::canonical(folder / "files"), description["containers"]};
}

} // namespace

std::vector<Template> templates()
{
    std::vector<Template> found;
    for (const auto& entry : fs::directory_iterator(shared_folder("templates")))
        if (entry.is_directory()) found.push_back(template_in(entry.path()));
    std::sort(found.begin(), found.end(),
              [](const Template& a, const Template& b) { return a.name < b.name; });
    return found;
}

Template find_template(const std::string& name_or_path)
{
    if (is_path(name_or_path)) return template_in(name_or_path);
    std::vector<std::string> names;
    for (auto& candidate : templates()) {
        if (candidate.name == name_or_path) return candidate;
        names.push_back(candidate.name);
    }
    throw Error(Code::not_found, "there is no template '" + name_or_path + "'",
                {.hint = "one of " + join(names, ", ") + ", or the path of a folder"});
}

} // namespace skerry::projects
