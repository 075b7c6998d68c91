#include "http/response_head.hpp"

#include <doctest/doctest.h>
#include <string>

using skerry::http::is_sound_response_head;

TEST_CASE("heads of ordinary answers are sound")
{
    CHECK(is_sound_response_head("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"));
    CHECK(is_sound_response_head("HTTP/1.0 404 Not Found\r\n\r\n"));
    CHECK(is_sound_response_head("HTTP/1.1 500 \r\n\r\n"));
    CHECK(is_sound_response_head("HTTP/1.1 204\r\n\r\n"));
}

TEST_CASE("other protocols, announcements and heads without measure are not")
{
    for (const std::string head :
         {"", "\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 2000\r\n\r\n",
          "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 999 ?\r\n\r\n"}) {
        CAPTURE(head);
        CHECK_FALSE(is_sound_response_head(head));
    }
    const std::string begin = "HTTP/1.1 200 OK\r\n";
    CHECK_FALSE(is_sound_response_head("HTTP/1.1 200 " + std::string(300, 'a') + "\r\n\r\n"));
    CHECK_FALSE(is_sound_response_head(begin + "X: " + std::string(9'000, 'a') + "\r\n\r\n"));
    CHECK_FALSE(is_sound_response_head(begin + std::string("X: \0\r\n\r\n", 8)));
    std::string many = begin;
    for (int i = 0; i < 300; ++i) many += "X: 1\r\n";
    CHECK_FALSE(is_sound_response_head(many + "\r\n"));
}
