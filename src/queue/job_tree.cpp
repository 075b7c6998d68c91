#include "queue/job_tree.hpp"

#include "queue/job_store.hpp"
#include "queue/statements.hpp"

#include <set>

namespace skerry::queue {
namespace {

std::vector<JobId> ids_in(db::Query row)
{
    std::vector<JobId> ids;
    while (row.next()) ids.push_back(row.number(0));
    return ids;
}

/// `seen` keeps a job that was done again by hand after its twin from being its own ancestor.
JobTree grow(db::Connection& db, Job job, std::set<JobId>& seen)
{
    JobTree tree{std::move(job)};
    for (const auto id : children_of(db, tree.job.id)) {
        if (seen.size() >= most_in_tree) break;
        auto child = seen.insert(id).second ? find(db, id) : std::nullopt;
        if (child) tree.next.push_back(grow(db, *std::move(child), seen));
    }
    return tree;
}

JobTree grow(db::Connection& db, Job root)
{
    std::set<JobId> seen{root.id};
    return grow(db, std::move(root), seen);
}

Job first_of_chain(db::Connection& db, Job job)
{
    std::set<JobId> seen{job.id};
    while (job.parent && seen.size() < most_in_tree && seen.insert(*job.parent).second) {
        auto parent = find(db, *job.parent);
        if (!parent) break; // it was pruned
        job = *std::move(parent);
    }
    return job;
}

} // namespace

api::Json to_json(const JobTree& tree)
{
    auto children = api::Json::array();
    for (const auto& next : tree.next) children.push(to_json(next));
    return to_json(tree.job).set("children", children);
}

std::vector<JobId> children_of(db::Connection& db, JobId id)
{
    return ids_in({db, sql::children, id});
}

JobTree tree_of(db::Connection& db, JobId id)
{
    return grow(db, first_of_chain(db, require(db, id)));
}

std::vector<JobTree> trees_of_key(db::Connection& db, const std::string& key, int limit)
{
    std::vector<JobTree> trees;
    for (const auto id : ids_in({db, sql::roots, key, limit}))
        if (auto root = find(db, id)) trees.push_back(grow(db, *std::move(root)));
    return trees;
}

} // namespace skerry::queue
