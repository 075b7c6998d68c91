#pragma once

#include "api/json.hpp"
#include "cli/exit_status.hpp"
#include "cli/terminal.hpp"

#include <string>

namespace skerry::cli {

/// Shows a list in the form that was asked for: an array, ids, or what `table_of(stream)` gives.
template <class Things, class IdOf, class TableOf>
int show_list(Terminal& terminal, const Things& things, const IdOf& id_of, const TableOf& table_of)
{
    if (terminal.json) {
        auto array = api::Json::array();
        for (const auto& thing : things) array.push(to_json(thing));
        terminal.print(array.dump(terminal.out.is_terminal()));
    } else if (terminal.quiet) {
        for (const auto& thing : things) terminal.print(id_of(thing));
    } else {
        terminal.out.write(table_of(terminal.out));
    }
    return status::done;
}

} // namespace skerry::cli
