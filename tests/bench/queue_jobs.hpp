#pragma once

#include "bench/measure.hpp"
#include "queue/kind.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

/// The kinds of jobs that are measured.
namespace skerry::bench {

/// What a job says through a pipe that the asking process reads: when, and in which process.
struct Message {
    std::int64_t time = 0;
    std::int64_t process = 0;
};

/// Does nothing, or says when it was begun.
struct Nothing {
    static constexpr queue::Policy policy{.kind = "bench.nothing"};
    std::int64_t tell = 0; ///< the pipe; 0: none
    std::string pad{padding};
};
constexpr auto fields(api::Tag<Nothing>)
{
    return std::array{api::field<&Nothing::tell>("tell", "The pipe to tell that it was begun"),
                      api::field<&Nothing::pad>("pad", "Text to be carried along")};
}

/// Says that it was begun, and lasts until it is asked to stop.
struct Hold : Nothing {
    static constexpr queue::Policy policy{.kind = "bench.hold"};
};
constexpr auto fields(api::Tag<Hold>)
{
    return fields(api::Tag<Nothing>{});
}

/// How many jobs were performed in this process, and when the first was.
struct Performed {
    std::atomic<int> count = 0;
    std::atomic<std::int64_t> first = 0;
};
Performed& performed();

const queue::Kinds& kinds();

} // namespace skerry::bench
