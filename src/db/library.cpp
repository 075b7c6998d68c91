#include "db/library.hpp"

#include <sqlite3.h>

namespace skerry::db {

Library library()
{
    return {::sqlite3_libversion(), ::sqlite3_libversion_number()};
}

} // namespace skerry::db
