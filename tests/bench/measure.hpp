#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

/// What the measuring programs share. One is called as `PROGRAM CASE FOLDER [name=value...]`, measures one
/// case once in a folder of its own, and writes what it measured as one JSON object: {"rate": 12345.6}.
namespace skerry::bench {

/// Of a clock that is the same in every process.
inline std::int64_t nanoseconds() noexcept
{
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    constexpr std::int64_t second = 1'000'000'000;
    return time.tv_sec * second + time.tv_nsec;
}

inline double seconds_since(std::int64_t begun) noexcept
{
    return static_cast<double>(nanoseconds() - begun) / 1e9;
}

/// The words behind the case and the folder.
class Options {
public:
    Options(int count, char** words)
    {
        for (int index = 0; index < count; ++index) {
            const std::string word = words[index];
            const auto sign = word.find('=');
            if (sign == std::string::npos) throw std::invalid_argument("not name=value: " + word);
            values_[word.substr(0, sign)] = word.substr(sign + 1);
        }
    }

    [[nodiscard]] std::string text(const std::string& name, const std::string& otherwise) const
    {
        const auto found = values_.find(name);
        return found == values_.end() ? otherwise : found->second;
    }
    [[nodiscard]] int number(const std::string& name, int otherwise) const
    {
        return std::stoi(text(name, std::to_string(otherwise)));
    }

private:
    std::map<std::string, std::string> values_;
};

using Measured = std::vector<std::pair<std::string, double>>;

inline void print(const Measured& measured)
{
    std::string line;
    for (const auto& [name, value] : measured)
        line += (line.empty() ? "\"" : ", \"") + name + "\": " + std::to_string(value);
    std::printf("{%s}\n", line.c_str());
}

/// The main function of a program that is called as `NAME CASE FOLDER [name=value...]`.
template <class Perform> int run_program(const std::string& name, const std::string& cases, int count,
                                         char** words, const Perform& perform)
{
    try {
        if (count < 3)
            throw std::invalid_argument("usage: " + name + " " + cases + " FOLDER [name=value...]");
        perform(words[1], words[2], Options(count - 3, words + 3));
        return 0;
    } catch (const std::exception& fault) {
        std::fprintf(stderr, "%s: %s\n", name.c_str(), fault.what());
        return 1;
    }
}

/// p50, p99 and the largest of times in nanoseconds, as milliseconds.
inline Measured percentiles(std::vector<std::int64_t> times)
{
    std::sort(times.begin(), times.end());
    const auto at = [&](std::size_t percent) {
        return static_cast<double>(times.at((times.size() - 1) * percent / 100)) / 1e6;
    };
    return {{"p50", at(50)}, {"p99", at(99)}, {"max", at(100)}};
}

/// Sleeps a random time, so that what is measured is at no fixed distance from anyone's timer.
class Pauses {
public:
    void pause() { std::this_thread::sleep_for(std::chrono::microseconds(times_(source_))); }

private:
    std::mt19937 source_{std::random_device()()};
    std::uniform_int_distribution<int> times_{5'000, 40'000};
};

/// What a job carries: some 110 bytes of JSON together with its time.
inline constexpr std::string_view padding =
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

} // namespace skerry::bench
