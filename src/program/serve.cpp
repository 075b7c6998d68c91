#include "program/serve.hpp"

#include "auth/setup_token.hpp"
#include "auth/user_store.hpp"
#include "http/hub.hpp"
#include "http/server.hpp"
#include "program/version.hpp"
#include "projects/container_watch.hpp"
#include "util/bell.hpp"
#include "util/error.hpp"
#include "util/file_lock.hpp"
#include "util/log.hpp"
#include "util/service_manager.hpp"
#include "util/text.hpp"
#include "web/door.hpp"
#include "web/event_tail.hpp"
#include "web/guard.hpp"
#include "web/metrics.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace skerry::program {
namespace {

constexpr std::string_view unix_prefix = "unix:";

/// "127.0.0.1:4321", "[::1]:4321", "unix:/run/skerry.sock"
struct Place {
    std::string host{};
    int port = 0;
    std::string socket{}; ///< a unix socket's path; then there is no host
};

Place place_of(const std::string& listen)
{
    if (listen.starts_with(unix_prefix)) return {.socket = listen.substr(unix_prefix.size())};
    const auto colon = listen.rfind(':');
    const auto port = number_in(colon == std::string::npos ? "" : std::string_view(listen).substr(colon + 1));
    auto host = listen.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    constexpr int highest = 65535;
    if (host.empty() || !port || *port > highest)
        throw Error(Code::bad_request, "--listen: '" + listen + "' is neither ADDRESS:PORT nor unix:PATH",
                    {.hint = "--listen 127.0.0.1:4321"});
    return {.host = host, .port = static_cast<int>(*port)};
}

bool is_loopback(const Place& place)
{
    return !place.socket.empty() || place.host == "::1" || web::in_network(place.host, "127.0.0.0/8");
}

/// Nobody may make the first user, or be asked for a password, from another machine by accident.
void refuse_exposed(db::Connection& db, const Place& place, bool insecure)
{
    if (is_loopback(place) || insecure || auth::any_users(db)) return;
    throw Error(Code::bad_request,
                "there is no user yet, and " + place.host + " can be reached from elsewhere",
                {.hint = "add one first: skerry users add NAME; or listen on 127.0.0.1"});
}

web::SiteOptions site_options(const ServeOptions& options, const Place& place, bool has_worker)
{
    for (const auto& network : options.trusted_proxies) web::require_network(network);
    const bool has_name = !place.host.empty() && place.host != "0.0.0.0" && place.host != "::";
    const bool is_ip_6 = place.host.find(':') != std::string::npos;
    web::SiteOptions site{.base_url = options.base_url,
                          .trusted_proxies = options.trusted_proxies,
                          .version = std::string(version),
                          .over_unix_socket = !place.socket.empty(),
                          .has_worker = has_worker};
    if (has_name) site.hosts.push_back(is_ip_6 ? "[" + place.host + "]" : place.host);
    return site;
}

/// Threads that end together: the first that fails asks all to stop, and its fault is kept.
class Crew {
public:
    void start(std::function<void(std::stop_token)> work)
    {
        threads_.emplace_back([this, work = std::move(work)] {
            try {
                work(stop_.get_token());
            } catch (...) {
                fail(std::current_exception());
            }
        });
    }
    [[nodiscard]] std::stop_token stop() const { return stop_.get_token(); }
    void request_stop() { stop_.request_stop(); }
    /// As if one of the threads had failed.
    void fail(std::exception_ptr fault)
    {
        {
            const std::lock_guard guard(mutex_);
            if (!fault_) fault_ = std::move(fault);
        }
        request_stop();
    }
    void finish()
    {
        request_stop();
        for (auto& thread : threads_) thread.join();
        threads_.clear();
        if (fault_) std::rethrow_exception(fault_);
    }
    ~Crew()
    {
        request_stop();
        for (auto& thread : threads_)
            if (thread.joinable()) thread.join();
    }
    Crew() = default;
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

private:
    std::stop_source stop_;
    std::mutex mutex_;
    std::exception_ptr fault_;
    std::vector<std::thread> threads_;
};

void wake_when_it_rings(const Paths& paths, http::Hub& hub, std::stop_token stop)
{
    constexpr std::chrono::milliseconds net{250}; // a lost ring costs no more than that
    Bell bell(paths.running());
    while (!stop.stop_requested()) {
        bell.wait(net, stop);
        hub.wake();
    }
}

void feed_the_watchdog(std::chrono::milliseconds interval, std::stop_token stop)
{
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
        service_manager::tell("WATCHDOG=1");
        never.wait_for(lock, stop, interval, [] { return false; });
    }
}

void log_exchange(const http::Exchange& exchange)
{
    log::info("request", {{"operation", exchange.method + " " + exchange.path},
                          {"request_id", exchange.id},
                          {"status", std::to_string(exchange.status)},
                          {"bytes", std::to_string(exchange.bytes)},
                          {"microseconds", std::to_string(exchange.duration.count())},
                          {"address", exchange.address}});
}

std::string url_of(const std::string& host, int port)
{
    const bool is_ip_6 = host.find(':') != std::string::npos;
    return "http://" + (is_ip_6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

/// Where a person at this machine reaches what listens there; "any address" is none that a browser may name.
std::string host_to_visit(const std::string& host)
{
    if (host == "0.0.0.0") return "127.0.0.1";
    return host == "::" ? "::1" : host;
}

std::string setup_link(db::Connection& db, const std::string& url)
{
    return auth::any_users(db) ? "" : url + "/#setup=" + auth::make_setup_token(db);
}

/// Where it serves, as people are told.
class Announcement {
public:
    Announcement(const ServeOptions& options, std::string url, std::string url_to_visit,
                 const std::function<void(const Serving&)>& begun)
        : url_(options.base_url.empty() ? std::move(url) : options.base_url),
          url_to_visit_(options.base_url.empty() ? std::move(url_to_visit) : options.base_url), begun_(begun)
    {
    }
    void make(db::Connection& db) const
    {
        begun_({.url = url_, .setup_link = setup_link(db, url_to_visit_)});
        service_manager::tell("READY=1");
    }

private:
    std::string url_;
    std::string url_to_visit_;
    const std::function<void(const Serving&)>& begun_;
};

/// What the settings say now; nothing when they cannot be read.
std::shared_ptr<Generation> next_generation(const ServeOptions& options, const Lasting& lasting)
{
    try {
        return std::make_shared<Generation>(options.configure(), lasting);
    } catch (const Error& fault) {
        log::error("the settings cannot be read again: the former ones stay", {{"error", fault.what()}});
        return nullptr;
    }
}

/// Has the settings as they are now take over. The former worker gives its jobs back first.
void reload(Newest& newest, const ServeOptions& options, const Lasting& lasting)
{
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    service_manager::tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
    const auto next = next_generation(options, lasting);
    if (!next) return;
    newest.get()->stop_worker();
    newest.set(next);
    next->start_worker();
}

http::Response answer(const Newest& newest, const http::Request& request)
{
    const auto generation = newest.get();
    auto response = web::answer(generation->site(), request);
    if (response.stream) // which is written afterwards, and may look at what is behind it
        response.stream = [generation, stream = std::move(response.stream)](const http::Write& write) {
            return stream(write);
        };
    return response;
}

} // namespace

void serve(const ServeOptions& options, Reloads& reloads, std::stop_token stop,
           const std::function<void(const Serving&)>& begun)
{
    auto configured = options.configure();
    const auto paths = configured.opened->app.paths;
    const auto place = place_of(options.listen);
    const auto only_one = FileLock::try_acquire(paths.running() / "serve.lock");
    if (!only_one)
        throw Error(Code::conflict, "another 'skerry serve' runs on this data folder",
                    {.hint = "stop that one first, or choose another folder with --data-dir"});
    refuse_exposed(configured.opened->db, place, options.insecure);

    db::Pool connections(paths.database());
    web::EventTail tail(paths);
    web::Metrics metrics;
    http::Hub hub({.heartbeat = options.heartbeat, .on_wake = [&tail] { tail.refresh(); }});
    Newest newest;
    http::Server server([&newest](const http::Request& request) { return answer(newest, request); },
                        {.hub = &hub, .observer = [&metrics](const http::Exchange& exchange) {
                             metrics.count(exchange);
                             if (log::shows(log::Level::info)) log_exchange(exchange);
                         }});
    auto url = options.listen;
    auto url_to_visit = url;
    if (place.socket.empty()) {
        const int port = server.bind(place.host, place.port);
        url = url_of(place.host, port);
        url_to_visit = url_of(host_to_visit(place.host), port);
    } else {
        server.bind_unix(place.socket);
    }
    const Announcement announcement(options, url, url_to_visit, begun);

    const projects::ContainerWatch containers(configured.opened->app);
    std::stop_source closing; // of the door, when the jobs have been given back
    Crew crew;
    const Lasting lasting{.options = site_options(options, place, configured.worker.has_value()),
                          .connections = connections,
                          .hub = hub,
                          .tail = tail,
                          .metrics = metrics,
                          .failed = [&crew](std::exception_ptr fault) { crew.fail(std::move(fault)); }};
    newest.set(std::make_shared<Generation>(std::move(configured), lasting));
    const std::stop_callback leave(stop, [&] {
        service_manager::tell("STOPPING=1");
        crew.request_stop();
    });
    crew.start([&](const std::stop_token& token) {
        // The last generation gives its jobs back while requests are still answered.
        const std::shared_ptr<void> at_end(nullptr, [&](void*) {
            newest.get()->site().leaving = true;
            newest.get()->stop_worker();
            closing.request_stop();
        });
        newest.get()->start_worker();
        announcement.make(newest.get()->db());
        while (reloads.wait(token)) {
            reload(newest, options, lasting);
            announcement.make(newest.get()->db());
        }
    });
    crew.start([&](const std::stop_token&) { wake_when_it_rings(paths, hub, closing.get_token()); });
    if (const auto interval = service_manager::watchdog_interval())
        crew.start([&](const std::stop_token&) { feed_the_watchdog(*interval, closing.get_token()); });
    server.serve(closing.get_token());
    crew.finish();
}

} // namespace skerry::program
