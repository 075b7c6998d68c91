#include "runtime/docker/failure.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <array>

namespace skerry::runtime::docker {
namespace {

struct Sign {
    Cause cause;
    std::string_view words; ///< in small letters
};

/// The first that a line has counts: what is more particular stands before what is less.
constexpr std::array signs{
    Sign{Cause::no_permission, "permission denied while trying to connect"},
    Sign{Cause::no_permission, "permissionerror(13"},
    Sign{Cause::engine_down, "cannot connect to the docker daemon"},
    Sign{Cause::engine_down, "is the docker daemon running"},
    Sign{Cause::engine_down, "error while fetching server api version"},
    Sign{Cause::engine_down, "error during connect"},
    Sign{Cause::engine_down, "unexpected eof"},
    Sign{Cause::engine_down, "connection reset by peer"},
    Sign{Cause::disk_full, "no space left on device"},
    Sign{Cause::port_taken, "address already in use"},
    Sign{Cause::port_taken, "port is already allocated"},
    Sign{Cause::subnet_taken, "pool overlaps with other one"},
    Sign{Cause::subnet_taken, "conflicts with network"},
    Sign{Cause::no_more_networks, "non-overlapping ipv4 address pool"},
    Sign{Cause::no_more_networks, "predefined address pools have been fully subnetted"},
    Sign{Cause::name_taken, "conflict. the container name"},
    Sign{Cause::interfered, "matches found on name"},
    Sign{Cause::interfered, "no such container"},
    Sign{Cause::interfered, "is already in progress"},
    Sign{Cause::interfered, "marked for removal"},
    Sign{Cause::image_missing, "no such image"},
    Sign{Cause::image_missing, "pull access denied"},
    Sign{Cause::image_missing, "repository does not exist"},
    Sign{Cause::image_missing, "manifest unknown"},
    Sign{Cause::image_missing, "manifest for"},
    Sign{Cause::image_missing, "unable to find image"},
    Sign{Cause::registry_unreachable, "no such host"},
    Sign{Cause::registry_unreachable, "failed to resolve reference"},
    Sign{Cause::registry_unreachable, "request canceled while waiting for connection"},
    Sign{Cause::registry_unreachable, "/v2/\": "},
    Sign{Cause::folder_missing, "bind source path does not exist"},
    Sign{Cause::folder_missing, "error while creating mount source path"},
    Sign{Cause::unhealthy, "is unhealthy"},
    Sign{Cause::unhealthy, "dependency failed to start"},
    Sign{Cause::program_missing, "oci runtime create failed"},
    Sign{Cause::program_missing, "executable file not found"},
    Sign{Cause::file_invalid, "validating "},
    Sign{Cause::file_invalid, "failed to parse"},
    Sign{Cause::file_invalid, "yaml: "},
    Sign{Cause::file_invalid, "yaml.parser"},
    Sign{Cause::file_invalid, "yaml.scanner"},
    Sign{Cause::file_invalid, "is invalid because"},
    Sign{Cause::file_invalid, "unsupported config option"},
    Sign{Cause::file_invalid, "invalid compose project"},
    Sign{Cause::file_invalid, "depends on undefined service"},
    Sign{Cause::file_invalid, "which is undefined"},
    Sign{Cause::file_invalid, "dependency cycle"},
    Sign{Cause::file_invalid, "circular dependency"},
    Sign{Cause::file_invalid, "error while interpolating"},
    Sign{Cause::file_invalid, "missing mandatory value"},
    Sign{Cause::file_invalid, "no configuration file provided"},
};

/// What Compose puts before the words of the engine.
std::string_view without_prefix(std::string_view line)
{
    for (const std::string_view prefix : {"Error response from daemon: ", "ERROR: for "})
        if (const auto at = line.find(prefix); at != std::string_view::npos)
            line.remove_prefix(at + prefix.size());
    return trim(line);
}

/// 127.0.0.1:18110 in "Bind for 127.0.0.1:18110 failed"; empty when it is not told.
std::string address_in(const std::string& words)
{
    const auto begin = words.find("127.0.0.1:");
    if (begin == std::string::npos) return {};
    const auto end = words.find_first_not_of("0123456789.:", begin);
    auto address = words.substr(begin, end == std::string::npos ? end : end - begin);
    while (address.ends_with(':') || address.ends_with('.')) address.pop_back();
    return address;
}

bool is_telling(std::string_view line)
{
    const auto text = trim(line);
    return !text.empty() && !text.starts_with("During handling") && !text.starts_with("Traceback");
}

} // namespace

Failure understand(const std::vector<std::string>& output)
{
    for (const auto& sign : signs)
        for (const auto& line : output)
            if (in_small_letters(line).find(sign.words) != std::string::npos)
                return {sign.cause, one_line(without_prefix(line), 400)};
    const auto last =
        std::find_if(output.rbegin(), output.rend(), [](const auto& line) { return is_telling(line); });
    return {Cause::other, last == output.rend() ? "" : one_line(without_prefix(*last), 400)};
}

Error error_of(const Failure& failure, std::string_view doing)
{
    const auto& words = failure.words;
    const auto cannot = "Docker cannot " + std::string(doing) + " the services: ";
    switch (failure.cause) {
    case Cause::engine_down:
        return {Code::unavailable,
                "the Docker engine does not run: " + words,
                {.hint = "start it (systemctl start docker), then start the project again"}};
    case Cause::no_permission:
        return {
            Code::unavailable,
            "no permission to use the Docker engine",
            {.hint =
                 "sudo usermod -aG docker $USER, then log in again; whoever may use Docker is root here"}};
    case Cause::port_taken: {
        const auto address = address_in(words);
        return {Code::conflict,
                "address already in use" + (address.empty() ? "" : ": " + address),
                {.hint = "end what listens there, or start the project again: it takes other ports"}};
    }
    case Cause::image_missing:
        return {Code::not_found,
                "an image is missing: " + words,
                {.hint = "skerry images build, or name another: SKERRY_APP_IMAGE, SKERRY_AGENT_IMAGE"}};
    case Cause::registry_unreachable:
        return {Code::unavailable,
                "an image is missing and its registry cannot be reached: " + words,
                {.hint = "skerry images build makes the images on this machine"}};
    case Cause::file_invalid:
        return {Code::bad_request,
                "Compose does not understand the description of the services: " + words,
                {.hint = "correct compose.override.yaml"}};
    case Cause::program_missing:
        return {Code::not_found,
                "a service's program cannot be run in its image: " + words,
                {.hint = "another image has it, maybe: SKERRY_APP_IMAGE, SKERRY_AGENT_IMAGE"}};
    case Cause::folder_missing:
        return {Code::not_found,
                "a folder that a service needs is not there: " + words,
                {.hint = "make it, or take it out of compose.override.yaml"}};
    case Cause::name_taken:
        return {Code::conflict,
                "another container has the name: " + words,
                {.hint = "remove that container (docker rm), or choose another container_name"}};
    case Cause::unhealthy:
        return {Code::conflict,
                "a service that another one waits for is unhealthy: " + words,
                {.hint = "its log may tell why; start the project again when it is mended"}};
    case Cause::disk_full:
        return {Code::unavailable,
                cannot + "the disk is full",
                {.hint = "free some space (skerry gc, docker system prune), then start the project again"}};
    case Cause::subnet_taken:
        return {Code::unavailable,
                cannot + "the network's addresses were taken meanwhile",
                {.hint = "start the project again: it takes others"}};
    case Cause::no_more_networks:
        return {Code::unavailable,
                "Docker has no more addresses for networks",
                {.hint = "remove unused networks (docker network prune), or give dockerd a larger "
                         "--default-address-pool"}};
    case Cause::interfered:
        return {Code::unavailable,
                cannot + "something else changed its containers meanwhile: " + words,
                {.hint = "start the project again"}};
    case Cause::other:
        return {Code::unavailable,
                cannot + (words.empty() ? "it does not say why" : words),
                {.hint = "'skerry projects logs' has all that it said"}};
    }
    return {Code::internal, words};
}

} // namespace skerry::runtime::docker
