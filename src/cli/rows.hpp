#pragma once

#include "cli/command.hpp"

#include <vector>

/// The rows of each group of commands; commands.cpp puts them together.
namespace skerry::cli {

std::vector<Command> project_commands();
std::vector<Command> service_commands(); ///< of a project, as they run
std::vector<Command> session_commands();
std::vector<Command> prompt_commands();
std::vector<Command> conversation_commands(); ///< begun, forked, deleted, read
std::vector<Command> line_commands();         ///< prompts that wait
std::vector<Command> usage_commands();
std::vector<Command> secret_commands();
std::vector<Command> model_commands();
std::vector<Command> attach_commands();
std::vector<Command> request_commands();     ///< what agents wait for
std::vector<Command> history_commands();     ///< what turns changed
std::vector<Command> job_commands();         ///< looking at jobs
std::vector<Command> job_control_commands(); ///< steering them
std::vector<Command> exec_commands();        ///< jobs run, jobs add
std::vector<Command> job_type_commands();    ///< jobs types
std::vector<Command> job_upkeep_commands();  ///< stats, prune, export, import
std::vector<Command> schedule_commands();
std::vector<Command> asset_commands();
std::vector<Command> user_commands();
std::vector<Command> login_commands();
std::vector<Command> token_commands();
std::vector<Command> worker_commands();
std::vector<Command> serve_commands();
std::vector<Command> image_commands();
std::vector<Command> resource_commands(); ///< projects stats
std::vector<Command> gc_commands();
std::vector<Command> machine_commands(); ///< templates, doctor, config
std::vector<Command> help_commands();    ///< help, completion, version, manual
std::vector<Command> hidden_commands();  ///< what skerry starts of itself

} // namespace skerry::cli
