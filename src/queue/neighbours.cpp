#include "queue/neighbours.hpp"

#include "queue/life.hpp"
#include "util/deadline.hpp"

#include <sys/syscall.h>
#include <unistd.h>

namespace skerry::queue {

void Neighbours::look()
{
    std::map<std::string, Descriptor> found;
    for (const auto& name : names_of_workers(paths_)) {
        const auto pid = process_of(name);
        if (!pid || *pid == ::getpid()) continue;
        if (auto known = processes_.extract(name)) {
            found.insert(std::move(known));
            continue;
        }
        // Another process may have that number by now: then a death is noticed at the next look.
        Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
        if (process.open() && is_alive(paths_, name)) found.emplace(name, std::move(process));
    }
    processes_ = std::move(found);
}

bool Neighbours::any_died() const
{
    std::vector<pollfd> files;
    for (const int file : descriptors()) files.push_back({file, POLLIN, 0});
    return !files.empty() && Deadline(std::chrono::milliseconds(0)).wait(files);
}

std::vector<int> Neighbours::descriptors() const
{
    std::vector<int> files;
    for (const auto& [name, process] : processes_) files.push_back(process.get());
    return files;
}

} // namespace skerry::queue
