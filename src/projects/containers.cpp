#include "projects/containers.hpp"

#include "projects/template.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

namespace fs = std::filesystem;

namespace skerry::projects {
namespace {

constexpr std::uint64_t mebibyte = 1U << 20U;
constexpr std::uint64_t least_memory = 16 * mebibyte;
constexpr std::uint64_t most_memory = mebibyte * mebibyte; // a typing error beyond that
constexpr std::int64_t most_processes = 100'000;
constexpr double most_processors = 1024;

[[noreturn]] void refuse(const std::string& name, const std::string& wish)
{
    throw Error(Code::bad_request, "the description of the containers: " + name + " must be " + wish,
                {.hint = R"(for example {"app": {"memory": "512m", "cpus": 1, "processes": 128}})"});
}

std::uint64_t unit_of(char letter)
{
    switch (letter) {
    case 'k': return 1U << 10U;
    case 'm': return mebibyte;
    case 'g': return 1U << 30U;
    default: return 0;
    }
}

/// Bytes in "512m".
std::uint64_t memory_of(const std::string& name, const api::Json& json)
{
    const auto text = in_small_letters(json.text());
    const auto unit = text.empty() ? 0 : unit_of(text.back());
    const auto number = number_in(std::string_view(text).substr(0, text.empty() ? 0 : text.size() - 1));
    if (unit == 0 || !number || static_cast<std::uint64_t>(*number) > most_memory / unit ||
        static_cast<std::uint64_t>(*number) * unit < least_memory)
        refuse(name, "a size from 16m, like 512m or 2g");
    return static_cast<std::uint64_t>(*number) * unit;
}

void read_member(runtime::ContainerSpec& container, const std::string& name, const api::Json::Member& member)
{
    const auto& [key, value] = member;
    const auto full = name + "." + key;
    if (key == "image") {
        if (value.view().empty()) refuse(full, "the name of an image");
        container.image = value.text();
    } else if (key == "memory") {
        container.memory = memory_of(full, value);
    } else if (key == "cpus") {
        if (!value.is_number() || value.real() < 0.01 || value.real() > most_processors)
            refuse(full, "a number from 0.01");
        container.cpus = value.real();
    } else if (key == "processes") {
        if (!value.is_integer() || value.number() < 8 || value.number() > most_processes)
            refuse(full, "a whole number from 8");
        container.processes = static_cast<std::uint64_t>(value.number());
    } else {
        refuse(full, "left out: there is only image, memory, cpus and processes");
    }
}

runtime::ContainerSpec read_container(const api::Json& json, const std::string& name,
                                      const std::string& image)
{
    runtime::ContainerSpec container{.image = image};
    if (!json.is_null() && !json.is_object()) refuse(name, "an object");
    for (const auto& member : json.members()) read_member(container, name, member);
    return container;
}

fs::path file_of(const App& app, const Project& project)
{
    return app.paths.state(project.id.value) / "containers.json";
}

} // namespace

Containers read_containers(const api::Json& description, const Settings& settings)
{
    if (!description.is_null() && !description.is_object()) refuse("it", "an object");
    for (const auto& member : description.members())
        if (member.name != "app" && member.name != "agent")
            refuse(member.name, "left out: there is only app and agent");
    return {.app = read_container(description["app"], "app", settings.app_image),
            .agent = read_container(description["agent"], "agent", settings.agent_image)};
}

Containers containers_of(const App& app, const Project& project)
{
    const auto text = read_file_if_any(file_of(app, project));
    return read_containers(text ? api::Json::parse(*text) : api::Json(), app.settings);
}

runtime::ContainerSpec agent_container(const App& app, const Project& project)
{
    return project.runtime == "docker" ? containers_of(app, project).agent : runtime::ContainerSpec();
}

void keep_containers(const App& app, const Project& project, bool from_template)
{
    const auto file = file_of(app, project);
    if (!from_template || fs::exists(file)) return;
    const auto description = find_template(project.template_name).containers;
    read_containers(description, app.settings);
    if (!description.is_null()) write_file(file, description.dump(true) + "\n");
}

} // namespace skerry::projects
