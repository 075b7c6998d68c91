#pragma once

#include "runtime/runtime.hpp"

#include <filesystem>
#include <optional>

/// What the docker runtime keeps of a stack, in its state folder.
namespace skerry::runtime::docker {

class StackFolder {
public:
    explicit StackFolder(const std::filesystem::path& state) : folder_(state / "docker") {}

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_; }
    [[nodiscard]] std::filesystem::path compose_file() const { return folder_ / "compose.yaml"; }
    /// The override as it was approved: what Compose reads nobody else can change.
    [[nodiscard]] std::filesystem::path override_copy() const { return folder_ / "override.yaml"; }
    /// Empty: Compose is to find no variables, and would else look for some in the project's folder.
    [[nodiscard]] std::filesystem::path variables_file() const { return folder_ / "no.env"; }
    [[nodiscard]] std::filesystem::path subnet_file() const { return folder_ / "subnet"; }

    /// What the services were last started from; nothing when they never were.
    [[nodiscard]] std::optional<Stack> stack() const;
    void keep(const Stack& stack) const;

    /// Whether the services are to run.
    [[nodiscard]] bool is_wanted() const;
    void set_wanted(bool wanted) const;

private:
    std::filesystem::path folder_;
};

} // namespace skerry::runtime::docker
