#include "web/identity.hpp"

#include "auth/callers.hpp"
#include "util/base64.hpp"
#include "util/error.hpp"
#include "util/text.hpp"
#include "web/guard.hpp"

namespace skerry::web {
namespace {

constexpr std::string_view cookie_name = "skerry_login";
constexpr std::string_view bearer = "Bearer ";
constexpr std::string_view basic = "Basic "; // what the agent's own clients know: the token as a password

std::string password_in(std::string_view credentials)
{
    const auto text = from_base64(trim(credentials)).value_or("");
    const auto colon = text.find(':');
    return colon == std::string::npos ? text : text.substr(colon + 1);
}

std::string cookie_in(const http::Request& request)
{
    for (const auto& part : split(request.header("Cookie"), ';')) {
        const auto pair = trim(part);
        if (!pair.starts_with(cookie_name) || !pair.substr(cookie_name.size()).starts_with('=')) continue;
        const auto value = pair.substr(cookie_name.size() + 1);
        if (!value.empty()) return std::string(value); // one that was logged out of may stand before it
    }
    return {};
}

/// Whether browsers reach the server over TLS, by a proxy that ends it.
bool is_secure(const Site& site)
{
    return site.options.base_url.starts_with("https://");
}

std::string cookie(const Site& site, const std::string& value, std::int64_t seconds)
{
    return std::string(cookie_name) + '=' + value +
           "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(seconds) +
           (is_secure(site) ? "; Secure" : "");
}

} // namespace

Proof proof_in(const http::Request& request)
{
    const auto authorization = request.header("Authorization");
    if (authorization.starts_with(bearer))
        return {.text = std::string(trim(authorization.substr(bearer.size())))};
    if (authorization.starts_with(basic)) return {.text = password_in(authorization.substr(basic.size()))};
    auto text = cookie_in(request);
    const bool is_cookie = !text.empty();
    return {.text = std::move(text), .is_cookie = is_cookie};
}

api::Caller caller_of(const Site& site, const http::Request& request, const Proof& proof, db::Connection& db)
{
    const auth::Origin origin{.address = client_address(site, request),
                              .client = std::string(request.header("User-Agent"))};
    api::Caller nobody{.kind = api::Caller::Kind::nobody, .address = origin.address, .client = origin.client};
    if (proof.text.empty()) return nobody;
    if (proof.is_cookie) return auth::caller_of_login(db, proof.text, origin).value_or(nobody);
    if (auto caller = auth::caller_of_token(db, proof.text, origin)) return *caller;
    throw Error(Code::unauthorized, "the token is not good, or no longer");
}

bool is_still(db::Connection& db, const Proof& proof, const api::Caller& caller)
{
    const auth::Origin origin{.address = caller.address, .client = caller.client};
    const auto now = proof.is_cookie ? auth::caller_of_login(db, proof.text, origin)
                                     : auth::caller_of_token(db, proof.text, origin);
    return now && now->user == caller.user && now->admin == caller.admin &&
           now->only_project == caller.only_project;
}

std::string login_cookie(const Site& site, const std::string& token, std::int64_t seconds)
{
    return cookie(site, token, seconds);
}

std::string end_of_login_cookie(const Site& site)
{
    return cookie(site, "", 0);
}

} // namespace skerry::web
