#include "agent/teller.hpp"

#include "agent/event_types.hpp"

#include <utility>

namespace skerry::agent {

namespace {

Normaliser::Setup setup_for(const TurnRequest& request)
{
    auto secrets = request.secrets;
    secrets.push_back(request.agent.password);
    return {.folder = request.agent.folder, .secrets = std::move(secrets)};
}

/// What says nothing about a sub-agent is about the session itself.
std::string session_of(const Event& event, const std::string& session)
{
    return event.payload["agentSessionId"].text(session);
}

} // namespace

Teller::Teller(const TurnRequest& request, const Sink& sink)
    : request_(request), sink_(sink), normaliser_(setup_for(request)), batch_(sink.events)
{
    for (auto event : request.told) {
        if (event.agent_session.empty()) event.agent_session = session_of(event, request.session);
        normaliser_.remember(event);
    }
}

void Teller::take_as(std::string_view type, std::string_view member, api::Json value)
{
    auto properties = api::Json::object({{"sessionID", request_.session}});
    properties.set(member, std::move(value));
    take(api::Json::object({{"type", type}, {"properties", std::move(properties)}}));
}

void Teller::learn(const std::vector<api::Json>& turn)
{
    for (const auto& message : turn) add(normaliser_.learn(message));
}

void Teller::reconcile(const api::Json& permissions, const api::Json& questions)
{
    add(normaliser_.reconcile(request_.session, permissions, questions));
}

void Teller::report(Progress progress)
{
    const bool goes_on = progress_ == Progress::needs_input && progress == Progress::running;
    if (progress_ && !goes_on && progress <= *progress_) return;
    progress_ = progress;
    untold_.push_back(progress);
}

bool Teller::is_about(const std::string& session) const
{
    return !session.empty() && normaliser_.sessions().is_within(session, request_.session);
}

void Teller::tell(bool all)
{
    if (!untold_.empty() && !told_begin_) tell_begin();
    if (all || !untold_.empty() || Batch::Clock::now() >= batch_.due()) batch_.tell();
    for (const auto progress : std::exchange(untold_, {})) sink_.progress(progress);
}

/// Before anything else of the turn.
void Teller::tell_begin()
{
    told_begin_ = true;
    const auto begin = untold_.front();
    untold_.erase(untold_.begin());
    sink_.progress(begin);
}

/// The agent does not say which session changed a file.
void Teller::add(std::vector<Event> events)
{
    for (auto& event : events) {
        if (!event.agent_session.empty() && !is_about(event.agent_session)) continue;
        const auto path = event.type == type::file_changed ? event.payload["path"].text() : std::string();
        if (!path.empty() && !path.starts_with('/')) files_.insert(path);
        batch_.add(std::move(event));
    }
}

} // namespace skerry::agent
