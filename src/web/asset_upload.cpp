#include "web/asset_upload.hpp"

#include "assets/asset_actions.hpp"
#include "assets/asset_store.hpp"
#include "projects/project_access.hpp"
#include "util/error.hpp"
#include "web/answer.hpp"
#include "web/multipart.hpp"
#include "web/paging.hpp"

namespace skerry::web {
namespace {

constexpr std::size_t longest_field = 1000;

[[noreturn]] void refuse(const char* field, const char* why)
{
    throw Error(Code::bad_request, std::string(field) + " " + why, {.fields = {{field, why}}});
}

/// The fields of the form, up to its file.
struct Form {
    std::string project{};
    std::string name{};
    bool overwrite = false;
    bool has_file = false;
};

Form read_fields(Multipart& form)
{
    Form given;
    while (const auto part = form.next()) {
        if (part->name == "file") {
            if (given.name.empty()) given.name = part->file_name.value_or("");
            given.has_file = true;
            return given;
        }
        const auto value = form.text(longest_field);
        if (part->name == "project")
            given.project = value;
        else if (part->name == "name")
            given.name = value;
        else if (part->name == "overwrite")
            given.overwrite = value == "true" || value == "1" || value == "on";
        else
            refuse("the form", ("has an unknown field '" + part->name.substr(0, 100) + "'").c_str());
    }
    return given;
}

} // namespace

bool is_form(const http::Request& request)
{
    return boundary_in(request.header("Content-Type")).has_value();
}

http::Response receive_asset(Visit& visit)
{
    if (!visit.request.body) throw Error(Code::bad_request, "there is no form");
    if (!visit.request.header("Idempotency-Key").empty())
        throw Error(Code::bad_request, "a form takes no Idempotency-Key; the same action in JSON does");
    Multipart form(*visit.request.body, *boundary_in(visit.request.header("Content-Type")));
    const auto given = read_fields(form);
    if (given.project.empty()) refuse("project", "is missing; it comes before the file");
    if (!given.has_file) refuse("file", "is missing");
    const auto project = projects::require(visit.context, given.project);
    projects::require_alive(project);
    const assets::PublicFolder folder(project.path);
    assets::Upload upload(folder, static_cast<std::uint64_t>(visit.app().settings.largest_asset));
    std::string piece;
    while (form.read(piece)) upload.write(piece);
    if (form.next()) refuse("the form", "has something behind its file; the fields come before it");
    return data(to_json(assets::bring(visit.context, project, upload, given.name, given.overwrite)));
}

http::Response list_assets(Visit& visit)
{
    const auto project = projects::require(visit.context, visit.parts.front());
    return part_of(assets::list(visit.db(), project.id), read_query<Page>(visit.request));
}

} // namespace skerry::web
