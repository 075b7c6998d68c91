#include "agent/client.hpp"

#include "agent/diagnosis.hpp"
#include "agent/model_name.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>

namespace skerry::agent {

namespace {

using namespace std::chrono_literals;
using api::Json;

Code code_of(int status)
{
    switch (status) {
    case 400: return Code::bad_request;
    case 401: return Code::unauthorized;
    case 404: return Code::not_found;
    case 409: return Code::conflict;
    default: return Code::internal;
    }
}

/// Errors come as {name, data: {message}} and as {_tag, message}.
std::string message_in(const http::Answer& answer)
{
    const auto body =
        answer.type == "application/json" ? Json::try_parse(answer.body).value_or(Json()) : Json();
    auto message = body["data"]["message"].text(body["message"].view());
    if (message.empty()) message = body["name"].text(body["_tag"].view());
    return one_line(message, 300);
}

Error refusal(const std::string& request, const http::Answer& answer)
{
    if (answer.status == 401) return {Code::unauthorized, "the agent does not accept its password"};
    const auto message = message_in(answer);
    return {code_of(answer.status), "the agent answered " + request + " with " +
                                        std::to_string(answer.status) +
                                        (message.empty() ? "" : ": " + message)};
}

std::string session_path(const std::string& session, const std::string& rest = {})
{
    return "/session/" + percent_encoded(session) + rest;
}

/// The prompt's text gets a name that follows from the message's, so that handing it over twice leaves one
/// text.
std::string part_name(const std::string& message)
{
    constexpr std::string_view beginning = "msg_";
    return "prt_" + (message.starts_with(beginning) ? message.substr(beginning.size()) : message);
}

} // namespace

std::string percent_encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view plain = "-._~";
    std::string encoded;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        const bool keep = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= '0' && letter <= '9') || plain.find(letter) != std::string_view::npos;
        if (keep)
            encoded += letter;
        else
            encoded += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
    return encoded;
}

std::string event_path(const Address& address)
{
    return "/event?directory=" + percent_encoded(address.folder);
}

http::Target target_of(const Address& address)
{
    return {.port = address.port, .user = "opencode", .password = address.password};
}

struct Client::Call {
    const char* method;
    std::string path;
    Json body{};
    std::chrono::milliseconds timeout = 10s;
};

Client::Client(Address address) : address_(std::move(address)), http_(target_of(address_)) {}

std::string Client::health(std::stop_token stop, std::chrono::milliseconds timeout)
{
    const auto answer =
        call({.method = "GET", .path = "/global/health", .timeout = timeout}, std::move(stop));
    if (!answer["healthy"].boolean()) throw Error(Code::unavailable, "the agent says that it is not well");
    return answer["version"].text();
}

void Client::warm_up(std::stop_token stop)
{
    call({.method = "GET", .path = in_folder("/config/providers"), .timeout = 60s}, std::move(stop));
}

/// The agent's own answer has the providers' keys in clear text: only what is named here leaves it.
Json Client::models(std::stop_token stop)
{
    const auto answer =
        call({.method = "GET", .path = in_folder("/config/providers"), .timeout = 60s}, std::move(stop));
    auto list = Json::array();
    for (const auto& provider : answer["providers"].items())
        for (const auto& [name, model] : provider["models"].members())
            list.push(Json::object({{"model", provider["id"].text() + "/" + name},
                                    {"name", model["name"]},
                                    {"context", model["limit"]["context"]},
                                    {"output", model["limit"]["output"]}}));
    return list;
}

std::string Client::create_session(const std::string& title, const std::string& model, std::stop_token stop)
{
    const auto name = parse_model(model);
    const auto body = Json::object(
        {{"title", title}, {"model", Json::object({{"providerID", name.provider}, {"id", name.model}})}});
    const auto answer = call({.method = "POST", .path = in_folder("/session"), .body = body, .timeout = 60s},
                             std::move(stop));
    if (answer["id"].view().empty()) throw Error(Code::internal, "the agent made a session without a name");
    return answer["id"].text();
}

bool Client::has_session(const std::string& session, std::stop_token stop)
{
    try {
        return call({.method = "GET", .path = session_path(session)}, std::move(stop))["id"].view() ==
               session;
    } catch (const Error& error) {
        if (error.code() == Code::not_found) return false;
        throw;
    }
}

std::string Client::fork_session(const std::string& session, const std::string& before, std::stop_token stop)
{
    auto body = Json::object();
    if (!before.empty()) body.set("messageID", before);
    const auto answer =
        call({.method = "POST", .path = session_path(session, "/fork"), .body = body, .timeout = 60s},
             std::move(stop));
    if (answer["id"].view().empty()) throw Error(Code::internal, "the agent made a session without a name");
    return answer["id"].text();
}

void Client::delete_session(const std::string& session, std::stop_token stop)
{
    try {
        call({.method = "DELETE", .path = session_path(session), .timeout = 30s}, std::move(stop));
    } catch (const Error& error) {
        if (error.code() != Code::not_found) throw;
    }
}

Json Client::statuses(std::stop_token stop)
{
    return call({.method = "GET", .path = in_folder("/session/status")}, std::move(stop));
}

std::vector<std::string> Client::children(const std::string& session, std::stop_token stop)
{
    std::vector<std::string> names;
    const auto list = call({.method = "GET", .path = session_path(session, "/children")}, std::move(stop));
    for (const auto& child : list.items()) names.push_back(child["id"].text());
    return names;
}

Json Client::todos(const std::string& session, std::stop_token stop)
{
    return call({.method = "GET", .path = session_path(session, "/todo")}, std::move(stop));
}

/// The agent keeps all rules that it was ever given; the last that fits counts.
void Client::set_rules(const std::string& session, const Json& rules, std::stop_token stop)
{
    const auto path = session_path(session);
    const auto present = call({.method = "GET", .path = path}, stop)["permission"];
    const auto& kept = present.items();
    const auto& wanted = rules.items();
    const bool last =
        kept.size() >= wanted.size() && std::equal(wanted.rbegin(), wanted.rend(), kept.rbegin());
    if (!last)
        call({.method = "PATCH", .path = path, .body = Json::object({{"permission", rules}})},
             std::move(stop));
}

void Client::prompt(const std::string& session, const Prompt& prompt, std::stop_token stop)
{
    const auto name = parse_model(prompt.model);
    auto body = Json::object({{"messageID", prompt.message}, {"agent", prompt.mode}});
    body.set("model", Json::object({{"providerID", name.provider}, {"modelID", name.model}}));
    const auto part =
        Json::object({{"id", part_name(prompt.message)}, {"type", "text"}, {"text", prompt.text}});
    auto parts = Json::Array{part};
    for (const auto& file : prompt.files)
        parts.push_back(Json::object(
            {{"type", "file"}, {"mime", file.mime}, {"filename", file.name}, {"url", file.url}}));
    body.set("parts", std::move(parts));
    call({.method = "POST", .path = session_path(session, "/prompt_async"), .body = body, .timeout = 30s},
         std::move(stop));
}

bool Client::has_message(const std::string& session, const std::string& message, std::stop_token stop)
{
    try {
        const auto path = session_path(session, "/message/" + percent_encoded(message));
        return call({.method = "GET", .path = path}, std::move(stop))["info"]["id"].view() == message;
    } catch (const Error& error) {
        if (error.code() == Code::not_found) return false;
        throw;
    }
}

Json Client::messages(const std::string& session, int limit, std::stop_token stop)
{
    const auto path = session_path(session, "/message?limit=" + std::to_string(limit));
    return call({.method = "GET", .path = path, .timeout = 30s}, std::move(stop));
}

void Client::abort(const std::string& session, std::chrono::milliseconds timeout)
{
    call({.method = "POST", .path = session_path(session, "/abort"), .timeout = timeout}, {});
}

Json Client::permissions(std::stop_token stop)
{
    return call({.method = "GET", .path = in_folder("/permission")}, std::move(stop));
}

Json Client::questions(std::stop_token stop)
{
    return call({.method = "GET", .path = in_folder("/question")}, std::move(stop));
}

void Client::reply_permission(const std::string& request, const std::string& reply,
                              const std::string& message, std::stop_token stop)
{
    auto body = Json::object({{"reply", reply}});
    if (!message.empty()) body.set("message", message);
    const auto path = in_folder("/permission/" + percent_encoded(request) + "/reply");
    call({.method = "POST", .path = path, .body = body}, std::move(stop));
}

void Client::reply_question(const std::string& request, const std::vector<std::vector<std::string>>& answers,
                            std::stop_token stop)
{
    auto list = Json::array();
    for (const auto& labels : answers) list.push(labels);
    const auto path = in_folder("/question/" + percent_encoded(request) + "/reply");
    call({.method = "POST", .path = path, .body = Json::object({{"answers", list}})}, std::move(stop));
}

void Client::reject_question(const std::string& request, std::stop_token stop)
{
    const auto path = in_folder("/question/" + percent_encoded(request) + "/reject");
    call({.method = "POST", .path = path}, std::move(stop));
}

void Client::dispose(std::stop_token stop)
{
    call({.method = "POST", .path = "/global/dispose"}, std::move(stop));
}

/// Unknown paths are answered with 200 and a web page: what is not JSON was not understood.
Json Client::call(const Call& what, std::stop_token stop)
{
    const auto request = std::string(what.method) + " " + what.path.substr(0, what.path.find('?'));
    const auto body = what.body.is_null() ? std::string() : what.body.dump();
    const auto answer =
        http_.request(what.method, what.path, body, std::move(stop), {.timeout = what.timeout});
    if (answer.status == 204) return {};
    if (answer.status != 200) throw refusal(request, answer);
    auto json = answer.type == "application/json" ? Json::try_parse(answer.body) : std::nullopt;
    if (json) return std::move(*json);
    throw Error(Code::internal, "the agent did not understand " + request,
                {.hint = "check the version of opencode: skerry was made for 1.18"});
}

std::string Client::in_folder(const std::string& path) const
{
    return path + "?directory=" + percent_encoded(address_.folder);
}

} // namespace skerry::agent
