#pragma once

#include "http/server.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

namespace skerry::web {

/// What the server has answered so far, counted. Any thread.
class Metrics {
public:
    void count(const http::Exchange& exchange);
    /// In the text format of Prometheus.
    [[nodiscard]] std::string text() const;

    /// The upper bounds of the latencies that are told apart, in seconds.
    static constexpr std::array<double, 8> bounds{0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60};

private:
    struct Latency {
        std::array<std::uint64_t, bounds.size() + 1> buckets{}; ///< the last: slower than all bounds
        double seconds = 0;
        std::uint64_t count = 0;
    };
    /// Method, address, status.
    using Kind = std::tuple<std::string, std::string, int>;
    using KindView = std::tuple<std::string_view, std::string_view, int>;
    /// Finds a kind by its view. The views are spelt out, for Clang 14 compares no tuple with one of another
    /// type.
    struct ByKind {
        using is_transparent = void;
        bool operator()(const KindView& one, const KindView& other) const { return one < other; }
    };
    mutable std::mutex mutex_;
    std::map<Kind, std::uint64_t, ByKind> requests_;
    std::map<std::string, Latency, std::less<>> latencies_; ///< by address
};

/// Writes figures in the text format of Prometheus.
class Exposition {
public:
    /// Begins a figure: "# HELP" and "# TYPE".
    void begin(std::string_view name, std::string_view type, std::string_view help);
    /// One sample of the figure begun last: name{label="value"} number.
    void add(std::initializer_list<std::pair<std::string_view, std::string>> labels, double value,
             std::string_view suffix = {});
    [[nodiscard]] std::string text() const { return text_; }

private:
    std::string text_;
    std::string name_;
};

} // namespace skerry::web
