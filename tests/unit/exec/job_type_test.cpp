#include "exec/exec_job.hpp"
#include "exec/job_type.hpp"
#include "support/database.hpp"
#include "util/error.hpp"

#include <array>
#include <doctest/doctest.h>

using namespace skerry;
using exec::JobType;

namespace {

const std::array rows{queue::handler<exec::Exec, exec::perform_exec>()};
const queue::Kinds kinds{.rows = rows, .custom = &exec::custom_kind()};

JobType thumbnails()
{
    return {.name = "assets.process",
            .command = {"python3", "handler.py", "--fast", ""},
            .folder = "/srv/handlers",
            .environment = {{"SIZE", "120,240"}, {"EMPTY", ""}},
            .queue = "slow",
            .max_attempts = 5,
            .timeout = 60'000};
}

Code refusal(db::Connection& db, JobType type)
{
    try {
        exec::put_type(db, kinds, std::move(type));
    } catch (const Error& fault) {
        return fault.code();
    }
    return Code::internal;
}

} // namespace

TEST_CASE("a type is kept as it was registered, and registering it again replaces it")
{
    test::Database db;
    const auto made = exec::put_type(db, kinds, thumbnails());
    CHECK(made.command == thumbnails().command);
    CHECK(made.environment == thumbnails().environment);
    CHECK(made.folder == "/srv/handlers");
    CHECK(made.created_at == made.updated_at);
    auto other = thumbnails();
    other.command = {"node", "handler.js"};
    exec::put_type(db, kinds, other);
    REQUIRE(exec::list_types(db).size() == 1);
    CHECK(exec::require_type(db, "assets.process").command == other.command);
    exec::delete_type(db, "assets.process");
    CHECK_FALSE(exec::find_type(db, "assets.process"));
    CHECK_THROWS_AS(exec::delete_type(db, "assets.process"), Error);
}

TEST_CASE("a type cannot have the name of a kind of skerry's own, nor one that is no name")
{
    test::Database db;
    auto type = thumbnails();
    type.name = "exec";
    CHECK(refusal(db, type) == Code::conflict);
    for (const auto* name : {"", "Assets", "1st", "a b", "a/b", ".hidden", "a\nb", "-x", "ü"}) {
        CAPTURE(name);
        type.name = name;
        CHECK(refusal(db, type) == Code::bad_request);
    }
    type = thumbnails();
    type.command.clear();
    CHECK(refusal(db, type) == Code::bad_request);
}

TEST_CASE("a job of a type has the type's queue, attempts and time limit unless it says otherwise")
{
    test::Database db;
    exec::put_type(db, kinds, thumbnails());
    const auto payload = api::Json::parse(R"([1, {"a": null}])");
    const auto plain =
        queue::require(db, exec::add_job(db, kinds, "assets.process", payload, {.queue = ""}).id);
    CHECK(plain.kind == "assets.process");
    CHECK(plain.args == payload);
    CHECK(plain.queue == "slow");
    CHECK(plain.max_attempts == 5);
    CHECK(plain.timeout == 60'000);
    const auto other = queue::require(
        db, exec::add_job(db, kinds, "assets.process", payload,
                          {.queue = "fast", .timeout = 5, .max_attempts = 1, .dedupe_key = "k"})
                .id);
    CHECK(other.queue == "fast");
    CHECK(other.max_attempts == 1);
    CHECK(other.timeout == 5);
    CHECK(exec::add_job(db, kinds, "assets.process", {}, {.dedupe_key = "k"}).deduplicated);
}

TEST_CASE("jobs of types that are not there, or are skerry's own, are not added")
{
    test::Database db;
    CHECK_THROWS_WITH_AS(exec::add_job(db, kinds, "no.such", {}, {}), "there is no job type 'no.such'",
                         Error);
    CHECK_THROWS_AS(exec::add_job(db, kinds, "exec", {}, {}), Error);
}

TEST_CASE("a variable has a name, and its value may hold anything")
{
    CHECK(exec::variable("A=b=c,d") == std::pair<std::string, std::string>("A", "b=c,d"));
    CHECK(exec::variable("A=") == std::pair<std::string, std::string>("A", ""));
    for (const auto* text : {"", "A", "=b"}) CHECK_THROWS_AS(exec::variable(text), Error);
}
