#pragma once

#include "cli/terminal.hpp"
#include "events/event_log.hpp"
#include "util/clock.hpp"

#include <map>
#include <string>

namespace skerry::cli {

/// Tells events as people read them: what the agent writes as it writes it, a line for each tool, each
/// changed file, each change of the project. Feed it the events in order; write what it returns.
class Narrator {
public:
    explicit Narrator(const Stream& stream) : stream_(stream) {}

    std::string tell(const events::Event& event);
    /// What is still to be written so that the next text begins on a line of its own.
    std::string finish_line();
    /// Whether the last text has ended in the middle of a line.
    [[nodiscard]] bool is_in_line() const noexcept { return in_line_; }

private:
    std::string text(const api::Json& payload, bool thinking);
    std::string message_end(const api::Json& payload);
    std::string tool_start(const api::Json& payload);
    std::string tool_end(const api::Json& payload);
    std::string tool_error(const api::Json& payload);
    std::string request(const api::Json& payload, std::string_view what);
    std::string todos(const api::Json& payload);
    std::string diagnostic(const api::Json& payload, std::int64_t time);
    std::string turn_end(const api::Json& payload);
    std::string project_status(const api::Json& payload);
    std::string project_service(const api::Json& payload);

    std::string line(Paint paint, std::string_view sign, std::string_view plain_sign, std::string_view text);
    std::string streamed(std::string_view addition, Paint paint);

    const Stream& stream_;
    bool in_line_ = false;
    std::string part_; ///< whose text stands on the current line
    std::map<std::string, std::string>
        parts_; ///< what was shown of each part, by part; dropped at the message's end
    std::map<std::string, bool> shown_; ///< messages of which some text was shown
};

} // namespace skerry::cli
