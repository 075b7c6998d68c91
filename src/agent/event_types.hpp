#pragma once

#include <span>
#include <string_view>

/// Every type of event that a conversation with an agent is told in.
namespace skerry::agent {

namespace type {
inline constexpr std::string_view session_status = "chat.session.status";
inline constexpr std::string_view part_added = "chat.message.part.added";
inline constexpr std::string_view message_final = "chat.message.final";
inline constexpr std::string_view reasoning_part = "chat.reasoning.part";
inline constexpr std::string_view tool_start = "chat.tool.start";
inline constexpr std::string_view tool_finish = "chat.tool.finish";
inline constexpr std::string_view tool_error = "chat.tool.error";
inline constexpr std::string_view file_changed = "chat.file.changed";
inline constexpr std::string_view permission_requested = "chat.permission.requested";
inline constexpr std::string_view permission_resolved = "chat.permission.resolved";
inline constexpr std::string_view question_requested = "chat.question.requested";
inline constexpr std::string_view question_resolved = "chat.question.resolved";
inline constexpr std::string_view todo_updated = "chat.todo.updated";
inline constexpr std::string_view turn_started = "chat.turn.started";
inline constexpr std::string_view turn_ended = "chat.turn.ended";
inline constexpr std::string_view diagnostic = "chat.diagnostic";
inline constexpr std::string_view unknown = "chat.event.unknown";
} // namespace type

struct EventType {
    std::string_view name;
    std::string_view help; ///< what it says, with the members of its payload
};

/// All of them, in the order people read about them.
std::span<const EventType> event_types() noexcept;

} // namespace skerry::agent
