#include "web/metrics.hpp"

#include <algorithm>
#include <charconv>

namespace skerry::web {
namespace {

std::string number_of(double value)
{
    std::array<char, 32> place{};
    const auto end = std::to_chars(place.data(), place.data() + place.size(), value).ptr;
    return {place.data(), end};
}

std::string escaped(const std::string& text)
{
    std::string result;
    for (const char letter : text) {
        if (letter == '\\' || letter == '"') result += '\\';
        result += letter == '\n' ? ' ' : letter;
    }
    return result;
}

/// What stands at `key`, made on the first time. Its texts are copied then and not at every request.
template <class Map, class Key> auto& at(Map& map, const Key& key)
{
    if (const auto found = map.find(key); found != map.end()) return found->second;
    return map.try_emplace(typename Map::key_type(key)).first->second;
}

} // namespace

void Exposition::begin(std::string_view name, std::string_view type, std::string_view help)
{
    name_ = name;
    text_ +=
        "# HELP " + name_ + " " + std::string(help) + "\n# TYPE " + name_ + " " + std::string(type) + "\n";
}

void Exposition::add(std::initializer_list<std::pair<std::string_view, std::string>> labels, double value,
                     std::string_view suffix)
{
    text_ += name_ + std::string(suffix);
    bool first = true;
    for (const auto& [name, label] : labels) {
        text_ += (first ? "{" : ",") + std::string(name) + "=\"" + escaped(label) + '"';
        first = false;
    }
    text_ += (first ? " " : "} ") + number_of(value) + "\n";
}

void Metrics::count(const http::Exchange& exchange)
{
    const auto seconds = std::chrono::duration<double>(exchange.duration).count();
    const auto place = std::upper_bound(bounds.begin(), bounds.end(), seconds);
    const bool is_known = !exchange.label.empty();
    const std::string_view address = is_known ? std::string_view(exchange.label) : "other";
    const std::string_view method = is_known ? std::string_view(exchange.method) : "other";
    const std::lock_guard guard(mutex_);
    ++at(requests_, std::tuple(method, address, exchange.status));
    auto& latency = at(latencies_, address);
    ++latency.buckets.at(static_cast<std::size_t>(place - bounds.begin()));
    latency.seconds += seconds;
    ++latency.count;
}

std::string Metrics::text() const
{
    Exposition out;
    const std::lock_guard guard(mutex_);
    out.begin("skerry_http_requests_total", "counter", "Requests that were answered.");
    for (const auto& [key, count] : requests_) {
        const auto& [method, address, status] = key;
        out.add({{"method", method}, {"address", address}, {"status", std::to_string(status)}},
                static_cast<double>(count));
    }
    out.begin("skerry_http_request_duration_seconds", "histogram",
              "From the request's head to the answer's end.");
    for (const auto& [address, latency] : latencies_) {
        std::uint64_t up_to = 0;
        for (std::size_t i = 0; i <= bounds.size(); ++i) {
            up_to += latency.buckets.at(i);
            out.add({{"address", address}, {"le", i < bounds.size() ? number_of(bounds.at(i)) : "+Inf"}},
                    static_cast<double>(up_to), "_bucket");
        }
        out.add({{"address", address}}, latency.seconds, "_sum");
        out.add({{"address", address}}, static_cast<double>(latency.count), "_count");
    }
    return out.text();
}

} // namespace skerry::web
