#include "runtime/docker/engine_exec.hpp"

#include "api/json.hpp"
#include "runtime/docker/engine_call.hpp"
#include "runtime/pause.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

namespace skerry::runtime::docker {
namespace {

using api::Json;
using namespace std::chrono_literals;

constexpr std::chrono::hours longest_silence(24 * 300);

std::string path_of(const std::string& exec, std::string_view what)
{
    return "/exec/" + path_part(exec) + std::string(what);
}

std::string make(const Engine& engine, std::string_view container, const ExecOrder& order,
                 const std::stop_token& stop)
{
    std::vector<std::string> environment;
    for (const auto& [name, value] : order.environment) environment.push_back(name + "=" + value);
    auto body = Json::object({{"AttachStdin", order.input},
                              {"AttachStdout", true},
                              {"AttachStderr", true},
                              {"Tty", order.terminal},
                              {"Cmd", order.command},
                              {"Env", environment}});
    if (!order.folder.empty()) body.set("WorkingDir", order.folder);
    if (!order.user.empty()) body.set("User", order.user);
    const auto path = engine.versioned("/containers/" + path_part(container) + "/exec", stop);
    const auto made = json_answer_to(engine.socket(), {"POST", path, body.dump(), 30s}, stop);
    auto id = made["Id"].text();
    if (id.empty()) throw Error(Code::unavailable, "the Docker engine makes a command without an id");
    return id;
}

http::Upstream begin(const Engine& engine, const std::string& id, const ExecOrder& order,
                     const std::stop_token& stop)
{
    const auto body = Json::object({{"Detach", false}, {"Tty", order.terminal}});
    return open_call(engine.socket(),
                     {"POST", engine.versioned(path_of(id, "/start"), stop), body.dump(), 1min}, stop);
}

/// The id that the innermost process namespace gives a process of this machine; 0 when that cannot be told.
std::int64_t inner_pid(std::int64_t outer)
{
    const auto status = read_file_if_any("/proc/" + std::to_string(outer) + "/status");
    if (!status) return 0;
    const auto line = status->find("\nNSpid:");
    if (line == std::string::npos) return 0;
    const auto end = status->find('\n', line + 1);
    const auto text = status->substr(line, end - line);
    return number_in(trim(std::string_view(text).substr(text.find_last_of(" \t") + 1))).value_or(0);
}

} // namespace

Exec::Exec(const Engine& engine, std::string_view container, const ExecOrder& order, std::stop_token stop)
    : engine_(engine), container_(container), user_(order.user), terminal_(order.terminal),
      id_(make(engine, container, order, stop)), talk_(begin(engine, id_, order, stop))
{
    if (terminal_ && order.columns > 0) resize(order.columns, order.rows);
}

void Exec::take(std::string_view piece, const FrameDecoder::Frame& frame)
{
    if (terminal_)
        frame(Output::out, piece);
    else
        frames_.take(piece, frame);
}

bool Exec::read_now(const FrameDecoder::Frame& frame)
{
    std::string piece;
    for (;;) {
        switch (talk_.read_now(piece)) {
        case http::Upstream::Now::piece: take(piece, frame); break;
        case http::Upstream::Now::nothing: return true;
        case http::Upstream::Now::ended: return false;
        }
    }
}

bool Exec::read(const FrameDecoder::Frame& frame)
{
    std::string piece;
    const bool more = talk_.read(piece, longest_silence);
    if (more) take(piece, frame);
    return more;
}

void Exec::resize(int columns, int rows) const
{
    const auto path =
        with_query(path_of(id_, "/resize"), {{"h", std::to_string(rows)}, {"w", std::to_string(columns)}});
    answer_to(engine_.socket(), {"POST", engine_.versioned(path), {}, 10s}, {});
}

/// What the engine knows of the command, which it learns a moment late: asked again while `is_late`.
Json Exec::look(const std::function<bool(const Json&)>& is_late) const
{
    constexpr int most_tries = 100;
    for (int tries = 0;; ++tries) {
        auto seen = json_answer_to(engine_.socket(), {.path = engine_.versioned(path_of(id_, "/json"))}, {});
        if (tries == most_tries || !is_late(seen)) return seen;
        pause_for(10ms, {});
    }
}

void Exec::kill() const
{
    const auto seen =
        look([](const Json& now) { return now["Running"].boolean() && now["Pid"].number() == 0; });
    if (!seen["Running"].boolean()) return;
    const auto pid = inner_pid(seen["Pid"].number());
    if (pid <= 1) throw Error(Code::unavailable, "the command in the container cannot be ended from here");
    // The engine has no call for that: another command in there does it, as the same user.
    const auto number = std::to_string(pid);
    const auto script = "kill -KILL -" + number + " 2>/dev/null || kill -KILL " + number;
    Exec killer(engine_, container_, {.command = {"/bin/sh", "-c", script}, .user = user_}, {});
    while (killer.read([](Output, std::string_view) {})) {
    }
}

int Exec::exit_code() const
{
    const auto seen = look([](const Json& now) { return now["Running"].boolean(); });
    return static_cast<int>(seen["ExitCode"].number());
}

} // namespace skerry::runtime::docker
