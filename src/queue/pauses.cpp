#include "queue/pauses.hpp"

#include "queue/statements.hpp"
#include "util/bell.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <array>

namespace skerry::queue {
namespace {

constexpr std::array scopes{Scope::all, Scope::queue, Scope::type};

Scope scope_of(std::string_view name)
{
    for (const auto scope : scopes)
        if (name_of(scope) == name) return scope;
    throw Error(Code::internal, "'" + std::string(name) + "' is not a scope of a pause");
}

bool holds(const Pause& pause, const Job& job) noexcept
{
    switch (pause.scope) {
    case Scope::all: return true;
    case Scope::queue: return pause.name == job.queue;
    case Scope::type: return pause.name == job.kind;
    }
    return false;
}

} // namespace

std::string_view name_of(Scope scope) noexcept
{
    switch (scope) {
    case Scope::all: return "all";
    case Scope::queue: return "queue";
    case Scope::type: return "type";
    }
    return "";
}

api::Json to_json(const Pause& pause)
{
    return api::Json::object({{"scope", name_of(pause.scope)},
                              {"name", pause.scope == Scope::all ? api::Json() : api::Json(pause.name)},
                              {"pausedAt", pause.at},
                              {"pausedBy", pause.by}});
}

std::string shown(const Pause& pause)
{
    if (pause.scope == Scope::all) return "everything";
    return "the " + std::string(name_of(pause.scope)) + " " + pause.name;
}

std::string told(const Pause& pause, Time now)
{
    constexpr std::size_t enough = 60;
    return shown(pause) + " is paused" + (pause.by.empty() ? "" : " by " + one_line(pause.by, enough)) +
           " for " + for_people(std::max<Time>(0, now - pause.at));
}

std::string resume_command(const Pause& pause)
{
    if (pause.scope == Scope::all) return "skerry jobs resume";
    return std::string("skerry jobs resume ") + (pause.scope == Scope::type ? "--type " : "") +
           skerry::shown(std::vector{pause.name});
}

std::vector<Pause> pauses(db::Connection& db)
{
    std::vector<Pause> found;
    db::Query row(db, sql::pauses);
    while (row.next()) found.push_back({scope_of(row.text(0)), row.text(1), row.number(2), row.text(3)});
    std::sort(found.begin(), found.end(), [](const Pause& a, const Pause& b) {
        return a.scope != b.scope ? a.scope < b.scope : a.name < b.name;
    });
    return found;
}

std::optional<Pause> pause_that_holds(const std::vector<Pause>& pauses, const Job& job)
{
    for (const auto& pause : pauses)
        if (holds(pause, job)) return pause;
    return std::nullopt;
}

bool pause(db::Connection& db, const Pause& pause)
{
    db::Transaction transaction(db);
    const bool is_new =
        db::execute(db, sql::pause, name_of(pause.scope), pause.name, pause.at, pause.by) != 0;
    transaction.commit();
    return is_new;
}

std::vector<Pause> resume(const Paths& paths, db::Connection& db, Scope scope, const std::string& name)
{
    std::vector<Pause> resumed;
    db::Transaction transaction(db);
    for (auto& pause : pauses(db)) {
        if (scope != Scope::all && (pause.scope != scope || pause.name != name)) continue;
        db::execute(db, sql::resume, name_of(pause.scope), pause.name);
        resumed.push_back(std::move(pause));
    }
    transaction.commit();
    Bell::ring(paths.running());
    return resumed;
}

std::int64_t count_held(db::Connection& db, const Pause& pause)
{
    db::Query row(db, sql::waiting, name_of(pause.scope), pause.name);
    return row.next() ? row.number(0) : 0;
}

} // namespace skerry::queue
