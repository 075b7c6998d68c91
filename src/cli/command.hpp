#pragma once

#include "api/field.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace skerry::cli {

class Call;

struct Example {
    std::string_view line; ///< what to type
    std::string_view what; ///< what it does
};

/// Which of the common options a command takes beside its own.
enum class Common {
    none,
    work,  ///< it starts work: --wait, --follow, --timeout, --local, --no-local
    job,   ///< it adds a job with a --timeout of its own: --wait, --follow, --wait-timeout, --local ...
    waits, ///< it always waits: --timeout, --local, --no-local
};

/// One command: declared once, as a row. The parser, the help, the manual and the completions follow from it.
struct Command {
    std::string_view noun;   ///< one word, or two: "jobs types"
    std::string_view verb{}; ///< empty: the noun alone is the command
    std::string_view summary;
    std::string_view details{}; ///< paragraphs between empty lines
    std::vector<Example> examples{};
    std::span<const api::Field> input{};
    Common common = Common::none;
    bool asks = false;                 ///< takes --yes
    std::string_view standard_input{}; ///< the field that "-" reads from standard input
    std::string_view action{};         ///< the action it is
    bool hidden = false;
    int (*run)(Call& call) = nullptr; ///< returns the exit status
};

/// What the commands of one noun have in common, for help and manual.
struct Noun {
    std::string_view name;
    std::string_view summary;
};

/// All commands in the order of the help.
std::span<const Command> commands();
/// The nouns that have verbs.
std::span<const Noun> nouns();

/// "projects create"
std::string full_name(const Command& command);

} // namespace skerry::cli
