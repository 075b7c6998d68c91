#include "util/presence.hpp"

#include "util/error.hpp"
#include "util/files.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>

namespace skerry {

Presence::Presence(const std::filesystem::path& place)
{
    make_private_folder(place.parent_path()); // somebody may be there before what he looks at
    file_ = Descriptor(::open(place.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file_.open()) throw system_error(errno, "cannot open " + place.string());
    while (::flock(file_.get(), LOCK_SH) != 0) // anybody() holds it for a moment
        if (errno != EINTR) throw system_error(errno, "cannot lock " + place.string());
}

void Presence::outlive_exec() const
{
    ::fcntl(file_.get(), F_SETFD, 0);
}

bool Presence::anybody(const std::filesystem::path& place)
{
    const Descriptor file(::open(place.c_str(), O_RDONLY | O_CLOEXEC));
    return file.open() && ::flock(file.get(), LOCK_EX | LOCK_NB) != 0;
}

} // namespace skerry
