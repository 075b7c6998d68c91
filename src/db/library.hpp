#pragma once

#include <string>

namespace skerry::db {

/// The SQLite that is in use: "3.40.1", 3040001.
struct Library {
    std::string version;
    int number = 0;
};
Library library();

} // namespace skerry::db
