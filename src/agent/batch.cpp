#include "agent/batch.hpp"

#include "agent/event_types.hpp"

#include <utility>

namespace skerry::agent {

namespace {

using namespace std::chrono_literals;

/// All batches of a process are told at the same moments, this far apart: so their rows share a commit, and
/// those who follow are woken once.
constexpr Batch::Clock::duration beat = 30ms;

/// Whether `next` goes on where `event` ends.
bool continues(const Event& event, const Event& next)
{
    const bool text = next.type == type::part_added || next.type == type::reasoning_part;
    return text && event.type == next.type && next.payload.has("delta") &&
           event.payload["partId"] == next.payload["partId"];
}

} // namespace

void Batch::add(Event event)
{
    if (events_.empty()) since_ = Clock::now();
    if (events_.empty() || !continues(events_.back(), event)) {
        events_.push_back(std::move(event));
        return;
    }
    auto& payload = events_.back().payload;
    const auto* member = payload.has("delta") ? "delta" : "text";
    payload.set(member, payload[member].text() + event.payload["delta"].text());
}

Batch::Clock::time_point Batch::due() const
{
    return events_.empty() ? Clock::time_point::max() : since_ + (beat - since_.time_since_epoch() % beat);
}

void Batch::tell()
{
    if (!events_.empty()) tell_(std::exchange(events_, {}));
}

} // namespace skerry::agent
