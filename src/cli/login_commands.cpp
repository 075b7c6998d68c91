#include "auth/login_actions.hpp"
#include "auth/user_store.hpp"
#include "cli/call.hpp"
#include "cli/display.hpp"
#include "cli/exit_status.hpp"
#include "cli/listing.hpp"
#include "cli/rows.hpp"
#include "cli/table.hpp"
#include "cli/view.hpp"
#include "cli/work.hpp"
#include "program/actions.hpp"

namespace skerry::cli {
namespace {

using auth::Login;

struct ListLogins {
    std::optional<std::string> user;
};
constexpr auto fields(api::Tag<ListLogins>)
{
    return std::array{
        api::field<&ListLogins::user>("user", "Only those of this user, by name or id",
                                      {.positional = true, .min = 1, .max = 64, .placeholder = "USER"})};
}

int list_logins(Call& call, const ListLogins& wish)
{
    const auto user = wish.user ? auth::require(call.db(), *wish.user).id : auth::UserId();
    const auto found = auth::list_logins(call.db(), user, now());
    if (found.empty() && call.terminal.out.is_terminal()) call.terminal.hint("nobody is logged in");
    return show_list(
        call.terminal, found, [](const Login& login) { return login.id.value; },
        [&](const Stream& stream) {
            Table table(
                {{"login"}, {"user"}, {"address"}, {"client", false, true}, {"last seen"}, {"expires"}});
            for (const auto& login : found)
                table.add({{login.id.value, Paint::strong},
                           login.user_name,
                           harmless_line(login.address),
                           harmless_line(login.client),
                           when(stream, login.last_seen_at),
                           when(stream, login.expires_at)});
            return found.empty() ? "" : table.shown_on(stream);
        });
}

int revoke_logins(Call& call)
{
    auto& terminal = call.terminal;
    const auto revoked = perform_action(call);
    if (terminal.json) terminal.print(revoked["logins"].dump(terminal.out.is_terminal()));
    if (!terminal.json)
        for (const auto& login : revoked["logins"].items())
            terminal.print(terminal.out.is_terminal() && !terminal.quiet
                               ? login["id"].text() + " of " + login["userName"].text() + " is over"
                               : login["id"].text());
    if (revoked["logins"].items().empty()) terminal.hint("there was no login to end");
    return status::done;
}

} // namespace

std::vector<Command> login_commands()
{
    const auto& revoke = program::require_action("logins.revoke");
    return {
        {.noun = "logins",
         .verb = "list",
         .summary = "List who is logged in, from where and with what",
         .input = api::fields_of<ListLogins>(),
         .run = with<list_logins>},
        {.noun = "logins",
         .verb = "revoke",
         .summary = revoke.summary,
         .details = "They are over with the next request. Tokens are no logins: see 'skerry tokens'.",
         .examples = {{"skerry logins revoke 3f9a", ""}, {"skerry logins revoke --user ada", "all of hers"}},
         .input = revoke.input,
         .action = "logins.revoke",
         .run = revoke_logins},
    };
}

} // namespace skerry::cli
