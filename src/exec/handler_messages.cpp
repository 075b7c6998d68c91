#include "exec/handler_messages.hpp"

#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>

namespace skerry::exec {
namespace {

constexpr std::size_t longest_quote = 200;
constexpr std::chrono::milliseconds soonest{1000}; ///< a handler that asks for no delay shall not spin

std::string shortened(std::string_view line)
{
    return "'" + one_line(line, longest_quote) + "'";
}

} // namespace

void HandlerMessages::add(std::string_view part)
{
    const auto room = most_bytes - std::min(bytes_, most_bytes);
    if (part.size() > room && room > 0)
        warn("more than " + std::to_string(most_bytes) + " bytes came: the rest is not read");
    part = part.substr(0, room);
    bytes_ += part.size();
    while (!part.empty()) {
        const auto end = part.find('\n');
        const auto piece = part.substr(0, end);
        if (!skipping_) rest_.append(piece);
        if (rest_.size() > longest_line) {
            warn("a line of more than " + std::to_string(longest_line) +
                 " bytes is passed over: " + shortened(rest_));
            rest_.clear();
            skipping_ = true;
        }
        if (end == std::string_view::npos) return;
        finish();
        skipping_ = false;
        part.remove_prefix(end + 1);
    }
}

void HandlerMessages::finish()
{
    const auto line = std::exchange(rest_, {});
    if (!trim(line).empty()) take(trim(line));
}

void HandlerMessages::take(std::string_view line)
{
    constexpr std::size_t deepest = 50;
    const auto message = api::Json::try_parse(line, deepest);
    if (!message || !message->is_object() || message->members().empty())
        return warn("no JSON object with a member: " + shortened(line));
    take_message(*message);
}

void HandlerMessages::take_message(const api::Json& message)
{
    for (const auto& member : message.members()) take_member(member, message);
}

void HandlerMessages::take_member(const api::Json::Member& member, const api::Json& message)
{
    const auto& [name, value] = member;
    if (name == "progress")
        take_progress(value, message);
    else if (name == "result")
        result_ = value;
    else if (name == "reschedule")
        take_delay(value);
    else if (name == "discard" && value.is_text())
        discard_ = one_line(value.view(), longest_text);
    else if (name == "log" && value.is_text())
        listener_.log(value.view());
    else if (name != "message" || !message.has("progress"))
        warn("unknown or of the wrong type: " + shortened(name));
}

void HandlerMessages::take_progress(const api::Json& value, const api::Json& message)
{
    const auto fraction = value.real(-1);
    if (!(fraction >= 0 && fraction <= 1))
        return warn("progress must be a number from 0 to 1, not " + shortened(value.dump()));
    listener_.progress(fraction, one_line(message["message"].view(), longest_text));
}

void HandlerMessages::take_delay(const api::Json& value)
{
    try {
        const auto text = value.is_integer() ? std::to_string(value.number()) : value.text();
        again_ = std::max(std::chrono::milliseconds(parse_duration(text)), soonest);
    } catch (const Error&) { // what a stranger writes is no error of ours
        warn("reschedule must be a duration like \"30s\", not " + shortened(value.dump()));
    }
}

void HandlerMessages::warn(std::string_view what)
{
    if (warnings_ == most_warnings) return;
    listener_.warning("descriptor 3: " + std::string(what));
    if (++warnings_ == most_warnings) listener_.warning("descriptor 3: further warnings are left out");
}

} // namespace skerry::exec
