#pragma once

#include "agent/event.hpp"
#include "agent/texts.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace skerry::agent {

/// What is said in a conversation: pieces of texts as they come, and each message when it is complete.
class Messages {
public:
    explicit Messages(Redaction redaction) : texts_(std::move(redaction)) {}

    /// The info of a message: who says it, and whether it is complete.
    std::vector<Event> update(const api::Json& info);
    /// A part of type "text" or "reasoning", from the stream or from the message list.
    std::vector<Event> update_part(const api::Json& part, bool from_list);
    /// A part of type "step-start". A message that begins a second time takes back what it did not end.
    std::vector<Event> begin_step(const api::Json& part);
    /// The properties of message.part.delta, message.part.removed and message.removed.
    std::vector<Event> append(const api::Json& delta);
    std::vector<Event> remove_part(const api::Json& properties);
    void remove(const api::Json& properties);

    /// A part of type "compaction": the agent summarises the conversation. If it does so of its own accord,
    /// the user's message that follows is only the prompt once more, and is not told.
    void summarise(const api::Json& part);
    /// Who says it, before its parts are known.
    void introduce(const api::Json& info);
    /// A piece of a text or a complete message that was told before.
    void remember(const Event& event);
    /// Events may have been missed.
    void lost() { texts_.lost(); }

private:
    struct Message {
        bool user = false;
        bool final = false; ///< has been told to be complete
    };

    Texts texts_;
    std::map<std::string, Message> messages_;
    std::set<std::string> summarised_; ///< sessions that have not said the prompt again yet
};

} // namespace skerry::agent
