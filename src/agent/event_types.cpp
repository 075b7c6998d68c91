#include "agent/event_types.hpp"

namespace skerry::agent {

namespace {

constexpr EventType table[] = {
    {type::turn_started, "A prompt is on its way to the agent."},
    {type::turn_ended,
     "The agent is done with a prompt: outcome, reason, error, hint, cost, tokens, filesChanged."},
    {type::session_status,
     "The session is busy, idle, waiting to retry (attempt, message, retryAt) or deleted: status."},
    {type::part_added,
     "A piece of a message, messageId and partId: delta is appended to the part, text replaces it."},
    {type::message_final,
     "A message is complete: messageId, role, text, and for the agent's finish, error, cost, tokens."},
    {type::reasoning_part,
     "A piece of what the model thinks, messageId and partId: delta is appended, text replaces."},
    {type::tool_start, "The agent begins to use a tool: callId, tool, kind, title, input."},
    {type::tool_finish, "A tool has run: callId, tool, kind, title, output, and for a command its exitCode."},
    {type::tool_error, "A tool could not run or was refused: callId, tool, kind, title, error."},
    {type::file_changed, "The agent changed a file: path, relative to the project."},
    {type::permission_requested,
     "The agent waits for a permission: requestId, permission, patterns, title, details."},
    {type::permission_resolved, "A permission was answered or is no longer asked for: requestId, reply."},
    {type::question_requested, "The agent waits for answers: requestId, questions."},
    {type::question_resolved, "Questions were answered or are no longer asked: requestId, reply, answers."},
    {type::todo_updated, "The agent's list of steps, whole: todos with content, status, priority."},
    {type::diagnostic,
     "What went wrong, for people: class, message, hint; with attempt and retryAt when it is tried again."},
    {type::unknown, "An event of the agent that skerry does not know: upstreamType, payload."},
};

} // namespace

std::span<const EventType> event_types() noexcept
{
    return table;
}

} // namespace skerry::agent
