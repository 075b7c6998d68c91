#pragma once

#include <optional>
#include <string>

namespace skerry::api {

/// Who asks for something, and what that person may.
struct Caller {
    enum class Kind {
        terminal, ///< owns the data folder and may all
        nobody,   ///< over HTTP without a login
        user,
    };
    Kind kind = Kind::terminal;
    std::string user{};         ///< id
    std::string name{};         ///< the user's
    bool admin = false;         ///< sees and may what everybody may
    bool read_only = false;     ///< came with a token that changes nothing
    std::string only_project{}; ///< id; came with a token for that project alone
    std::string login{};        ///< id of the login that it came with; empty with a token
    std::string address{};      ///< where from; empty at the terminal
    std::string client{};       ///< the program it says it is, for lists that people read
};

/// Whether that is not bound to projects of one's own.
bool sees_all(const Caller& caller) noexcept;
/// Whether a project of that owner is one of the caller's.
bool sees(const Caller& caller, const std::string& project, const std::optional<std::string>& owner) noexcept;

} // namespace skerry::api
