#include "web/multipart.hpp"

#include "fuzz/property.hpp"
#include "util/error.hpp"

#include <optional>
#include <vector>

/// The bytes: how they are cut, a form's content type up to the first line break, and the form. A form is
/// read as the same however it is cut, and one that was written as its standard says, as it was written.
namespace skerry::fuzz {
namespace {

class CutBody final : public http::Body {
public:
    explicit CutBody(Pieces pieces) : pieces_(pieces) {}
    bool read(std::string& piece) override
    {
        if (pieces_.ended()) return false;
        piece = pieces_.next();
        return true;
    }
    [[nodiscard]] std::optional<std::size_t> length() const noexcept override { return std::nullopt; }

private:
    Pieces pieces_;
};

struct Part {
    std::string name;
    std::optional<std::string> file_name;
    std::string content;
    bool operator==(const Part&) const = default;
};

struct Form {
    std::vector<Part> parts;
    std::string fault; ///< empty: it was read to its end
    bool operator==(const Form&) const = default;
};

Form form_in(const std::string& boundary, Pieces pieces)
{
    Form form;
    try {
        CutBody body(pieces);
        web::Multipart parts(body, boundary);
        while (const auto head = parts.next()) {
            form.parts.push_back({head->name, head->file_name, {}});
            std::string piece;
            while (parts.read(piece)) {
                require(!piece.empty(), "a piece holds something");
                form.parts.back().content += piece;
            }
        }
    } catch (const Error& fault) {
        require(fault.code() == Code::bad_request, "a form that cannot be read is the client's fault");
        form.fault = fault.what();
        if (!form.parts.empty())
            form.parts.back().content.clear(); // who reads it had more or less of it by then
    }
    return form;
}

std::string quoted(std::string_view text)
{
    std::string result = "\"";
    for (const char letter : text)
        result.append(letter == '"' || letter == '\\' ? "\\" : "").append(1, letter);
    return result + '"';
}

bool is_line(std::string_view text)
{
    return text.find_first_of("\r\n") == std::string_view::npos;
}

/// A form of one file with that content is read as it was written.
void check_written(std::string_view name, const std::string& content, std::string_view cuts)
{
    const std::string boundary = "limit";
    if (!is_line(name) || ("\r\n" + content).find("\r\n--" + boundary) != std::string::npos) return;
    const auto text = "--" + boundary + "\r\nContent-Disposition: form-data; name=" + quoted(name) +
                      "; filename=" + quoted(name) + "\r\n\r\n" + content + "\r\n--" + boundary + "--\r\n";
    const auto form = form_in(boundary, {text, cuts});
    require(form == Form{{{std::string(name), std::string(name), content}}, ""}, "what was written is read");
}

void check(FuzzedDataProvider given)
{
    const auto cuts = given.ConsumeRandomLengthString(16);
    const auto bytes = given.ConsumeRemainingBytesAsString();
    const auto line = bytes.find('\n');
    const auto type = bytes.substr(0, line);
    const auto body = line == std::string::npos ? std::string() : bytes.substr(line + 1);
    check_written(type.substr(0, 64), body, cuts);
    std::optional<std::string> boundary;
    try {
        boundary = web::boundary_in(type);
    } catch (const Error& fault) {
        require(fault.code() == Code::bad_request,
                "a content type that cannot be read is the client's fault");
    }
    if (!boundary) return;
    require(!boundary->empty() && boundary->size() <= 70, "a boundary is short, and there");
    require(form_in(*boundary, {body, cuts}) == form_in(*boundary, {body, {}}),
            "a form is the same however it is cut");
}

} // namespace
} // namespace skerry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    skerry::fuzz::check({data, size});
    return 0;
}
