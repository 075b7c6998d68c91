#include "web/multipart.hpp"

#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>

namespace skerry::web {
namespace {

constexpr std::size_t longest_boundary = 70; // by its standard
constexpr std::size_t longest_head = 4096;

[[noreturn]] void refuse(const char* why)
{
    throw Error(Code::bad_request, std::string("the form cannot be read: ") + why);
}

/// Takes "a\"b" off the text behind its first quote: a backslash stands before a quote or another one.
std::string take_quoted(std::string_view& text)
{
    std::string value;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '"') {
            text.remove_prefix(at + 1);
            return value;
        }
        const auto next = text.substr(at + 1, 1);
        if (text[at] == '\\' && (next == "\"" || next == "\\")) ++at;
        value += text[at];
    }
    refuse("a quote in it has no end");
}

/// Takes the value of a parameter off the text behind its '='.
std::string take_value(std::string_view& text)
{
    if (text.starts_with('"')) {
        text.remove_prefix(1);
        return take_quoted(text);
    }
    const auto end = std::min(text.find(';'), text.size());
    const std::string value(trim(text.substr(0, end)));
    text.remove_prefix(end);
    return value;
}

/// The value of `name=` in "form-data; name=\"a\"; filename=\"b.png\"".
std::optional<std::string> parameter_in(std::string_view line, std::string_view name)
{
    for (auto next = line.find(';'); next != std::string_view::npos; next = line.find(';')) {
        line.remove_prefix(next + 1);
        const auto end = std::min(line.find_first_of("=;"), line.size());
        const bool is_it = in_small_letters(trim(line.substr(0, end))) == name;
        line.remove_prefix(end);
        if (!line.starts_with('=')) continue; // a word without a value
        line.remove_prefix(1);
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        auto value = take_value(line);
        if (is_it) return value;
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string> boundary_in(std::string_view content_type)
{
    if (!in_small_letters(content_type).starts_with("multipart/form-data")) return std::nullopt;
    auto boundary = parameter_in(content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > longest_boundary) return std::nullopt;
    return boundary;
}

FormPart parse_part(std::string_view head)
{
    for (const auto& line : split(head, '\n')) {
        if (!in_small_letters(line).starts_with("content-disposition:")) continue;
        const auto name = parameter_in(line, "name");
        if (!name) break;
        return {.name = *name, .file_name = parameter_in(line, "filename")};
    }
    refuse("a part of it has no name");
}

Multipart::Multipart(http::Body& body, const std::string& boundary)
    : body_(body), delimiter_("\r\n--" + boundary), buffer_("\r\n") // as if a part had ended before the first
{
}

bool Multipart::fill()
{
    std::string piece;
    if (!body_.read(piece)) return false;
    buffer_ += piece;
    return true;
}

std::string Multipart::take_head()
{
    constexpr std::string_view ending = "\r\n\r\n";
    auto end = buffer_.find(ending);
    while (end == std::string::npos) { // it may already have all but the last byte of the ending
        if (buffer_.size() >= longest_head + ending.size()) break;
        if (!fill()) refuse("it breaks off");
        end = buffer_.find(ending);
    }
    if (end > longest_head) refuse("the head of a part is too long");
    auto head = buffer_.substr(0, end);
    buffer_.erase(0, end + ending.size());
    return head;
}

std::optional<FormPart> Multipart::next()
{
    std::string skipped;
    while (read(skipped)) {
    }
    if (ended_) return std::nullopt;
    in_part_ = true;
    return parse_part(take_head());
}

bool Multipart::read(std::string& piece)
{
    piece.clear();
    while (in_part_) {
        const auto found = buffer_.find(delimiter_);
        if (found != std::string::npos) {
            piece = buffer_.substr(0, found);
            buffer_.erase(0, found + delimiter_.size());
            while (buffer_.size() < 2)
                if (!fill()) refuse("it breaks off");
            ended_ = buffer_.starts_with("--");
            if (!ended_ && !buffer_.starts_with("\r\n")) refuse("its boundary is broken");
            in_part_ = false;
            return !piece.empty();
        }
        if (buffer_.size() > delimiter_.size()) { // all but what may be the beginning of a boundary
            piece = buffer_.substr(0, buffer_.size() - delimiter_.size());
            buffer_.erase(0, piece.size());
            return true;
        }
        if (!fill()) refuse("it breaks off");
    }
    return false;
}

std::string Multipart::text(std::size_t largest)
{
    std::string all;
    std::string piece;
    while (read(piece)) {
        all += piece;
        if (all.size() > largest) throw Error(Code::too_large, "a field of the form is too long");
    }
    return all;
}

} // namespace skerry::web
