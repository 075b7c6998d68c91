#include "util/user.hpp"

#include <array>
#include <pwd.h>
#include <unistd.h>

namespace skerry {

std::string user_name()
{
    passwd facts{};
    passwd* found = nullptr;
    std::array<char, 16384> room{};
    if (::getpwuid_r(::getuid(), &facts, room.data(), room.size(), &found) == 0 && found != nullptr)
        return found->pw_name;
    return "user " + std::to_string(::getuid());
}

} // namespace skerry
