#include "web/account_reads.hpp"

#include "auth/login_store.hpp"
#include "auth/rights.hpp"
#include "auth/token_store.hpp"
#include "auth/user_store.hpp"
#include "web/paging.hpp"

namespace skerry::web {
namespace {

template <class Row> http::Response list_of(const std::vector<Row>& rows)
{
    auto items = api::Json::array();
    for (const auto& row : rows) items.push(to_json(row));
    return list(items, std::nullopt);
}

} // namespace

http::Response list_users(Visit& visit)
{
    return list_of(auth::list(visit.db()));
}

http::Response list_logins(Visit& visit)
{
    return list_of(auth::list_logins(visit.db(), auth::reach_of(visit.caller()), now()));
}

http::Response list_tokens(Visit& visit)
{
    return list_of(auth::list_tokens(visit.db(), auth::reach_of(visit.caller())));
}

} // namespace skerry::web
