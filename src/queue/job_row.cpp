#include "queue/job_row.hpp"

namespace skerry::queue {
namespace {

std::vector<FollowUp> follow_ups_of(const std::string& text)
{
    std::vector<FollowUp> found;
    if (text == "[]") return found;
    const auto list = api::Json::try_parse(text);
    if (!list) return found;
    for (const auto& item : list->items()) found.push_back({item["kind"].text(), item["args"]});
    return found;
}

/// The text itself when it is not JSON.
api::Json json_of(const std::string& text)
{
    if (text == "{}") return api::Json::object();
    return api::Json::try_parse(text).value_or(api::Json(text));
}

std::optional<api::Json> json_if_any(const db::Query& row, int column)
{
    return row.is_null(column) ? std::nullopt : std::optional(json_of(row.text(column)));
}

} // namespace

Job job_of(const db::Query& row)
{
    return {.id = row.number(0),
            .kind = row.text(1),
            .queue = row.text(2),
            .priority = row.number(3),
            .state = static_cast<State>(row.number(4)),
            .args = json_of(row.text(5)),
            .run_at = row.number(6),
            .attempt = row.number(7),
            .max_attempts = row.number(8),
            .crashes = row.number(9),
            .max_crashes = row.number(10),
            .lease = row.number(11),
            .worker = row.text_if_any(12),
            .started_at = row.number_if_any(20),
            .key = row.text_if_any(13),
            .cancel_at = row.number_if_any(14),
            .progress = json_if_any(row, 21),
            .result = json_if_any(row, 22),
            .error = row.text_if_any(15),
            .name = row.text_if_any(23),
            .timeout = row.number_if_any(24),
            .parent = row.number_if_any(16),
            .follow_ups = follow_ups_of(row.text(17)),
            .created_at = row.number(18),
            .finished_at = row.number_if_any(19)};
}

} // namespace skerry::queue
