#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

/// The program's log: JSON lines on stderr with time, level, msg and what else is known.
/// Never put a secret, a prompt's text or a token in it.
namespace skerry::log {

enum class Level { debug, info, warning, error, off };

using Detail = std::pair<std::string_view, std::string>; ///< snake_case name and value: {"project_id", id}
using Details = std::initializer_list<Detail>;

/// Shows `level` and above. Commands begin with `off`: what they have to say they say themselves.
void show_from(Level level);
/// Whether it shows that level: before a detail is made that costs time.
bool shows(Level level);

/// "debug", "info", "warning", "error" or "off". Throws Error bad_request for another word.
Level parse_level(std::string_view name);

void debug(std::string_view message, Details details = {});
void info(std::string_view message, Details details = {});
void warning(std::string_view message, Details details = {});
void error(std::string_view message, Details details = {});

} // namespace skerry::log
