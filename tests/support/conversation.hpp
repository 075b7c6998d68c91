#pragma once

#include "events/event_log.hpp"
#include "projects/project_store.hpp"
#include "sessions/session_store.hpp"
#include "support/database.hpp"

#include <string>
#include <utility>

namespace skerry::test {

/// A database with a project that runs and a session in it.
struct Conversation : Database {
    projects::ProjectId project{"p1"};
    sessions::SessionId session{"s1"};

    Conversation()
    {
        projects::Project row;
        row.id = project;
        row.slug = row.name = "hello";
        row.status = projects::Status::running;
        row.runtime = "sandbox";
        row.model = "demo/scripted";
        row.template_name = "static";
        row.path = "/srv/hello";
        projects::insert(*this, row);
        sessions::Session talk;
        talk.id = session;
        talk.project = project;
        talk.model = row.model;
        sessions::insert(*this, talk);
    }

    sessions::Turn add_turn(const std::string& id = "t1")
    {
        sessions::Turn turn;
        turn.id = sessions::TurnId(id);
        turn.session = session;
        turn.project = project;
        turn.prompt = "do it";
        turn.model = "demo/scripted";
        sessions::insert(*this, turn);
        return turn;
    }
    /// The seq of an event of that turn.
    std::int64_t hear(const sessions::TurnId& turn, const std::string& type, api::Json payload)
    {
        return events::append(*this, {.type = type,
                                      .project = project.value,
                                      .session = session.value,
                                      .turn = turn.value,
                                      .payload = std::move(payload)});
    }
};

} // namespace skerry::test
