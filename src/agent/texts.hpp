#pragma once

#include "agent/showing.hpp"
#include "api/json.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace skerry::agent {

/// The texts of messages as they grow from two kinds of news: a delta appends, an update replaces all. What
/// was missed between two connections is never guessed: such a text rests until the agent says it whole.
///
/// A change holds no credential, also where one comes in several pieces: what may become one is held back
/// until that is known.
class Texts {
public:
    explicit Texts(Redaction redaction) : redaction_(std::move(redaction)) {}

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
    /// The parts of the message before that one will not be ended any more: what they said is taken back.
    std::vector<Change> take_back(const std::string& message, const std::string& before);
    /// What was held back of a message that is complete.
    std::vector<Change> rest_of(const std::string& message);
    /// What has been told before, by somebody else.
    void remember(const Change& change);
    /// Events may have been missed.
    void lost();

    /// What the message says, without its reasoning and without parts that the agent added for itself.
    [[nodiscard]] std::string of(const std::string& message) const;

private:
    struct Part {
        std::string text;
        std::size_t told = 0; ///< bytes of it; behind them a credential may have begun
        bool reasoning = false;
        bool hidden = false; ///< not for people
        bool complete = false;
        bool gap = false; ///< deltas were missed
    };

    std::optional<Change> replace(Part& part, const std::string& message, const std::string& id,
                                  std::string text) const;
    std::optional<Change> more_of(Part& part, const std::string& message, const std::string& id,
                                  bool ends = false) const;

    Redaction redaction_;
    std::map<std::string, std::map<std::string, Part>>
        messages_; ///< by message, by part: both ascend in time
};

} // namespace skerry::agent
