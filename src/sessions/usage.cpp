#include "sessions/usage.hpp"

namespace skerry::sessions {
namespace {

constexpr std::string_view columns =
    ", count(*), sum(tokens_input), sum(tokens_output), sum(cost) from turns where ended_at is not null"
    " and (?1 = '' or session_id = ?1) group by 1 order by ";

std::string statement(std::string_view by)
{
    constexpr std::string_view costliest = "5 desc, 3 + 4 desc, 1";
    if (by == "model") return "select model" + std::string(columns) + std::string(costliest);
    if (by == "day")
        return "select date(ended_at / 1000, 'unixepoch', 'localtime')" + std::string(columns) + "1 desc";
    return "select (select slug from projects where projects.id = project_id)" + std::string(columns) +
           std::string(costliest);
}

} // namespace

api::Json to_json(const Usage& usage)
{
    return api::Json::object(
        {{"of", usage.of},
         {"turns", usage.turns},
         {"tokens", api::Json::object({{"input", usage.tokens_input}, {"output", usage.tokens_output}})},
         {"cost", usage.cost}});
}

std::vector<Usage> usage(db::Connection& db, std::string_view by, std::string_view session)
{
    std::vector<Usage> found;
    db::Query row(db, statement(by), session);
    while (row.next())
        found.push_back({.of = row.text(0),
                         .turns = row.number(1),
                         .tokens_input = row.number(2),
                         .tokens_output = row.number(3),
                         .cost = row.real(4)});
    return found;
}

} // namespace skerry::sessions
