#include "web/door.hpp"

#include "http/status.hpp"
#include "util/log.hpp"
#include "util/text.hpp"
#include "web/action_route.hpp"
#include "web/answer.hpp"
#include "web/guard.hpp"
#include "web/identity.hpp"
#include "web/paging.hpp"
#include "web/route.hpp"
#include "web/visit.hpp"

#include <algorithm>
#include <optional>

namespace skerry::web {
namespace {

using api::Access;
using api::Caller;

constexpr std::string_view actions_path = "/api/actions/";

bool changes_nothing(std::string_view method) noexcept
{
    return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

void require_access(const Caller& caller, Access access, std::string_view method)
{
    if (access == Access::anyone) return;
    if (caller.kind == Caller::Kind::nobody) throw Error(Code::unauthorized, "this needs a login or a token");
    if (caller.read_only && !changes_nothing(method)) throw Error(Code::forbidden, "the token may only read");
    if (access == Access::admin && !api::sees_all(caller))
        throw Error(Code::forbidden, "this is for administrators");
}

struct Found {
    const Route* route = nullptr;
    std::vector<std::string> parts{};
    std::vector<std::string> methods{}; ///< that the path would be answered for
};

bool fits(std::string_view wanted, std::string_view method) noexcept
{
    return wanted == "*" || wanted == method;
}

Found find_route(const http::Request& request)
{
    Found found;
    for (const auto& route : routes()) {
        auto parts = matched(route.pattern, request.path);
        if (!parts) continue;
        found.methods.emplace_back(route.method);
        if (!fits(route.method, request.method)) continue;
        found.route = &route;
        found.parts = std::move(*parts);
        break;
    }
    return found;
}

http::Response wrong_method(const http::Request& request, std::vector<std::string> allowed)
{
    constexpr int method_not_allowed = 405;
    if (std::find(allowed.begin(), allowed.end(), "GET") != allowed.end()) allowed.emplace_back("HEAD");
    auto response = failure(Error(Code::bad_request, "the address does not answer " + request.method),
                            method_not_allowed, request.id);
    response.headers.emplace_back("Allow", join(allowed, ", "));
    return response;
}

/// What an address does not know behind its "?" is refused as it is in an action's input. A page is no
/// interface: people come to it by links that carry all sorts of things.
void require_known_query(const Route& route, const http::Request& request)
{
    const bool is_passed_on = route.gives == Gives::anything;
    if (route.gives == Gives::page || is_passed_on || !route.query.empty()) return; // the last reads its own
    refuse_query(request);
}

/// What lets a person act on a server's behalf is checked before anything is read for them.
Visit admitted(Site& site, const http::Request& request, db::Connection& db, Access access)
{
    const auto proof = proof_in(request);
    if (!changes_nothing(request.method)) require_own_origin(site, request, proof.is_cookie);
    Visit visit{site, request, {site.app, db, caller_of(site, request, proof, db)}};
    require_access(visit.caller(), access, request.method);
    return visit;
}

http::Response answer_action(Site& site, const http::Request& request)
{
    if (request.method != "POST") return wrong_method(request, {"POST"});
    const auto name = std::string_view(request.path).substr(actions_path.size());
    const auto action = std::find_if(site.actions.begin(), site.actions.end(),
                                     [&](const api::Action& one) { return one.name == name; });
    if (action == site.actions.end())
        throw Error(Code::not_found, "there is no action '" + std::string(name) + "'");
    const auto connection = site.connections.lend();
    auto visit = admitted(site, request, *connection, action->access);
    refuse_query(request);
    auto response = perform(visit, *action);
    response.label = request.path;
    return response;
}

http::Response answer_route(Site& site, const http::Request& request)
{
    auto found = find_route(request);
    if (found.route == nullptr && !found.methods.empty()) return wrong_method(request, found.methods);
    if (found.route == nullptr) throw Error(Code::not_found, "there is nothing at this address");
    const auto connection = site.connections.lend();
    std::optional<db::Snapshot> snapshot; // what is sent was true at one moment, and read under one lock
    if (found.route->gives == Gives::object || found.route->gives == Gives::list)
        snapshot.emplace(*connection);
    auto visit = admitted(site, request, *connection, found.route->access);
    visit.parts = std::move(found.parts);
    require_known_query(*found.route, request);
    auto response = found.route->answer(visit);
    response.label = found.route->pattern;
    return response;
}

http::Response answer_any(Site& site, const http::Request& request)
{
    try {
        require_own_host(site, request);
        return request.path.starts_with(actions_path) ? answer_action(site, request)
                                                      : answer_route(site, request);
    } catch (const Error& fault) {
        if (http::status_of(fault.code()) >= 500)
            log::error("a request could not be answered",
                       {{"operation", request.path}, {"request_id", request.id}, {"error", fault.what()}});
        return failure(fault, request.id);
    } catch (const std::exception& fault) {
        log::error("a request could not be answered",
                   {{"operation", request.path}, {"request_id", request.id}, {"error", fault.what()}});
        return failure(Code::internal, fault.what(), request.id);
    }
}

} // namespace

http::Response answer(Site& site, const http::Request& request)
{
    auto response = answer_any(site, request);
    add_security_headers(site, response);
    return response;
}

} // namespace skerry::web
