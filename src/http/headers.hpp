#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skerry::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Whether two names are the same in any case.
bool same_name(std::string_view left, std::string_view right) noexcept;

/// The first value of that name; empty when absent.
std::string_view value_of(const Headers& headers, std::string_view name) noexcept;

/// Whether a list such as "close, x-mine" has that word.
bool lists(std::string_view list, std::string_view word) noexcept;

/// What concerns one connection alone and is never passed on: those that say so themselves, and those that
/// `Connection` names.
bool is_for_one_hop(std::string_view name, std::string_view connection) noexcept;

/// Whether `text` may stand in a line of a head: no line break, no NUL.
bool is_line(std::string_view text) noexcept;

} // namespace skerry::http
