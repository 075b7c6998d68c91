#include "cli/lookup.hpp"
#include "cli/options.hpp"
#include "cli/parser.hpp"
#include "util/error.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using api::Json;

namespace {

using Words = std::vector<std::string>;

Json parsed(const Words& words)
{
    const auto found = cli::find_command(words);
    REQUIRE(found.command != nullptr);
    return cli::parse(*found.command, found.rest);
}

Error refusal(const Words& words)
{
    try {
        parsed(words);
    } catch (const Error& error) {
        return error;
    }
    FAIL("nothing was refused");
    return {Code::internal, ""};
}

} // namespace

TEST_CASE("the words of a command line become values by field name")
{
    const auto values =
        parsed({"projects", "create", "a todo list", "--name", "todo", "--model=demo/scripted", "--wait",
                "--timeout", "90s", "--data-dir", "/tmp/x", "-q"});
    CHECK(values["prompt"].view() == "a todo list");
    CHECK(values["name"].view() == "todo");
    CHECK(values["model"].view() == "demo/scripted");
    CHECK(values["wait"].boolean());
    CHECK(values["timeout"].view() == "90s");
    CHECK(values["dataDir"].view() == "/tmp/x");
    CHECK(values["quiet"].boolean());
    CHECK_FALSE(values.has("follow"));
}

TEST_CASE("numbers, lists and short forms")
{
    const auto log = parsed({"projects", "logs", "hello", "-n", "20", "-f", "--source", "app,agent"});
    CHECK(log["lines"] == Json(20));
    CHECK(log["follow"].boolean());
    CHECK(log["source"] == Json(Words{"app", "agent"}));
    CHECK(parsed({"projects", "logs", "hello", "-n5"})["lines"] == Json(5));
    CHECK(parsed({"jobs", "cancel", "1", "2", "3"})["ids"] == Json(Words{"1", "2", "3"}));
    CHECK(parsed({"jobs", "show", "12"})["id"] == Json(12));
}

TEST_CASE("global options may stand before the command, and - and -- are words of their own")
{
    CHECK(parsed({"--json", "--data-dir", "/d", "projects", "--color", "never", "list"})["dataDir"].view() ==
          "/d");
    CHECK(parsed({"projects", "create", "-"})["prompt"].view() == "-");
    CHECK(parsed({"__complete", "--", "projects", "--json", ""})["words"] ==
          Json(Words{"projects", "--json", ""}));
    CHECK(parsed({"sessions", "prompt", "hello", "--", "--not-an-option"})["text"].view() ==
          "--not-an-option");
}

TEST_CASE("the words behind -- are the command's own, whatever they look like")
{
    const Words command{"ls", "-l", "--json", "--", "--help", "", "a,b", "-"};
    Words words{"jobs", "run", "--retries", "2", "--env", "A=1,2", "--env", "B=", "--"};
    words.insert(words.end(), command.begin(), command.end());
    const auto values = parsed(words);
    CHECK(values["command"] == Json(command));
    CHECK(values["retries"] == Json(2));
    CHECK(values["env"] == Json(Words{"A=1,2", "B="}));
    CHECK_FALSE(values.has("json"));
    CHECK_FALSE(values.has("help"));
    CHECK(parsed({"jobs", "run", "--priority", "-5", "--", "true"})["priority"] == Json(-5));
}

TEST_CASE("a command goes behind --, so that no option is taken for whose it is not")
{
    const auto bare = refusal({"jobs", "run", "echo", "-q"});
    CHECK(std::string(bare.what()) == "'echo' is one word too many");
    CHECK(bare.hint().find("the command goes behind '--'") != std::string::npos);
    CHECK(std::string(refusal({"jobs", "run"}).what()) == "COMMAND is missing");
    CHECK(std::string(refusal({"jobs", "run", "--"}).what()) == "COMMAND is missing");
}

TEST_CASE("behind -- an argument that is given already is one too many")
{
    CHECK(std::string(refusal({"jobs", "show", "1", "--", "2"}).what()) == "'2' is one word too many");
    CHECK(parsed({"jobs", "cancel", "1", "--", "2"})["ids"] == Json(Words{"1", "2"}));
}

TEST_CASE("a noun may have two words, also behind global options")
{
    const auto values = parsed({"jobs", "--json", "types", "add", "a.b", "--retries", "0", "--", "x", "--y"});
    CHECK(values["name"].view() == "a.b");
    CHECK(values["command"] == Json(Words{"x", "--y"}));
    CHECK(values["json"].boolean());
    CHECK(cli::find_command({"jobs", "types"}).noun == "jobs types");
    CHECK(refusal({"jobs", "type"}).hint() == "did you mean 'types'?");
    CHECK(refusal({"jobs", "types", "ad"}).hint() == "did you mean 'add'?");
    CHECK(cli::find_command({"jobs", "--", "types"}).command == nullptr);
}

TEST_CASE("what is unknown is named, with what was probably meant")
{
    CHECK(refusal({"projects", "crate", "x"}).hint() == "did you mean 'create'?");
    CHECK(refusal({"project", "list"}).hint() == "did you mean 'projects'?");
    CHECK(refusal({"xyzzy"}).hint() == "'skerry --help' lists the commands");
    const auto option = refusal({"projects", "list", "--jsno"});
    CHECK(std::string(option.what()) == "there is no option '--jsno'");
    CHECK(option.hint() == "did you mean '--json'?");
    CHECK(std::string(refusal({"projects", "list", "extra"}).what()) == "'extra' is one word too many");
}

TEST_CASE("what is missing or wrong is told in the words of the command line")
{
    const auto missing = refusal({"sessions", "answer"});
    CHECK(std::string(missing.what()) == "PROJECT|SESSION and REQUEST are missing");
    CHECK(missing.fields().size() == 2);
    CHECK(std::string(refusal({"jobs", "show"}).what()) == "JOB is missing");
    CHECK(std::string(refusal({"jobs", "cancel"}).what()) == "JOB is missing");
    CHECK(std::string(refusal({"jobs", "show", "x1"}).what()) == "JOB must be a whole number, not 'x1'");
    CHECK(std::string(refusal({"projects", "create", "x", "--name"}).what()) ==
          "--name needs a value: --name NAME");
    CHECK(std::string(refusal({"projects", "create", "x", "--name", "a", "--name", "b"}).what()) ==
          "--name was given more than once");
    CHECK(std::string(refusal({"projects", "create", ""}).what()) == "the prompt must not be empty");
    CHECK(std::string(refusal({"projects", "create", "x", "--name", ""}).what()) ==
          "--name must not be empty");
}

TEST_CASE("help needs nothing that the command needs")
{
    CHECK(parsed({"sessions", "prompt", "--help"})["help"].boolean());
    CHECK(parsed({"sessions", "prompt", "-h"})["help"].boolean());
}
