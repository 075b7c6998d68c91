#include "queue/job_log.hpp"

#include "util/clock.hpp"
#include "util/descriptor.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace skerry::queue {
namespace {

constexpr std::size_t longest_line = 16'000;

Descriptor open_log(const std::filesystem::path& path)
{
    constexpr int how = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
    Descriptor file(::open(path.c_str(), how, 0600));
    if (file.open() || errno != ENOENT) return file;
    make_private_folder(path.parent_path());
    return Descriptor(::open(path.c_str(), how, 0600));
}

} // namespace

void append_to_job_log(const Paths& paths, JobId job, std::string_view line)
{
    const auto path = paths.job_log(job);
    const auto file = open_log(path);
    if (!file.open()) throw system_error(errno, "cannot write " + path.string());
    const auto text = rfc3339(now()) + " " + one_line(line, longest_line) + "\n";
    // one write: the lines of two processes do not mix
    if (::write(file.get(), text.data(), text.size()) < 0)
        throw system_error(errno, "cannot write " + path.string());
}

} // namespace skerry::queue
