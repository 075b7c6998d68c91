#include "web/log_feed.hpp"

#include "api/json.hpp"

#include <algorithm>

namespace skerry::web {
namespace {

constexpr std::chrono::milliseconds between_reads{100}; // a log has no bell
constexpr std::size_t largest_chunk = 64U << 10U;

std::string frame_of(const LogPart& part, std::uint64_t offset)
{
    std::string text;
    for (const auto& line : part.lines) text += line.text + "\n";
    const auto chunk = api::Json::object({{"type", "log.chunk"},
                                          {"offset", part.lines.empty() ? offset : part.lines.front().offset},
                                          {"nextOffset", part.next},
                                          {"text", text},
                                          {"truncated", part.truncated}});
    return "event: log.chunk\nid: " + std::to_string(part.next) + "\ndata: " + chunk.dump() + "\n\n";
}

} // namespace

LogFeed::LogFeed(db::Connection& db, Admission admission, LogFollowing following)
    : db_(db), admission_(std::move(admission)), following_(std::move(following))
{
}

http::Feed::Next LogFeed::next(std::vector<http::Piece>& out, std::size_t room)
{
    if (admission_.is_in_doubt() && !admission_.look(db_)) return Next::ended;
    const bool over = following_.is_over && following_.is_over(); // asked first: what it wrote before is read
    const auto part =
        read_log(following_.file, following_.offset, following_.wanted, std::min(room, largest_chunk));
    const bool is_new = part.next != following_.offset;
    if (!part.lines.empty() || part.truncated)
        out.push_back(std::make_shared<const std::string>(frame_of(part, following_.offset)));
    following_.offset = part.next;
    if (is_new) return Next::more;
    if (!over) return Next::idle;
    out.push_back(std::make_shared<const std::string>("event: end\nid: " + std::to_string(part.next) +
                                                      "\ndata: {}\n\n"));
    return Next::ended;
}

std::chrono::milliseconds LogFeed::patience() const
{
    return between_reads;
}

std::string LogFeed::farewell() const
{
    const auto offset = std::to_string(following_.offset);
    return "event: resync\nid: " + offset + "\ndata: {\"after\":" + offset + "}\n\n";
}

} // namespace skerry::web
