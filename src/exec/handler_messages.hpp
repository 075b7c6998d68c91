#pragma once

#include "api/json.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::exec {

/// What a command says on its descriptor 3: one JSON object a line (docs/exec.md). It is not trusted: what
/// does not fit is told as a warning and else passed over, and there is a bound for everything.
class HandlerMessages {
public:
    struct Listener {
        std::function<void(double fraction, const std::string& message)> progress;
        std::function<void(std::string_view line)> log;
        std::function<void(std::string_view what)> warning;
    };
    static constexpr std::size_t longest_line = 64U << 10U;
    static constexpr std::size_t most_bytes = 16U << 20U;
    static constexpr std::size_t longest_text = 500; ///< of a message or a reason
    static constexpr int most_warnings = 20;

    explicit HandlerMessages(Listener listener) : listener_(std::move(listener)) {}

    /// The next bytes that came.
    void add(std::string_view part);
    /// Nothing more comes; what has no line feed behind it counts too.
    void finish();

    /// What the last {"result": ...} said.
    [[nodiscard]] const std::optional<api::Json>& result() const noexcept { return result_; }
    /// When it wants to be run again.
    [[nodiscard]] const std::optional<std::chrono::milliseconds>& again() const noexcept { return again_; }
    /// Why it is never to be run again.
    [[nodiscard]] const std::optional<std::string>& discard() const noexcept { return discard_; }

private:
    void take(std::string_view line);
    void take_message(const api::Json& message);
    void take_member(const api::Json::Member& member, const api::Json& message);
    void take_progress(const api::Json& value, const api::Json& message);
    void take_delay(const api::Json& value);
    void warn(std::string_view what);

    Listener listener_;
    std::string rest_;
    bool skipping_ = false; ///< the rest of a line that is too long
    std::size_t bytes_ = 0;
    int warnings_ = 0;
    std::optional<api::Json> result_;
    std::optional<std::chrono::milliseconds> again_;
    std::optional<std::string> discard_;
};

} // namespace skerry::exec
