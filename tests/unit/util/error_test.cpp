#include "util/error.hpp"

#include <cerrno>
#include <doctest/doctest.h>
#include <set>
#include <string>

using namespace skerry;

TEST_CASE("each code has a name of its own")
{
    std::set<std::string_view> names;
    for (int code = 0; code <= static_cast<int>(Code::internal); ++code)
        names.insert(name_of(static_cast<Code>(code)));
    CHECK(names.size() == static_cast<std::size_t>(Code::internal) + 1);
    CHECK(name_of(Code::too_large) == "too_large");
}

TEST_CASE("a failed system call says what failed, why, and what to do about it")
{
    const auto full = system_error(ENOSPC, "cannot write f");
    CHECK(full.code() == Code::unavailable);
    CHECK(std::string(full.what()) == "cannot write f: No space left on device");
    CHECK_FALSE(full.hint().empty());
    CHECK(system_error(ENOENT, "x").code() == Code::not_found);
    CHECK_FALSE(system_error(EACCES, "x").hint().empty());
    CHECK(system_error(EMFILE, "x").code() == Code::unavailable);
}
