#pragma once

#include "http/upstream.hpp"
#include "runtime/docker/engine.hpp"

namespace skerry::api {
class Json;
}

namespace skerry::runtime::docker {

/// The output of a container as it comes, for a loop around poll() over many.
class LogStream {
public:
    /// Throws Error as Engine's calls do.
    LogStream(const Engine& engine, std::string_view container, const LogQuery& query, std::stop_token stop);

    /// Readable when more comes; what is here already does not show there, see has_more().
    [[nodiscard]] int descriptor() const noexcept { return answer_.descriptor(); }
    /// Whether read_now() may have something to hand on at once: at first, and when it has stopped for
    /// others.
    [[nodiscard]] bool has_more() const noexcept { return has_more_; }
    /// Hands on what is there without waiting for more, or a part of it; false at the end. Throws Error when
    /// it breaks off.
    bool read_now(const LineAssembler::Line& line);
    /// As read_now, but waits until there is something.
    bool read(const LineAssembler::Line& line);

private:
    void take(std::string_view piece, const LineAssembler::Line& line);

    http::Upstream answer_;
    FrameDecoder frames_;
    LineAssembler lines_;
    bool has_more_ = true;
};

/// One JSON value after the other, a line each: events, usage.
class JsonStream {
public:
    using Value = std::function<void(const api::Json&)>;

    /// `path` with its query, without the version. Throws Error as Engine's calls do.
    JsonStream(const Engine& engine, std::string_view path, std::stop_token stop);

    /// Readable when more comes. What has come with the answer's head does not show there: read once first.
    [[nodiscard]] int descriptor() const noexcept { return answer_.descriptor(); }
    /// As LogStream's, but all that is there.
    bool read_now(const Value& value);
    bool read(const Value& value);

private:
    void take(std::string_view piece, const Value& value);

    http::Upstream answer_;
    std::string rest_;
};

/// What happens to containers that carry `labels`, from now on.
JsonStream open_events(const Engine& engine, const Wanted& labels, std::stop_token stop);
/// What a container uses, once a second.
JsonStream open_stats(const Engine& engine, std::string_view container, std::stop_token stop);

} // namespace skerry::runtime::docker
