#include "cli/call.hpp"
#include "cli/field_list.hpp"
#include "cli/rows.hpp"
#include "cli/work.hpp"
#include "program/actions.hpp"
#include "sessions/session_actions.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <cstdlib>

namespace fs = std::filesystem;

namespace skerry::cli {
namespace {

struct PromptCommand : sessions::Prompt {
    std::optional<std::string> file;
    bool editor = false;
    std::vector<std::string> attach;
};
constexpr auto fields(api::Tag<PromptCommand>)
{
    auto all =
        joined(fields(api::Tag<sessions::Prompt>{}),
               std::array{
                   api::field<&PromptCommand::file>("file", "Read the prompt from a file",
                                                    {.min = 1, .max = 4096, .placeholder = "FILE"}),
                   api::field<&PromptCommand::editor>("editor", "Write the prompt in VISUAL or EDITOR"),
                   api::field<&PromptCommand::attach>(
                       "attach", "A file for the agent to look at: text, a picture, a PDF; may be repeated",
                       {.max = sessions::most_attachments, .placeholder = "FILE", .whole = true}),
               });
    for (auto& field : all) {
        if (field.name == "text") field.required = false; // there are other ways to say it
        if (field.name == "attachments") field.rule.hidden = true;
    }
    return all;
}

[[noreturn]] void refuse(const std::string& what, const std::string& hint)
{
    throw Error(Code::bad_request, what, {.hint = hint});
}

/// As git does it: the shell finds the editor, which may bring options.
std::string written_in_editor()
{
    const char* chosen = std::getenv("VISUAL");            // NOLINT(concurrency-mt-unsafe): nobody sets any
    if (chosen == nullptr) chosen = std::getenv("EDITOR"); // NOLINT(concurrency-mt-unsafe)
    const std::string editor = chosen != nullptr ? chosen : "vi";
    const TemporaryFolder folder;
    const auto file = folder.path() / "PROMPT.md";
    write_file(file, "");
    const auto line = editor + " '" + file.string() + "'";
    if (std::system(line.c_str()) != 0) // NOLINT(cert-env33-c): it is the person's own
        refuse("the editor did not end well: " + editor, "set EDITOR to one that is here");
    return read_file(file, sessions::longest_prompt);
}

/// A folder is a mistake of who names it; what is missing or may not be read is not.
std::string content_of(const std::string& name, std::uintmax_t limit)
{
    if (fs::is_directory(name)) refuse("'" + name + "' is a folder", "name a file");
    return read_file(name, limit);
}

/// What was read as a prompt, if it is one. `source` says where from.
std::string checked(const std::string& text, const std::string& source)
{
    if (!is_utf8(text) || text.find('\0') != std::string::npos)
        refuse(source + " is not text", "--attach FILE gives the agent a file to look at");
    auto trimmed = std::string(trim(text));
    if (trimmed.empty()) refuse(source + " is empty", "write what the agent is to do");
    return trimmed;
}

std::string text_of(const PromptCommand& options)
{
    const int ways = (options.text.empty() ? 0 : 1) + (options.file ? 1 : 0) + (options.editor ? 1 : 0);
    if (ways == 0) refuse("no prompt is given", "as a word, - for standard input, --file FILE or --editor");
    if (ways > 1) refuse("the prompt is given twice", "either as a word, or by --file, or by --editor");
    constexpr auto longest = sessions::longest_prompt;
    if (options.text == "-") return checked(read_standard_input(longest), "standard input");
    if (options.file) return checked(content_of(*options.file, longest), "'" + *options.file + "'");
    return options.editor ? checked(written_in_editor(), "what the editor wrote") : options.text;
}

std::string attached(const std::string& name)
{
    const auto content = content_of(name, sessions::largest_attachment);
    return sessions::data_url_of(fs::path(name).filename().string(), content);
}

int prompt(Call& call, const PromptCommand& options)
{
    auto input = pick(call.values, program::require_action(call.command.action).input);
    auto files = api::Json(options.attachments);
    for (const auto& name : options.attach) files.push(attached(name));
    input.set("text", text_of(options)).set("attachments", std::move(files));
    return start_work(call, input);
}

} // namespace

std::vector<Command> prompt_commands()
{
    const auto& action = program::require_action("sessions.prompt");
    return {
        {.noun = "sessions",
         .verb = "prompt",
         .summary = action.summary,
         .details = "Starts the project first when it is stopped. Prompts to a busy agent are answered one "
                    "after another: 'sessions turns' shows the line, 'sessions drop' and 'sessions move' "
                    "change it.",
         .examples = {{"skerry sessions prompt hello \"add a footer\" --follow", ""},
                      {"git diff | skerry sessions prompt hello - --wait", "the prompt from standard input"},
                      {"skerry sessions prompt hello \"build this\" --attach sketch.png --wait", ""},
                      {"skerry sessions prompt hello --file task.md --check 'npm test' --fix 2 --wait --json",
                       "in CI: the last line is the result, the exit code says how it went"}},
         .input = api::fields_of<PromptCommand>(),
         .common = Common::work,
         .action = action.name,
         .run = with<prompt>},
    };
}

} // namespace skerry::cli
