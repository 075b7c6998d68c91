#include "sessions/check.hpp"

#include "projects/stack.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace skerry::sessions {
namespace {

constexpr std::size_t longest_end = 4096;
constexpr int out_of_time = 124; // as timeout(1) says it

void keep_end(std::string& text)
{
    if (text.size() <= longest_end) return;
    const auto begin = text.find('\n', text.size() - longest_end);
    text.erase(0,
               begin != std::string::npos && begin + 1 < text.size() ? begin + 1 : text.size() - longest_end);
}

} // namespace

CheckResult run_check(const queue::Run& run, const projects::Project& project, const std::string& line,
                      std::chrono::milliseconds limit)
{
    auto service = projects::app_service(run.app, project);
    service.name = "check";
    service.container.beside = "app";
    service.command = {"/bin/sh", "-c", line};
    const auto stack = projects::empty_stack_of(run.app, project);
    CheckResult result;
    const auto heard = [&](std::string_view words) {
        run.log("check: " + std::string(words));
        result.end.append(words).push_back('\n');
        keep_end(result.end);
    };
    try {
        result.exit_code = runtime::make_runtime(project.runtime)
                               ->exec(stack, service, heard, run.stop, {.timeout = limit})
                               .code;
    } catch (const Error& error) {
        if (error.code() != Code::timeout) throw;
        result.exit_code = out_of_time;
        result.out_of_time = true;
        result.end += "ended after " + for_people(limit.count()) + "\n";
    }
    return result;
}

} // namespace skerry::sessions
