#include "web/agent_passage.hpp"

#include "http/forward.hpp"
#include "http/request_head.hpp"
#include "projects/project_access.hpp"
#include "projects/stack.hpp"
#include "util/base64.hpp"
#include "util/error.hpp"
#include "util/retry_later.hpp"
#include "util/text.hpp"
#include "web/admission.hpp"
#include "web/answer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <memory>

namespace skerry::web {
namespace {

constexpr std::size_t own_segments = 4;                   // "/api/projects/:id/agent"
constexpr std::size_t largest_configuration = 16U << 20U; // held whole, to be masked

/// An agent may answer with a page, and a page of this address could act for the person who looks at it: it
/// is shown without scripts and as from another place.
constexpr const char* harmless_page = "sandbox; default-src 'none'";

bool is_shown(std::string_view name)
{
    const auto lower = in_small_letters(name);
    static constexpr std::array<std::string_view, 5> hidden{"www-authenticate", "content-security-policy",
                                                            "server", "x-frame-options", "clear-site-data"};
    return !lower.starts_with("access-control-") &&
           std::find(hidden.begin(), hidden.end(), lower) == hidden.end();
}

/// What the agent makes of a path: "/config" of "//%43onfig" too.
std::string as_the_agent_reads(std::string_view path)
{
    std::string text(path);
    for (auto next = http::percent_decoded(text); next && *next != text; next = http::percent_decoded(text))
        text = std::move(*next);
    std::replace(text.begin(), text.end(), '\\', '/');
    const auto is_doubled = [](char left, char right) { return left == '/' && right == '/'; };
    text.erase(std::unique(text.begin(), text.end(), is_doubled), text.end());
    return in_small_letters(text);
}

bool may_hold_key(std::string_view name)
{
    static constexpr std::array<std::string_view, 7> ends{"password", "token", "secret", "authorization",
                                                          "apikey",   "_key",  "-key"};
    const auto small = in_small_letters(name);
    const auto is_end = [&](std::string_view end) { return small.ends_with(end); };
    return small == "key" || name.ends_with("Key") || std::any_of(ends.begin(), ends.end(), is_end);
}

/// Takes the answer in and masks it.
http::Response masked(http::Response answer)
{
    if (!answer.stream || !std::string_view(answer.type).starts_with("application/json")) return answer;
    std::string text;
    const bool whole = answer.stream([&](std::string_view piece) {
        text += piece;
        return text.size() <= largest_configuration;
    });
    const auto json = whole ? api::Json::try_parse(text) : std::nullopt;
    if (!json) throw Error(Code::unavailable, "the agent's answer cannot be read");
    answer.stream = nullptr;
    answer.body = without_keys(*json).dump();
    return answer;
}

http::Response bad_gateway(const Error& fault, const http::Request& request)
{
    constexpr int bad_gateway_status = 502;
    return failure(Error(Code::unavailable, fault.what()), bad_gateway_status, request.id);
}

http::Response ask(Visit& visit, const projects::Project& project)
{
    const auto address = projects::agent_of(visit.app(), project);
    http::ForwardOptions options{
        .port = address.port,
        .target = http::below(visit.request.target, own_segments),
        .headers = {{"Authorization", "Basic " + base64("opencode:" + address.password)}},
        .shows = is_shown};
    const bool to_mask = tells_configuration(options.target);
    if (to_mask) options.headers.emplace_back("Accept-Encoding", "identity");
    auto answer = http::forward(visit.request, options);
    return to_mask ? masked(std::move(answer)) : std::move(answer);
}

using Stream = std::function<bool(const http::Write&)>;

/// A stream that keeps its seat and the project from being idle, and is broken off before the first piece
/// that comes after the caller's login or token has ended.
Stream guarded(const Visit& visit, std::shared_ptr<const Presence> presence, std::shared_ptr<const void> seat,
               Stream stream)
{
    return [&connections = visit.site.connections, admission = admission_of(visit),
            presence = std::move(presence), seat = std::move(seat),
            stream = std::move(stream)](const http::Write& write) mutable {
        return stream([&](std::string_view piece) {
            if (admission.is_in_doubt() && !admission.look(*connections.lend())) return false;
            return write(piece);
        });
    };
}

} // namespace

bool tells_configuration(std::string_view target)
{
    const auto path = as_the_agent_reads(target.substr(0, target.find('?')));
    return path.find("/.") != std::string::npos || // dots may lead anywhere
           path.starts_with("/config") || path.starts_with("/provider") ||
           path.starts_with("/global/config") || path.starts_with("/api/");
}

api::Json without_keys(const api::Json& json)
{
    if (json.is_array()) {
        auto list = api::Json::array();
        for (const auto& item : json.items()) list.push(without_keys(item));
        return list;
    }
    if (!json.is_object()) return json;
    api::Json::Object members;
    for (const auto& [name, value] : json.members()) {
        const bool hides = may_hold_key(name) && value.is_text() && !value.view().empty();
        members.push_back({name, hides ? api::Json("***") : without_keys(value)});
    }
    return api::Json::object_of(std::move(members));
}

http::Response pass_to_agent(Visit& visit)
{
    const auto project = projects::require(visit.context, visit.parts.front());
    if (project.status != projects::Status::running)
        return bad_gateway(Error(Code::unavailable, "the project's agent does not run: the project is " +
                                                        std::string(name_of(project.status))),
                           visit.request);
    const auto seat = visit.site.passages.take();
    if (!seat)
        throw RetryLater(Code::unavailable, "too many requests are with agents just now",
                         std::chrono::seconds(1), "end some of the streams that are open there");
    const auto presence = visit.site.followers.present_at(visit.app().paths.followers(project.id.value));
    try {
        auto answer = ask(visit, project);
        answer.headers.emplace_back("Content-Security-Policy", harmless_page);
        if (answer.stream) answer.stream = guarded(visit, presence, seat, std::move(answer.stream));
        return answer;
    } catch (const Error& fault) {
        if (fault.code() != Code::unavailable) throw;
        return bad_gateway(Error(Code::unavailable, "the project's agent does not answer"), visit.request);
    }
}

} // namespace skerry::web
