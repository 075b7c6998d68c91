#pragma once

#include "agent/client.hpp"
#include "app/paths.hpp"
#include "sessions/session.hpp"

#include <cstddef>
#include <string>
#include <vector>

/// Files that go with a prompt. A copy is kept until the session is deleted, so that what the agent gets is
/// what was given, whenever that is.
namespace skerry::sessions {

inline constexpr std::size_t most_attachments = 20;
inline constexpr std::size_t largest_attachment = 10U << 20U; ///< bytes; models take no larger pictures

/// "data:;name=NAME;base64,CONTENT": how a file stands in the input of an action.
std::string data_url_of(const std::string& name, const std::string& content);

/// Keeps the files of a turn, each given as by data_url_of(). What a file is follows from its content. Throws
/// Error bad_request for what is no such address, is too large, or is neither text nor picture nor PDF.
std::vector<Attachment> keep_attachments(const Paths& paths, const Turn& turn,
                                         const std::vector<std::string>& urls);

/// As the agent takes them. Throws Error when a copy is gone.
std::vector<agent::File> files_for(const Turn& turn);

/// Removes the copies.
void remove_attachments(const Paths& paths, const Turn& turn);

} // namespace skerry::sessions
