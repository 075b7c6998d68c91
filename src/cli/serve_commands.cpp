#include "cli/call.hpp"
#include "cli/exit_status.hpp"
#include "cli/interruption.hpp"
#include "cli/rows.hpp"
#include "cli/worker_options.hpp"
#include "program/actions.hpp"
#include "program/serve.hpp"
#include "program/version.hpp"
#include "util/error.hpp"
#include "util/log.hpp"
#include "util/service_manager.hpp"
#include "util/text.hpp"
#include "web/openapi.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <stop_token>

namespace skerry::cli {
namespace {

struct ServeChoice {
    std::optional<std::string> listen;
    bool no_worker = false;
    std::optional<std::int64_t> concurrency;
    std::optional<std::string> base_url;
    std::vector<std::string> trusted_proxy;
    std::optional<std::string> sse_heartbeat;
    bool insecure = false;
};
constexpr auto fields(api::Tag<ServeChoice>)
{
    return std::array{
        api::field<&ServeChoice::listen>("listen",
                                         "Where to listen; else 127.0.0.1:4321; port 0 takes a free one",
                                         {.min = 1, .max = 200, .placeholder = "ADDRESS:PORT|unix:PATH"}),
        api::field<&ServeChoice::no_worker>("noWorker",
                                            "Perform no jobs here; 'skerry worker' does elsewhere"),
        api::field<&ServeChoice::concurrency>("concurrency", "Jobs performed at a time; else as configured",
                                              {.min = 1, .max = 64}),
        api::field<&ServeChoice::base_url>("baseUrl",
                                           "What people type to get here, where a proxy stands before it",
                                           {.min = 1, .max = 200, .placeholder = "URL"}),
        api::field<&ServeChoice::trusted_proxy>(
            "trustedProxy", "A proxy, or a network of them, whose X-Forwarded-For is believed",
            {.max = 50, .placeholder = "CIDR"}),
        api::field<&ServeChoice::sse_heartbeat>("sseHeartbeat",
                                                "How often a stream says that it lives, up to 30s; else 15s",
                                                {.min = 1, .max = 20, .placeholder = "DURATION"}),
        api::field<&ServeChoice::insecure>("insecure",
                                           "Listen beyond this machine although there is no user yet"),
    };
}

std::string checked_url(const std::string& url)
{
    const bool sound = url.starts_with("https://") || url.starts_with("http://");
    if (!sound)
        throw Error(Code::bad_request, "--base-url: '" + url + "' begins with neither https:// nor http://");
    return url.ends_with('/') ? url.substr(0, url.size() - 1) : url;
}

std::chrono::milliseconds checked_heartbeat(const std::string& text)
{
    constexpr std::int64_t longest = 30'000; // proxies take what is silent for longer for dead
    const auto time = parse_duration(text);
    if (time < 1 || time > longest)
        throw Error(Code::bad_request, "--sse-heartbeat: must be above 0 and at most 30s");
    return std::chrono::milliseconds(time);
}

program::ServeOptions options_of(const ServeChoice& choice)
{
    program::ServeOptions options{.trusted_proxies = choice.trusted_proxy, .insecure = choice.insecure};
    if (choice.listen) options.listen = *choice.listen;
    if (choice.base_url) options.base_url = checked_url(*choice.base_url);
    if (choice.sse_heartbeat) options.heartbeat = checked_heartbeat(*choice.sse_heartbeat);
    return options;
}

/// While it serves, projects that nobody needs are stopped after half an hour, unless the settings say
/// otherwise.
Settings settings_to_serve_with(const program::LoadedSettings& loaded)
{
    auto settings = loaded.settings;
    if (loaded.is_default("idleStop")) settings.idle_stop = "30m";
    return settings;
}

void tell(Terminal& terminal, const program::Serving& serving)
{
    if (!serving.setup_link.empty())
        terminal.note("there is no user yet; within 30 minutes make the first one here:\n  " +
                      serving.setup_link);
    terminal.note("serving on " + serving.url); // the last: who waits for it has read the rest
}

/// What the signals ask for: the first to end in order, the second to end now, a hangup for the settings to
/// be read again.
class Wishes {
public:
    void hear(int signal)
    {
        if (signal == SIGHUP) return reloads.request();
        if (ended_.exchange(true)) std::_Exit(status::signals + signal);
        stop_.request_stop();
    }
    [[nodiscard]] std::stop_token stop() const { return stop_.get_token(); }

    program::Reloads reloads{};

private:
    std::atomic<bool> ended_ = false;
    std::stop_source stop_;
};

program::Configured configured(Call& call, const ServeChoice& choice)
{
    const auto& settings = call.reloaded_settings();
    if (settings.is_default("logLevel")) log::show_from(log::Level::info);
    program::Configured made{
        .opened = program::open(call.data_folder().path, settings_to_serve_with(settings), db::Role::worker)};
    if (!choice.no_worker) made.worker = worker_options(settings.settings);
    return made;
}

int serve(Call& call, const ServeChoice& choice)
{
    Wishes wishes;
    std::atomic<const Interruption*> heard = nullptr;
    const Interruption interruption([&] {
        if (const auto* signals = heard.load()) wishes.hear(signals->signal());
    });
    heard = &interruption;
    auto options = options_of(choice);
    options.configure = [&] { return configured(call, choice); };
    program::serve(options, wishes.reloads, wishes.stop(),
                   [&](const program::Serving& serving) { tell(call.terminal, serving); });
    return status::done;
}

int print_openapi(Call& call)
{
    call.terminal.print(web::openapi(program::actions(), version).dump(true));
    return status::done;
}

} // namespace

std::vector<Command> serve_commands()
{
    return {
        {.noun = "serve",
         .summary = "Answer over HTTP, stream what happens, and perform jobs, until told to stop",
         .details =
             "Runs in the foreground and writes a log of JSON lines to standard error. The first start shows "
             "a "
             "link to make the first user with; 'skerry users add' does as well. Scripts come with a token: "
             "'skerry tokens create'. The commands work on the data folder beside it, as always.\n\n"
             "SIGTERM or Ctrl-C ends it in order: streams are told where to come back, running jobs are "
             "given "
             "back. A second one ends it at once. SIGHUP reads the settings again; connections and streams "
             "stay. Under systemd use "
             "Type=notify, and KillMode=process so that projects outlive it.\n\n"
             "It listens on this machine alone unless --listen says otherwise. Projects that nobody needs "
             "for "
             "30 minutes are stopped and woken by the next prompt (setting idleStop).",
         .examples = {{"skerry serve", "http://127.0.0.1:4321"},
                      {"skerry serve --listen unix:/run/skerry.sock --base-url https://skerry.example",
                       "behind a proxy"},
                      {"curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:4321/api/projects", ""}},
         .input = api::fields_of<ServeChoice>(),
         .run = with<serve>},
        {.noun = "openapi",
         .summary = "Print the description of the HTTP interface (OpenAPI 3.1)",
         .run = print_openapi},
    };
}

} // namespace skerry::cli
