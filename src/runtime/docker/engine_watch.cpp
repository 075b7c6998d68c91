#include "runtime/docker/engine_watch.hpp"

#include "api/json.hpp"
#include "http/event.hpp"
#include "runtime/docker/compose_file.hpp"
#include "runtime/pause.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

#include <poll.h>
#include <sys/eventfd.h>

namespace skerry::runtime::docker {
namespace {

using namespace std::chrono_literals;
using What = ServiceNews::What;

constexpr auto beat_time = 250ms;
constexpr std::int64_t mending_pause = 1000; ///< milliseconds

std::string label_in(const Labels& labels, std::string_view name)
{
    const auto found = labels.find(name);
    return found != labels.end() ? found->second : std::string();
}

std::optional<What> what_in(const std::string& action)
{
    if (action == "start" || action == "unpause") return What::started;
    if (action == "die") return What::ended;
    if (action == "oom") return What::out_of_memory;
    if (action == "destroy") return What::removed;
    if (action == "health_status: healthy") return What::healthy;
    if (action == "health_status: unhealthy") return What::unhealthy;
    return std::nullopt;
}

/// A line's worth of an engine's message, for the log.
void warn(const std::string& what, const Error& fault, const std::string& container)
{
    log::warning(what, {{"container", container.substr(0, 12)}, {"error", fault.what()}});
}

} // namespace

std::string_view name_of(What what) noexcept
{
    switch (what) {
    case What::started: return "started";
    case What::ended: return "ended";
    case What::out_of_memory: return "out_of_memory";
    case What::healthy: return "healthy";
    case What::unhealthy: return "unhealthy";
    case What::removed: return "removed";
    }
    return "removed";
}

EngineWatch::EngineWatch(const Engine& engine, std::string instance, WatchListener listener)
    : engine_(engine), instance_(std::move(instance)), listener_(std::move(listener))
{
}

Wanted EngineWatch::labels(const std::string& stack) const
{
    // Compose's own label is what containers lack in which a single command is run.
    Wanted wanted{{std::string(instance_label), instance_}, {"com.docker.compose.project", ""}};
    if (!stack.empty()) wanted.emplace_back(project_label, stack);
    return wanted;
}

void EngineWatch::run(std::stop_token stop)
{
    while (!stop.stop_requested()) {
        try {
            watch(stop);
        } catch (const Error& fault) {
            if (stop.stop_requested()) return;
            if (fault.code() != Code::unavailable && fault.code() != Code::timeout) throw;
            if (!lost_) log::warning("the Docker engine cannot be watched", {{"error", fault.what()}});
            if (!lost_ && listener_.lost) listener_.lost("the Docker engine does not answer");
            lost_ = true;
        }
        copies_.clear();
        broken_.clear();
        if (listener_.beat) listener_.beat();
        pause_for(beat_time, stop);
    }
}

/// Until stop; throws Error when the engine goes.
void EngineWatch::watch(const std::stop_token& stop)
{
    auto events = open_events(engine_, labels(), stop);
    follow_all(stop);
    lost_ = false;
    if (listener_.connected) listener_.connected();
    const auto stopped = http::make_event();
    const std::stop_callback at_stop(stop, [&] { ::eventfd_write(stopped.get(), 1); });
    while (wait(stopped.get(), events.descriptor(), stop)) {
        const bool more = events.read_now([&](const api::Json& json) {
            if (const auto event = event_of(json)) heed(*event, stop);
        });
        if (!more) throw Error(Code::unavailable, "the Docker engine has ended");
        mend_broken(stop);
        if (listener_.beat) listener_.beat();
    }
}

/// Not at once: what broke may break again, like a log on a full disk.
void EngineWatch::mend_broken(const std::stop_token& stop)
{
    if (broken_.empty() || monotonic_now() < mend_at_) return;
    mend_at_ = monotonic_now() + mending_pause;
    for (const auto& container : std::exchange(broken_, {}))
        if (const auto found = engine_.find_container(container, stop))
            follow(container, found->labels, stop);
}

/// False on stop.
bool EngineWatch::wait(int stopped, int events, const std::stop_token& stop)
{
    std::vector<pollfd> waits{{stopped, POLLIN, 0}, {events, POLLIN, 0}};
    std::vector<const std::string*> followed;
    std::vector<std::string> ready;
    for (const auto& [container, copying] : copies_) {
        if (!copying.stream) continue;
        if (copying.stream->has_more()) ready.push_back(container);
        if (copying.stream->has_more()) continue;
        waits.push_back({copying.stream->descriptor(), POLLIN, 0});
        followed.push_back(&container);
    }
    ::poll(waits.data(), waits.size(), ready.empty() ? static_cast<int>(beat_time.count()) : 0);
    if (waits[0].revents != 0) return false;
    for (std::size_t n = 0; n < followed.size(); ++n)
        if (waits[n + 2].revents != 0) ready.push_back(*followed[n]);
    copy_ready(ready, stop);
    return true;
}

void EngineWatch::copy_ready(const std::vector<std::string>& containers, const std::stop_token& stop)
{
    for (const auto& container : containers) {
        auto& copying = copies_.at(container);
        try {
            std::vector<OutputLine> lines;
            if (!copying.stream->read_now([&](OutputLine line) { lines.push_back(std::move(line)); }))
                copying.stream.reset(); // it has ended; when it starts again, it is asked for again
            copying.copy.take(lines);
            if (!copying.stream && std::exchange(copying.once_more, false))
                copying.stream.emplace(engine_, container, copying.copy.begin(true), stop);
        } catch (const Error& fault) {
            if (fault.code() == Code::cancelled) throw;
            copies_.erase(container);
            if (fault.code() == Code::not_found) continue; // just removed
            warn("the output of a container breaks off", fault, container);
            mend_at_ = monotonic_now() + mending_pause;
            broken_.push_back(container);
        }
    }
}

void EngineWatch::follow_all(const std::stop_token& stop)
{
    copies_.clear();
    broken_.clear();
    for (const auto& container : engine_.containers(labels(), stop))
        follow(container.id, container.labels, stop);
}

std::optional<OutputCopy> EngineWatch::copy_for(const std::string& container, const Labels& labels) const
{
    const auto service = label_in(labels, service_label);
    const auto state = listener_.state_of(label_in(labels, project_label));
    if (service.empty() || !state || service.find('/') != std::string::npos) return std::nullopt;
    if (!std::filesystem::is_directory(*state / "docker")) return std::nullopt;
    return OutputCopy(*state, service, container);
}

/// Also one that does not run: what it has written last may not have been copied.
void EngineWatch::follow(const std::string& container, const Labels& labels, const std::stop_token& stop)
{
    try {
        auto found = copies_.find(container);
        if (found == copies_.end()) {
            auto copy = copy_for(container, labels);
            if (!copy) return;
            found = copies_.emplace(container, Copying{std::move(*copy)}).first;
        }
        auto& [copy, stream, once_more] = found->second;
        once_more = stream.has_value();
        if (!stream) stream.emplace(engine_, container, copy.begin(true), stop);
    } catch (const Error& fault) {
        if (fault.code() == Code::not_found) return; // just removed
        if (fault.code() == Code::cancelled) throw;
        warn("the output of a container cannot be read", fault, container);
        broken_.push_back(container);
    }
}

void EngineWatch::heed(const EngineEvent& event, const std::stop_token& stop)
{
    const auto what = what_in(event.action);
    if (!what) return;
    if (*what == What::started || *what == What::ended) follow(event.id, event.attributes, stop);
    if (*what == What::removed) copies_.erase(event.id);
    ServiceNews news{.stack = label_in(event.attributes, project_label),
                     .service = label_in(event.attributes, service_label),
                     .what = *what};
    const auto code = number_in(label_in(event.attributes, "exitCode"));
    if (*what == What::ended) news.exit_code = static_cast<int>(code.value_or(0));
    if (!news.stack.empty() && !news.service.empty() && listener_.news) listener_.news(news);
}

void EngineWatch::copy_once(const std::string& stack)
{
    for (const auto& container : engine_.containers(labels(stack))) {
        auto copy = copy_for(container.id, container.labels);
        if (!copy) continue;
        constexpr std::size_t most_lines = 1000; // at once in memory
        std::vector<OutputLine> lines;
        engine_.logs(container.id, copy->begin(false), [&](OutputLine line) {
            lines.push_back(std::move(line));
            if (lines.size() < most_lines) return true;
            copy->take(lines);
            lines.clear();
            return true;
        });
        copy->take(lines);
    }
}

} // namespace skerry::runtime::docker
