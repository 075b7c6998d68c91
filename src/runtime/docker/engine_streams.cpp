#include "runtime/docker/engine_streams.hpp"

#include "api/json.hpp"
#include "runtime/docker/engine_call.hpp"
#include "runtime/docker/engine_filters.hpp"
#include "util/error.hpp"

namespace skerry::runtime::docker {
namespace {

constexpr std::chrono::hours for_ever(24 * 300); // a container may be silent for long
constexpr std::size_t longest_value = 1U << 20U;

std::string seconds_with_fraction(Nanoseconds time)
{
    constexpr Nanoseconds second = 1'000'000'000;
    auto fraction = std::to_string(time % second);
    fraction.insert(0, 9 - fraction.size(), '0');
    return std::to_string(time / second) + "." + fraction;
}

EngineCall log_call(const Engine& engine, std::string_view container, const LogQuery& query,
                    const std::stop_token& stop)
{
    const auto path = "/containers/" + path_part(container) + "/logs";
    return {.path = engine.versioned(
                with_query(path, {{"stdout", "1"},
                                  {"stderr", "1"},
                                  {"timestamps", "1"},
                                  {"follow", query.follow ? "1" : ""},
                                  {"since", query.since > 0 ? seconds_with_fraction(query.since) : ""},
                                  {"tail", query.tail ? std::to_string(*query.tail) : ""}}),
                stop)};
}

} // namespace

LogStream::LogStream(const Engine& engine, std::string_view container, const LogQuery& query,
                     std::stop_token stop)
    : answer_(open_call(engine.socket(), log_call(engine, container, query, stop), stop))
{
}

void LogStream::take(std::string_view piece, const LineAssembler::Line& line)
{
    frames_.take(piece, [&](Output output, std::string_view frame) { lines_.take(output, frame, line); });
}

bool LogStream::read_now(const LineAssembler::Line& line)
{
    constexpr int most_pieces = 64; // one that never ends must not keep its reader from the others
    std::string piece;
    for (int pieces = 0; pieces < most_pieces; ++pieces) {
        switch (answer_.read_now(piece)) {
        case http::Upstream::Now::piece: take(piece, line); break;
        case http::Upstream::Now::nothing: has_more_ = false; return true;
        case http::Upstream::Now::ended: lines_.finish(line); return false;
        }
    }
    has_more_ = true;
    return true;
}

bool LogStream::read(const LineAssembler::Line& line)
{
    std::string piece;
    const bool more = answer_.read(piece, for_ever);
    if (more)
        take(piece, line);
    else
        lines_.finish(line);
    return more;
}

JsonStream::JsonStream(const Engine& engine, std::string_view path, std::stop_token stop)
    : answer_(open_call(engine.socket(), {.path = engine.versioned(path, stop)}, stop))
{
}

void JsonStream::take(std::string_view piece, const Value& value)
{
    rest_.append(piece);
    std::size_t used = 0;
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', used)) {
        if (end > used) value(engine_json(std::string_view(rest_).substr(used, end - used)));
        used = end + 1;
    }
    rest_.erase(0, used);
    if (rest_.size() > longest_value)
        throw Error(Code::unavailable, "the Docker engine sends a value without end");
}

bool JsonStream::read_now(const Value& value)
{
    std::string piece;
    for (;;) {
        switch (answer_.read_now(piece)) {
        case http::Upstream::Now::piece: take(piece, value); break;
        case http::Upstream::Now::nothing: return true;
        case http::Upstream::Now::ended: return false;
        }
    }
}

bool JsonStream::read(const Value& value)
{
    std::string piece;
    const bool more = answer_.read(piece, for_ever);
    if (more) take(piece, value);
    return more;
}

JsonStream open_events(const Engine& engine, const Wanted& labels, std::stop_token stop)
{
    auto filters = filters_for(labels);
    filters.set("type", std::vector<std::string>{"container"});
    return {engine, with_query("/events", {{"filters", filters.dump()}}), std::move(stop)};
}

JsonStream open_stats(const Engine& engine, std::string_view container, std::stop_token stop)
{
    return {engine, "/containers/" + path_part(container) + "/stats?stream=true", std::move(stop)};
}

} // namespace skerry::runtime::docker
