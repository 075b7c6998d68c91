#include "runtime/docker/docker_runtime.hpp"

#include "runtime/docker/compose_command.hpp"
#include "runtime/docker/container_command.hpp"
#include "runtime/docker/failure.hpp"
#include "runtime/docker/override_file.hpp"
#include "runtime/docker/services_seen.hpp"
#include "runtime/docker/stack_folder.hpp"
#include "runtime/docker/subnets.hpp"
#include "runtime/docker/sweep.hpp"
#include "runtime/farewells.hpp"
#include "runtime/home.hpp"
#include "runtime/stack_check.hpp"
#include "runtime/stack_file.hpp"
#include "runtime/take_turn.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/id.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace skerry::runtime::docker {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr minutes longest_start(15); ///< images may have to be fetched
constexpr minutes longest_end(2);
/// Ports of containers that have just ended are let go a moment later.
constexpr milliseconds patience_after_end(3000);

void require_image_names(const Stack& stack)
{
    for (const auto& service : stack.services)
        if (service.container.image.empty())
            throw Error(Code::bad_request, service.name + " has no image to run in");
}

struct Owner {
    uid_t user = 0;
    gid_t group = 0;
};

/// Containers work as the owner of the project's files, so that what they write is his.
Owner owner_of(const fs::path& folder)
{
    struct stat about {};
    if (::stat(folder.c_str(), &about) != 0) throw system_error(errno, "cannot look at " + folder.string());
    return {about.st_uid, about.st_gid};
}

void give(const fs::path& path, const Owner& owner)
{
    if (::lchown(path.c_str(), owner.user, owner.group) != 0)
        throw system_error(errno, "cannot give " + path.string() + " to the project's owner");
}

/// A folder that is not there would be made by the engine, and be root's.
void make_homes(const Stack& stack, const Owner& owner)
{
    for (const auto& service : stack.services) {
        if (!service.own_state) continue;
        const auto home = home_of(stack, service);
        make_private_folder(home);
        if (::geteuid() != 0 || owner.user == 0) continue;
        give(home, owner);
        for (const auto& entry : fs::recursive_directory_iterator(home)) give(entry.path(), owner);
    }
}

std::string text_of_file(const fs::path& path)
{
    std::ifstream file(path); // one of /proc, which tells no size
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<ContainerSummary> containers_of(const Engine& engine, const std::string& stack_id,
                                            std::stop_token stop = {})
{
    return engine.containers(of_compose_project(compose_name(stack_id)), std::move(stop));
}

/// Compose would take the containers of anybody who uses the same name for its own, and replace them.
void refuse_foreign(const Engine& engine, const Stack& stack, std::stop_token stop)
{
    for (const auto& container : containers_of(engine, stack.id, std::move(stop))) {
        const auto folder = container.label(compose_folder_label);
        if (folder.empty() || folder == stack.folder.native()) continue;
        throw Error(Code::conflict,
                    "the containers named " + compose_name(stack.id) + " belong to something in " +
                        std::string(folder),
                    {.hint = "docker compose -p " + compose_name(stack.id) + " down, if it is not needed"});
    }
}

bool is_up(ContainerState state) noexcept
{
    switch (state) {
    case ContainerState::running:
    case ContainerState::restarting: return true;
    case ContainerState::created:
    case ContainerState::paused:
    case ContainerState::removing:
    case ContainerState::exited:
    case ContainerState::dead: return false;
    }
    return false;
}

bool any_up(const std::vector<ContainerSummary>& containers)
{
    return std::any_of(containers.begin(), containers.end(),
                       [](const auto& container) { return is_up(container.state); });
}

bool is_up(const std::vector<ContainerSummary>& containers, const std::string& service)
{
    return std::any_of(containers.begin(), containers.end(), [&](const auto& container) {
        return container.label(service_label) == service && is_up(container.state);
    });
}

ComposeProject project_of(const Stack& stack, const StackFolder& folder, const FileLock& turn)
{
    ComposeProject project{.name = compose_name(stack.id),
                           .folder = stack.folder,
                           .files = {folder.compose_file()},
                           .variables = folder.variables_file(),
                           .log = log_file(stack.state),
                           .lock = turn.descriptor()};
    if (fs::exists(folder.override_copy())) project.files.push_back(folder.override_copy());
    return project;
}

void say_farewells_of(const Engine& engine, const Stack& stack)
{
    const auto containers = containers_of(engine, stack.id);
    std::vector<Service> running;
    for (const auto& service : stack.services)
        if (is_up(containers, service.name)) running.push_back(service);
    say_farewells(running, ProjectLog(log_file(stack.state)));
}

/// Has Compose do `words`, and does it by other means where Compose cannot: its files may be spoilt, it may
/// have been removed. Throws Error when the engine itself does not answer.
void end_with_compose(const Stack& stack, const ComposeProject& project, std::vector<std::string> words,
                      const std::function<void()>& other_means)
{
    try {
        run_compose(find_compose(), project, std::move(words), {}, longest_end);
    } catch (const Error& fault) {
        ProjectLog(log_file(stack.state)).host(std::string(fault.what()) + "; going on without Compose");
        other_means();
    }
}

/// For a start that has failed: nothing is to run then. Why it failed matters more than whether this does.
void end_quietly(const Stack& stack, const StackFolder& folder, const FileLock& turn)
{
    try {
        try_compose(find_compose(), project_of(stack, folder, turn), {"stop"}, {}, longest_end);
    } catch (const Error& fault) {
        ProjectLog(log_file(stack.state)).host(fault.what());
    }
}

/// What an interrupted start has left may be in the way (two networks of one name, or one half made that has
/// the addresses), and so may somebody who took the addresses first: takes all away, so that a start begins
/// anew.
void clear_way(const Stack& stack, const StackFolder& folder, const FileLock& turn, std::stop_token stop)
{
    try_compose(find_compose(), project_of(stack, folder, turn), {"down", "--remove-orphans"},
                std::move(stop), longest_end);
    fs::remove(folder.subnet_file());
}

} // namespace

/// What up() is asked for, as it is written down.
struct DockerRuntime::Order {
    const FileLock& turn;
    const Stack& stack;
    StackFolder folder;
    std::string compose;
    std::optional<std::string> addition;
};

std::string DockerRuntime::subnet_for(const Stack& stack) const
{
    const StackFolder folder(stack.state);
    if (auto kept = read_file_if_any(folder.subnet_file())) return *kept;
    auto taken = routed(text_of_file("/proc/net/route"));
    for (const auto& network : engine_.networks({}))
        for (const auto& subnet : network.subnets)
            if (const auto parsed = parse_subnet(subnet)) taken.push_back(*parsed);
    const auto found = free_subnet(taken, stack.id + random_id());
    if (!found)
        throw Error(Code::unavailable,
                    "no addresses are left for the project's network: all of " + ranges_of_subnets() +
                        " are taken",
                    {.hint = "remove networks that are not needed (skerry gc, docker network prune)"});
    make_private_folder(folder.path());
    write_file(folder.subnet_file(), text_of(*found));
    return text_of(*found);
}

Surroundings DockerRuntime::surroundings_of(const Stack& stack) const
{
    const auto owner = owner_of(stack.folder);
    return {.user = owner.user,
            .group = owner.group,
            .subnet = {},
            .limits = settings_.limits,
            .processors = static_cast<double>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)))};
}

DockerRuntime::Order DockerRuntime::order_of(const Stack& stack, const FileLock& turn) const
{
    auto surroundings = surroundings_of(stack);
    surroundings.subnet = subnet_for(stack);
    return {.turn = turn,
            .stack = stack,
            .folder = StackFolder(stack.state),
            .compose = compose_text(stack, surroundings),
            .addition = approved_override(stack.folder, stack.state)};
}

bool DockerRuntime::runs_already(const Order& order) const
{
    const auto& folder = order.folder;
    if (!folder.is_wanted() || read_file_if_any(folder.compose_file()) != order.compose ||
        read_file_if_any(folder.override_copy()) != order.addition)
        return false;
    const auto containers = containers_of(engine_, order.stack.id);
    return std::all_of(order.stack.services.begin(), order.stack.services.end(),
                       [&](const auto& service) { return is_up(containers, service.name); });
}

/// Those that are made here are in no registry: better said at once than by a registry.
void DockerRuntime::require_images(const Stack& stack, const Say& say, std::stop_token stop) const
{
    for (const auto& service : stack.services) {
        const auto& image = service.container.image;
        if (engine_.find_image(image, stop)) continue;
        if (image.starts_with("skerry/") || image.starts_with("skerry-"))
            throw Error(Code::not_found, "the image " + image + " of " + service.name + " has not been built",
                        {.hint = "skerry images build"});
        say("fetching the image " + image);
    }
}

std::optional<Failure> DockerRuntime::start(const Order& order, std::stop_token stop, const Say& say) const
{
    const auto& [turn, stack, folder, compose, addition] = order;
    make_homes(stack, owner_of(stack.folder));
    folder.keep(stack);
    write_file(folder.compose_file(), compose);
    write_file(folder.variables_file(), "");
    if (addition)
        write_file(folder.override_copy(), *addition);
    else
        fs::remove(folder.override_copy());
    for (const auto& service : stack.services) say("starting " + service.name);
    return try_compose(find_compose(), project_of(stack, folder, turn), {"up", "-d", "--remove-orphans"},
                       stop, longest_start);
}

void DockerRuntime::up(const Stack& stack, std::stop_token stop, const Say& say)
{
    check(stack);
    require_image_names(stack);
    make_private_folder(stack.state / "logs");
    const auto turn = take_turn(stack.state, stop);
    refuse_foreign(engine_, stack, stop);
    if (runs_already(order_of(stack, turn))) return;
    require_images(stack, say, stop);
    const StackFolder folder(stack.state);
    if (!any_up(containers_of(engine_, stack.id, stop)))
        check_ports(stack, fs::exists(folder.compose_file()) ? patience_after_end : milliseconds(0), stop);
    auto failure = start(order_of(stack, turn), stop, say);
    if (failure && (failure->cause == Cause::interfered || failure->cause == Cause::subnet_taken)) {
        clear_way(stack, folder, turn, stop);
        failure = start(order_of(stack, turn), stop, say);
    }
    if (!failure) return folder.set_wanted(true);
    end_quietly(stack, folder, turn);
    folder.set_wanted(false);
    throw error_of(*failure, "start");
}

/// The subnet and the machine's own limits are left out: no reason to interrupt anybody.
bool DockerRuntime::runs_other(const Stack& stack)
{
    const StackFolder folder(stack.state);
    const auto running = folder.is_wanted() ? folder.stack() : std::nullopt;
    return running && to_text(Plan{.stack = *running}) != to_text(Plan{.stack = stack});
}

void DockerRuntime::stop(const fs::path& state, const Say& say)
{
    const StackFolder folder(state);
    const auto stack = folder.stack();
    if (!stack) return;
    const auto turn = take_turn(state, {});
    if (folder.is_wanted()) say("stopping the services");
    say_farewells_of(engine_, *stack);
    end_with_compose(*stack, project_of(*stack, folder, turn), {"stop"},
                     [&] { stop_containers(engine_, compose_name(stack->id)); });
    folder.set_wanted(false);
}

void DockerRuntime::remove(const fs::path& state, const Say& say)
{
    const StackFolder folder(state);
    const auto stack = folder.stack();
    if (!stack) return;
    const auto turn = take_turn(state, {});
    if (folder.is_wanted()) say("stopping the services");
    say("removing the containers");
    folder.set_wanted(false);
    const auto sweep = [&] { remove_all(engine_, compose_name(stack->id)); };
    end_with_compose(*stack, project_of(*stack, folder, turn), {"down", "--volumes", "--remove-orphans"},
                     sweep);
    sweep(); // what was made by an override that is there no more
    remove_folder(folder.path());
}

std::optional<std::string> DockerRuntime::running_container(const Stack& stack, const Service& service) const
{
    const auto& wanted = service.container.beside.empty() ? service.name : service.container.beside;
    for (const auto& container : containers_of(engine_, stack.id))
        if (container.label(service_label) == wanted && container.state == ContainerState::running)
            return container.id;
    return std::nullopt;
}

process::Ending DockerRuntime::exec(const Stack& stack, const Service& service,
                                    const std::function<void(std::string_view)>& line, std::stop_token stop,
                                    process::Limits limits)
{
    const auto mark = random_id();
    const auto container = running_container(stack, service);
    const auto own = compose_name(stack.id) + "_" + mark;
    const auto command = container ? exec_command(*container, stack, service, mark, false)
                                   : run_command(stack, service, surroundings_of(stack), own, false);
    try {
        return process::run(command, line, std::move(stop), limits);
    } catch (...) { // ending docker's command does not end what it started
        if (container)
            process::run(end_marked(*container, mark), [](std::string_view) {});
        else
            engine_.remove_container(own);
        throw;
    }
}

Attended DockerRuntime::attended(const Stack& stack, const Service& service, bool terminal)
{
    const auto mark = random_id();
    const auto own = compose_name(stack.id) + "_" + mark;
    if (const auto container = running_container(stack, service))
        return {.command = exec_command(*container, stack, service, mark, terminal),
                .afterwards = end_marked(*container, mark),
                .hands_signals_on = false};
    return {.command = run_command(stack, service, surroundings_of(stack), own, terminal),
            .afterwards = remove_command(own)};
}

std::vector<ServiceState> DockerRuntime::ps(const fs::path& state)
{
    const StackFolder folder(state);
    const auto stack = folder.is_wanted() ? folder.stack() : std::nullopt;
    if (!stack) return {};
    return services_seen(engine_, *stack, containers_of(engine_, stack->id));
}

} // namespace skerry::runtime::docker
