#pragma once

#include "projects/project.hpp"
#include "runtime/runtime.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace skerry::sessions {

struct FileChange {
    std::string path;
    std::string status;                      ///< "added", "changed", "deleted"
    std::optional<std::int64_t> additions{}; ///< lines; none for a binary file
    std::optional<std::int64_t> deletions{};
    bool repository = false; ///< a folder that is a git repository of its own: what is in it stays out
};
/// {path, status, additions, deletions}
api::Json to_json(const FileChange& change);

/// The git repository of a project. git runs in the project's sandbox, for the agent may write what git reads
/// and executes: configuration, filters, attributes. Every function throws Error unavailable when git fails,
/// cancelled on stop.
class History {
public:
    /// `state` is skerry's own folder for the project, `container` what its agent is run in, where git is.
    History(const projects::Project& project, std::filesystem::path state, std::stop_token stop = {},
            runtime::ContainerSpec container = {});

    /// The commit that is checked out; makes the repository when there is none.
    std::string head();
    /// Why nothing can be committed now: somebody is in the middle of a merge, say. Empty when it can.
    std::string obstacle();
    /// Puts all that differs from the last commit into a new one, which is returned; the last one when
    /// nothing does. Files that .gitignore names stay out. Nobody else of skerry may work on the files: a
    /// lock of git's that is older than a minute was left behind by who was killed, and is removed.
    std::string commit_all(const std::string& subject, const std::string& body = {});
    /// Whether the commit is there: somebody may have removed or replaced the repository.
    bool holds(const std::string& commit);
    /// What changed from one commit to another.
    std::vector<FileChange> changes(const std::string& from, const std::string& to);
    /// The same as a patch; above 8 MiB cut off at a line, which is said in its last one.
    std::string patch(const std::string& from, const std::string& to);
    /// Does to the files what leads from one commit to the other and commits it. Nothing changes when a file
    /// was changed since: Error conflict.
    std::string apply(const std::string& from, const std::string& to, const std::string& subject);
    /// The one of `commits` that was made last, of those that led to the present one; empty when none did.
    std::string newest_of(const std::vector<std::string>& commits);

private:
    std::string git(std::vector<std::string> words);
    std::string script(const std::string& text, std::vector<std::string> words);
    std::string run(std::vector<std::string> command);

    std::unique_ptr<runtime::Runtime> runtime_;
    runtime::Stack stack_;
    std::stop_token stop_;
    runtime::ContainerSpec container_;
};

} // namespace skerry::sessions
