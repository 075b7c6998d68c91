#include "projects/app_command.hpp"

#include "api/json.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace fs = std::filesystem;

namespace skerry::projects {
namespace {

using Words = std::vector<std::string>;

const Words serve_files{"{skerry}", "__serve-files", "--host", "{host}", "--port", "{port}", "."};

Words words_of(const api::Json& command)
{
    Words words;
    for (const auto& word : command.items())
        if (word.is_text()) words.push_back(word.text());
    if (words.empty() || words.size() != command.items().size())
        throw Error(Code::bad_request, "app.command in skerry.json must be a list of words",
                    {.hint = R"(for example {"app": {"command": ["node", "server.mjs"]}})"});
    return words;
}

Words guessed(const fs::path& folder)
{
    const auto package = read_file_if_any(folder / "package.json");
    if (fs::exists(folder / "server.mjs")) return {"node", "--watch", "server.mjs"};
    if (package && api::Json::try_parse(*package).value_or(api::Json())["scripts"]["start"].is_text())
        return {"npm", "start"};
    if (fs::exists(folder / "index.html")) return serve_files;
    throw Error(
        Code::bad_request, "nothing in the project tells how its app is run",
        {.hint = R"(add skerry.json: {"app": {"command": ["node", "server.mjs"]}}; the port is in $PORT)"});
}

Words command_in(const fs::path& folder)
{
    const auto text = read_file_if_any(folder / "skerry.json");
    if (!text) return guessed(folder);
    const auto settings = api::Json::try_parse(*text);
    if (!settings) throw Error(Code::bad_request, "skerry.json of the project is not JSON");
    const auto& command = (*settings)["app"]["command"];
    return command.is_null() ? guessed(folder) : words_of(command);
}

} // namespace

std::vector<std::string> app_command(const fs::path& folder, int port, const std::string& host)
{
    auto words = command_in(folder);
    for (auto& word : words) {
        if (word == "{skerry}") word = program_path().string();
        if (word == "{port}") word = std::to_string(port);
        if (word == "{host}") word = host;
    }
    return words;
}

} // namespace skerry::projects
