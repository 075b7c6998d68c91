#include "runtime/docker/output_copy.hpp"

#include "api/json.hpp"
#include "runtime/project_log.hpp"
#include "runtime/runtime.hpp"
#include "util/digest.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

#include <algorithm>

namespace skerry::runtime::docker {
namespace {

using api::Json;

Json times_json(const SeenLines& seen)
{
    auto list = Json::array();
    for (const auto time : seen.times()) list.push(time);
    return list;
}

SeenLines seen_in(const Json& json)
{
    std::vector<Nanoseconds> times;
    for (const auto& time : json.items()) times.push_back(time.number());
    return SeenLines(std::move(times));
}

/// Whether `count` lines with that digest stand in a row somewhere behind `offset`: they were written in one
/// piece. What is gone from the log for its age was there.
bool was_written(const std::filesystem::path& log, std::uint64_t offset, std::size_t count,
                 const std::string& digest)
{
    std::vector<std::string> lines;
    for (auto part = read_log(log, offset);; part = read_log(log, offset)) {
        if (part.truncated) return true;
        for (auto& line : part.lines) lines.push_back(std::move(line.text));
        if (part.next == offset) break;
        offset = part.next;
    }
    for (std::size_t first = 0; first + count <= lines.size(); ++first) {
        std::string text;
        for (std::size_t n = first; n < first + count; ++n) text += lines[n] + "\n";
        if (sha256_hex(text) == digest) return true;
    }
    return false;
}

} // namespace

SeenLines::SeenLines(std::vector<Nanoseconds> times) : times_(std::move(times))
{
    std::sort(times_.begin(), times_.end());
}

bool SeenLines::add(Nanoseconds time)
{
    const auto before = std::lower_bound(again_.begin(), again_.end(), time);
    if (before != again_.end() && *before == time) {
        again_.erase(before);
        return false;
    }
    times_.insert(std::upper_bound(times_.begin(), times_.end(), time), time);
    if (times_.size() > most) times_.erase(times_.begin());
    return true;
}

OutputCopy::OutputCopy(std::filesystem::path state, std::string service, std::string container)
    : state_(std::move(state)), service_(std::move(service)), container_(std::move(container))
{
    recall();
}

std::filesystem::path OutputCopy::file() const
{
    return state_ / "docker" / ("output-" + service_ + ".json");
}

/// What is kept says what was about to be written; whether it was, the log itself tells.
void OutputCopy::recall()
{
    const auto text = read_file_if_any(file());
    const auto kept = text ? Json::try_parse(*text) : std::nullopt;
    if (!kept || (*kept)["container"].view() != container_) return;
    const auto& batch = (*kept)["batch"];
    const bool written =
        was_written(log_file(state_), static_cast<std::uint64_t>(batch["offset"].number()),
                    static_cast<std::size_t>(batch["lines"].number()), batch["digest"].text());
    seen_ = seen_in((*kept)[written ? "after" : "before"]);
}

void OutputCopy::keep(const SeenLines& after, const std::string& text) const
{
    const auto lines = std::count(text.begin(), text.end(), '\n');
    const auto record = Json::object({{"container", container_},
                                      {"before", times_json(seen_)},
                                      {"after", times_json(after)},
                                      {"batch", Json::object({{"offset", log_end(log_file(state_))},
                                                              {"lines", lines},
                                                              {"digest", sha256_hex(text)}})}});
    write_file(file(), record.dump());
}

LogQuery OutputCopy::begin(bool follow)
{
    seen_.begin_again();
    return {.since = seen_.from(), .follow = follow};
}

void OutputCopy::take(const std::vector<OutputLine>& lines)
{
    auto after = seen_;
    std::vector<std::string> fresh;
    for (const auto& line : lines)
        if (after.add(line.time)) fresh.push_back(line.text);
    if (fresh.empty()) {
        seen_ = std::move(after);
        return;
    }
    keep(after, as_logged(service_, fresh));
    if (!ProjectLog(log_file(state_)).append(service_, fresh))
        throw Error(Code::unavailable, "the log of the project cannot be written");
    seen_ = std::move(after);
}

} // namespace skerry::runtime::docker
