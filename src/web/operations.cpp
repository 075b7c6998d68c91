#include "web/operations.hpp"

#include "db/migrate.hpp"
#include "http/hub.hpp"
#include "projects/runtime_choice.hpp"
#include "queue/queue.hpp"
#include "queue/stats.hpp"
#include "util/error.hpp"
#include "web/answer.hpp"
#include "web/event_tail.hpp"
#include "web/metrics.hpp"
#include "web/openapi.hpp"

#include <filesystem>
#include <functional>

namespace skerry::web {
namespace {

constexpr std::uintmax_t least_free = 64U << 20U; // bytes, for the database and the logs of an hour

bool is_writable(db::Connection& db)
{
    const auto patience = db.patience();
    db.set_patience(std::chrono::seconds(1));
    bool written = false;
    try {
        const db::Transaction transaction(db);
        written = true;
    } catch (const std::exception&) { // that is the answer
        written = false;
    }
    db.set_patience(patience);
    return written;
}

bool has_space(const std::filesystem::path& folder)
{
    std::error_code fault;
    const auto space = std::filesystem::space(folder, fault);
    return !fault && space.available >= least_free;
}

bool has_runtime(const App& app)
{
    try {
        projects::require_runtime(app.settings.runtime);
    } catch (const Error&) { // that is the answer
        return false;
    }
    return true;
}

void tell_jobs(Exposition& out, const queue::Stats& stats)
{
    out.begin("skerry_jobs", "gauge", "Jobs by type and state.");
    for (const auto& [type, counts] : stats.types)
        for (const auto& [state, count] : counts)
            out.add({{"type", type}, {"state", std::string(queue::name_of(state))}},
                    static_cast<double>(count));
    out.begin("skerry_job_oldest_waiting_seconds", "gauge", "How long the oldest job waits which may begin.");
    out.add({}, static_cast<double>(stats.oldest_waiting.value_or(0)) / 1000);
    out.begin("skerry_workers", "gauge", "Workers that are alive.");
    out.add({}, static_cast<double>(stats.workers.size()));
    out.begin("skerry_database_bytes", "gauge", "The database and its write-ahead log.");
    out.add({{"file", "database"}}, static_cast<double>(stats.database_bytes));
    out.add({{"file", "log"}}, static_cast<double>(stats.log_bytes));
}

/// One figure for each row of a statement that gives labels and numbers.
void tell_counts(Exposition& out, db::Connection& db, std::string_view label, std::string_view sql)
{
    db::Query row(db, sql);
    while (row.next()) out.add({{label, row.text(0)}}, row.real(1));
}

void tell_work(Exposition& out, db::Connection& db)
{
    out.begin("skerry_projects", "gauge", "Projects by status.");
    tell_counts(out, db, "status",
                "select status, count(*) from projects where deleted_at is null group by status");
    out.begin("skerry_turns", "gauge", "Turns by state.");
    tell_counts(out, db, "state", "select state, count(*) from turns group by state");
    out.begin("skerry_tokens", "gauge", "Tokens that the turns have used.");
    tell_counts(out, db, "kind",
                "select 'input', coalesce(sum(tokens_input), 0) from turns union all"
                " select 'output', coalesce(sum(tokens_output), 0) from turns");
    out.begin("skerry_job_attempts_lost", "gauge", "Kept attempts whose worker lost its lease or died.");
    tell_counts(
        out, db, "outcome",
        "select outcome, count(*) from attempts where outcome in ('crashed', 'discarded') group by outcome");
}

void tell_streams(Exposition& out, const Site& site, db::Connection& db)
{
    out.begin("skerry_stream_clients", "gauge", "Clients that follow a stream.");
    out.add({}, static_cast<double>(site.hub.clients()));
    out.begin("skerry_stream_resyncs_total", "counter",
              "Clients that were sent away since they could not follow.");
    out.add({}, static_cast<double>(site.hub.resynced()));
    out.begin("skerry_stream_bytes_total", "counter", "Bytes written to streams.");
    out.add({}, static_cast<double>(site.hub.bytes()));
    out.begin("skerry_event_lag", "gauge", "Stored events that the streams have not read yet.");
    out.add({}, static_cast<double>(events::newest(db) - site.tail.newest()));
}

} // namespace

http::Response health(Visit& /*visit*/)
{
    return {.type = "application/json; charset=utf-8", .body = "{\"ok\":true}\n"};
}

http::Response readiness(Visit& visit)
{
    auto checks = api::Json::object();
    bool ready = true;
    const auto look = [&](std::string_view name, bool good, std::string_view fault) {
        checks.set(name, good ? "ok" : fault);
        ready = ready && good;
    };
    const auto& app = visit.app();
    look("server", !visit.site.leaving, "the server is about to stop");
    look("schema", db::version_of(visit.db()) == db::newest_version(), "the database has another schema");
    look("database", is_writable(visit.db()), "the database cannot be written");
    look("disk", has_space(app.paths.data()), "the disk is nearly full");
    look("runtime", has_runtime(app), "bubblewrap is not installed");
    if (visit.site.options.has_worker)
        look("worker", queue::worker_is_alive(app.paths), "no worker performs jobs");
    const auto json = api::Json::object({{"ready", ready}, {"checks", std::move(checks)}});
    return {
        .status = ready ? 200 : 503, .type = "application/json; charset=utf-8", .body = json.dump() + "\n"};
}

http::Response metrics(Visit& visit)
{
    Exposition out;
    tell_streams(out, visit.site, visit.db());
    tell_jobs(out, queue::stats(visit.app().paths, visit.db(), now()));
    tell_work(out, visit.db());
    return {.type = "text/plain; version=0.0.4; charset=utf-8",
            .body = visit.site.metrics.text() + out.text()};
}

http::Response show_caller(Visit& visit)
{
    const auto& caller = visit.caller();
    auto json = api::Json::object({{"user", nullptr}});
    if (caller.kind == api::Caller::Kind::user) {
        json.set("user", api::Json::object({{"id", caller.user},
                                            {"name", caller.name},
                                            {"role", caller.admin ? "admin" : "member"}}));
        json.set("readOnly", caller.read_only);
        if (!caller.only_project.empty()) json.set("projectId", caller.only_project);
        if (!caller.login.empty()) json.set("loginId", caller.login);
    }
    return data_with_tag(visit.request, json);
}

http::Response describe_api(Visit& visit)
{
    const auto& site = visit.site;
    static const auto text = openapi(site.actions, site.options.version).dump() + "\n"; // it never changes
    return {.type = "application/json; charset=utf-8", .body = text};
}

} // namespace skerry::web
