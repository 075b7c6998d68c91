#include "sessions/attachments.hpp"

#include "util/base64.hpp"
#include "util/error.hpp"
#include "util/file_type.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>

namespace fs = std::filesystem;

namespace skerry::sessions {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view beginning = "data:";
constexpr std::string_view name_part = ";name=";
constexpr std::string_view encoding = ";base64";

[[noreturn]] void refuse(const std::string& what, const std::string& hint = {})
{
    throw Error(Code::bad_request, what, {.hint = hint, .fields = {{"attachments", what}}});
}

struct Given {
    std::string name;
    std::string content;
};

Given parsed(std::string_view url)
{
    const auto comma = url.find(',');
    const auto head = url.substr(0, comma);
    const auto name = head.find(name_part);
    if (comma == std::string_view::npos || name == std::string_view::npos || !head.starts_with(beginning) ||
        !head.ends_with(encoding))
        refuse("an attachment is not like data:;name=NAME;base64,CONTENT");
    auto content = from_base64(url.substr(comma + 1));
    const auto from = name + name_part.size();
    Given given{.name = std::string(head.substr(from, head.size() - encoding.size() - from)), .content = {}};
    if (!content) refuse("the content of '" + given.name + "' is not base64");
    given.content = std::move(*content);
    return given;
}

/// As what the model is told to read it; empty for what models cannot read.
std::string_view readable_type(std::string_view content)
{
    constexpr std::array pictures{"image/png"sv, "image/jpeg"sv, "image/gif"sv, "image/webp"sv,
                                  "application/pdf"sv};
    const auto type = file_type(content);
    if (std::ranges::find(pictures, type) != pictures.end()) return type;
    return is_utf8(content) && content.find('\0') == std::string_view::npos ? "text/plain" : "";
}

fs::path folder_of(const Paths& paths, const Turn& turn)
{
    return paths.state(turn.project.value) / "attachments" / turn.id.value;
}

} // namespace

std::string data_url_of(const std::string& name, const std::string& content)
{
    auto safe = one_line(name, 200);
    for (auto& letter : safe)
        if (letter == ',' || letter == ';') letter = '_';
    return std::string(beginning) + std::string(name_part) + safe + std::string(encoding) + "," +
           base64(content);
}

std::vector<Attachment> keep_attachments(const Paths& paths, const Turn& turn,
                                         const std::vector<std::string>& urls)
{
    std::vector<Attachment> kept;
    const auto folder = folder_of(paths, turn);
    for (const auto& url : urls) {
        const auto given = parsed(url);
        if (given.content.size() > largest_attachment)
            refuse("'" + given.name + "' is larger than " + std::to_string(largest_attachment) + " bytes");
        const auto type = readable_type(given.content);
        if (type.empty())
            refuse("'" + given.name + "' is neither text nor a picture nor a PDF",
                   "put it into the project's folder and name it in the prompt");
        make_private_folder(folder);
        const auto file = folder / std::to_string(kept.size());
        write_file(file, given.content);
        kept.push_back({.name = given.name, .mime = std::string(type), .path = file.string()});
    }
    return kept;
}

std::vector<agent::File> files_for(const Turn& turn)
{
    std::vector<agent::File> files;
    for (const auto& file : turn.attachments)
        files.push_back({.name = file.name,
                         .mime = file.mime,
                         .url = "data:" + file.mime + ";base64," + base64(read_file(file.path))});
    return files;
}

void remove_attachments(const Paths& paths, const Turn& turn)
{
    if (!turn.attachments.empty()) remove_folder(folder_of(paths, turn));
}

} // namespace skerry::sessions
