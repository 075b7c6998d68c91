#pragma once

#include "util/digest.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace skerry {

/// Where things lie in the data folder. All of it is the owner's alone (0700, files 0600).
class Paths {
public:
    explicit Paths(std::filesystem::path data) : data_(std::move(data)) {}

    [[nodiscard]] const std::filesystem::path& data() const noexcept { return data_; }
    [[nodiscard]] std::filesystem::path database() const { return data_ / "skerry.db"; }
    [[nodiscard]] std::filesystem::path backups() const { return data_ / "backups"; }
    /// The bells and life locks of running processes.
    [[nodiscard]] std::filesystem::path running() const { return data_ / "run"; }
    /// The folder that holds the files of a project.
    [[nodiscard]] std::filesystem::path project(const std::string& slug) const
    {
        return data_ / "projects" / slug;
    }
    /// What skerry keeps of a project beside its files: logs, the agent's home, the supervisor's lock.
    [[nodiscard]] std::filesystem::path state(const std::string& project_id) const
    {
        return data_ / "state" / project_id;
    }
    /// Where those who follow a project are present, so that it is not stopped under their eyes.
    [[nodiscard]] std::filesystem::path followers(const std::string& project_id) const
    {
        return state(project_id) / "followers";
    }
    /// Which skerry of this machine it is, for what it keeps outside: the same for the same data folder.
    [[nodiscard]] std::string instance() const { return sha256_hex(data_.native()).substr(0, 12); }
    /// Keys for agents.
    [[nodiscard]] std::filesystem::path secrets() const { return data_ / "secrets"; }
    /// The log of a job.
    [[nodiscard]] std::filesystem::path job_log(std::int64_t job) const
    {
        return data_ / "jobs" / (std::to_string(job) + ".log");
    }

private:
    std::filesystem::path data_;
};

} // namespace skerry
