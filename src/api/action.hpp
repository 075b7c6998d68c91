#pragma once

#include "api/caller.hpp"
#include "api/field.hpp"
#include "app/app.hpp"
#include "db/connection.hpp"

#include <span>
#include <string_view>
#include <type_traits>

namespace skerry::api {

/// What an action works with.
struct Context {
    App& app;
    db::Connection& db;
    Caller caller{}; ///< the terminal, unless said otherwise
};

/// Who may call an action over HTTP. The command line is the owner of the file and may all.
enum class Access { anyone, user, admin };

/// Something that can be asked for and changes things. Declared once; the command line, HTTP, OpenAPI and the
/// manual follow from the row.
struct Action {
    std::string_view name; ///< "projects.create": noun, dot, verb
    Access access;
    std::string_view summary;
    std::span<const Field> input;
    Json (*perform)(Context& context, const Json& input); ///< checks the input, then acts
};

namespace detail {

template <class> struct Signature;
template <class Output, class Input> struct Signature<Output (*)(Context&, const Input&)> {
    using Given = Input;
};

} // namespace detail

/// What the function of an action is given.
template <auto Function> using InputOf = typename detail::Signature<decltype(Function)>::Given;

/// action<create_project>("projects.create", Access::user, "Create a project")
/// The function takes (Context&, const Input&) and returns something that to_json() knows.
template <auto Function> Action action(std::string_view name, Access access, std::string_view summary)
{
    using Input = InputOf<Function>;
    return {name, access, summary, fields_of<Input>(), [](Context& context, const Json& input) {
                return to_json(Function(context, from_json<Input>(input)));
            }};
}

} // namespace skerry::api
