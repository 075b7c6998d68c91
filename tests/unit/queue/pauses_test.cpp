#include "queue/pauses.hpp"
#include "support/jobs.hpp"
#include "util/files.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using queue::Scope;

namespace {

struct Halt {
    TemporaryFolder folder;
    Paths paths{folder.path()};
    test::Database db;

    bool pause(Scope scope, const std::string& name = {}, const std::string& by = "ann")
    {
        return queue::pause(db, {scope, name, now(), by});
    }
    std::size_t resume(Scope scope, const std::string& name = {})
    {
        return queue::resume(paths, db, scope, name).size();
    }
};

} // namespace

TEST_CASE("what is paused is not begun, and goes on when it is resumed")
{
    Halt halt;
    const std::string kind(test::Note::policy.kind);
    for (const auto& [scope, name] : std::vector<std::pair<Scope, std::string>>{
             {Scope::all, ""}, {Scope::queue, "default"}, {Scope::type, kind}}) {
        CAPTURE(queue::name_of(scope));
        queue::add(halt.db, test::Note{"words"});
        CHECK(halt.pause(scope, name));
        CHECK_FALSE(test::claim_next(halt.db));
        CHECK(halt.resume(scope, name) == 1);
        CHECK(test::claim_next(halt.db));
    }
}

TEST_CASE("a pause holds what it names and nothing else")
{
    Halt halt;
    halt.pause(Scope::queue, "builds");
    halt.pause(Scope::type, "other");
    queue::add(halt.db, test::Note{"words"}, {.queue = "builds"});
    CHECK_FALSE(test::claim_next(halt.db));
    queue::add(halt.db, test::Note{"words"});
    CHECK(test::claim_next(halt.db));
    CHECK(queue::count_held(halt.db, {Scope::queue, "builds"}) == 1);
    CHECK(queue::count_held(halt.db, {Scope::queue, "default"}) == 0);
    queue::add(halt.db, test::Note{"words"}, {.run_at = now() + 60'000});
    CHECK(queue::count_held(halt.db, {Scope::all}) == 2);
    CHECK(queue::count_held(halt.db, {Scope::type, std::string(test::Note::policy.kind)}) == 2);
}

TEST_CASE("pausing twice keeps who did it first")
{
    Halt halt;
    CHECK(halt.pause(Scope::all, "", "ann"));
    CHECK_FALSE(halt.pause(Scope::all, "", "bob"));
    const auto pauses = queue::pauses(halt.db);
    REQUIRE(pauses.size() == 1);
    CHECK(pauses[0].by == "ann");
    CHECK(queue::shown(pauses[0]) == "everything");
    CHECK(halt.resume(Scope::all) == 1);
    CHECK(halt.resume(Scope::all) == 0);
}

TEST_CASE("resuming everything resumes each queue and type, too")
{
    Halt halt;
    halt.pause(Scope::queue, "builds");
    halt.pause(Scope::type, "exec");
    halt.pause(Scope::all);
    CHECK(halt.resume(Scope::queue, "other") == 0);
    CHECK(halt.resume(Scope::queue, "builds") == 1);
    const auto pauses = queue::pauses(halt.db);
    REQUIRE(pauses.size() == 2); // the widest first
    CHECK(pauses[0].scope == Scope::all);
    CHECK(queue::shown(pauses[1]) == "the type exec");
    CHECK(halt.resume(Scope::all) == 2);
    CHECK(queue::pauses(halt.db).empty());
}
