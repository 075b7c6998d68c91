#include "util/clock.hpp"
#include "util/deadline.hpp"
#include "util/error.hpp"
#include "util/output.hpp"
#include "util/process.hpp"
#include "util/text.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <sys/eventfd.h>

namespace skerry::process {
namespace {

/// What the command itself wrote is in the pipe by now. What it left running may hold the pipe open, or go on
/// writing, for ever: that is heard for a moment only.
void read_rest(Output& output)
{
    constexpr std::size_t size_of_pipe = 1U << 16U;
    const Deadline moment(std::chrono::milliseconds(100));
    std::array<pollfd, 1> files{output.awaited()};
    std::size_t count = 0;
    while (output.open() && (count < size_of_pipe || !moment.over()) && moment.wait(files))
        count += output.read_some();
}

/// Asks the group to end. It may say more than fits into the pipe while it does.
void ask_to_end(Child& child, Output& output, std::chrono::milliseconds grace)
{
    const Deadline deadline(grace);
    child.signal(SIGTERM);
    while (!child.poll()) {
        std::array<pollfd, 2> files{output.awaited(), pollfd{child.handle(), POLLIN, 0}};
        if (!deadline.wait(files) || deadline.over()) return;
        output.skip_some();
    }
}

/// What may end a command before its time.
class Patience {
public:
    Patience(const Command& command, const std::stop_token& stop, std::chrono::milliseconds timeout)
        : name_(command.words.at(0)), stop_(stop), timeout_(timeout), deadline_(timeout),
          bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          ring_(stop, [this] { ::eventfd_write(bell_.get(), 1); })
    {
        if (!bell_.open()) throw system_error(errno, "cannot watch " + name_);
    }

    /// Throws Error: cancelled, timeout.
    void check() const
    {
        if (stop_.stop_requested()) throw Error(Code::cancelled, name_ + " was stopped");
        if (!deadline_.over()) return;
        throw Error(Code::timeout, name_ + " did not end within " + for_people(timeout_.count()));
    }

    /// Until there is output, the child has ended, or check() has something to say.
    void wait(const Output& output, const Child& child) const
    {
        std::array<pollfd, 3> files{output.awaited(), pollfd{child.handle(), POLLIN, 0},
                                    pollfd{bell_.get(), POLLIN, 0}};
        (void)deadline_.wait(files);
    }

private:
    const std::string& name_;
    const std::stop_token& stop_;
    std::chrono::milliseconds timeout_;
    Deadline deadline_;
    Descriptor bell_;
    std::stop_callback<std::function<void()>> ring_;
};

Ending follow(const Command& command, const Sink& sink, const std::stop_token& stop, Limits limits)
{
    if (command.words.empty()) throw Error(Code::internal, "a command without words");
    const Patience patience(command, stop, limits.timeout);
    patience.check();
    auto pipe = make_pipe();
    Child child(command, pipe.write.get(), pipe.write.get());
    pipe.write.close();
    Output output(std::move(pipe.read), sink);
    try {
        while (!child.poll()) {
            patience.check();
            patience.wait(output, child);
            output.read_some();
        }
        read_rest(output);
    } catch (...) {
        ask_to_end(child, output, limits.grace);
        throw;
    }
    return *child.poll();
}

/// The last `bytes` of `text`, as one line that begins with a whole character.
std::string last_words(std::string_view text, std::size_t bytes)
{
    if (text.size() > bytes) text.remove_prefix(text.size() - bytes);
    while (!text.empty() && (static_cast<unsigned char>(text[0]) & 0xC0U) == 0x80U) text.remove_prefix(1);
    return one_line(text, bytes);
}

} // namespace

Ending run(const Command& command, const Sink& line, std::stop_token stop, Limits limits)
{
    Lines lines(line);
    const auto ending = follow(
        command, [&](std::string_view part) { lines.add(part); }, stop, limits);
    lines.finish();
    return ending;
}

std::string output_of(const Command& command, std::stop_token stop, Limits limits)
{
    constexpr std::size_t most = 64U << 20U;
    std::string text;
    const auto keep = [&](std::string_view part) {
        if (text.size() + part.size() > most)
            throw Error(Code::too_large,
                        command.words[0] + " wrote more than " + std::to_string(most) + " bytes");
        text += part;
    };
    const auto ending = follow(command, keep, stop, limits);
    if (ending.good()) return text;
    throw Error(Code::unavailable,
                shown(command.words) + ": " + ending.text() + ": " + last_words(text, 400));
}

} // namespace skerry::process
