#include "demo/request_log.hpp"

#include "util/error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace skerry::demo {

RequestLog::RequestLog(const std::filesystem::path& path)
    : path_(path), file_(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600))
{
    if (!file_.open()) throw system_error(errno, "cannot open the log of requests " + path.string());
}

void RequestLog::add(const api::Json& line) const
{
    const auto text = line.dump() + "\n"; // in one write, so that lines never mix
    ssize_t written = 0;
    do written = ::write(file_.get(), text.data(), text.size());
    while (written < 0 && errno == EINTR);
    if (written < 0) throw system_error(errno, "cannot write " + path_.string());
}

} // namespace skerry::demo
