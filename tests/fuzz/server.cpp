#include "fuzz/inhabited_site.hpp"
#include "fuzz/property.hpp"
#include "http/request_head.hpp"
#include "http/status.hpp"
#include "web/door.hpp"

/// The bytes: a whole request. It is answered as the server answers it, for a user whose token may only read
/// unless the request proves someone else. No request is too much for the server, and no answer tells where
/// its files are.
namespace skerry::fuzz {
namespace {

constexpr std::size_t largest_body = 1U << 20U;

InhabitedSite& inhabited()
{
    static InhabitedSite site;
    return site;
}

/// It would be answered, and slowly on purpose: passwords are hashed.
bool tries_password(const http::Request& request)
{
    return request.path == "/api/actions/auth.login" || request.path == "/api/actions/setup.create_admin";
}

void check_answer(const http::Response& answer)
{
    require(answer.status >= 200 && answer.status < 600 && answer.status != 500,
            "the server knows what to say");
    require(http::is_line(answer.type), "no content type has a line break");
    for (const auto& [name, value] : answer.headers)
        require(http::is_line(name) && http::is_line(value), "no header of an answer has a line break");
    require(answer.body.find(inhabited().folder.path().string()) == std::string::npos,
            "no answer tells where the data is");
    const bool is_json = answer.type.starts_with("application/json") && !answer.body.empty();
    const auto json = api::Json::try_parse(is_json ? answer.body : "null");
    require(json.has_value(), "what is called JSON is JSON");
    for (const auto& field : (*json)["error"]["fields"].items())
        require(!field["message"].view().empty(), "a wrong field is named");
    if (answer.status == 400) require(!(*json)["error"]["message"].view().empty(), "a refusal says why");
}

void check(std::string_view bytes)
{
    const auto end = bytes.find("\r\n\r\n");
    auto head = http::parse_head(std::string(bytes.substr(0, end)) + "\r\n\r\n", largest_body);
    auto& request = head.request;
    if (head.refusal != 0 || tries_password(request)) return;
    if (request.method == "HEAD") request.method = "GET";
    request.address = "192.0.2.7";
    request.id = "0123456789abcdef";
    request.headers.emplace_back("Authorization", "Bearer " + inhabited().token); // the first one counts
    request.pause = [](std::chrono::milliseconds) { return false; };
    request.await = [](int, short, std::chrono::milliseconds) { return http::Wait::ended; };
    if (end != std::string_view::npos) request.body = http::given_body(std::string(bytes.substr(end + 4)));
    check_answer(web::answer(inhabited().site, request));
}

} // namespace
} // namespace skerry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    skerry::fuzz::check({reinterpret_cast<const char*>(data), size});
    return 0;
}
