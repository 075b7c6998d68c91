#include "program/open.hpp"

#include "db/migrate.hpp"
#include "program/jobs.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <unistd.h>

namespace skerry::program {
namespace {

Error unusable(const std::filesystem::path& data, const std::string& why)
{
    return {Code::unavailable,
            "cannot use the data folder " + data.string() + ": " + why,
            {.hint = "make it writable, or choose another with --data-dir or SKERRY_DATA_DIR"}};
}

void make_folders(const Paths& paths)
{
    try {
        make_private_folder(paths.data());
        make_private_folder(paths.running());
    } catch (const Error& fault) {
        throw unusable(paths.data(), fault.what());
    }
    if (::access(paths.data().c_str(), W_OK | X_OK) != 0) throw unusable(paths.data(), "it is not writable");
}

} // namespace

Opened::Opened(const Paths& paths, const Settings& settings, db::Role role)
    : writer(paths), kinds(job_kinds()), app{.paths = paths,
                                             .settings = settings,
                                             .job_kinds = &kinds,
                                             .agents = &agents,
                                             .writer = &writer},
      db(paths.database(), role)
{
}

std::unique_ptr<Opened> open(const std::filesystem::path& data, const Settings& settings, db::Role role)
{
    const Paths paths(data);
    make_folders(paths);
    auto opened = std::make_unique<Opened>(paths, settings, role);
    db::migrate(opened->db, paths.backups());
    return opened;
}

} // namespace skerry::program
