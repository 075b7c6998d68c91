#include "auth/new_user.hpp"

#include "auth/user_store.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

namespace skerry::auth {
namespace {

Error name_taken(const std::string& name)
{
    return {Code::conflict,
            "there is a user '" + name + "' already",
            {.hint = "skerry users list", .fields = {{"name", "is taken"}}}};
}

} // namespace

void require_user_name(const std::string& name)
{
    if (!is_user_name(name))
        throw Error(Code::bad_request, "'" + one_line(name, 60) + "' cannot be the name of a user",
                    {.hint = "1 to 64 letters (a-z), digits and . _ - @, not beginning with '-'",
                     .fields = {{"name", "must be letters, digits and . _ - @"}}});
}

void require_free_name(db::Connection& db, const std::string& name)
{
    require_user_name(name);
    if (find_by_name(db, name)) throw name_taken(name);
}

User insert_user(db::Connection& db, const std::string& name, Role role, const std::string& password_hash)
{
    User user{.id = UserId(random_id()), .name = name, .role = role, .created_at = now()};
    user.updated_at = user.created_at;
    if (!insert(db, user, password_hash)) throw name_taken(name);
    return user;
}

} // namespace skerry::auth
