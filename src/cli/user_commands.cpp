#include "auth/new_user.hpp"
#include "auth/user_actions.hpp"
#include "auth/user_store.hpp"
#include "cli/call.hpp"
#include "cli/confirmation.hpp"
#include "cli/exit_status.hpp"
#include "cli/listing.hpp"
#include "cli/rows.hpp"
#include "cli/table.hpp"
#include "cli/unseen_input.hpp"
#include "cli/view.hpp"
#include "cli/work.hpp"
#include "program/actions.hpp"

namespace skerry::cli {
namespace {

using auth::NamedUser;
using auth::User;

struct AddingUser {
    std::string name;
    std::optional<std::string> role;
    bool random = false;
};
constexpr auto fields(api::Tag<AddingUser>)
{
    return std::array{
        api::field<&AddingUser::name>("name", "What to call the user: letters, digits and . _ - @",
                                      {.positional = true, .min = 1, .max = 64, .placeholder = "USERNAME"}),
        api::field<&AddingUser::role>("role", "What the user may; else member, but the first one is an admin",
                                      {.one_of = "admin|member"}),
        api::field<&AddingUser::random>("random", "Make a password and print it, this once"),
    };
}

struct GivingPassword {
    std::string user;
    bool random = false;
};
constexpr auto fields(api::Tag<GivingPassword>)
{
    return std::array{
        api::field<&GivingPassword::user>("user", "Name or id of the user",
                                          {.positional = true, .min = 1, .max = 64, .placeholder = "USER"}),
        api::field<&GivingPassword::random>("random", "Make a password and print it, this once"),
    };
}

/// The user as JSON, the password where one was made, else the name or a sentence.
void tell_user(Terminal& terminal, const api::Json& user, const std::string& sentence)
{
    if (terminal.json) return terminal.print(user.dump(terminal.out.is_terminal()));
    if (user["password"].is_text()) {
        terminal.note(user["name"].text() + " " + sentence + "; the password is not shown again:");
        return terminal.print(user["password"].text());
    }
    const bool for_people = terminal.out.is_terminal() && !terminal.quiet;
    terminal.print(for_people ? terminal.out.paint(Paint::strong, user["name"].view()) + " " + sentence
                              : user["name"].text());
}

int add_user(Call& call, const AddingUser& wish)
{
    auth::require_free_name(call.db(), wish.name); // before anybody types a password in vain
    auto input = api::Json::object({{"name", wish.name}, {"role", wish.role}});
    if (!wish.random) input.set("password", new_password(call.terminal, wish.name));
    const bool first = !auth::any_users(call.db());
    const auto user = perform_action(call, input);
    tell_user(call.terminal, user, "is added as " + user["role"].text());
    if (first && !wish.role)
        call.terminal.hint(
            "the first user is an admin; 'skerry users role' changes that once there is another");
    return status::done;
}

int list_users(Call& call)
{
    const auto found = auth::list(call.db());
    if (found.empty() && call.terminal.out.is_terminal())
        call.terminal.hint("there is no user yet: skerry users add NAME");
    return show_list(
        call.terminal, found, [](const User& user) { return user.name; },
        [&](const Stream& stream) {
            Table table({{"user", false, true}, {"role"}, {"id"}, {"added"}});
            for (const auto& user : found)
                table.add({{user.name, Paint::strong},
                           name_of(user.role),
                           {user.id.value, Paint::faint},
                           when(stream, user.created_at)});
            return found.empty() ? "" : table.shown_on(stream);
        });
}

int set_password(Call& call, const GivingPassword& wish)
{
    const auto named = auth::require(call.db(), wish.user);
    auto input = api::Json::object({{"user", named.id.value}});
    if (!wish.random) input.set("password", new_password(call.terminal, named.name));
    const auto user = perform_action(call, input);
    tell_user(call.terminal, user,
              "has another password, and " + std::to_string(user["loginsEnded"].number()) +
                  " logins are over");
    return status::done;
}

int delete_user(Call& call)
{
    const auto named = auth::require(call.db(), call.read<NamedUser>().user);
    const bool yes = call.read<Confirmation>().yes ||
                     confirmed(call.terminal, "Delete " + named.name + " with all logins and tokens?");
    if (!yes) return status::not_confirmed;
    tell_user(call.terminal, perform_action(call), "is deleted");
    return status::done;
}

int change_role(Call& call)
{
    const auto user = perform_action(call);
    tell_user(call.terminal, user,
              std::string("is ") + (user["role"].view() == "admin" ? "an " : "a ") + user["role"].text());
    return status::done;
}

} // namespace

std::vector<Command> user_commands()
{
    const auto summary_of = [](std::string_view action) { return program::require_action(action).summary; };
    return {
        {.noun = "users",
         .verb = "add",
         .summary = summary_of("users.add"),
         .details =
             "The password is read from standard input, or typed twice where it is not shown; it is never "
             "part of a command line. With --random one is made, and is all that is written to standard "
             "output.\n\n"
             "The first user is an admin. An admin sees and may everything, a member what concerns own "
             "projects. At the terminal nobody needs to be a user: whoever can read the data folder may all.",
         .examples = {{"skerry users add ada", "asks for the password"},
                      {"skerry users add ci --role member --random -q > password.txt", ""}},
         .input = api::fields_of<AddingUser>(),
         .action = "users.add",
         .run = with<add_user>},
        {.noun = "users", .verb = "list", .summary = "List the users", .run = list_users},
        {.noun = "users",
         .verb = "passwd",
         .summary = summary_of("users.set-password"),
         .details =
             "All logins of the user are over, and wrong tries are forgotten. Tokens stay: see 'skerry "
             "tokens list'.",
         .examples = {{"skerry users passwd ada --random", "makes one and prints it"}},
         .input = api::fields_of<GivingPassword>(),
         .action = "users.set-password",
         .run = with<set_password>},
        {.noun = "users",
         .verb = "delete",
         .summary = summary_of("users.delete"),
         .details =
             "Asks first; where nobody can be asked, --yes is needed. Who owns projects is not deleted, "
             "nor is the last admin.",
         .input = api::fields_of<NamedUser>(),
         .asks = true,
         .action = "users.delete",
         .run = delete_user},
        {.noun = "users",
         .verb = "role",
         .summary = summary_of("users.set-role"),
         .details = "In force with the next request. The last admin stays one.",
         .examples = {{"skerry users role ada member", ""}},
         .input = api::fields_of<auth::SetRole>(),
         .action = "users.set-role",
         .run = change_role},
    };
}

} // namespace skerry::cli
