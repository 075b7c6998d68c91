#include "cli/table.hpp"
#include "support/pseudo_terminal.hpp"

#include <doctest/doctest.h>

using namespace skerry;
using cli::Paint;
using cli::Stream;
using cli::Table;

namespace {

Table small_table()
{
    Table table({{"name", false, true}, {"state"}, {"count", true}});
    table.add({"hello", {"running", Paint::good}, "7"});
    table.add({"a\tlonger\nname", "stopped", "123"});
    return table;
}

} // namespace

TEST_CASE("in a pipe a table has one line a row, tabs between the cells and no header")
{
    auto pipe = make_pipe();
    CHECK(small_table().shown_on(Stream(pipe.write.get())) ==
          "hello\trunning\t7\na longer name\tstopped\t123\n");
}

TEST_CASE("on a terminal a table is aligned below its header")
{
    const test::PseudoTerminal terminal(80);
    CHECK(small_table().shown_on(Stream(terminal.descriptor(), "never")) ==
          "NAME           STATE    COUNT\n"
          "hello          running      7\n"
          "a longer name  stopped    123\n");
}

TEST_CASE("on a narrow terminal the columns that may shrink give up room")
{
    const test::PseudoTerminal terminal(24);
    CHECK(small_table().shown_on(Stream(terminal.descriptor(), "never")) == "NAME      STATE    COUNT\n"
                                                                            "hello     running      7\n"
                                                                            "a longe…  stopped    123\n");
}

TEST_CASE("a column that is optional is shown where there is something in it")
{
    Table table({{"name"}, {"error", false, false, true}});
    table.add({"hello", ""});
    const test::PseudoTerminal terminal(80);
    CHECK(table.shown_on(Stream(terminal.descriptor(), "never")) == "NAME\nhello\n");
    auto pipe = make_pipe();
    CHECK(table.shown_on(Stream(pipe.write.get())) == "hello\t\n"); // programs count the tabs
    table.add({"other", "lost"});
    CHECK(table.shown_on(Stream(terminal.descriptor(), "never")) == "NAME   ERROR\nhello  \nother  lost\n");
}

TEST_CASE("a spare column goes before the others become unreadable")
{
    Table table({{"name", false, true}, {"queue", false, true, false, true}, {"error", false, true}});
    table.add({"the nightly build", "builds", "it did not compile"});
    const test::PseudoTerminal wide(60);
    CHECK(table.shown_on(Stream(wide.descriptor(), "never")).find("builds") != std::string::npos);
    const test::PseudoTerminal narrow(34);
    CHECK(table.shown_on(Stream(narrow.descriptor(), "never")) == "NAME              ERROR\n"
                                                                  "the nightly bui…  it did not comp…\n");
}

TEST_CASE("colours are used only when they are asked for")
{
    const test::PseudoTerminal terminal(80);
    CHECK(Stream(terminal.descriptor(), "always").paint(Paint::good, "x") == "\033[32mx\033[0m");
    CHECK(Stream(terminal.descriptor(), "never").paint(Paint::good, "x") == "x");
    auto pipe = make_pipe();
    CHECK(Stream(pipe.write.get(), "auto").paint(Paint::good, "x") == "x");
    CHECK(Stream(pipe.write.get(), "always").paint(Paint::good, "x") == "\033[32mx\033[0m");
}
