#include "web/action_route.hpp"

#include "util/error.hpp"
#include "web/answer.hpp"
#include "web/asset_upload.hpp"
#include "web/idempotency.hpp"
#include "web/identity.hpp"
#include "web/project_reads.hpp"

namespace skerry::web {
namespace {

constexpr std::size_t largest_input = 32U << 20U;
constexpr std::size_t largest_input_of_anyone = 16U << 10U; // who has not said who they are

bool begins_login(const api::Action& action) noexcept
{
    return action.name == "auth.login" || action.name == "setup.create_admin";
}

void require_json(const http::Request& request)
{
    if (request.header("Content-Type").starts_with("application/json")) return;
    throw Error(Code::bad_request, "the body must be application/json");
}

api::Json input_of(const http::Request& request, const api::Action& action)
{
    require_json(request);
    const auto largest = action.access == api::Access::anyone ? largest_input_of_anyone : largest_input;
    const auto text = http::whole_body(request, largest);
    auto input = text.empty() ? api::Json::object() : api::Json::parse(text);
    if (!input.is_object()) throw Error(Code::bad_request, "the body must be a JSON object");
    return input;
}

/// A browser keeps the login where no script reads it.
http::Response into_cookie(const Site& site, api::Json signed_in)
{
    const auto token = signed_in["token"].text();
    const auto seconds = (signed_in["expiresAt"].number() - now()) / 1000;
    signed_in.remove("token");
    auto response = data(signed_in);
    response.headers.emplace_back("Set-Cookie", login_cookie(site, token, seconds));
    return response;
}

http::Response answer_of(Visit& visit, const api::Action& action, const api::Json& input)
{
    auto given = for_caller(visit.caller(), action.perform(visit.context, input));
    if (begins_login(action)) return into_cookie(visit.site, std::move(given));
    auto response = data(given);
    if (action.name == "auth.logout")
        response.headers.emplace_back("Set-Cookie", end_of_login_cookie(visit.site));
    return response;
}

} // namespace

bool may_have_key(const api::Action& action) noexcept
{
    return action.name != "setup.create_admin" && action.name != "tokens.create" &&
           !action.name.starts_with("auth.") && !action.name.starts_with("users.");
}

bool tries_password(const api::Action& action) noexcept
{
    return action.name == "auth.login" || action.name == "auth.change_password";
}

bool takes_form(const api::Action& action) noexcept
{
    return action.name == "assets.upload";
}

http::Response perform(Visit& visit, const api::Action& action)
{
    if (takes_form(action) && is_form(visit.request)) return receive_asset(visit);
    const auto input = input_of(visit.request, action);
    const auto key = visit.request.header("Idempotency-Key");
    if (key.empty()) return answer_of(visit, action, input);
    if (!may_have_key(action))
        throw Error(Code::bad_request, "this action takes no Idempotency-Key: its answer is not kept");
    return once(visit, key, std::string(action.name) + "\n" + input.dump(),
                [&] { return answer_of(visit, action, input); });
}

} // namespace skerry::web
