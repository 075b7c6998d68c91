#include "agent/turn.hpp"

#include "agent/batch.hpp"
#include "agent/event_stream.hpp"
#include "agent/event_types.hpp"
#include "agent/normaliser.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace skerry::agent {

namespace {

using namespace std::chrono_literals;
using api::Json;
using Clock = std::chrono::steady_clock;
using Kind = Outcome::Kind;

constexpr std::chrono::milliseconds between_looks = 2s;
constexpr std::chrono::milliseconds between_close_looks = 200ms; // when the end is near
constexpr auto longest_afterthought = 3s; // an idle session may still be writing its last message
constexpr auto longest_greeting = 5s;     // for the stream to begin; the turn does not depend on it
constexpr std::chrono::milliseconds longest_abort = 1s;

std::vector<std::string> with(std::vector<std::string> secrets, const std::string& password)
{
    secrets.push_back(password);
    return secrets;
}

Json about_session(std::string_view type, const std::string& session, std::string_view member, Json value)
{
    return Json::object(
        {{"type", type},
         {"properties", Json::object({{"sessionID", session}, {std::string(member), std::move(value)}})}});
}

/// Whether trying again may help.
bool may_pass(Code code) noexcept
{
    return code == Code::unavailable || code == Code::timeout || code == Code::internal;
}

/// Follows one turn. `hear` takes what the stream says, `step` asks the agent for what is true.
class Follower {
public:
    Follower(Clients& clients, const TurnRequest& request, const Sink& sink, std::stop_token stop)
        : request_(request), sink_(sink), stop_(std::move(stop)), client_(clients.lend(request.agent)),
          normaliser_(
              {.folder = request.agent.folder, .secrets = with(request.secrets, request.agent.password)}),
          batch_(sink.events), stream_(request.agent)
    {
        for (const auto& event : request.told) normaliser_.remember(event);
    }

    Outcome run()
    {
        while (true) {
            hear(std::min(next_step(), batch_.due()));
            tell();
            if (stop_.stop_requested()) return stopped();
            auto end = step();
            if (end) return concluded(std::move(*end));
        }
    }

private:
    void hear(Clock::time_point until)
    {
        for (const auto& news : stream_.wait(until, stop_)) take(news);
    }

    void take(const EventStream::News& news)
    {
        if (news.connected) {
            greeted_ = true;
            behind_ = handed_over_.has_value();
            normaliser_.lost();
        }
        if (news.connected || news.ended) look_at_ = Clock::now();
        if (news.ended) return;
        notice(news.event);
        add(normaliser_.take(news.event));
    }

    /// What an event says about the turn: that it goes on, and that a look at the state may pay.
    void notice(const Json& event)
    {
        const auto type = event["type"].view();
        const auto& properties = event["properties"];
        const auto session = properties["sessionID"].text();
        if (session.empty() || !normaliser_.is_within(session, request_.session)) return;
        progress_at_ = Clock::now();
        const bool request = type.starts_with("permission.") || type.starts_with("question.");
        if (request) look_at_ = Clock::now();
        if (session != request_.session) return;
        if (properties["info"]["id"].view() == request_.message) report(Progress::sent);
        if (properties["status"]["type"].view() == "busy" && !waiting_since_) report(Progress::running);
        if (properties["status"]["type"].view() == "idle") look_at_ = Clock::now();
        if (type == "session.error" && progress_) error_heard_ = diagnose(properties["error"]);
    }

    void add(std::vector<Event> events)
    {
        for (auto& event : events) {
            const auto& session = event.agent_session;
            if (!session.empty() && !normaliser_.is_within(session, request_.session)) continue;
            if (event.type == type::file_changed) files_.insert(event.payload["path"].text());
            batch_.add(std::move(event));
        }
    }

    /// A turn goes forward, except that it runs again after it has waited for somebody.
    void report(Progress progress)
    {
        const bool goes_on = progress_ == Progress::needs_input && progress == Progress::running;
        if (progress_ && !goes_on && progress <= *progress_) return;
        progress_ = progress;
        untold_.push_back(progress);
    }

    /// Only here the sink is called, so that its errors are not mistaken for the agent's.
    void tell()
    {
        if (!untold_.empty() || Clock::now() >= batch_.due()) batch_.tell();
        for (const auto progress : std::exchange(untold_, {})) sink_.progress(progress);
        if (request_.alive && Clock::now() >= alive_at_) {
            alive_at_ = Clock::now() + between_close_looks;
            alive_ = request_.alive();
        }
    }

    [[nodiscard]] Clock::time_point next_step() const
    {
        const auto soon = Clock::now() + between_close_looks;
        return !handed_over_ || request_.alive ? soon : std::min(look_at_, soon + 1s);
    }

    /// The end of the turn, or nothing while it goes on.
    std::optional<Outcome> step()
    {
        if (!alive_) return agent_died();
        try {
            if (!handed_over_ && (greeted_ || Clock::now() >= begun_ + longest_greeting)) hand_over();
            if (handed_over_ && behind_) catch_up();
            std::optional<Outcome> end;
            if (handed_over_ && Clock::now() >= look_at_) end = look();
            trouble_since_.reset();
            return end ? std::move(end) : out_of_time();
        } catch (const Error& error) {
            return troubled(error);
        }
    }

    void hand_over()
    {
        const bool there = client_->has_message(request_.session, request_.message, stop_);
        maybe_sent_ = true;
        if (there)
            report(Progress::sent);
        else
            client_->prompt(request_.session, request_.message, request_.model, request_.text, stop_);
        handed_over_ = Clock::now();
        progress_at_ = *handed_over_;
        behind_ = there;
        look_at_ = there ? Clock::now() : Clock::now() + between_looks;
    }

    /// After the stream was interrupted, or where another process left off.
    void catch_up()
    {
        const auto& session = request_.session;
        for (const auto& child : client_->children(session, stop_)) normaliser_.set_parent(child, session);
        learn(turn());
        const auto status = client_->statuses(stop_)[session];
        if (status.is_object())
            add(normaliser_.take(about_session("session.status", session, "status", status)));
        const auto todos = client_->todos(session, stop_);
        if (!todos.items().empty())
            add(normaliser_.take(about_session("todo.updated", session, "todos", todos)));
        behind_ = false;
    }

    void learn(const std::vector<Json>& turn)
    {
        for (const auto& message : turn) add(normaliser_.learn(message));
    }

    /// The messages of the turn, from as few of the session's as hold it.
    std::vector<Json> turn()
    {
        for (const int limit : {50, 1'000, 100'000}) {
            const auto messages = client_->messages(request_.session, limit, stop_);
            auto turn = turn_of(messages, request_.message);
            if (!turn.empty() || std::cmp_less(messages.items().size(), limit)) return turn;
        }
        return {};
    }

    std::optional<Outcome> look()
    {
        look_at_ = Clock::now() + between_looks;
        if (client_->statuses(stop_).has(request_.session)) {
            idle_since_.reset();
            report(Progress::sent);
            look_for_requests();
            return std::nullopt;
        }
        if (!idle_since_) idle_since_ = Clock::now();
        const auto answer = answer_in(turn(), request_.agent.folder);
        if (answer.prompt_there) report(Progress::sent);
        if (answer.complete || answer.error) return outcome_of(answer);
        return answer.begun ? idle_in_the_middle(answer) : not_begun(answer);
    }

    /// Requests of idle sessions are leftovers that nobody can answer any more: only a busy one is asked for
    /// them.
    void look_for_requests()
    {
        add(normaliser_.reconcile(request_.session, client_->permissions(stop_), client_->questions(stop_)));
        const bool waits = normaliser_.needs_input(request_.session);
        if (!waits)
            waiting_since_.reset();
        else if (!waiting_since_)
            waiting_since_ = Clock::now();
        report(waits ? Progress::needs_input : Progress::running);
    }

    std::optional<Outcome> idle_in_the_middle(const Answer& answer)
    {
        look_at_ = Clock::now() + between_close_looks;
        if (Clock::now() < *idle_since_ + longest_afterthought) return std::nullopt;
        return interrupted(answer);
    }

    std::optional<Outcome> not_begun(const Answer& answer)
    {
        if (error_heard_) return failed(*error_heard_, answer);
        if (Clock::now() < *handed_over_ + request_.limits.start) return std::nullopt;
        if (sent_again_) return turn_not_started();
        client_->prompt(request_.session, request_.message, request_.model, request_.text, stop_);
        sent_again_ = true;
        handed_over_ = Clock::now();
        return std::nullopt;
    }

    std::optional<Outcome> out_of_time()
    {
        const auto now = Clock::now();
        const auto& limits = request_.limits;
        if (limits.whole && now >= begun_ + *limits.whole) {
            return abandoned(Kind::timeout, "the turn took longer than " + for_people(limits.whole->count()));
        }
        if (waiting_since_) {
            progress_at_ = now;
            if (!limits.patience || now < *waiting_since_ + *limits.patience) return std::nullopt;
            return given_up(Kind::needs_input, {}, "the agent waits for an answer");
        }
        if (now < progress_at_ + limits.silence) return std::nullopt;
        return abandoned(Kind::stuck, "the agent made no progress for " + for_people(limits.silence.count()));
    }

    std::optional<Outcome> troubled(const Error& error)
    {
        if (error.code() == Code::cancelled) return std::nullopt; // the stop is seen next
        if (!may_pass(error.code())) {
            unreachable_ = true;
            return Outcome{.reason = "refused", .error = error.what(), .hint = error.hint()};
        }
        const auto now = Clock::now();
        if (!trouble_since_) pause_ = between_close_looks;
        if (!trouble_since_) trouble_since_ = now;
        if (now >= *trouble_since_ + request_.limits.lost) return agent_died(error.what());
        look_at_ = now + pause_;
        while (Clock::now() < look_at_ && !stop_.stop_requested()) hear(look_at_);
        look_at_ = Clock::now();
        pause_ = std::min(pause_ * 2, between_looks);
        return std::nullopt;
    }

    Outcome stopped()
    {
        if (!request_.left_at_stop || !request_.left_at_stop())
            return concluded(abandoned(Kind::cancelled, "the turn was stopped"));
        batch_.tell();
        return {.kind = Kind::cancelled, .reason = "left"};
    }

    /// Ends what the agent is doing. What it had finished before counts.
    Outcome abandoned(Kind kind, const std::string& why)
    {
        const auto answer = maybe_sent_ ? aborted() : Answer();
        const bool finished = answer.complete && !answer.error && !answer.finish.empty();
        return finished ? outcome_of(answer) : given_up(kind, answer, why);
    }

    Answer aborted()
    {
        stop_ = {}; // it has been heard
        Answer answer;
        try {
            client_->abort(request_.session, longest_abort);
            for (const auto until = Clock::now() + longest_abort; Clock::now() < until;
                 hear(Clock::now() + 50ms)) {
                if (client_->statuses().has(request_.session)) continue;
                answer = answer_in(turn(), request_.agent.folder);
                if (!answer.begun || answer.complete || answer.error) break;
            }
        } catch (const Error&) {
            unreachable_ = true; // and has nothing left to abort
        }
        return answer;
    }

    /// The stream may be a moment behind the state, or be gone.
    Outcome concluded(Outcome outcome)
    {
        if (handed_over_ && !unreachable_ && outcome.reason != "agent_died") last_words(outcome.kind);
        batch_.tell();
        for (const auto progress : std::exchange(untold_, {})) sink_.progress(progress);
        for (const auto& file : outcome.files_changed) files_.insert(file);
        std::erase_if(files_, [](const auto& file) { return file.starts_with('/'); });
        outcome.files_changed.assign(files_.begin(), files_.end());
        return outcome;
    }

    void last_words(Kind kind)
    {
        stop_ = {}; // what has ended is told to its end
        const auto until = Clock::now() + between_close_looks;
        while (stream_.connected() && Clock::now() < until && !normaliser_.is_idle(request_.session))
            hear(until);
        try {
            learn(turn());
        } catch (const Error&) { // it has gone meanwhile: what it said is all there is
        }
        if (kind == Kind::needs_input) return;
        const auto idle = Json::object({{"type", "idle"}});
        add(normaliser_.take(about_session("session.status", request_.session, "status", idle)));
    }

    const TurnRequest& request_;
    const Sink& sink_;
    std::stop_token stop_;
    Clients::Loan client_;
    Normaliser normaliser_;
    Batch batch_;

    const Clock::time_point begun_ = Clock::now();
    std::optional<Clock::time_point> handed_over_{}; ///< when the agent had the prompt
    bool maybe_sent_ = false;                        ///< true from the moment that it may have it
    bool sent_again_ = false;
    std::optional<Progress> progress_{};
    std::vector<Progress> untold_;
    std::set<std::string> files_;
    std::optional<Diagnosis> error_heard_{};

    bool greeted_ = false;               ///< the stream has begun
    bool behind_ = false;                ///< events were missed
    Clock::time_point look_at_ = begun_; ///< when to look at the state next
    Clock::time_point progress_at_ = begun_;
    std::optional<Clock::time_point> idle_since_{};
    std::optional<Clock::time_point> waiting_since_{}; ///< for somebody to answer
    std::optional<Clock::time_point> trouble_since_{}; ///< that the agent does not answer
    std::chrono::milliseconds pause_{};
    bool alive_ = true;
    Clock::time_point alive_at_ = begun_;
    bool unreachable_ = false;
    EventStream stream_; // the last: its thread ends first
};

} // namespace

std::string_view name_of(Progress progress) noexcept
{
    switch (progress) {
    case Progress::sent: return "sent";
    case Progress::running: return "running";
    case Progress::needs_input: break;
    }
    return "needs_input";
}

Outcome follow_turn(Clients& clients, const TurnRequest& request, const Sink& sink, std::stop_token stop)
{
    return Follower(clients, request, sink, std::move(stop)).run();
}

} // namespace skerry::agent
