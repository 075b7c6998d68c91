#include "projects/project_files.hpp"

#include "projects/template.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/process.hpp"

#include <system_error>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;

namespace skerry::projects {
namespace {

/// git without the user's hooks, signatures and prompts.
process::Command git(std::vector<std::string> words, const fs::path& folder)
{
    std::vector<std::string> all{"git",
                                 "-c",
                                 "core.hooksPath=/dev/null",
                                 "-c",
                                 "commit.gpgsign=false",
                                 "-c",
                                 "user.name=skerry",
                                 "-c",
                                 "user.email=skerry@localhost"};
    all.insert(all.end(), words.begin(), words.end());
    return {.words = all, .folder = folder, .environment = {{"GIT_TERMINAL_PROMPT", "0"}}};
}

void copy_folder(const fs::path& from, const fs::path& to)
{
    std::error_code fault;
    fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks, fault);
    if (fault) throw system_error(fault.value(), "cannot copy " + from.string());
}

bool is_git_address(const std::string& source)
{
    return source.find("://") != std::string::npos ||
           (source.find('@') != std::string::npos && source.find(':') != std::string::npos);
}

void bring(const std::string& source, const fs::path& draft, std::stop_token stop)
{
    if (fs::is_directory(source)) return copy_folder(source, draft);
    process::output_of(git({"clone", "--quiet", "--", source, draft.string()}, {}), stop);
}

bool has_commits(const fs::path& folder)
{
    return process::run(git({"rev-parse", "--quiet", "--verify", "HEAD"}, folder), [](std::string_view) {})
        .good();
}

void commit_all(const fs::path& folder, std::stop_token stop)
{
    if (!fs::exists(folder / ".git"))
        process::output_of(git({"init", "--quiet", "--initial-branch=main"}, folder), stop);
    if (has_commits(folder)) return;
    process::output_of(git({"add", "--all"}, folder), stop);
    process::output_of(
        git({"commit", "--quiet", "--allow-empty", "--message", "Start of the project"}, folder), stop);
}

} // namespace

std::string checked_source(const std::string& source)
{
    if (fs::is_directory(source) && ::access(source.c_str(), R_OK | X_OK) == 0) return source;
    if (fs::is_directory(source))
        throw Error(Code::unavailable, "the folder " + source + " cannot be read",
                    {.hint = "check its permissions"});
    if (is_git_address(source)) return source;
    throw Error(Code::not_found, "there is no folder " + source,
                {.hint = "--from takes a folder or a git address"});
}

void make_files(const Project& project, const std::optional<std::string>& from, std::stop_token stop)
{
    if (fs::exists(project.path)) return;
    make_private_folder(project.path.parent_path());
    const fs::path draft = project.path.parent_path() / ("." + project.id.value + ".new");
    remove_folder(draft);
    if (from)
        bring(*from, draft, stop);
    else
        copy_folder(find_template(project.template_name).files, draft);
    fs::permissions(draft, fs::perms::owner_all);
    commit_all(draft, stop);
    fs::rename(draft, project.path);
}

} // namespace skerry::projects
