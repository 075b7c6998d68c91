#include "web/idempotency.hpp"

#include "util/bell.hpp"
#include "util/digest.hpp"
#include "util/error.hpp"

#include <optional>

namespace skerry::web {
namespace {

constexpr Time lifetime = 24LL * 3600 * 1000;
constexpr std::size_t longest_key = 200;
constexpr int most_removed = 20; // with each new key: more go than come

struct Kept {
    std::string request;
    http::Response response;
};

std::optional<Kept> find_kept(db::Connection& db, const std::string& caller, std::string_view key, Time now)
{
    db::Query row(db,
                  "select request, status, answer from idempotency_keys"
                  " where caller = ?1 and key = ?2 and created_at > ?3",
                  caller, key, now - lifetime);
    if (!row.next()) return std::nullopt;
    return Kept{row.text(0),
                {.status = static_cast<int>(row.number(1)),
                 .type = "application/json; charset=utf-8",
                 .body = row.text(2),
                 .headers = {{"Idempotent-Replayed", "true"}}}};
}

void keep(db::Connection& db, const std::string& caller, std::string_view key, const std::string& request,
          const http::Response& response, Time now)
{
    db::execute(db,
                "delete from idempotency_keys where (caller, key) in"
                " (select caller, key from idempotency_keys where created_at <= ?1 limit ?2)",
                now - lifetime, most_removed);
    db::execute(db,
                "insert or replace into idempotency_keys(caller, key, request, status, answer, created_at)"
                " values (?1, ?2, ?3, ?4, ?5, ?6)",
                caller, key, request, response.status, response.body, now);
}

/// For whom an answer is kept: a token for one project gets none that was given for another.
std::string keeper_of(const api::Caller& caller)
{
    return caller.only_project.empty() ? caller.user : caller.user + "/" + caller.only_project;
}

} // namespace

http::Response once(Visit& visit, std::string_view key, const std::string& asked,
                    const std::function<http::Response()>& act)
{
    if (key.size() > longest_key)
        throw Error(Code::bad_request, "the Idempotency-Key has more than 200 bytes");
    const auto request = sha256_hex(asked);
    const auto caller = keeper_of(visit.caller());
    const auto time = now();
    db::Transaction transaction(visit.db());
    if (auto kept = find_kept(visit.db(), caller, key, time)) {
        if (kept->request == request) return std::move(kept->response);
        throw Error(Code::conflict, "the Idempotency-Key came with another request before");
    }
    auto response = act();
    keep(visit.db(), caller, key, request, response, time);
    transaction.commit();
    Bell::ring(visit.app().paths.running()); // what the action rang was not to be seen yet
    return response;
}

} // namespace skerry::web
