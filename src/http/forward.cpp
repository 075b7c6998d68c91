#include "http/forward.hpp"

#include "http/upstream.hpp"
#include "util/error.hpp"
#include "util/log.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

namespace skerry::http {
namespace {

// What we say ourselves, or what is between the client and us.
constexpr auto kept_from_server = std::to_array<std::string_view>({
    "Host",
    "Content-Length",
    "Expect",
    "Cookie",
    "Authorization",
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "X-Request-Id",
});
constexpr auto kept_from_client = std::to_array<std::string_view>({
    "Content-Length",
    "Content-Type",
    "Set-Cookie",
    "WWW-Authenticate",
    "X-Request-Id",
});

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& names, std::string_view name) noexcept
{
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view one) { return same_name(one, name); });
}

void require_sendable(const ForwardOptions& options)
{
    const auto is_plain = [](char letter) {
        return static_cast<unsigned char>(letter) > 0x20U && letter != 0x7F;
    };
    const auto& target = options.target;
    if (!target.starts_with('/') || !std::all_of(target.begin(), target.end(), is_plain))
        throw Error(Code::internal, "this is no target to ask for");
    for (const auto& [name, value] : options.headers)
        if (!is_line(name) || !is_line(value)) throw Error(Code::internal, "a header has a line break");
}

std::string head_for(const Request& request, const ForwardOptions& options)
{
    std::string head = request.method + " " + options.target +
                       " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options.port) +
                       "\r\nConnection: close\r\n";
    const auto say = [&](const std::string& name, const std::string& value) {
        head.append(name).append(": ").append(value).append("\r\n");
    };
    const auto connection = request.header("Connection");
    for (const auto& [name, value] : request.headers)
        if (!is_for_one_hop(name, connection) && !is_among(kept_from_server, name) &&
            value_of(options.headers, name).empty())
            say(name, value);
    for (const auto& [name, value] : options.headers) say(name, value);
    if (request.body && request.body->length())
        say("Content-Length", std::to_string(*request.body->length()));
    else if (request.body)
        say("Transfer-Encoding", "chunked");
    return head + "\r\n";
}

std::string chunk_of(const std::string& piece)
{
    std::array<char, 24> length{};
    std::snprintf(length.data(), length.size(), "%zx\r\n", piece.size());
    return length.data() + piece + "\r\n";
}

void send_body(Upstream& server, Body& body, std::size_t largest)
{
    const bool in_chunks = !body.length();
    std::string piece;
    for (std::size_t sent = 0; body.read(piece); sent += piece.size()) {
        if (piece.size() > largest - sent)
            throw Error(Code::too_large, "the body is too large to be passed on");
        if (!server.write(in_chunks ? chunk_of(piece) : piece)) return;
    }
    if (in_chunks) server.write("0\r\n\r\n");
}

/// Whether all of it was passed on.
bool pass_on(Upstream& server, const ForwardOptions& options, bool has_end, const Write& write)
{
    std::string piece;
    std::size_t passed = 0;
    try {
        while (server.read(piece, options.silence)) {
            passed += piece.size();
            if (has_end && passed > options.largest_answer)
                throw Error(Code::too_large, "the answer that is passed on is too large");
            if (!write(piece)) return false;
        }
        return true;
    } catch (const Error& fault) {
        if (fault.code() != Code::cancelled)
            log::warning("an answer was broken off", {{"error", fault.what()}});
        return false;
    }
}

} // namespace

std::string below(std::string_view target, std::size_t segments)
{
    const auto question = std::min(target.find('?'), target.size());
    std::size_t begin = 0;
    for (; segments > 0 && begin < question; --segments)
        begin = std::min(target.find('/', begin + 1), question);
    const std::string rest(target.substr(begin));
    return rest.starts_with('/') ? rest : "/" + rest;
}

Response forward(const Request& request, const ForwardOptions& options)
{
    require_sendable(options);
    if (request.body && request.body->length().value_or(0) > options.largest_body)
        throw Error(Code::too_large, "the body is too large to be passed on");
    const auto server = std::make_shared<Upstream>(request, options.port);
    if (server->write(head_for(request, options)) && request.body)
        send_body(*server, *request.body, options.largest_body);
    const auto head = server->read_head(options.time_to_answer);

    Response answer{.status = head.status, .type = std::string(value_of(head.headers, "Content-Type"))};
    if (answer.type.empty()) answer.type = "application/octet-stream";
    const auto connection = value_of(head.headers, "Connection");
    for (const auto& [name, value] : head.headers)
        if (!is_for_one_hop(name, connection) && !is_among(kept_from_client, name) &&
            (!options.shows || options.shows(name)))
            answer.headers.emplace_back(name, value);
    const bool has_end = !answer.type.starts_with("text/event-stream");
    if (head.status == 204 || head.status == 304) return answer;
    answer.stream = [server, options, has_end](const Write& write) {
        return pass_on(*server, options, has_end, write);
    };
    return answer;
}

} // namespace skerry::http
