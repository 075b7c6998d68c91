#pragma once

#include "api/json.hpp"
#include "app/paths.hpp"
#include "util/clock.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Keys that agents need, each in a file of its own that only its owner can read (0600). Never in the
/// database, whose copies lie in more places.
namespace skerry::secrets {

struct Secret {
    std::string name; ///< of the variable: "OPENAI_API_KEY"; or of the provider that a login is for
    std::string kind; ///< "variable" or "login"
    Time set_at = 0;
};
/// {name, kind, setAt}
api::Json to_json(const Secret& secret);

using Variables = std::vector<std::pair<std::string, std::string>>;

/// Replaces one of that name. Throws Error bad_request for a name that no variable can have or that is not to
/// be had, and for a value that is empty or no text.
/// Throws Error bad_request when no secret may have that name.
void check_name(const std::string& name);
void set(const Paths& paths, const std::string& name, const std::string& value);
/// Variables and logins by name; never their values.
std::vector<Secret> list(const Paths& paths);
/// A variable or a login. Throws Error not_found.
void remove(const Paths& paths, const std::string& name);

/// What is added to an agent's environment: the variables and the logins.
Variables environment(const Paths& paths);
/// Every value that must not be shown, for taking it out of what agents say.
std::vector<std::string> values(const Paths& paths);

} // namespace skerry::secrets
