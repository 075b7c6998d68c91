#include "util/descriptor.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

using namespace skerry;

namespace {

bool is_open(int file)
{
    return ::fcntl(file, F_GETFD) >= 0;
}

} // namespace

TEST_CASE("a descriptor is closed by its owner, and by nobody else")
{
    int number = -1;
    {
        auto pipe = make_pipe();
        number = pipe.read.get();
        Descriptor owner = std::move(pipe.read);
        CHECK_FALSE(pipe.read.open());
        pipe.read.close();
        CHECK(is_open(number));
        owner = Descriptor(::dup(pipe.write.get()));
        CHECK_FALSE(is_open(number));
        number = owner.get();
    }
    CHECK_FALSE(is_open(number));
    CHECK_FALSE(Descriptor().open());
}

TEST_CASE("a released descriptor is the caller's")
{
    auto pipe = make_pipe();
    const int number = pipe.read.release();
    CHECK_FALSE(pipe.read.open());
    CHECK(is_open(number));
    ::close(number);
}

TEST_CASE("the ends of a pipe are closed in children")
{
    const auto pipe = make_pipe();
    CHECK((::fcntl(pipe.read.get(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK((::fcntl(pipe.write.get(), F_GETFD) & FD_CLOEXEC) != 0);
}
