#pragma once

#include "api/json.hpp"

#include <map>
#include <optional>
#include <string>

namespace skerry::agent {

/// The texts of messages as they grow from two kinds of news: a delta appends, an update replaces all. What
/// was missed between two connections is never guessed: such a text rests until the agent says it whole.
class Texts {
public:
    struct Change {
        std::string message;
        std::string part;
        bool reasoning = false;
        bool replaces = false; ///< `text` is the whole text; else it is appended
        std::string text;
    };

    /// message.part.updated of a text or reasoning part.
    std::optional<Change> update(const api::Json& part);
    /// message.part.delta.
    std::optional<Change> append(const api::Json& delta);
    /// A part from the message list, which may be older than what was heard since.
    std::optional<Change> learn(const api::Json& part);
    /// message.part.removed.
    std::optional<Change> remove(const std::string& message, const std::string& part);
    /// What has been told before, by somebody else.
    void remember(const Change& change);
    /// Events may have been missed.
    void lost();

    /// What the message says, without its reasoning and without parts that the agent added for itself.
    [[nodiscard]] std::string of(const std::string& message) const;

private:
    struct Part {
        std::string text;
        bool reasoning = false;
        bool hidden = false; ///< not for people
        bool complete = false;
        bool gap = false; ///< deltas were missed
    };

    static std::optional<Change> replace(Part& part, const std::string& message, const std::string& id,
                                         std::string text);

    std::map<std::string, std::map<std::string, Part>>
        messages_; ///< by message, by part: both ascend in time
};

} // namespace skerry::agent
