#pragma once

#include "db/connection.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

namespace skerry::queue {

/// Connections of a worker for the threads of its jobs, kept with their prepared statements for the next one.
/// From any thread.
class Connections {
public:
    explicit Connections(std::filesystem::path file) : file_(std::move(file)) {}

    /// Lends one out; opens it when none is idle. Throws Error.
    std::unique_ptr<db::Connection> take();
    void give_back(std::unique_ptr<db::Connection> connection);

private:
    std::filesystem::path file_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<db::Connection>> idle_;
};

} // namespace skerry::queue
