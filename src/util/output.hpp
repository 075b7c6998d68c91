#pragma once

#include "util/descriptor.hpp"

#include <cstddef>
#include <functional>
#include <poll.h>
#include <string>
#include <string_view>

/// What a child process writes, as it comes.
namespace skerry::process {

using Sink = std::function<void(std::string_view)>;

/// The reading end of a pipe, until its end.
class Output {
public:
    /// `sink` must outlive it.
    Output(Descriptor file, const Sink& sink);

    /// Whether anybody may still write to it.
    [[nodiscard]] bool open() const { return file_.open(); }
    [[nodiscard]] pollfd awaited() const { return {file_.get(), POLLIN, 0}; }

    /// Passes on what is there, at most one part of it, without waiting; says how many bytes that was.
    std::size_t read_some();
    void skip_some() { read_part(); }

private:
    std::string_view read_part();

    Descriptor file_;
    const Sink& sink_;
    std::string part_;
};

/// Cuts what comes in parts into lines, without the line feeds. A line of more than `longest` bytes comes in
/// pieces that end between two characters.
class Lines {
public:
    /// `line` must outlive it.
    explicit Lines(const Sink& line, std::size_t longest = 1U << 20U) : line_(line), longest_(longest) {}

    void add(std::string_view part);
    /// Passes on what has no line feed behind it.
    void finish();

private:
    void pass_pieces();

    const Sink& line_;
    std::size_t longest_;
    std::string rest_;
};

} // namespace skerry::process
