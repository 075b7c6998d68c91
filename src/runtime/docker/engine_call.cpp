#include "runtime/docker/engine_call.hpp"

#include "util/error.hpp"
#include "util/text.hpp"

#include <cstdlib>

namespace skerry::runtime::docker {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t largest_answer = 16U << 20U;
constexpr std::size_t longest_message = 600;
constexpr std::string_view unix_prefix = "unix://";

std::string encoded(std::string_view text, std::string_view plain)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string made;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        const bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                               (letter >= '0' && letter <= '9');
        if (is_letter || plain.find(letter) != std::string_view::npos)
            made += letter;
        else
            made.append({'%', digits[byte >> 4U], digits[byte & 15U]});
    }
    return made;
}

std::string request_text(const EngineCall& call)
{
    auto text = call.method + " " + call.path + " HTTP/1.1\r\nHost: docker\r\nUser-Agent: skerry\r\n" +
                "Connection: close\r\n";
    if (!call.body.empty()) text += "Content-Type: application/json\r\n";
    if (call.method != "GET") text += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
    return text + "\r\n" + call.body;
}

/// Why there is nobody to talk to, with what to do about it.
Error without_engine(const Error& fault, const fs::path& socket)
{
    switch (fault.code()) {
    case Code::forbidden:
        return {Code::unavailable,
                "no permission to use the Docker engine at " + socket.string(),
                {.hint = "join the group of its socket (sudo usermod -aG docker $USER), then log in again"}};
    case Code::not_found:
        return {Code::unavailable,
                "the Docker engine does not run: there is no " + socket.string(),
                {.hint = "start it (sudo systemctl start docker); 'skerry doctor' tells what is missing"}};
    default:
        return {Code::unavailable,
                "the Docker engine does not run: nobody listens at " + socket.string(),
                {.hint = "start it: sudo systemctl start docker"}};
    }
}

std::string body_of(http::Upstream& answer, std::size_t largest)
{
    std::string body;
    std::string piece;
    while (answer.read(piece, 30s)) {
        body += piece;
        if (body.size() > largest)
            throw Error(Code::unavailable,
                        "the Docker engine's answer is larger than " + std::to_string(largest) + " bytes");
    }
    return body;
}

/// What the engine says of its own failure, as one line that a terminal does not obey.
std::string message_in(http::Upstream& answer, int status)
{
    const auto said = api::Json::try_parse(body_of(answer, 1U << 20U));
    const auto message = said ? one_line((*said)["message"].view(), longest_message) : std::string();
    return message.empty() ? "the Docker engine answered with status " + std::to_string(status) : message;
}

Code code_of(int status) noexcept
{
    switch (status) {
    case 400: return Code::bad_request;
    case 404: return Code::not_found;
    case 409: return Code::conflict;
    default: return Code::unavailable;
    }
}

http::Upstream connect(const fs::path& socket, std::stop_token stop)
{
    try {
        return {socket, std::move(stop)};
    } catch (const Error& fault) {
        throw without_engine(fault, socket);
    }
}

} // namespace

fs::path engine_socket()
{
    const char* const host = std::getenv("DOCKER_HOST"); // NOLINT(concurrency-mt-unsafe): nobody sets any
    if (host == nullptr || *host == '\0') return "/var/run/docker.sock";
    const std::string_view said = host;
    if (said.starts_with(unix_prefix) && said.size() > unix_prefix.size())
        return said.substr(unix_prefix.size());
    throw Error(Code::bad_request,
                "DOCKER_HOST is '" + one_line(said, 100) + "', and skerry needs an engine on this machine",
                {.hint = "unset it, or set it to unix:///var/run/docker.sock"});
}

std::string with_query(std::string_view path,
                       std::initializer_list<std::pair<std::string_view, std::string>> query)
{
    std::string made(path);
    char separator = '?';
    for (const auto& [name, value] : query) {
        if (value.empty()) continue;
        made.append(1, separator).append(name).append("=").append(encoded(value, "-_.~"));
        separator = '&';
    }
    return made;
}

std::string path_part(std::string_view text)
{
    if (text.empty()) throw Error(Code::bad_request, "nothing named to the Docker engine");
    return encoded(text, "-_.~:/@");
}

http::Upstream open_call(const fs::path& socket, const EngineCall& call, std::stop_token stop)
{
    auto answer = connect(socket, std::move(stop));
    answer.write(request_text(call)); // what refuses the rest may have answered all the same
    const auto head = answer.read_head(call.patience);
    if (head.status >= 400) throw Error(code_of(head.status), message_in(answer, head.status));
    return answer;
}

std::string answer_to(const fs::path& socket, const EngineCall& call, std::stop_token stop)
{
    auto answer = open_call(socket, call, std::move(stop));
    return body_of(answer, largest_answer);
}

api::Json json_answer_to(const fs::path& socket, const EngineCall& call, std::stop_token stop)
{
    return engine_json(answer_to(socket, call, std::move(stop)));
}

api::Json engine_json(std::string_view text)
{
    constexpr std::size_t deepest = 40;
    if (auto json = api::Json::try_parse(text, deepest)) return std::move(*json);
    throw Error(Code::unavailable, "the Docker engine answered with what is no JSON");
}

} // namespace skerry::runtime::docker
