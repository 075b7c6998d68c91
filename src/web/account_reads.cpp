#include "web/account_reads.hpp"

#include "auth/login_store.hpp"
#include "auth/rights.hpp"
#include "auth/token_store.hpp"
#include "auth/user_store.hpp"
#include "web/paging.hpp"

namespace skerry::web {

http::Response list_users(Visit& visit)
{
    return part_of(auth::list(visit.db()), read_query<Page>(visit.request));
}

http::Response list_logins(Visit& visit)
{
    return part_of(auth::list_logins(visit.db(), auth::reach_of(visit.caller()), now()),
                   read_query<Page>(visit.request));
}

http::Response list_tokens(Visit& visit)
{
    return part_of(auth::list_tokens(visit.db(), auth::reach_of(visit.caller())),
                   read_query<Page>(visit.request));
}

} // namespace skerry::web
