// Streams of a real agent (tests/fixtures/opencode/NAME.sse) and the events that they mean (NAME.chat, one a
// line). After a wanted change: SKERRY_WRITE_EXPECTED=1 build/tests/unit/unit -tc='recorded*', then read the
// diff.

#include "agent/frames.hpp"
#include "agent/normaliser.hpp"
#include "util/files.hpp"

#include <algorithm>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>

using namespace skerry;

namespace {

const std::filesystem::path recordings = "tests/fixtures/opencode";

std::vector<std::string> recorded_names()
{
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(recordings)) {
        if (entry.path().extension() == ".sse") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

agent::Normaliser normaliser_for(const std::string& name)
{
    return agent::Normaliser({.folder = name.starts_with("perm") ? "/srv/demo-ask" : "/srv/demo"});
}

std::string line_of(const agent::Event& event)
{
    return api::Json::object(
               {{"type", event.type}, {"session", event.agent_session}, {"payload", event.payload}})
               .dump() +
           "\n";
}

/// What the stream means when its bytes come in pieces of that length.
std::string told(const std::string& name, const std::string& stream, std::size_t piece)
{
    auto normaliser = normaliser_for(name);
    agent::Frames frames;
    std::string lines;
    for (std::size_t at = 0; at < stream.size();) {
        for (const auto& data : frames.take(std::string_view(stream).substr(at, piece))) {
            for (const auto& event : normaliser.take(api::Json::parse(data))) lines += line_of(event);
        }
        at += piece;
    }
    return lines;
}

} // namespace

TEST_CASE("recorded streams mean what is written beside them")
{
    const auto names = recorded_names();
    REQUIRE(names.size() > 30);
    for (const auto& name : names) {
        CAPTURE(name);
        const auto stream = read_file(recordings / (name + ".sse"));
        const auto lines = told(name, stream, stream.size());
        const auto expected = recordings / (name + ".chat");
        if (std::getenv("SKERRY_WRITE_EXPECTED") != nullptr) std::ofstream(expected) << lines;
        CHECK(lines == read_file(expected));
    }
}

TEST_CASE("recorded streams mean the same wherever their bytes were split")
{
    for (const auto* name : {"plain", "tool-bash-fail", "perm-once", "reasoning", "llm-429"}) {
        CAPTURE(name);
        const auto stream = read_file(recordings / (std::string(name) + ".sse"));
        const auto whole = told(name, stream, stream.size());
        CHECK(told(name, stream, 1) == whole);
        CHECK(told(name, stream, 7) == whole);
    }
}

TEST_CASE("recorded streams have the same frames wherever they are cut in two")
{
    const auto stream = read_file(recordings / "reasoning.sse");
    agent::Frames undivided;
    const auto whole = undivided.take(stream);
    for (std::size_t at = 1; at < stream.size(); ++at) {
        agent::Frames frames;
        auto data = frames.take(std::string_view(stream).substr(0, at));
        for (auto& frame : frames.take(std::string_view(stream).substr(at))) data.push_back(std::move(frame));
        REQUIRE(data == whole);
    }
}

TEST_CASE("a recorded stream that is heard twice tells nothing twice")
{
    for (const auto& name : recorded_names()) {
        CAPTURE(name);
        if (name == "crash" || name == "delete-busy")
            continue; // a text that was never completed is not idempotent
        auto normaliser = normaliser_for(name);
        agent::Frames frames;
        const auto all = frames.take(read_file(recordings / (name + ".sse")));
        for (const auto& data : all) normaliser.take(api::Json::parse(data));
        for (const auto& data : all) {
            for (const auto& event : normaliser.take(api::Json::parse(data))) {
                CAPTURE(line_of(event));
                const bool again = event.type == "chat.session.status" || event.type == "chat.diagnostic" ||
                                   event.type == "chat.file.changed";
                CHECK(again);
            }
        }
    }
}
