#include "runtime/docker/compose_command.hpp"
#include "runtime/docker/failure.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using namespace skerry::runtime::docker;

namespace {

struct Recorded {
    const char* line;
    Cause cause;
};

// What Compose 1.29.2, 2.26.1 and 2.40.3 wrote when each was provoked.
constexpr Recorded recorded[] = {
    {"Cannot connect to the Docker daemon at unix:///tmp/nodock.sock. Is the docker daemon running?",
     Cause::engine_down},
    {"unable to get image 'lab/busybox:1': Cannot connect to the Docker daemon at unix:///tmp/nodock.sock. "
     "Is the "
     "docker daemon running?",
     Cause::engine_down},
    {"docker.errors.DockerException: Error while fetching server API version: ('Connection aborted.', "
     "FileNotFoundError(2, 'No such file or directory'))",
     Cause::engine_down},
    {"permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: "
     "Get "
     "\"http://%2Fvar%2Frun%2Fdocker.sock/v1.45/containers/json\": dial unix /var/run/docker.sock: connect: "
     "permission denied",
     Cause::no_permission},
    {"docker.errors.DockerException: Error while fetching server API version: ('Connection aborted.', "
     "PermissionError(13, 'Permission denied'))",
     Cause::no_permission},
    {"Error response from daemon: driver failed programming external connectivity on endpoint f-app-1 "
     "(c28950): "
     "Error starting userland proxy: listen tcp4 127.0.0.1:18110: bind: address already in use",
     Cause::port_taken},
    {"Error response from daemon: driver failed programming external connectivity on endpoint f-app-1 "
     "(382a): Bind "
     "for 127.0.0.1:18110 failed: port is already allocated",
     Cause::port_taken},
    {"ERROR: for app  Cannot start service app: driver failed programming external connectivity on endpoint "
     "f_app_1 "
     "(810c): Bind for 127.0.0.1:18110 failed: port is already allocated",
     Cause::port_taken},
    {"Error response from daemon: Get \"https://registry/v2/\": dial tcp: lookup registry on "
     "10.255.255.53:53: no "
     "such host",
     Cause::registry_unreachable},
    {"Error response from daemon: no such image: lab/nope:1: No such image: lab/nope:1",
     Cause::image_missing},
    {"Error response from daemon: pull access denied for lab/nope, repository does not exist or may require "
     "'docker "
     "login': denied: requested access to the resource is denied",
     Cause::image_missing},
    {"validating ./compose.yaml: services.app additional properties 'imagee' not allowed",
     Cause::file_invalid},
    {"validating ./compose.yaml: services.app Additional property imagee is not allowed",
     Cause::file_invalid},
    {"Unsupported config option for services.app: 'imagee'", Cause::file_invalid},
    {"yaml: line 2: did not find expected node content", Cause::file_invalid},
    {"service \"app\" depends on undefined service \"zz\": invalid compose project", Cause::file_invalid},
    {"dependency cycle detected: a -> b -> a", Cause::file_invalid},
    {"error while interpolating services.app.ports.[]: required variable NOPORT is missing a value: NOPORT "
     "must be "
     "set",
     Cause::file_invalid},
    {"Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: "
     "unable "
     "to start container process: exec: \"/bin/nonexistent\": stat /bin/nonexistent: no such file or "
     "directory: "
     "unknown",
     Cause::program_missing},
    {"dependency failed to start: container f-app-1 is unhealthy", Cause::unhealthy},
    {"ERROR: for agent  Container \"3ebaf8eccc9b\" is unhealthy.", Cause::unhealthy},
    {"Error response from daemon: Conflict. The container name \"/fixedname\" is already in use by container "
     "\"56e7\". You have to remove (or rename) that container to be able to reuse that name.",
     Cause::name_taken},
    {"Error response from daemon: write /var/lib/docker/overlay2/1-init/link: no space left on device",
     Cause::disk_full},
    {"Error response from daemon: could not find an available, non-overlapping IPv4 address pool among the "
     "defaults "
     "to assign to the network",
     Cause::no_more_networks},
    {"failed to create network f_default: Error response from daemon: Pool overlaps with other one on this "
     "address "
     "space",
     Cause::subnet_taken},
    {"network race_default is ambiguous (2 matches found on name)", Cause::interfered},
    {"Error response from daemon: No such container: 56e78cae438f", Cause::interfered},
    {"Error response from daemon: invalid mount config for type \"bind\": bind source path does not exist: "
     "/tmp/no",
     Cause::folder_missing},
    {"something that nobody has seen yet", Cause::other},
};

} // namespace

TEST_CASE("each failure that was recorded is told apart, and has a message and a hint")
{
    for (const auto& [line, cause] : recorded) {
        CAPTURE(line);
        const auto failure = understand({" Network f_default  Creating", line, "exit status 1"});
        if (cause == Cause::other) continue;
        CHECK(static_cast<int>(failure.cause) == static_cast<int>(cause));
        const auto error = error_of(failure, "start");
        CHECK(std::string_view(error.what()).size() > 10);
        CHECK_FALSE(error.hint().empty());
    }
}

TEST_CASE("a port that is taken is a conflict that names the address")
{
    const auto error = error_of(understand({recorded[5].line}), "start");
    CHECK(error.code() == Code::conflict);
    CHECK(std::string(error.what()) == "address already in use: 127.0.0.1:18110");
    CHECK(std::string(error_of(understand({recorded[6].line}), "start").what()) ==
          "address already in use: 127.0.0.1:18110");
}

TEST_CASE("of a failure that is not known the last words are shown")
{
    const auto failure = understand({"first", "Error response from daemon: something new", ""});
    CHECK(failure.cause == Cause::other);
    CHECK(std::string(error_of(failure, "stop").what()) == "Docker cannot stop the services: something new");
    CHECK(std::string(error_of(understand({}), "stop").what()).ends_with("it does not say why"));
}

TEST_CASE("Compose's version is found in what it says")
{
    CHECK(version_in("Docker Compose version v2.40.3") == "2.40.3");
    CHECK(version_in("Docker Compose version 2.26.1-4\n") == "2.26.1");
    CHECK(version_in("docker-compose version 1.29.2, build unknown\ndocker-py version: 5.0.3") == "1.29.2");
    CHECK(version_in("docker: unknown command: docker compose") == "");
}
