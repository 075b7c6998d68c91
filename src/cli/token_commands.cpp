#include "auth/token_actions.hpp"
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
#include "projects/project_store.hpp"

namespace skerry::cli {
namespace {

using auth::ApiToken;

struct ListTokens {
    std::optional<std::string> user;
};
constexpr auto fields(api::Tag<ListTokens>)
{
    return std::array{
        api::field<&ListTokens::user>("user", "Only those of this user, by name or id",
                                      {.positional = true, .min = 1, .max = 64, .placeholder = "USER"})};
}

Cell expiry_cell(const Stream& stream, const ApiToken& token)
{
    if (!token.expires_at) return stream.is_terminal() ? "never" : "";
    const auto expiry = when(stream, *token.expires_at);
    return {expiry, *token.expires_at > now() ? Paint::plain : Paint::bad};
}

std::string token_table(const Stream& stream, const std::vector<ApiToken>& tokens, const Slugs& slugs)
{
    Table table({{"token"},
                 {"name", false, true},
                 {"user"},
                 {"may"},
                 {"project", false, false, true},
                 {"last used"},
                 {"expires"}});
    for (const auto& token : tokens)
        table.add({{token.id.value, Paint::strong},
                   harmless_line(token.name),
                   token.user_name,
                   token.read_only ? "read" : "read, write",
                   token.project ? slug_of(slugs, *token.project) : "",
                   when(stream, token.last_used_at.value_or(0)),
                   expiry_cell(stream, token)});
    return table.shown_on(stream);
}

int create_token(Call& call)
{
    auto& terminal = call.terminal;
    const auto created = perform_action(call);
    if (terminal.json) {
        terminal.print(created.dump(terminal.out.is_terminal()));
        return status::done;
    }
    terminal.note("token " + created["id"].text() + " (" + created["name"].text() + ") of " +
                  created["userName"].text() + "; it is not shown again:");
    terminal.print(created["token"].text());
    return status::done;
}

int list_tokens(Call& call, const ListTokens& wish)
{
    const auto user = wish.user ? auth::require(call.db(), *wish.user).id : auth::UserId();
    const auto found = auth::list_tokens(call.db(), user);
    if (found.empty() && call.terminal.out.is_terminal())
        call.terminal.hint("there is no token yet: skerry tokens create --name ci");
    return show_list(
        call.terminal, found, [](const ApiToken& token) { return token.id.value; },
        [&](const Stream& stream) {
            return found.empty() ? "" : token_table(stream, found, slugs_of(projects::list(call.db())));
        });
}

int delete_token(Call& call)
{
    auto& terminal = call.terminal;
    const auto token = perform_action(call);
    if (terminal.json)
        terminal.print(token.dump(terminal.out.is_terminal()));
    else
        terminal.print(terminal.out.is_terminal() && !terminal.quiet
                           ? token["id"].text() + " (" + token["name"].text() + ") is deleted"
                           : token["id"].text());
    return status::done;
}

} // namespace

std::vector<Command> token_commands()
{
    const auto& create = program::require_action("tokens.create");
    const auto& remove = program::require_action("tokens.delete");
    return {
        {.noun = "tokens",
         .verb = "create",
         .summary = create.summary,
         .details =
             "The token is all that is written to standard output, this once; only a hash of it is kept. "
             "Scripts send it to the server as 'Authorization: Bearer skr_...'. It may what its user may, "
             "but make no other tokens and change no passwords.",
         .examples = {{"skerry tokens create --name ci --expires 30d --project shop > token.txt", ""},
                      {"skerry tokens create --name dashboard --user ada --read-only", ""}},
         .input = create.input,
         .action = "tokens.create",
         .run = create_token},
        {.noun = "tokens",
         .verb = "list",
         .summary = "List the tokens, never what proves them",
         .input = api::fields_of<ListTokens>(),
         .run = with<list_tokens>},
        {.noun = "tokens",
         .verb = "delete",
         .summary = remove.summary,
         .details = "Whoever has it is shut out with the next request.",
         .input = remove.input,
         .action = "tokens.delete",
         .run = delete_token},
    };
}

} // namespace skerry::cli
