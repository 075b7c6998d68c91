#include "cli/call.hpp"
#include "cli/display.hpp"
#include "cli/listing.hpp"
#include "cli/rows.hpp"
#include "cli/table.hpp"
#include "sessions/session_store.hpp"
#include "sessions/usage.hpp"

#include <array>
#include <cstdio>

namespace skerry::cli {
namespace {

using sessions::Usage;

struct UsageOptions {
    std::optional<std::string> session;
    std::string by = "project";
};
constexpr auto fields(api::Tag<UsageOptions>)
{
    return std::array{
        api::field<&UsageOptions::session>(
            "session", "Only of this session, or of this project's newest",
            {.positional = true, .min = 1, .max = 100, .placeholder = "PROJECT|SESSION"}),
        api::field<&UsageOptions::by>("by", "What is added up", {.one_of = sessions::usage_groups}),
    };
}

std::string price(double cost)
{
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "$%.4f", cost);
    return text.data();
}

std::string usage_table(const Stream& stream, std::string_view by, const std::vector<Usage>& rows)
{
    Table table(
        {{by, false, true}, {"turns", true}, {"tokens in", true}, {"tokens out", true}, {"cost", true}});
    for (const auto& row : rows)
        table.add({{harmless_line(row.of), Paint::strong},
                   std::to_string(row.turns),
                   std::to_string(row.tokens_input),
                   std::to_string(row.tokens_output),
                   price(row.cost)});
    return table.shown_on(stream);
}

int show_usage(Call& call, const UsageOptions& options)
{
    std::string session;
    if (options.session) session = sessions::require(call.db(), *options.session).id.value;
    const auto rows = sessions::usage(call.db(), options.by, session);
    return show_list(
        call.terminal, rows, [](const Usage& row) { return row.of; },
        [&](const Stream& stream) { return usage_table(stream, options.by, rows); });
}

} // namespace

std::vector<Command> usage_commands()
{
    return {
        {.noun = "sessions",
         .verb = "usage",
         .summary = "Show what turns have cost, in tokens and money",
         .details =
             "As the agent counts it, of turns that have ended; also of projects that were deleted. Days "
             "are those of this machine.",
         .examples = {{"skerry sessions usage --by model", ""},
                      {"skerry sessions usage --by day --json | jq '.[0].cost'", "today's"}},
         .input = api::fields_of<UsageOptions>(),
         .run = with<show_usage>},
    };
}

} // namespace skerry::cli
