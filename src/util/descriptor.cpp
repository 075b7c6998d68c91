#include "util/descriptor.hpp"

#include "util/error.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace skerry {

Descriptor::~Descriptor()
{
    close();
}

void Descriptor::close() noexcept
{
    if (number_ >= 0) ::close(number_);
    number_ = -1;
}

Pipe make_pipe()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error(errno, "cannot make a pipe");
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

} // namespace skerry
