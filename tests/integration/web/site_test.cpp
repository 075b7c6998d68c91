#include "auth/token_store.hpp"
#include "auth/user_store.hpp"
#include "projects/project_store.hpp"
#include "support/raw_client.hpp"
#include "support/running_server.hpp"
#include "support/site.hpp"
#include "util/text.hpp"
#include "web/door.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace skerry::site_test {

using test::RawClient;

/// A server with an administrator, two members, a project of each member's, and tokens.
struct World : test::WholeSite {
    std::string admin = add_user("root", auth::Role::admin);
    std::string ada = add_user("ada", auth::Role::member);
    std::string bob = add_user("bob", auth::Role::member);
    test::RunningServer server{[this](const http::Request& request) { return web::answer(site, request); },
                               {.hub = &hub}};

    /// Gives a token of the user, who owns a project that has the user's name as id.
    std::string add_user(const std::string& name, auth::Role role)
    {
        auto& db = opened->db;
        const auth::UserId id(name + "-id");
        auth::insert(db, {.id = id, .name = name, .role = role, .created_at = 1, .updated_at = 1}, "no hash");
        projects::Project project;
        project.id = projects::ProjectId(name);
        project.slug = project.name = name;
        project.status = projects::Status::stopped;
        project.runtime = "sandbox";
        project.model = "demo/scripted";
        project.template_name = "static";
        project.path = folder.path() / name;
        project.owner = id.value;
        projects::insert(db, project);
        return *auth::insert(
            db, {.id = auth::TokenId(name + "-token"), .user = id, .name = "test", .created_at = 1});
    }
};

/// A connection that asks as somebody.
struct Client : RawClient {
    Client(const World& world, std::string bearer) : RawClient(world.server.port()), token(std::move(bearer))
    {
    }
    std::string token;

    void get(const std::string& target)
    {
        send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n\r\n");
    }
    std::string post(const std::string& action, const std::string& body, const std::string& key = {})
    {
        send("POST /api/actions/" + action + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
             token + "\r\nContent-Type: application/json\r\n" +
             (key.empty() ? "" : "Idempotency-Key: " + key + "\r\n") +
             "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        return answer();
    }
    /// Begins to follow and returns when the server has let it in.
    void follow(const std::string& query)
    {
        get("/api/events?types=test." + query);
        if (read_until(": connected\n\n").empty()) throw std::runtime_error("the stream does not begin");
    }
};

/// What is told, as one line each: its number and its word.
struct Told {
    std::int64_t seq = 0;
    std::string word{};
    bool operator==(const Told&) const = default;
};

/// Reads events up to and with the one of the word; comments are nothing.
std::vector<Told> listen_until(RawClient& client, const std::string& last)
{
    std::vector<Told> heard;
    while (heard.empty() || heard.back().word != last) {
        const auto frame = client.read_until("\n\n");
        if (frame.empty()) throw std::runtime_error("the stream ends before " + last);
        if (frame.starts_with(":")) continue;
        const auto data = frame.find("\ndata: ");
        if (!frame.starts_with("id: ") || data == std::string::npos) throw std::runtime_error(frame);
        const auto json = api::Json::parse(frame.substr(data + 7, frame.size() - data - 9));
        const auto id = number_in(frame.substr(4, data - 4));
        if (id != json["seq"].number()) throw std::runtime_error("the id is another: " + frame);
        heard.push_back({*id, json["payload"]["word"].text()});
    }
    return heard;
}

std::int64_t tell(db::Connection& db, const std::string& project, const std::string& word)
{
    return events::append(
        db, {.type = "test.said", .project = project, .payload = api::Json::object({{"word", word}})});
}

/// What is stored behind `after`, of one project or of all.
std::vector<Told> stored(World& world, std::int64_t after, const std::string& project = {})
{
    std::vector<Told> all;
    events::Filter filter{.project = project, .types = {"test."}};
    for (const auto& event : events::read(world.opened->db, filter, after, 1'000'000))
        all.push_back({event.seq, event.fact.payload["word"].text()});
    return all;
}

/// Several events in one transaction, as the rounds of a busy project; now and then one that is undone.
void tell_some(World& world, db::Connection& db, const std::string& words, int round)
{
    {
        const db::Transaction undone(db);
        if (round % 4 == 0) tell(db, "ada", "never");
    }
    db::Transaction transaction(db);
    for (int i = 0; i < 1 + round % 3; ++i)
        for (const auto* project : {"ada", "bob"})
            tell(db, project, words + std::to_string(round) + "." + std::to_string(i));
    transaction.commit();
    world.hub.wake();
}

/// Runs `work` on many threads at once and throws what one of them threw.
void at_once(int threads, const std::function<void(int)>& work)
{
    std::vector<std::exception_ptr> faults(static_cast<std::size_t>(threads));
    {
        std::vector<std::jthread> running;
        for (int number = 0; number < threads; ++number)
            running.emplace_back([&, number] {
                try {
                    work(number);
                } catch (...) {
                    faults[static_cast<std::size_t>(number)] = std::current_exception();
                }
            });
    }
    for (const auto& fault : faults)
        if (fault) std::rethrow_exception(fault);
}

void write_from_threads(World& world, int threads, int rounds)
{
    at_once(threads, [&](int number) {
        db::Connection db(world.opened->app.paths.database(), db::Role::worker);
        for (int round = 0; round < rounds; ++round)
            tell_some(world, db, std::to_string(number) + ".", round);
    });
}

/// What "the last word" ends, in both projects.
void tell_last(World& world)
{
    for (const auto* project : {"bob", "ada"}) tell(world.opened->db, project, "last");
    world.hub.wake();
}

/// Somebody who follows from a place, and what that one heard.
struct Follower {
    std::string token;
    std::string query;        ///< behind "types=test."
    std::int64_t after = 0;   ///< what it is to hear is stored behind that
    std::string project = {}; ///< and of that one alone
    std::vector<Told> heard{};
};

/// Lets all follow on threads of their own while `meanwhile` runs; each reads to the last word it may hear.
void follow_all(World& world, std::vector<Follower>& followers, const std::function<void()>& meanwhile)
{
    std::vector<std::unique_ptr<Client>> clients;
    for (const auto& one : followers) {
        clients.push_back(std::make_unique<Client>(world, one.token));
        clients.back()->follow(one.query);
    }
    at_once(static_cast<int>(followers.size()) + 1, [&](int number) {
        if (number == 0) return meanwhile();
        const auto index = static_cast<std::size_t>(number - 1);
        auto& one = followers[index];
        one.heard = listen_until(*clients[index], "last");
        if (one.project.empty()) // bob's last word comes first
            for (const auto& more : listen_until(*clients[index], "last")) one.heard.push_back(more);
    });
}

TEST_CASE("whoever follows from wherever hears what was stored, in its order, without gap or repeat")
{
    World world;
    write_from_threads(world, 2, 40);
    const auto before = stored(world, 0);
    const auto middle = before[before.size() / 2].seq;
    const auto newest = events::newest(world.opened->db);
    const auto place = [](std::int64_t seq) { return "&after=" + std::to_string(seq); };

    std::vector<Follower> followers;
    for (int i = 0; i < 2; ++i) {
        followers.push_back({world.admin, place(0), 0});
        followers.push_back({world.admin, place(middle), middle});
        followers.push_back({world.admin, "", newest});
        followers.push_back({world.ada, place(0), 0, "ada"});
        followers.push_back({world.bob, "", newest, "bob"});
        followers.push_back({world.admin, place(middle) + "&project=ada", middle, "ada"});
    }
    follow_all(world, followers, [&] {
        write_from_threads(world, 4, 40);
        tell_last(world);
    });
    for (const auto& one : followers) {
        const auto expected = stored(world, one.after, one.project);
        CHECK_MESSAGE(one.heard.size() == expected.size(), one.query);
        CHECK_MESSAGE(one.heard == expected, one.query);
    }
}

TEST_CASE("those who come while others write hear the same as those who were there")
{
    World world;
    std::vector<std::vector<Told>> heard(6);
    at_once(7, [&](int number) {
        if (number == 6) {
            write_from_threads(world, 2, 60);
            return tell_last(world);
        }
        Client client(world, number % 2 == 0 ? world.ada : world.bob);
        client.follow("&after=0");
        heard[static_cast<std::size_t>(number)] = listen_until(client, "last");
    });
    for (std::size_t number = 0; number < heard.size(); ++number)
        CHECK(heard[number] == stored(world, 0, number % 2 == 0 ? "ada" : "bob"));
}

TEST_CASE("one who is cut off again and again and comes back where it was misses nothing")
{
    World world;
    std::vector<Told> heard;
    at_once(2, [&](int number) {
        if (number == 1) {
            write_from_threads(world, 2, 40);
            return tell_last(world);
        }
        while (heard.empty() || heard.back().word != "last") {
            Client client(world, world.ada);
            client.follow("&after=" + std::to_string(heard.empty() ? 0 : heard.back().seq));
            for (int i = 0; i < 7 && (heard.empty() || heard.back().word != "last"); ++i) {
                const auto frame = client.read_until("\n\n");
                if (frame.starts_with(":")) continue;
                const auto json = api::Json::parse(frame.substr(frame.find("\ndata: ") + 7));
                heard.push_back({json["seq"].number(), json["payload"]["word"].text()});
            }
        }
    });
    CHECK(heard == stored(world, 0, "ada"));
}

TEST_CASE("a member does not see, follow or change what is another's")
{
    World world;
    Client client(world, world.ada);
    const auto status_of = [&](const std::string& target) {
        client.get(target);
        return client.answer().substr(9, 3);
    };
    CHECK(status_of("/api/projects/ada") == "200");
    for (const auto* target : {"/api/projects/bob", "/api/events?project=bob", "/api/projects/bob/logs",
                               "/api/events/stored?project=bob", "/api/projects/bob/assets"})
        CHECK_MESSAGE((status_of(target) == "404" || status_of(target) == "403"), target);
    CHECK(status_of("/api/users") == "403");
    CHECK(client.post("projects.rename", R"({"project":"bob","name":"mine"})").substr(9, 1) == "4");
    CHECK(projects::find(world.opened->db, projects::ProjectId("bob"))->name == "bob");
}

TEST_CASE("a client whose body does not come in time is told that it was too slow")
{
    World world;
    test::RunningServer impatient(
        [&](const http::Request& request) { return web::answer(world.site, request); },
        {.body_time = std::chrono::milliseconds(20), .hub = &world.hub});
    RawClient client(impatient.port());
    client.send("POST /api/actions/projects.rename HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                world.ada + "\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{");
    const auto answer = client.answer();
    CHECK(answer.starts_with("HTTP/1.1 408 "));
    CHECK(answer.find("REQUEST_TIMEOUT") != std::string::npos);
}

TEST_CASE("a stream ends with the next wake when what it came with is gone, over or may something else")
{
    for (const auto* change :
         {"delete from api_tokens where id = 'ada-token'", "delete from users where id = 'ada-id'",
          "update api_tokens set expires_at = 1 where id = 'ada-token'",
          "update users set role = 'admin' where id = 'ada-id'"}) {
        World world;
        Client ada(world, world.ada);
        Client bob(world, world.bob);
        ada.follow("");
        bob.follow("");
        db::execute(world.opened->db,
                    "update projects set owner_user_id = 'bob-id'"); // nobody is held by them
        db::execute(world.opened->db, change);
        tell(world.opened->db, "bob", "last");
        world.hub.wake();
        CHECK_MESSAGE(ada.read_until("\n\n").empty(), change);
        CHECK_MESSAGE(listen_until(bob, "last").size() == 1, change);
    }
}

TEST_CASE("one action that is asked for from many threads with one key is done once and answered the same")
{
    World world;
    constexpr int threads = 8;
    std::vector<std::string> answers(threads);
    at_once(threads, [&](int number) {
        Client client(world, world.ada);
        const auto body = R"({"project":"ada","title":"once"})";
        answers[static_cast<std::size_t>(number)] = client.post("sessions.create", body, "one-key");
    });
    const auto body_of = [](const std::string& answer) { return answer.substr(answer.find("\r\n\r\n")); };
    int replayed = 0;
    for (const auto& answer : answers) {
        CHECK_MESSAGE(answer.starts_with("HTTP/1.1 200 "), answer);
        CHECK(body_of(answer) == body_of(answers.front()));
        if (answer.find("Idempotent-Replayed: true") != std::string::npos) ++replayed;
    }
    CHECK(replayed == threads - 1);
    db::Query row(world.opened->db, "select count(*) from sessions where title = 'once'");
    REQUIRE(row.next());
    CHECK(row.number(0) == 1);
}

TEST_CASE("a key is its user's own, and stands for one request")
{
    World world;
    Client ada(world, world.ada);
    const std::string body = R"({"project":"ada","name":"new"})";
    CHECK(ada.post("projects.rename", body, "k").starts_with("HTTP/1.1 200 "));
    CHECK(
        ada.post("projects.rename", R"({"project":"ada","name":"newer"})", "k").starts_with("HTTP/1.1 409 "));
    CHECK(projects::find(world.opened->db, projects::ProjectId("ada"))->name == "new");
    Client bob(world, world.bob);
    CHECK(bob.post("projects.rename", R"({"project":"bob","name":"new"})", "k").starts_with("HTTP/1.1 200 "));
}

TEST_CASE("whoever brings no good token, another Host or another Origin is not let in")
{
    World world;
    const auto status_of = [&](const std::string& headers) {
        RawClient client(world.server.port());
        client.send("POST /api/actions/projects.rename HTTP/1.1\r\n" + headers +
                    "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
        return client.answer().substr(9, 3);
    };
    const auto good = "Authorization: Bearer " + world.ada + "\r\n";
    CHECK(status_of("Host: localhost\r\n" + good) == "400"); // let in: it lacks its input
    CHECK(status_of("Host: localhost\r\n") == "401");
    CHECK(status_of("Host: localhost\r\nAuthorization: Bearer skr_x\r\n") == "401");
    CHECK(status_of("Host: evil.example\r\n" + good) == "403");
    CHECK(status_of("Host: localhost\r\nOrigin: http://evil.example\r\n" + good) == "403");
    CHECK(status_of("Host: localhost\r\nCookie: skerry_login=x\r\n") == "403");
}

} // namespace skerry::site_test
