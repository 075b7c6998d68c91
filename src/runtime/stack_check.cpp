#include "runtime/stack_check.hpp"

#include "runtime/pause.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/port.hpp"
#include "util/text.hpp"

#include <algorithm>

namespace skerry::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_name = 32;

bool is_name(std::string_view text)
{
    const auto fits = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-';
    };
    return !text.empty() && text.size() <= longest_name && text != "logs" && text[0] != '-' &&
           std::all_of(text.begin(), text.end(), fits);
}

void require(bool good, const std::string& message)
{
    if (!good) throw Error(Code::bad_request, message);
}

/// A plan travels as JSON, which would not bring other bytes back as they were.
bool is_text(const Service& service)
{
    const auto good = [](const std::string& text) { return is_utf8(text); };
    return std::all_of(service.command.begin(), service.command.end(), good) &&
           std::all_of(service.environment.begin(), service.environment.end(),
                       [&](const auto& variable) { return good(variable.first) && good(variable.second); }) &&
           std::all_of(service.readable.begin(), service.readable.end(),
                       [&](const fs::path& path) { return good(path.native()); });
}

void check_service(const Stack& stack, const Service& service)
{
    require(is_name(service.name), "'" + service.name + "' is no name for a service");
    const auto named_so = [&](const Service& other) { return other.name == service.name; };
    const auto at_port = [&](const Service& other) { return other.port != 0 && other.port == service.port; };
    const auto& all = stack.services;
    require(std::count_if(all.begin(), all.end(), named_so) == 1, "two services are named " + service.name);
    require(std::count_if(all.begin(), all.end(), at_port) <= 1,
            "two services want the port of " + service.name);
    require(!service.command.empty() && !service.command[0].empty(), service.name + " has no command");
    require(service.port >= 0 && service.port <= 65535, service.name + " has an impossible port");
    require(is_text(service), service.name + " has a word or a variable that is not UTF-8");
    for (const auto& path : service.readable) {
        require(path.is_absolute(), "the path " + path.string() + " is not absolute");
        if (!fs::exists(path)) throw Error(Code::not_found, service.name + " needs " + path.string());
    }
}

} // namespace

void check(const Stack& stack)
{
    require(is_name(stack.id), "'" + stack.id + "' is no id for a stack");
    require(stack.folder.is_absolute() && stack.state.is_absolute(), "a stack's folders are not absolute");
    require(is_utf8(stack.folder.native()) && is_utf8(stack.state.native()), "a folder's name is not UTF-8");
    if (!fs::is_directory(stack.folder))
        throw Error(Code::not_found, "there is no folder " + stack.folder.string());
    require(!is_inside(fs::weakly_canonical(stack.state), fs::canonical(stack.folder)),
            "the folder " + stack.folder.string() + " has skerry's own files in it");
    for (const auto& service : stack.services) check_service(stack, service);
}

void check_ports(const Stack& stack, std::chrono::milliseconds patience, std::stop_token stop)
{
    const auto deadline = monotonic_now() + patience.count();
    for (const auto& service : stack.services)
        while (service.port != 0 && !port_is_free(service.port)) {
            if (monotonic_now() >= deadline || !pause_for(std::chrono::milliseconds(20), stop))
                throw Error(Code::conflict,
                            "address already in use: port " + std::to_string(service.port) + " of " +
                                service.name,
                            {.hint = "end what listens there, or give the project another port"});
        }
}

} // namespace skerry::runtime
