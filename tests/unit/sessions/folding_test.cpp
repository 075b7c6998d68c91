#include "agent/event_types.hpp"
#include "app/app.hpp"
#include "sessions/folding.hpp"
#include "support/conversation.hpp"

#include <doctest/doctest.h>

namespace skerry::folding_test {

using api::Json;
namespace type = agent::type;

struct World : test::Conversation {
    App app{.paths = Paths("/nonexistent"), .settings = {}};
    queue::Feeder feeder = sessions::folder();
    sessions::TurnId turn = add_turn().id;

    std::int64_t piece(const std::string& message, const std::string& part, const char* member,
                       const std::string& text, std::string_view kind = type::part_added)
    {
        return hear(turn, std::string(kind),
                    Json::object({{"messageId", message}, {"partId", part}, {member, text}}));
    }
    std::int64_t end_message(const std::string& message)
    {
        const auto seq = hear(turn, std::string(type::message_final), Json::object({{"messageId", message}}));
        sessions::fold_later(*this, turn);
        return seq;
    }
    void fold()
    {
        if (const auto due = feeder.next(app, *this)) feeder.feed(app, *this, *due);
    }
    /// "seq text" of the pieces that are stored, "seq +delta" for those that add.
    std::vector<std::string> pieces()
    {
        std::vector<std::string> found;
        for (const auto& event :
             events::read(*this, {.types = {"chat.message.part.", "chat.reasoning."}}, 0)) {
            const auto& payload = event.fact.payload;
            found.push_back(std::to_string(event.seq) + (payload.has("text") ? " " : " +") +
                            payload[payload.has("text") ? "text" : "delta"].text());
        }
        return found;
    }
};

using Pieces = std::vector<std::string>;
std::string at(std::int64_t seq, const std::string& text)
{
    return std::to_string(seq) + " " + text;
}

TEST_CASE("the pieces of an ended message become one for each text, with the number of the last")
{
    World world;
    world.piece("m1", "r1", "delta", "hm", type::reasoning_part);
    const auto thought = world.piece("m1", "r1", "delta", "m", type::reasoning_part);
    world.piece("m1", "a", "delta", "one ");
    const auto other = world.piece("m1", "b", "delta", "other");
    world.piece("m1", "a", "text", "One ");
    const auto last = world.piece("m1", "a", "delta", "two");
    const auto before = world.pieces();
    CHECK_FALSE(world.feeder.next(world.app, world));
    world.end_message("m1");
    CHECK(world.feeder.next(world.app, world).value() >
          now() + 3'000); // those who follow have read them by then
    CHECK(world.pieces() == before);
    world.fold();
    CHECK(world.pieces() == Pieces{at(thought, "hmm"), at(other, "+other"), at(last, "One two")});
    CHECK_FALSE(world.feeder.next(world.app, world));
}

TEST_CASE("the texts of a message that goes on stay in pieces until it has ended")
{
    World world;
    world.piece("m1", "a", "delta", "x");
    const auto first = world.piece("m1", "a", "delta", "y");
    const auto a = world.piece("m2", "b", "delta", "1");
    const auto b = world.piece("m2", "b", "delta", "2");
    world.end_message("m1");
    world.fold();
    CHECK(world.pieces() == Pieces{at(first, "xy"), at(a, "+1"), at(b, "+2")});
    const auto c = world.piece("m2", "b", "delta", "3");
    world.end_message("m2");
    world.fold();
    CHECK(world.pieces() == Pieces{at(first, "xy"), at(c, "123")});
}

TEST_CASE("the end of a turn ends all its messages, and nothing is left to fold")
{
    World world;
    world.piece("m1", "a", "delta", "x");
    const auto last = world.piece("m1", "a", "delta", "y");
    sessions::end_turn(world, world.turn, {.state = sessions::TurnState::cancelled});
    world.fold();
    CHECK(world.pieces() == Pieces{at(last, "xy")});
    db::Query row(world, "select count(*) from folding");
    row.next();
    CHECK(row.number(0) == 0);
}

TEST_CASE("a number is never given twice, also when its event was folded away")
{
    World world;
    world.piece("m1", "a", "delta", "x");
    const auto last = world.piece("m1", "a", "delta", "y");
    events::remove(world, {last});
    CHECK(world.piece("m1", "a", "delta", "z") == last + 1);
}

} // namespace skerry::folding_test
