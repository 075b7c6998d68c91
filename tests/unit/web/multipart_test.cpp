#include "support/accounts.hpp"
#include "web/multipart.hpp"

#include <algorithm>
#include <doctest/doctest.h>

namespace skerry::multipart_test {

using test::code_of;
using test::error_of;
using web::Multipart;

/// A body that comes in pieces of one size.
class Pieces final : public http::Body {
public:
    Pieces(std::string text, std::size_t size) : text_(std::move(text)), size_(size) {}
    bool read(std::string& piece) override
    {
        piece = text_.substr(at_, size_);
        at_ += piece.size();
        largest_held = std::max(largest_held, piece.size());
        return !piece.empty();
    }
    [[nodiscard]] std::optional<std::size_t> length() const noexcept override { return text_.size(); }
    [[nodiscard]] std::size_t taken() const noexcept { return at_; }

    std::size_t largest_held = 0;

private:
    std::string text_;
    std::size_t size_;
    std::size_t at_ = 0;
};

std::string field(const std::string& name, const std::string& content)
{
    return "--cut\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content + "\r\n";
}

std::string file(const std::string& content)
{
    return "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n"
           "Content-Type: image/png\r\n\r\n" +
           content + "\r\n";
}

const std::string end = "--cut--\r\n";

/// "name=content;" of each part.
std::string read_all(const std::string& text, std::size_t size)
{
    Pieces body(text, size);
    Multipart form(body, "cut");
    std::string all;
    while (const auto part = form.next()) {
        all += part->name + (part->file_name ? "(" + *part->file_name + ")" : "");
        all += "=" + form.text(1'000'000) + ";";
    }
    CHECK_FALSE(form.next());
    return all;
}

std::optional<Code> fault_of(const std::string& text, std::size_t size = 1)
{
    return code_of([&] { read_all(text, size); });
}

TEST_CASE("a form is read whole or in pieces of any size, wherever they cut a boundary")
{
    const auto text = field("project", "p1") + field("empty", "") + file("PNG\r\n--cu\r\n--\r\n\r\n") + end;
    const std::string expected = "project=p1;empty=;file(a.png)=PNG\r\n--cu\r\n--\r\n\r\n;";
    for (std::size_t size = 1; size <= text.size(); ++size) CHECK(read_all(text, size) == expected);
}

TEST_CASE("what looks like the beginning of a boundary is content")
{
    for (const auto* content :
         {"\r", "\r\n", "\r\n-", "\r\n--", "\r\n--cu", "\r\r\n--cu", "--cut", "x--cut--"})
        for (const std::size_t size : {1, 2, 3, 1000})
            CHECK(read_all(file(content) + end, size) == "file(a.png)=" + std::string(content) + ";");
}

TEST_CASE("what stands before the first and behind the last boundary is for nobody")
{
    for (const std::size_t size : {1, 1000})
        CHECK(read_all("a word before\r\n" + field("a", "1") + end + "and behind", size) == "a=1;");
}

TEST_CASE("parts that are not read are gone over")
{
    Pieces body(file(std::string(100'000, 'x')) + field("b", "2") + end, 100);
    Multipart form(body, "cut");
    CHECK(form.next()->name == "file");
    CHECK(form.next()->name == "b");
    CHECK(form.text(10) == "2");
    CHECK_FALSE(form.next());
}

TEST_CASE("a file is given on as it comes")
{
    Pieces body(file(std::string(100'000, 'x')) + end, 1000);
    Multipart form(body, "cut");
    CHECK(form.next());
    std::string piece;
    std::size_t total = 0;
    while (form.read(piece)) {
        CHECK(piece.size() <= 2000);
        total += piece.size();
        CHECK(body.taken() <= total + 2000);
    }
    CHECK(total == 100'000);
}

TEST_CASE("a form without an end is refused wherever it breaks off")
{
    const auto whole = field("a", "1") + file("content") + "--cut--";
    for (std::size_t length = 0; length < whole.size(); ++length)
        CHECK_MESSAGE(fault_of(whole.substr(0, length)) == Code::bad_request, length);
    CHECK_FALSE(fault_of(whole));
}

TEST_CASE("a head without end is refused before much of it has been read")
{
    Pieces body("--cut\r\nContent-Disposition: form-data; " + std::string(10'000'000, 'x'), 1000);
    Multipart form(body, "cut");
    CHECK(code_of([&] { form.next(); }) == Code::bad_request);
    CHECK(body.taken() < 10'000);
}

TEST_CASE("the longest head of a part is taken wherever it is cut, and a longer one nowhere")
{
    const auto form_with = [](std::size_t size) { // of the head, without the empty line behind it
        const std::string named = "\r\nContent-Disposition: form-data; name=a\r\nX: ";
        return "--cut" + named + std::string(size + 2 - named.size(), 'x') + "\r\n\r\n1\r\n" + end;
    };
    for (const std::size_t size : {1U, 7U, 4096U, 10'000U}) {
        CHECK(read_all(form_with(4094), size) == "a=1;");
        CHECK(fault_of(form_with(4095), size) == Code::bad_request);
    }
}

TEST_CASE("a field that is too long is refused before all of it has been read")
{
    Pieces body(field("a", std::string(10'000'000, 'x')) + end, 1000);
    Multipart form(body, "cut");
    CHECK(form.next());
    CHECK(code_of([&] { form.text(5000); }) == Code::too_large);
    CHECK(body.taken() < 10'000);
}

TEST_CASE("a part that names no field is refused, and so is a boundary with something behind it")
{
    CHECK(fault_of("--cut\r\n\r\ncontent\r\n" + end) == Code::bad_request);
    CHECK(fault_of("--cut\r\nContent-Type: text/plain\r\n\r\ncontent\r\n" + end) == Code::bad_request);
    CHECK(fault_of("--cutter\r\n\r\ncontent\r\n" + end) == Code::bad_request);
}

TEST_CASE("a part's names are read with and without quotes, in any case and order")
{
    const auto part = web::parse_part("content-type: text/plain\r\ncontent-DISPOSITION: form-data; "
                                      "FileName=\"b c.png\" ; Name = file");
    CHECK(part.name == "file");
    CHECK(part.file_name == "b c.png");
    CHECK_FALSE(web::parse_part("Content-Disposition: form-data; name=a").file_name);
    CHECK(web::parse_part("Content-Disposition: form-data; name=\"\"").name.empty());
}

TEST_CASE("names within quotes name nothing else")
{
    const auto part =
        web::parse_part(R"(Content-Disposition: form-data; filename="x; name=evil; y"; name="file")");
    CHECK(part.name == "file");
    CHECK(part.file_name == "x; name=evil; y");
    CHECK(web::parse_part(R"(Content-Disposition: form-data; filename="\"; name=evil"; name="file")").name ==
          "file");
    CHECK(
        web::parse_part(R"(Content-Disposition: form-data; name="file"; filename="a\"b\\c.png")").file_name ==
        "a\"b\\c.png");
}

TEST_CASE("a quote without an end is refused")
{
    CHECK(code_of([] { web::parse_part("Content-Disposition: form-data; name=\"file\r\n"); }) ==
          Code::bad_request);
}

TEST_CASE("a word without a value does not hide what stands behind it")
{
    CHECK(web::parse_part("Content-Disposition: form-data; word; name=\"file\"").name == "file");
}

TEST_CASE("the boundary is what the content type names, when it is a form")
{
    using web::boundary_in;
    CHECK(boundary_in("multipart/form-data; boundary=cut") == "cut");
    CHECK(boundary_in("Multipart/Form-Data; charset=utf-8; Boundary=\"c t\"") == "c t");
    CHECK(boundary_in("multipart/form-data; boundary=" + std::string(70, 'x')) == std::string(70, 'x'));
    for (const auto& bad : {std::string(), std::string("application/json; boundary=x"),
                            std::string("multipart/form-data"), std::string("multipart/form-data; boundary="),
                            "multipart/form-data; boundary=" + std::string(71, 'x')})
        CHECK_MESSAGE(!boundary_in(bad), bad);
}

} // namespace skerry::multipart_test
