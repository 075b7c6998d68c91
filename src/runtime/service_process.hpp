#pragma once

#include "runtime/control_group.hpp"
#include "runtime/stack_file.hpp"
#include "util/descriptor.hpp"

#include <sys/types.h>

namespace skerry::runtime {

/// One run of a service: a process of ours (bwrap or a keeper, the root), below which all that the service
/// starts stays. When the root dies, everything below it is killed. The root is the supervisor's to reap.
class ServiceProcess {
public:
    /// Starts it with its HOME made ready; see spawn() for the thread. Throws Error.
    ServiceProcess(const Plan& plan, const Service& service, const ControlGroup& group);

    [[nodiscard]] pid_t root() const noexcept { return root_; }
    /// The service's own program, 0 before it is known.
    [[nodiscard]] pid_t program() const noexcept { return program_; }
    /// What it writes to stdout and stderr; does not block.
    [[nodiscard]] int output() const noexcept { return output_.get(); }
    void close_output() noexcept { output_.close(); }

    /// Whether the program itself runs by now, and not only what is to become it.
    bool has_begun();
    /// After the end: whether the program had begun, however short it ran.
    [[nodiscard]] bool has_run() const;
    /// Whether everything inside is gone; after the root has been reaped it takes the kernel a moment.
    [[nodiscard]] bool is_gone() const;

    struct Memory {
        std::uint64_t bytes = 0; ///< of all its processes, without what they share with files
        pid_t largest = 0;       ///< the process that has most of it
    };
    [[nodiscard]] Memory memory() const;

    void terminate() const; ///< TERM to each process
    void kill() const;      ///< KILL to each process and the root

private:
    void start_in_sandbox(const Plan& plan, const Service& service, const ControlGroup& group, int output);
    void start_on_host(const Plan& plan, const Service& service, const ControlGroup& group, int output);

    pid_t root_ = 0;
    pid_t inside_ = 0; ///< the first process below the root: pid 1 of the sandbox, or the program
    pid_t program_ = 0;
    bool in_sandbox_ = false;
    Descriptor inside_handle_;
    Descriptor status_; ///< what bwrap tells about the sandbox
    Descriptor output_;
};

} // namespace skerry::runtime
