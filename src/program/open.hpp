#pragma once

#include "agent/clients.hpp"
#include "app/app.hpp"
#include "db/connection.hpp"
#include "events/writer.hpp"
#include "queue/kind.hpp"

#include <filesystem>
#include <memory>

namespace skerry::program {

/// A data folder in use by this process: what its parts share, and a connection for the thread that opened
/// it.
struct Opened {
    Opened(const Paths& paths, const Settings& settings, db::Role role);
    Opened(const Opened&) = delete;
    Opened& operator=(const Opened&) = delete;

    agent::Clients agents;
    events::Writer writer;
    queue::Kinds kinds;
    App app;
    db::Connection db;
};

/// Makes the data folder (0700) and the database, and brings the schema up to date. Throws Error: unavailable
/// when the folder cannot be written, conflict when the database is newer than this program.
std::unique_ptr<Opened> open(const std::filesystem::path& data, const Settings& settings, db::Role role);

} // namespace skerry::program
