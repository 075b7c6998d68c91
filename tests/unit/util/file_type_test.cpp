#include "util/file_type.hpp"

#include <doctest/doctest.h>
#include <string>

namespace skerry::file_type_test {

using namespace std::string_literals;

TEST_CASE("a type is told by the bytes")
{
    CHECK(file_type("%PDF-1.7") == "application/pdf");
    CHECK(file_type("PK\3\4...") == "application/zip");
    CHECK(file_type("\0\0\0\x18"s + "ftypmp42....") == "video/mp4");
    CHECK(file_type("\x7f"
                    "ELF") == "application/x-executable");
    CHECK(file_type("\n <svg xmlns='x'>") == "image/svg+xml");
    CHECK(file_type("<?xml version='1.0'?><svg>") == "image/svg+xml");
    CHECK(file_type("<?xml version='1.0'?><a>") == "text/plain");
    CHECK(file_type("RIFF\x1a\0\0\0WEBP"s) == "image/webp");
    CHECK(file_type("grüße") == "text/plain");
    CHECK(file_type("") == "text/plain");
    CHECK(file_type("a\0b"s) == "application/octet-stream");
    CHECK(file_type("a\xff") == "application/octet-stream");
}

TEST_CASE("a page is one in whatever case it begins")
{
    for (const auto* page : {"<!doctype html>", "<!DOCTYPE html>\n<html>", "  <html lang=en>", "<HTML>"})
        CHECK_MESSAGE(file_type(page) == "text/html", page);
}

} // namespace skerry::file_type_test
