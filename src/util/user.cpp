#include "util/user.hpp"

#include <pwd.h>
#include <unistd.h>
#include <vector>

namespace skerry {

std::string user_name()
{
    constexpr std::size_t enough = 16'384;
    std::vector<char> buffer(enough);
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        return {};
    return entry.pw_name;
}

} // namespace skerry
