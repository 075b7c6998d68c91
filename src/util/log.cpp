#include "util/log.hpp"

#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace skerry::log {
namespace {

std::shared_ptr<spdlog::logger> make_logger()
{
    auto logger =
        std::make_shared<spdlog::logger>("skerry", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_pattern("%v");
    logger->set_level(spdlog::level::off);
    return logger;
}

spdlog::logger& logger()
{
    static const auto the_logger = make_logger();
    return *the_logger;
}

void append_quoted(std::string& text, std::string_view value)
{
    text += '"';
    for (const char letter : well_formed(value)) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\') {
            text += '\\';
            text += letter;
        } else if (byte < 0x20U) {
            std::array<char, 8> escape{};
            std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(byte));
            text += escape.data();
        } else {
            text += letter;
        }
    }
    text += '"';
}

spdlog::level::level_enum known(Level level)
{
    switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
    case Level::off: break;
    }
    return spdlog::level::off;
}

void write(spdlog::level::level_enum level, std::string_view name, std::string_view message, Details details)
{
    if (!logger().should_log(level)) return;
    std::string line = R"({"time":")" + rfc3339(now()) + R"(","level":")" + std::string(name) + R"(","msg":)";
    append_quoted(line, message);
    for (const auto& [key, value] : details) {
        line += ',';
        append_quoted(line, key);
        line += ':';
        append_quoted(line, value);
    }
    logger().log(level, "{}", line + "}");
}

} // namespace

void show_from(Level level)
{
    logger().set_level(known(level));
}

bool shows(Level level)
{
    return logger().should_log(known(level));
}

Level parse_level(std::string_view name)
{
    constexpr std::array<std::pair<std::string_view, Level>, 5> levels{{{"debug", Level::debug},
                                                                        {"info", Level::info},
                                                                        {"warning", Level::warning},
                                                                        {"error", Level::error},
                                                                        {"off", Level::off}}};
    for (const auto& [word, level] : levels)
        if (word == name) return level;
    throw Error(Code::bad_request, "'" + std::string(name) + "' is not a log level",
                {.hint = "one of debug, info, warning, error, off"});
}

void debug(std::string_view message, Details details)
{
    write(spdlog::level::debug, "debug", message, details);
}
void info(std::string_view message, Details details)
{
    write(spdlog::level::info, "info", message, details);
}
void warning(std::string_view message, Details details)
{
    write(spdlog::level::warn, "warning", message, details);
}
void error(std::string_view message, Details details)
{
    write(spdlog::level::err, "error", message, details);
}

} // namespace skerry::log
