#include "web/answer.hpp"

#include "http/status.hpp"
#include "util/digest.hpp"
#include "util/retry_later.hpp"

#include <chrono>

namespace skerry::web {
namespace {

constexpr const char* json_type = "application/json; charset=utf-8";

/// Whether nobody outside may read why: it may name files and statements.
bool is_inside(const Error& error)
{
    if (error.code() == Code::internal) return true;
    return error.code() == Code::unavailable &&
           std::string_view(error.what()).find('/') != std::string_view::npos;
}

std::string message_of(const Error& error)
{
    if (!is_inside(error)) return error.what();
    return error.code() == Code::internal ? "something went wrong inside; the server's log tells more"
                                          : "the server cannot do that right now; its log tells more";
}

bool has_tag(std::string_view given, const std::string& tag)
{
    return given == "*" || given.find(tag) != std::string_view::npos;
}

} // namespace

http::Response data(const api::Json& json, int status)
{
    return {.status = status, .type = json_type, .body = R"({"data":)" + json.dump() + "}\n"};
}

http::Response data_with_tag(const http::Request& request, const api::Json& json)
{
    auto answer = data(json);
    constexpr std::size_t enough = 32;
    const auto tag = '"' + sha256_hex(answer.body).substr(0, enough) + '"';
    answer.headers.emplace_back("ETag", tag);
    if (!has_tag(request.header("If-None-Match"), tag)) return answer;
    answer.status = 304;
    answer.body.clear();
    return answer;
}

http::Response failure(const Error& error, std::string_view request_id)
{
    return failure(error, http::status_of(error.code()), request_id);
}

http::Response failure(const Error& error, int status, std::string_view request_id)
{
    auto json = api::Json::object({{"code", http::code_of(status)}, {"message", message_of(error)}});
    if (!error.fields().empty()) {
        auto fields = api::Json::array();
        for (const auto& [field, message] : error.fields())
            fields.push(api::Json::object({{"field", field}, {"message", message}}));
        json.set("fields", std::move(fields));
    }
    json.set("requestId", request_id);
    http::Response answer{.status = status,
                          .type = json_type,
                          .body = api::Json::object({{"error", std::move(json)}}).dump() + "\n"};
    if (const auto* later = dynamic_cast<const RetryLater*>(&error)) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(later->wait()).count();
        answer.headers.emplace_back("Retry-After", std::to_string(seconds));
    }
    return answer;
}

http::Response failure(Code code, const std::string& message, std::string_view request_id)
{
    return failure(Error(code, message), request_id);
}

} // namespace skerry::web
