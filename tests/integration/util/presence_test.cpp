#include "support/forked.hpp"
#include "util/files.hpp"
#include "util/presence.hpp"

#include <doctest/doctest.h>
#include <optional>

using namespace skerry;

TEST_CASE("any number may be present, and who dies is gone")
{
    const TemporaryFolder folder;
    const auto place = folder.path() / "project" / "followers";
    CHECK_FALSE(Presence::anybody(place));
    test::Forked other([&] {
        const Presence presence(place);
        for (;;) ::pause();
    });
    REQUIRE(test::becomes_true([&] { return Presence::anybody(place); }));
    auto own = std::make_optional<Presence>(place);
    other.kill();
    other.wait();
    CHECK(Presence::anybody(place));
    own.reset();
    CHECK_FALSE(Presence::anybody(place));
}
