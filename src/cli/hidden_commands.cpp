#include "cli/call.hpp"
#include "cli/exit_status.hpp"
#include "cli/interruption.hpp"
#include "cli/rows.hpp"
#include "demo/model_server.hpp"
#include "http/static_files.hpp"
#include "runtime/supervisor.hpp"

#include <stop_token>

/// What skerry starts of itself inside sandboxes and beside them.
namespace skerry::cli {
namespace {

struct Supervise {
    std::string state;
};
constexpr auto fields(api::Tag<Supervise>)
{
    return std::array{
        api::field<&Supervise::state>("state", "The folder of the project's state",
                                      {.positional = true, .min = 1, .max = 4096, .placeholder = "FOLDER"})};
}

int supervise(Call&, const Supervise& options)
{
    return runtime::supervise(options.state);
}

struct ServeFiles {
    std::string folder;
    std::int64_t port = 0;
    std::string host = "127.0.0.1";
};
constexpr auto fields(api::Tag<ServeFiles>)
{
    return std::array{
        api::field<&ServeFiles::folder>("folder", "What to serve",
                                        {.positional = true, .min = 1, .max = 4096, .placeholder = "FOLDER"}),
        api::field<&ServeFiles::port>("port", "Where to listen", {.min = 1, .max = 65535}),
        api::field<&ServeFiles::host>("host", "On which address; all of them only in a network of its own",
                                      {.min = 1, .max = 100, .placeholder = "ADDRESS"}),
    };
}

int serve_files(Call&, const ServeFiles& options)
{
    std::stop_source stop;
    const Interruption interruption([&] { stop.request_stop(); });
    http::serve_files(options.folder, options.host, static_cast<int>(options.port), stop.get_token());
    return status::done;
}

struct ServeModel {
    std::int64_t port = 0;
    std::string host = "127.0.0.1";
    std::optional<std::string> log;
};
constexpr auto fields(api::Tag<ServeModel>)
{
    return std::array{
        api::field<&ServeModel::port>("port", "Where to listen", {.min = 1, .max = 65535}),
        api::field<&ServeModel::host>("host", "On which address; all of them only in a network of its own",
                                      {.min = 1, .max = 100, .placeholder = "ADDRESS"}),
        api::field<&ServeModel::log>("log", "Where requests are kept",
                                     {.min = 1, .max = 4096, .placeholder = "FILE"}),
    };
}

int serve_model(Call&, const ServeModel& options)
{
    std::stop_source stop;
    const Interruption interruption([&] { stop.request_stop(); });
    demo::serve_model(options.host, static_cast<int>(options.port), options.log, stop.get_token());
    return status::done;
}

} // namespace

std::vector<Command> hidden_commands()
{
    return {
        {.noun = "__supervise",
         .summary = "Keep the services of a project running",
         .input = api::fields_of<Supervise>(),
         .hidden = true,
         .run = with<supervise>},
        {.noun = "__serve-files",
         .summary = "Serve a folder of static files",
         .input = api::fields_of<ServeFiles>(),
         .hidden = true,
         .run = with<serve_files>},
        {.noun = "__serve-model",
         .summary = "Serve the scripted model",
         .input = api::fields_of<ServeModel>(),
         .hidden = true,
         .run = with<serve_model>},
    };
}

} // namespace skerry::cli
