#pragma once

#include "api/json.hpp"
#include "http/upstream.hpp"
#include "runtime/docker/engine.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace skerry::runtime::docker {

/// A command to run in a container that runs.
struct ExecOrder {
    std::vector<std::string> command;
    std::vector<std::pair<std::string, std::string>> environment{}; ///< added to the container's
    std::string folder{};                                           ///< empty: the container's own
    std::string user{};    ///< "1000:1000"; empty: the container's own
    bool input = false;    ///< whether something will be written to it
    bool terminal = false; ///< it gets a terminal of its own, and all it writes is Output::out
    int columns = 0;       ///< of the terminal; 0: unknown
    int rows = 0;
};

/// A command under way in a container, for a loop around poll(). Destroying it leaves the command running:
/// the engine ends no command whose caller is gone. Calls throw Error as Engine's do.
class Exec {
public:
    /// Starts it. `engine` outlives it. Throws Error conflict when the container does not run, not_found when
    /// there is no such container.
    Exec(const Engine& engine, std::string_view container, const ExecOrder& order, std::stop_token stop);

    /// Readable when read_now() has something to do.
    [[nodiscard]] int descriptor() const noexcept { return talk_.descriptor(); }
    /// Hands on what it has written without waiting for more; false when it has ended.
    bool read_now(const FrameDecoder::Frame& frame);
    /// As read_now, but waits until there is something.
    bool read(const FrameDecoder::Frame& frame);
    /// To its standard input; false when it takes no more.
    bool write(std::string_view bytes) { return talk_.write(bytes); }
    void end_input() noexcept { talk_.end_writing(); }
    void resize(int columns, int rows) const;
    /// Sends KILL to the command and what it has started in its process group. It has to run on this machine.
    void kill() const;
    /// After its end: 127 when there was no such program, 128 + signal after a signal.
    [[nodiscard]] int exit_code() const;

private:
    void take(std::string_view piece, const FrameDecoder::Frame& frame);
    [[nodiscard]] api::Json look(const std::function<bool(const api::Json&)>& is_late) const;

    const Engine& engine_;
    std::string container_;
    std::string user_;
    bool terminal_;
    std::string id_;
    http::Upstream talk_;
    FrameDecoder frames_;
};

} // namespace skerry::runtime::docker
