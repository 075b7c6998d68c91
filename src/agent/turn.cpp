#include "agent/turn.hpp"

#include "agent/answering.hpp"
#include "agent/event_stream.hpp"
#include "agent/teller.hpp"
#include "agent/transcript.hpp"
#include "util/clock.hpp"
#include "util/error.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace skerry::agent {

namespace {

using namespace std::chrono_literals;
using api::Json;
using Clock = std::chrono::steady_clock;
using Kind = Outcome::Kind;
using std::chrono::milliseconds;

constexpr milliseconds soon = 200ms;      // between two looks when the end is near
constexpr auto longest_afterthought = 3s; // an idle session may still be writing its last message
constexpr auto longest_greeting = 5s;     // for the stream to begin; the turn does not depend on it
constexpr milliseconds longest_abort = 1s;
constexpr milliseconds longest_retry = 24h; // that is believed to be announced

/// Whether trying again may help.
bool may_pass(Code code) noexcept
{
    return code == Code::unavailable || code == Code::timeout || code == Code::internal;
}

/// Follows one turn: `hear` takes what the stream says, `step` asks the agent for what is true.
class Follower {
public:
    Follower(Clients& clients, const TurnRequest& request, const Sink& sink, std::stop_token stop)
        : request_(request), stop_(std::move(stop)), client_(clients.lend(request.agent)),
          transcript_(*client_, request.session, request.message, request.agent.folder),
          teller_(request, sink), answering_(request), stream_(request.agent)
    {
    }

    Outcome run()
    {
        while (true) {
            hear(std::min(next_step(), teller_.due()));
            teller_.tell(); // outside of `step`, which takes errors for the agent's
            if (stop_.stop_requested()) return stopped();
            auto end = is_alive() ? step() : died();
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
        greeted_ = true; // also when it cannot be reached now: there is nothing to wait for
        if (news.connected) {
            behind_ = handed_over_.has_value();
            teller_.lost();
        }
        if (news.connected || news.ended) look_at_ = Clock::now();
        if (news.ended) return;
        notice(news.event);
        teller_.take(news.event);
    }

    /// What an event says about the turn: that it goes on, and that a look at the state may pay.
    void notice(const Json& event)
    {
        const auto type = event["type"].view();
        const auto& properties = event["properties"];
        const auto session = properties["sessionID"].text();
        if (!teller_.is_about(session)) return;
        progress_at_ = Clock::now();
        const bool may_matter = type.starts_with("permission.") || type.starts_with("question.") ||
                                (limited() && type == "message.updated");
        if (may_matter) look_at_ = Clock::now();
        note_retry(properties["status"]);
        if (session != request_.session) return;
        const auto status = properties["status"]["type"].view();
        if (properties["info"]["id"].view() == request_.message) teller_.report(Progress::sent);
        if (status == "busy" && !waiting_since_) teller_.report(Progress::running);
        if (status == "idle") look_at_ = Clock::now();
        if (type == "session.error") notice_error(diagnose(properties["error"]));
    }

    /// One that comes before the prompt is seen may be why it never will be: the next look tells. Only that
    /// something was aborted is certainly about an earlier turn.
    void notice_error(Diagnosis diagnosis)
    {
        if (!teller_.has_begun() && (!handed_over_ || diagnosis.fault == Fault::aborted)) return;
        if (error_heard_) return; // a fault that is told twice has the agent's stack the second time
        error_heard_ = std::move(diagnosis);
        look_at_ = std::min(look_at_, Clock::now() + soon);
    }

    /// Until the time that is announced for it there is nothing to hear.
    void note_retry(const Json& status)
    {
        const auto time = now();
        if (status["type"].view() != "retry" || status["next"].number() <= time) return;
        const milliseconds pause(status["next"].number() - time);
        retry_at_ = std::max(retry_at_, Clock::now() + std::min(pause, longest_retry));
    }

    [[nodiscard]] Clock::time_point next_step() const
    {
        const auto then = Clock::now() + soon;
        return !handed_over_ || request_.alive ? then : std::min(look_at_, then + 1s);
    }

    bool is_alive()
    {
        if (!request_.alive || Clock::now() < alive_at_) return true;
        alive_at_ = Clock::now() + soon;
        return request_.alive();
    }

    /// The end of the turn, or nothing while it goes on.
    std::optional<Outcome> step()
    {
        try {
            if (!handed_over_ && (greeted_ || Clock::now() >= begun_ + longest_greeting)) hand_over();
            if (handed_over_ && behind_) catch_up();
            std::optional<Outcome> end;
            if (waiting_since_) answer(teller_.open_requests());
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
            teller_.report(Progress::sent);
        else
            begin();
        handed_over_ = Clock::now();
        progress_at_ = *handed_over_;
        behind_ = there;
        look_at_ = there ? Clock::now() : Clock::now() + request_.limits.look;
    }

    void begin()
    {
        reject_requests();
        send();
    }

    /// The agent keeps what an aborted turn waited for. Taken for a request of this turn, it would be
    /// answered as this one's policy says, and what nobody had allowed would be done.
    void reject_requests()
    {
        const auto left = requests_in(client_->permissions(stop_), client_->questions(stop_));
        if (!left.empty()) learn_children();
        for (const auto& request : left) {
            if (!teller_.is_about(request.session)) continue;
            teller_.forget(request);
            answering_.reject(*client_, request, stop_);
        }
    }

    /// Its end may be seen before it is heard of.
    void answer(const std::vector<OpenRequest>& open)
    {
        for (const auto& reply : answering_.answer(*client_, open, stop_))
            teller_.expect(reply.request, reply.reply == "choice" ? "answered" : reply.reply);
    }

    void learn_children()
    {
        for (const auto& child : client_->children(request_.session, stop_)) teller_.add_child(child);
    }

    void send()
    {
        client_->set_rules(request_.session,
                           session_rules(request_.policy, request_.mode, request_.everywhere), stop_);
        client_->prompt(request_.session,
                        {.message = request_.message,
                         .model = request_.model,
                         .mode = request_.mode,
                         .text = request_.text,
                         .files = request_.files},
                        stop_);
    }

    /// After the stream was interrupted, or where another process left off.
    void catch_up()
    {
        const auto& session = request_.session;
        learn_children();
        teller_.learn(transcript_.turn(stop_));
        const auto status = client_->statuses(stop_)[session];
        if (status.is_object()) teller_.take_as("session.status", "status", status);
        const auto todos = client_->todos(session, stop_);
        if (!todos.items().empty()) teller_.take_as("todo.updated", "todos", todos);
        behind_ = false;
    }

    std::optional<Outcome> look()
    {
        look_at_ = Clock::now() + request_.limits.look;
        const auto statuses = client_->statuses(stop_);
        if (statuses.has(request_.session)) {
            idle_since_.reset();
            for (const auto& [session, status] : statuses.members())
                if (teller_.is_about(session)) note_retry(status);
            teller_.report(Progress::sent);
            auto end = look_for_requests();
            return end ? std::move(end) : look_at_limits();
        }
        if (!idle_since_) idle_since_ = Clock::now();
        const auto answer = transcript_.answer(stop_);
        if (answer.prompt_there) teller_.report(Progress::sent);
        if (answer.complete || answer.error) return outcome_of(answer);
        return answer.begun ? idle_in_the_middle(answer) : not_begun(answer);
    }

    /// Requests of idle sessions are leftovers that nobody can answer any more: only a busy one is asked for
    /// them.
    std::optional<Outcome> look_for_requests()
    {
        teller_.reconcile(client_->permissions(stop_), client_->questions(stop_));
        const auto open = teller_.open_requests();
        if (request_.policy == Policy::fail && !open.empty())
            return abandoned(Kind::failed, "the agent asked for what nobody may answer", "needs_permission");
        answer(open);
        const bool waits = request_.policy == Policy::ask && !open.empty();
        if (!waits)
            waiting_since_.reset();
        else if (!waiting_since_)
            waiting_since_ = Clock::now();
        teller_.report(waits ? Progress::needs_input : Progress::running);
        return std::nullopt;
    }

    [[nodiscard]] bool limited() const { return request_.limits.cost || request_.limits.steps; }

    /// The agent has not ended: with the limits reached it wants to go beyond them.
    std::optional<Outcome> look_at_limits()
    {
        if (!limited()) return std::nullopt;
        const auto answer = transcript_.answer(stop_);
        const auto& limits = request_.limits;
        if (limits.steps && answer.steps > *limits.steps)
            return abandoned(Kind::limit,
                             "the turn took " + std::to_string(*limits.steps) + " steps of the model",
                             "max_turns");
        if (limits.cost && answer.cost >= *limits.cost)
            return abandoned(Kind::limit, "the turn has cost what it may cost", "max_cost");
        return std::nullopt;
    }

    std::optional<Outcome> idle_in_the_middle(const Answer& answer)
    {
        look_at_ = Clock::now() + soon;
        if (Clock::now() < *idle_since_ + longest_afterthought) return std::nullopt;
        return interrupted(answer);
    }

    std::optional<Outcome> not_begun(const Answer& answer)
    {
        // The abort of the turn before came late: it ended this one, of which the model has heard nothing.
        const bool swallowed = error_heard_ && error_heard_->fault == Fault::aborted;
        if (error_heard_ && !swallowed) return failed(*error_heard_, answer);
        const bool patient = Clock::now() < *handed_over_ + request_.limits.start;
        if (patient && !swallowed) return std::nullopt;
        if (sent_again_) return turn_not_started();
        error_heard_.reset();
        send();
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
        if (now < std::max(progress_at_, retry_at_) + limits.silence) return std::nullopt;
        return abandoned(Kind::stuck, "the agent made no progress for " + for_people(limits.silence.count()));
    }

    std::optional<Outcome> troubled(const Error& error)
    {
        if (error.code() == Code::cancelled) return std::nullopt; // the stop is seen next
        if (!may_pass(error.code())) return refused(error);
        const auto now = Clock::now();
        if (!trouble_since_) {
            trouble_since_ = now;
            pause_ = soon;
        }
        if (now >= *trouble_since_ + request_.limits.lost) return died(error.what());
        const auto until = now + pause_;
        while (Clock::now() < until && !stop_.stop_requested()) hear(until);
        look_at_ = Clock::now(); // so that the next step asks again
        pause_ = std::min(pause_ * 2, request_.limits.look);
        return std::nullopt;
    }

    /// One that cannot have had the prompt may have it when it is there again.
    [[nodiscard]] Outcome died(const std::string& details = {}) const
    {
        if (maybe_sent_) return agent_died(details);
        throw Error(Code::unavailable, details.empty() ? "the agent died before it had the prompt" : details);
    }

    Outcome stopped()
    {
        if (!request_.left_at_stop || !request_.left_at_stop())
            return concluded(abandoned(Kind::cancelled, "the turn was stopped"));
        teller_.tell(true);
        return {.kind = Kind::cancelled, .reason = "left"};
    }

    /// Ends what the agent is doing. What it had finished before counts.
    Outcome abandoned(Kind kind, const std::string& why, std::string_view reason = {})
    {
        const auto answer = maybe_sent_ ? aborted() : Answer();
        const bool finished = answer.complete && !answer.error && !answer.finish.empty();
        return finished ? outcome_of(answer) : given_up(kind, answer, why, reason);
    }

    Answer aborted()
    {
        stop_ = {}; // it has been heard
        Answer answer;
        try {
            client_->abort(request_.session, longest_abort);
            answer = last_answer();
            reject_requests(); // not before: it would be rejected, not aborted
        } catch (const Error&) {
            unreachable_ = true; // and has nothing left to abort
        }
        return answer;
    }

    /// When the session is idle, or does not become so.
    Answer last_answer()
    {
        Answer answer;
        for (const auto until = Clock::now() + longest_abort; Clock::now() < until;
             hear(Clock::now() + 50ms)) {
            if (client_->statuses().has(request_.session)) continue;
            answer = transcript_.answer(stop_);
            if (!answer.begun || answer.complete || answer.error) break;
        }
        return answer;
    }

    Outcome concluded(Outcome outcome)
    {
        const bool nobody_there =
            unreachable_ || outcome.reason == "agent_died" || outcome.reason == "refused";
        if (handed_over_ && !nobody_there) last_words(outcome.kind);
        teller_.tell(true);
        for (auto* words : {&outcome.error, &outcome.hint, &outcome.text})
            *words = teller_.cleaned(std::move(*words));
        auto files = teller_.files();
        files.insert(outcome.files_changed.begin(), outcome.files_changed.end());
        outcome.files_changed.assign(files.begin(), files.end());
        return outcome;
    }

    /// The stream may be a moment behind the state, or be gone: what has ended is told to its end.
    void last_words(Kind kind)
    {
        stop_ = {};
        const auto until = Clock::now() + soon;
        while (stream_.connected() && Clock::now() < until && !teller_.told_idle()) hear(until);
        try {
            teller_.learn(transcript_.turn(stop_));
        } catch (const Error&) { // it has gone meanwhile: what it said is all there is
        }
        if (kind != Kind::needs_input)
            teller_.take_as("session.status", "status", Json::object({{"type", "idle"}}));
    }

    const TurnRequest& request_;
    std::stop_token stop_;
    Clients::Loan client_;
    Transcript transcript_;
    Teller teller_;
    Answering answering_;

    const Clock::time_point begun_ = Clock::now();
    std::optional<Clock::time_point> handed_over_{}; ///< when the agent had the prompt
    bool maybe_sent_ = false;                        ///< true from the moment that it may have it
    bool sent_again_ = false;
    std::optional<Diagnosis> error_heard_{};

    bool greeted_ = false;               ///< the stream has begun, or cannot
    bool behind_ = false;                ///< events were missed
    Clock::time_point look_at_ = begun_; ///< when to look at the state next
    Clock::time_point alive_at_ = begun_;
    Clock::time_point progress_at_ = begun_;
    Clock::time_point retry_at_ = begun_; ///< when the agent will ask its model again
    std::optional<Clock::time_point> idle_since_{};
    std::optional<Clock::time_point> waiting_since_{}; ///< for somebody to answer
    std::optional<Clock::time_point> trouble_since_{}; ///< that the agent does not answer
    milliseconds pause_{};
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
