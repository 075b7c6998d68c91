#include "agent/batch.hpp"
#include "agent/event_types.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>
#include <set>

using namespace skerry;
using agent::Batch;
using agent::Event;
using api::Json;

namespace {

Event piece(const std::string& part, const char* member, const std::string& text)
{
    return {std::string(agent::type::part_added), "ses_1", Json::object({{"partId", part}, {member, text}})};
}

} // namespace

TEST_CASE("pieces of one text that come together are told as one")
{
    std::vector<Event> told;
    Batch batch([&](std::vector<Event> events) { told = std::move(events); });
    CHECK(batch.due() == Batch::Clock::time_point::max());
    batch.add(piece("prt_1", "delta", "a"));
    batch.add(piece("prt_1", "delta", "b"));
    batch.add(piece("prt_2", "delta", "c"));
    batch.add(piece("prt_1", "delta", "d"));
    batch.add(piece("prt_1", "text", "whole"));
    batch.add(piece("prt_1", "delta", " and more"));
    CHECK(batch.due() < Batch::Clock::now() + std::chrono::seconds(1));
    const auto since = batch.due().time_since_epoch();
    CHECK(since % std::chrono::milliseconds(30) == since.zero()); // with all others of the process
    batch.tell();
    CHECK(told == std::vector<Event>{piece("prt_1", "delta", "ab"), piece("prt_2", "delta", "c"),
                                     piece("prt_1", "delta", "d"), piece("prt_1", "text", "whole and more")});
    told.clear();
    batch.tell();
    CHECK(told.empty());
}

TEST_CASE("every event type is declared once, with help")
{
    const auto documented = read_file("docs/events.md");
    std::set<std::string_view> names;
    for (const auto& type : agent::event_types()) {
        const auto row = "| `" + std::string(type.name) + "` | " + std::string(type.help) + " |\n";
        CHECK_MESSAGE(documented.find(row) != std::string::npos, row);
        CHECK(type.name.starts_with("chat."));
        CHECK_FALSE(type.help.empty());
        CHECK(names.insert(type.name).second);
    }
    CHECK(names.size() == 17);
}
