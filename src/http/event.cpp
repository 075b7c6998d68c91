#include "http/event.hpp"

#include "util/error.hpp"

#include <cerrno>
#include <sys/epoll.h>
#include <sys/eventfd.h>

namespace skerry::http {

Descriptor make_event()
{
    Descriptor event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event.open()) throw system_error(errno, "cannot make an event");
    return event;
}

Descriptor make_epoll()
{
    Descriptor poll(::epoll_create1(EPOLL_CLOEXEC));
    if (!poll.open()) throw system_error(errno, "cannot wait for connections");
    return poll;
}

} // namespace skerry::http
