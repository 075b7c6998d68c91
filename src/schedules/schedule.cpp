#include "schedules/schedule.hpp"

#include "util/error.hpp"
#include "util/text.hpp"

#include <array>

namespace skerry::schedules {
namespace {

constexpr std::array all_missed{Missed::skip, Missed::once, Missed::all};

} // namespace

std::string_view name_of(Missed missed) noexcept
{
    switch (missed) {
    case Missed::skip: return "skip";
    case Missed::once: return "once";
    case Missed::all: return "all";
    }
    return "";
}

Missed missed_named(std::string_view name)
{
    for (const auto missed : all_missed)
        if (name_of(missed) == name) return missed;
    throw Error(Code::bad_request, "'" + one_line(name, 40) + "' says nothing about missed times",
                {.hint = "one of skip, once, all", .fields = {{"missed", "must be one of skip, once, all"}}});
}

api::Json to_json(const Task& task)
{
    return api::Json::object({{"type", task.kind},
                              {"args", task.args},
                              {"queue", task.queue},
                              {"priority", task.priority},
                              {"maxAttempts", task.max_attempts},
                              {"timeout", task.timeout},
                              {"key", task.key.empty() ? api::Json() : api::Json(task.key)}});
}

Task task_of(const api::Json& json)
{
    const auto& timeout = json["timeout"];
    return {.kind = json["type"].text(),
            .args = json["args"],
            .queue = json["queue"].text("default"),
            .priority = json["priority"].number(),
            .max_attempts = json["maxAttempts"].number(1),
            .timeout = timeout.is_number() ? std::optional(timeout.number()) : std::nullopt,
            .key = json["key"].text()};
}

api::Json to_json(const Schedule& schedule)
{
    return api::Json::object({{"name", schedule.name},
                              {"cron", schedule.cron},
                              {"timezone", schedule.timezone},
                              {"missed", name_of(schedule.missed)},
                              {"job", to_json(schedule.task)},
                              {"nextAt", schedule.paused_at ? api::Json() : api::Json(schedule.next_at)},
                              {"lastAt", schedule.last_at},
                              {"lastJobId", schedule.last_job},
                              {"pausedAt", schedule.paused_at},
                              {"pausedBy", schedule.paused_by},
                              {"createdAt", schedule.created_at},
                              {"updatedAt", schedule.updated_at}});
}

} // namespace skerry::schedules
