#include "sessions/history.hpp"

#include "util/error.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <algorithm>

namespace skerry::sessions {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view repository_mode = "160000";
constexpr std::size_t largest_patch = 8U << 20U;
constexpr auto longest_run = std::chrono::minutes(5);

/// No hooks, signatures, pagers, editors and helpers of the repository or of anybody's configuration.
std::vector<std::pair<std::string, std::string>> environment_of(const fs::path& folder)
{
    return {{"GIT_AUTHOR_NAME", "skerry"},
            {"GIT_AUTHOR_EMAIL", "skerry@localhost"},
            {"GIT_COMMITTER_NAME", "skerry"},
            {"GIT_COMMITTER_EMAIL", "skerry@localhost"},
            {"GIT_CONFIG_NOSYSTEM", "1"},
            {"GIT_CONFIG_GLOBAL", "/dev/null"},
            {"GIT_CEILING_DIRECTORIES", folder.parent_path().string()},
            {"GIT_TERMINAL_PROMPT", "0"},
            {"GIT_OPTIONAL_LOCKS", "0"},
            {"GIT_CONFIG_COUNT", "5"},
            {"GIT_CONFIG_KEY_0", "core.hooksPath"},
            {"GIT_CONFIG_VALUE_0", "/dev/null"},
            {"GIT_CONFIG_KEY_1", "commit.gpgSign"},
            {"GIT_CONFIG_VALUE_1", "false"},
            {"GIT_CONFIG_KEY_2", "core.fsmonitor"},
            {"GIT_CONFIG_VALUE_2", "false"},
            {"GIT_CONFIG_KEY_3", "core.quotePath"},
            {"GIT_CONFIG_VALUE_3", "false"},
            {"GIT_CONFIG_KEY_4", "safe.directory"},
            {"GIT_CONFIG_VALUE_4", "*"}};
}

std::string status_named(std::string_view letter)
{
    if (letter.starts_with('A')) return "added";
    return letter.starts_with('D') ? "deleted" : "changed";
}

FileChange& change_of(std::vector<FileChange>& changes, const std::string& path)
{
    const auto found = std::find_if(changes.begin(), changes.end(),
                                    [&](const FileChange& change) { return change.path == path; });
    return found != changes.end() ? *found
                                  : changes.emplace_back(FileChange{.path = path, .status = "changed"});
}

} // namespace

api::Json to_json(const FileChange& change)
{
    return api::Json::object({{"path", change.path},
                              {"status", change.status},
                              {"additions", change.additions},
                              {"deletions", change.deletions}});
}

History::History(const projects::Project& project, fs::path state, std::stop_token stop,
                 runtime::ContainerSpec container)
    : runtime_(runtime::make_runtime(project.runtime)), stack_{.id = project.id.value,
                                                               .folder = project.path,
                                                               .state = std::move(state),
                                                               .services = {}},
      stop_(std::move(stop)), container_(std::move(container))
{
    container_.beside = "agent";
}

std::string History::run(std::vector<std::string> command)
{
    make_private_folder(stack_.state);
    const runtime::Service service{.name = "git",
                                   .command = std::move(command),
                                   .environment = environment_of(stack_.folder),
                                   .container = container_};
    std::string output;
    const auto ending =
        runtime_->exec(stack_, service, [&](std::string_view line) { output.append(line).push_back('\n'); },
                       stop_, {.timeout = longest_run});
    if (!ending.good())
        throw Error(Code::unavailable, "git: " + ending.text() + ": " + one_line(trim(output), 500));
    return output;
}

std::string History::git(std::vector<std::string> words)
{
    words.insert(words.begin(), "git");
    return run(std::move(words));
}

std::string History::script(const std::string& text, std::vector<std::string> words)
{
    words.insert(words.begin(), {"/bin/sh", "-euc", text, "sh"});
    return run(std::move(words));
}

std::string History::head()
{
    return std::string(trim(script("[ -e .git ] || git init --quiet --initial-branch=main\n"
                                   "git rev-parse --quiet --verify HEAD 2>&1 || {\n"
                                   "git add --all && git commit --quiet --allow-empty --no-verify"
                                   " --message 'Start of the project' && git rev-parse HEAD; }",
                                   {})));
}

std::string History::obstacle()
{
    return std::string(
        trim(script("cd \"$(git rev-parse --git-dir)\"\n"
                    "for file in MERGE_HEAD CHERRY_PICK_HEAD REVERT_HEAD BISECT_LOG rebase-merge"
                    " rebase-apply; do [ ! -e $file ] || echo $file; done",
                    {})));
}

std::string History::commit_all(const std::string& subject, const std::string& body)
{
    return std::string(trim(script("find \"$(git rev-parse --git-dir)\" -maxdepth 1 -name '*.lock' -mmin +1"
                                   " -delete || :\n"
                                   "git add --all 2>\"$HOME/said\" || { cat \"$HOME/said\"; exit 1; }\n"
                                   "git diff --cached --quiet --no-ext-diff || git commit --quiet --no-verify"
                                   " --cleanup=verbatim --message \"$1\" ${2:+--message \"$2\"}\n"
                                   "git rev-parse HEAD",
                                   {subject, body})));
}

bool History::holds(const std::string& commit)
{
    const auto said = script("git cat-file -e \"$1^{commit}\" 2>/dev/null && echo yes || echo no", {commit});
    return trim(said) == "yes";
}

std::vector<FileChange> History::changes(const std::string& from, const std::string& to)
{
    std::vector<FileChange> changes;
    for (const auto& line : split(git({"diff", "--no-ext-diff", "--no-renames", "--raw", from, to}), '\n')) {
        const auto columns = split(line, '\t'); // ":MODE MODE NAME NAME LETTER", path
        const auto facts = split(columns.front(), ' ');
        if (columns.size() != 2 || facts.size() != 5) continue;
        changes.push_back({.path = columns[1],
                           .status = status_named(facts[4]),
                           .repository = facts[1] == repository_mode});
    }
    for (const auto& line :
         split(git({"diff", "--no-ext-diff", "--no-renames", "--numstat", from, to}), '\n')) {
        const auto columns = split(line, '\t');
        if (columns.size() != 3) continue;
        auto& change = change_of(changes, columns[2]);
        change.additions = number_in(columns[0]);
        change.deletions = number_in(columns[1]);
    }
    return changes;
}

std::string History::patch(const std::string& from, const std::string& to)
{
    auto text = git({"diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", from, to});
    if (text.size() <= largest_patch) return text;
    text.resize(text.rfind('\n', largest_patch) + 1);
    return text + "truncated: the changes are larger than 8 MiB\n";
}

std::string History::apply(const std::string& from, const std::string& to, const std::string& subject)
{
    try {
        return std::string(trim(
            script("git diff --no-ext-diff --no-textconv --binary --full-index --no-renames \"$1\" \"$2\" "
                   ">\"$HOME/patch\"\n"
                   "git apply --index --whitespace=nowarn \"$HOME/patch\" 2>&1\n"
                   "git commit --quiet --allow-empty --no-verify --cleanup=verbatim --message \"$3\" 2>&1\n"
                   "git rev-parse HEAD",
                   {from, to, subject})));
    } catch (const Error& error) {
        const std::string_view words = error.what();
        if (words.find("patch does not apply") == std::string_view::npos &&
            words.find("already exists") == std::string_view::npos &&
            words.find("does not exist") == std::string_view::npos)
            throw;
        throw Error(Code::conflict, "the same lines were changed since: " + std::string(words),
                    {.hint = "change them by hand, or ask the agent to"});
    }
}

std::string History::newest_of(const std::vector<std::string>& commits)
{
    for (const auto& commit : split(git({"rev-list", "--max-count=10000", "HEAD"}), '\n'))
        if (std::find(commits.begin(), commits.end(), commit) != commits.end()) return commit;
    return {};
}

} // namespace skerry::sessions
