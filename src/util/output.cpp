#include "util/output.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace skerry::process {

Output::Output(Descriptor file, const Sink& sink) : file_(std::move(file)), sink_(sink), part_(65536, '\0')
{
    ::fcntl(file_.get(), F_SETFL, O_NONBLOCK);
}

std::size_t Output::read_some()
{
    const auto text = read_part();
    if (!text.empty()) sink_(text);
    return text.size();
}

std::string_view Output::read_part()
{
    if (!open()) return {};
    const auto count = ::read(file_.get(), part_.data(), part_.size());
    if (count > 0) return std::string_view(part_).substr(0, static_cast<std::size_t>(count));
    if (count == 0 || (errno != EINTR && errno != EAGAIN)) file_.close();
    return {};
}

void Lines::add(std::string_view part)
{
    for (auto end = part.find('\n'); end != std::string_view::npos; end = part.find('\n')) {
        rest_.append(part.substr(0, end));
        pass_pieces();
        line_(rest_);
        rest_.clear();
        part.remove_prefix(end + 1);
    }
    rest_.append(part);
    pass_pieces();
}

void Lines::finish()
{
    if (!rest_.empty()) line_(rest_);
    rest_.clear();
}

void Lines::pass_pieces()
{
    std::size_t passed = 0;
    while (rest_.size() - passed > longest_) {
        const auto piece = clip(std::string_view(rest_).substr(passed), longest_);
        // what is no text has no characters to end between
        const auto size = piece.empty() ? longest_ : piece.size();
        line_(std::string_view(rest_).substr(passed, size));
        passed += size;
    }
    rest_.erase(0, passed);
}

} // namespace skerry::process
