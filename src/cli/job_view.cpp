#include "cli/job_view.hpp"

#include "cli/display.hpp"
#include "util/text.hpp"

namespace skerry::cli {
namespace {

std::string number_or_none(std::int64_t number)
{
    return number == 0 ? "" : std::to_string(number);
}

std::string tries_of(const queue::Job& job)
{
    return std::to_string(job.attempt) + "/" + std::to_string(job.max_attempts);
}

std::string kinds_of(const std::vector<queue::FollowUp>& follow_ups)
{
    std::vector<std::string> kinds;
    for (const auto& next : follow_ups) kinds.push_back(next.kind);
    return join(kinds, ", ");
}

std::string numbers_of(const std::vector<queue::JobId>& ids)
{
    std::vector<std::string> numbers;
    for (const auto id : ids) numbers.push_back(std::to_string(id));
    return join(numbers, ", ");
}

std::string progress_of(const queue::Job& job)
{
    if (!job.progress) return "";
    constexpr double percent = 100;
    const auto& progress = *job.progress;
    std::string words;
    if (progress["fraction"].is_number())
        words = std::to_string(static_cast<int>(progress["fraction"].real() * percent)) + " % ";
    return words + progress["message"].text();
}

std::string log_of(const queue::Attempt& attempt)
{
    if (!attempt.log_from || !attempt.log_to) return "";
    return std::to_string(*attempt.log_from) + "-" + std::to_string(*attempt.log_to);
}

std::string attempt_table(const Stream& stream, const std::vector<queue::Attempt>& attempts)
{
    Table table({{"try", true},
                 {"outcome"},
                 {"began"},
                 {"took", true},
                 {"log", true, false, true, true},
                 {"worker", false, true, false, true},
                 {"error", false, true, true}});
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        const auto& attempt = attempts[i];
        table.add({std::to_string(i + 1),
                   state_cell(attempt.outcome.value_or("running")),
                   when(stream, attempt.started_at),
                   took(attempt.started_at, attempt.ended_at),
                   log_of(attempt),
                   attempt.worker,
                   {attempt.error.value_or(""), Paint::bad}});
    }
    return table.shown_on(stream);
}

/// For programs: the columns stay where they are.
std::string job_lines(const Stream& stream, const std::vector<queue::Job>& jobs, const Slugs& slugs)
{
    Table table({{"job"},
                 {"type"},
                 {"state"},
                 {"project"},
                 {"tries"},
                 {"created"},
                 {"error"},
                 {"queue"},
                 {"priority"},
                 {"name"}});
    for (const auto& job : jobs)
        table.add({std::to_string(job.id), job.kind, queue::shown(job.state),
                   slug_of(slugs, job.key.value_or("")), tries_of(job), when(stream, job.created_at),
                   job.error.value_or(""), job.queue, std::to_string(job.priority), job.name.value_or("")});
    return table.shown_on(stream);
}

/// Writes one tree, a line a job.
class TreeWriter {
public:
    explicit TreeWriter(const Stream& stream) : stream_(stream) {}

    void write(const queue::JobTree& tree, const std::string& before, const std::string& below)
    {
        const auto& job = tree.job;
        rows_.push_back({before + std::to_string(job.id) + " " + job.name.value_or(job.kind), &job});
        const bool goes_on = tree.next.empty() && !job.follow_ups.empty() &&
                             job.state != queue::State::dead && job.state != queue::State::cancelled;
        for (std::size_t i = 0; i < tree.next.size(); ++i) {
            const bool last = i + 1 == tree.next.size();
            write(tree.next[i], below + sign(last ? "└─ " : "├─ ", last ? "`- " : "|- "),
                  below + (last ? "   " : sign("│  ", "|  ")));
        }
        if (goes_on)
            rows_.push_back({below + sign("└─ ", "`- ") + "then " + kinds_of(job.follow_ups), nullptr});
    }

    [[nodiscard]] std::string text() const
    {
        std::size_t widest = 0;
        for (const auto& row : rows_) widest = std::max(widest, row.job ? display_width(row.name) : 0);
        std::string text;
        for (const auto& row : rows_) text += line(row, widest) + "\n";
        return text;
    }

private:
    struct Row {
        std::string name;
        const queue::Job* job; ///< null: one that is still to come
    };

    [[nodiscard]] std::string sign(const char* symbol, const char* plain) const
    {
        return stream_.shows_symbols() ? symbol : plain;
    }

    [[nodiscard]] std::string line(const Row& row, std::size_t widest) const
    {
        if (row.job == nullptr) return stream_.paint(Paint::faint, fit(row.name, stream_.width()));
        constexpr std::size_t state_width = 10;
        constexpr std::size_t gap = 2;
        const auto state = std::string(queue::shown(row.job->state));
        auto rest = row.job->state == queue::State::running ? took(row.job->started_at, now())
                                                            : took(row.job->started_at, row.job->finished_at);
        if (row.job->error) rest += (rest.empty() ? "" : "  ") + harmless_line(*row.job->error);
        const auto used = widest + gap + state_width + gap;
        const auto room = stream_.width() > used ? stream_.width() - used : 0;
        return padded(row.name, widest + gap) +
               stream_.paint(paint_of_state(state), padded(state, state_width + gap)) +
               stream_.paint(row.job->error ? Paint::bad : Paint::faint, fit(rest, room));
    }

    const Stream& stream_;
    std::vector<Row> rows_;
};

void add_lines(Table& table, const queue::JobTree& tree)
{
    const auto& job = tree.job;
    table.add({std::to_string(job.id), number_or_none(job.parent.value_or(0)), job.kind,
               queue::shown(job.state), tries_of(job), job.error.value_or("")});
    for (const auto& next : tree.next) add_lines(table, next);
}

} // namespace

std::string job_table(const Stream& stream, const std::vector<queue::Job>& jobs, const Slugs& slugs)
{
    if (!stream.is_terminal()) return job_lines(stream, jobs, slugs);
    Table table({{"job", true},
                 {"type", false, true},
                 {"name", false, true, true},
                 {"state"},
                 {"project", false, true, true},
                 {"queue", false, true, true, true},
                 {"priority", true, false, true, true},
                 {"tries", true},
                 {"created", false, false, false, true},
                 {"error", false, true, true}});
    for (const auto& job : jobs)
        table.add({{std::to_string(job.id), Paint::strong},
                   job.kind,
                   job.name.value_or(""),
                   state_cell(queue::shown(job.state)),
                   slug_of(slugs, job.key.value_or("")),
                   job.queue == "default" ? "" : job.queue,
                   number_or_none(job.priority),
                   tries_of(job),
                   {when(stream, job.created_at), Paint::faint},
                   {job.error.value_or(""), Paint::bad}});
    return table.shown_on(stream);
}

api::Json to_json(const JobStory& story)
{
    auto attempts = api::Json::array();
    for (std::size_t i = 0; i < story.attempts.size(); ++i)
        attempts.push(to_json(story.attempts[i]).set("number", i + 1));
    auto children = api::Json::array();
    for (const auto id : story.children) children.push(id);
    return to_json(story.job)
        .set("attempts", attempts)
        .set("explanation", to_json(story.explanation))
        .set("children", children);
}

std::string job_details(const Stream& stream, const JobStory& story)
{
    const auto& job = story.job;
    const bool waits = !queue::is_finished(job.state) && job.state != queue::State::running;
    const Details details{
        {"job", {std::to_string(job.id), Paint::strong}},
        {"name", job.name.value_or("")},
        {"type", job.kind},
        {"state", state_cell(queue::shown(job.state))},
        {"in detail", name_of(job.state) == queue::shown(job.state) ? "" : name_of(job.state)},
        {"story", story.explanation.sentence},
        {"progress", progress_of(job)},
        {"result", job.result ? job.result->dump() : ""},
        {"error", {job.error.value_or(""), Paint::bad}},
        {"project", story.key_name},
        {"queue", job.queue},
        {"priority", number_or_none(job.priority)},
        {"args", job.args.dump()},
        {"tries", std::to_string(job.attempt) + " of " + std::to_string(job.max_attempts)},
        {"crashes", number_or_none(job.crashes)},
        {"time limit", job.timeout ? for_people(*job.timeout) : ""},
        {"parent", number_or_none(job.parent.value_or(0))},
        {"led to", numbers_of(story.children)},
        {"then", story.children.empty() ? kinds_of(job.follow_ups) : ""},
        {"worker", job.worker.value_or("")},
        {"due", waits ? when(stream, job.run_at) : ""},
        {"created", when(stream, job.created_at)},
        {"began", when(stream, job.started_at.value_or(0))},
        {"finished", when(stream, job.finished_at.value_or(0))}};
    const auto text = shown(stream, details);
    if (story.attempts.empty() || !stream.is_terminal()) return text;
    return text + "\n" + attempt_table(stream, story.attempts);
}

std::string job_tree(const Stream& stream, const std::vector<queue::JobTree>& trees)
{
    if (!stream.is_terminal()) {
        Table table({{"job"}, {"parent"}, {"type"}, {"state"}, {"tries"}, {"error"}});
        for (const auto& tree : trees) add_lines(table, tree);
        return table.shown_on(stream);
    }
    TreeWriter writer(stream);
    for (const auto& tree : trees) writer.write(tree, "", "");
    return writer.text();
}

} // namespace skerry::cli
