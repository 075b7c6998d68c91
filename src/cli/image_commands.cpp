#include "cli/bytes.hpp"
#include "cli/call.hpp"
#include "cli/display.hpp"
#include "cli/exit_status.hpp"
#include "cli/interruption.hpp"
#include "cli/listing.hpp"
#include "cli/rows.hpp"
#include "cli/table.hpp"
#include "cli/view.hpp"
#include "program/image_build.hpp"
#include "runtime/docker/engine.hpp"
#include "util/error.hpp"

#include <algorithm>
#include <stop_token>

namespace skerry::cli {
namespace {

using program::BuiltImage;

struct BuildImages {
    bool app = false;
    bool agent = false;
    bool force = false;
    std::optional<std::string> base;
};
constexpr auto fields(api::Tag<BuildImages>)
{
    return std::array{
        api::field<&BuildImages::app>("app", "The one for apps; without --app and --agent both are built"),
        api::field<&BuildImages::agent>("agent", "The one for agents"),
        api::field<&BuildImages::base>("base", "Build the agent's on this image, a Debian with Node",
                                       {.min = 1, .max = 300, .placeholder = "IMAGE"}),
        api::field<&BuildImages::force>("force", "Build them anew, with Debian's packages as they are today"),
    };
}

program::ImageOrder order_of(const BuildImages& options, const Settings& settings)
{
    if (options.base && options.app)
        throw Error(Code::bad_request, "--base is for the agent's image alone",
                    {.hint = "an app needs no image of skerry's: set appImage to " + *options.base});
    const bool both = !options.app && !options.agent && !options.base;
    return {.app = options.app || both,
            .agent = options.agent || both || options.base,
            .base = options.base.value_or(""),
            .force = options.force,
            .opencode = settings.opencode};
}

std::string image_table(const Stream& stream, const std::vector<BuiltImage>& images)
{
    Table table({{"image"}, {"size", true}, {"id", false, false, false, true}, {""}});
    for (const auto& image : images)
        table.add({{image.name, Paint::strong},
                   stream.is_terminal() ? bytes_for_people(image.bytes) : std::to_string(image.bytes),
                   image.id,
                   image.built ? "built" : "unchanged"});
    return table.shown_on(stream);
}

/// What was built serves only who is told to use it.
void tell_use(Terminal& terminal, const std::vector<BuiltImage>& images, const Settings& settings)
{
    const auto tell = [&](std::string_view name, const std::string& used, const std::string& setting) {
        const bool built = std::any_of(images.begin(), images.end(),
                                       [&](const BuiltImage& image) { return image.name == name; });
        if (built && used != name)
            terminal.hint(setting + " is " + used + "; to use the new image set it to " + std::string(name));
    };
    tell(program::app_image_name, settings.app_image, "appImage");
    tell(program::agent_image_name, settings.agent_image, "agentImage");
}

int build_images(Call& call, const BuildImages& options)
{
    auto& terminal = call.terminal;
    const auto& settings = call.settings().settings;
    const auto order = order_of(options, settings);
    std::stop_source stop;
    const Interruption interruption([&] { stop.request_stop(); });
    const auto say = [&](std::string_view line) { terminal.note(line); };
    std::vector<BuiltImage> images;
    try {
        images = program::build_images(order, say, stop.get_token());
    } catch (const Error& fault) {
        if (fault.code() != Code::cancelled || interruption.signal() == 0) throw;
        return status::signals + interruption.signal();
    }
    show_list(
        terminal, images, [](const BuiltImage& image) { return image.name; },
        [&](const Stream& stream) { return image_table(stream, images); });
    tell_use(terminal, images, settings);
    return status::done;
}

/// An image that projects are run from, and whether it is here.
struct UsedImage {
    std::string_view used_by; ///< "app", "agent"
    std::string name;
    std::optional<runtime::docker::Image> found;
};

api::Json to_json(const UsedImage& image)
{
    auto json = api::Json::object(
        {{"usedBy", image.used_by}, {"name", image.name}, {"present", image.found.has_value()}});
    if (image.found)
        json.set("id", image.found->id)
            .set("bytes", image.found->bytes)
            .set("createdAt", image.found->created);
    return json;
}

int list_images(Call& call)
{
    const auto& settings = call.settings().settings;
    const runtime::docker::Engine engine;
    std::vector<UsedImage> images{{"app", settings.app_image, engine.find_image(settings.app_image)},
                                  {"agent", settings.agent_image, engine.find_image(settings.agent_image)}};
    show_list(
        call.terminal, images, [](const UsedImage& image) { return image.name; },
        [&](const Stream& stream) {
            Table table({{"used by"}, {"image", false, true}, {"size", true}, {"made"}});
            for (const auto& image : images) {
                const auto& found = image.found;
                const auto bytes = found ? found->bytes : 0;
                table.add(
                    {image.used_by,
                     {harmless_line(image.name), Paint::strong},
                     stream.is_terminal() ? (found ? bytes_for_people(bytes) : "") : std::to_string(bytes),
                     found ? Cell(when(stream, found->created)) : Cell("not here", Paint::warning)});
            }
            return table.shown_on(stream);
        });
    if (!images.back().found && settings.agent_image == program::agent_image_name)
        call.terminal.hint("build the agent's image: skerry images build --agent");
    return status::done;
}

} // namespace

std::vector<Command> image_commands()
{
    return {
        {.noun = "images",
         .verb = "build",
         .summary = "Build the images that apps and agents are run from in containers",
         .details =
             "No registry of images is needed: the base is made of Debian's packages (with mmdebstrap, as "
             "root "
             "or where user namespaces are allowed), Node comes from npm, and OpenCode is the program that "
             "is "
             "installed here.\n\n"
             "With --base the agent's image is built on another one, which the engine fetches when it is not "
             "here; it has to be a Debian with Node in it. What is there and was built of the same is left "
             "as "
             "it is.",
         .examples = {{"skerry images build", "both, without a registry"},
                      {"skerry images build --agent --base node:20-slim",
                       "the agent's, on an image of Docker's"}},
         .input = api::fields_of<BuildImages>(),
         .run = with<build_images>},
        {.noun = "images",
         .verb = "list",
         .summary = "List the images that projects are run from",
         .details = "Which ones is said by the settings appImage and agentImage.",
         .run = list_images},
    };
}

} // namespace skerry::cli
