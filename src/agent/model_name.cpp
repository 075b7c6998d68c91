#include "agent/model_name.hpp"

#include "util/error.hpp"
#include "util/text.hpp"

namespace skerry::agent {

ModelName parse_model(std::string_view text)
{
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) {
        throw Error(Code::bad_request, "not a model: \"" + one_line(text, 80) + "\"",
                    {.hint = "name it as provider/model, for example demo/scripted",
                     .fields = {{"model", "must be provider/model"}}});
    }
    return {std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

} // namespace skerry::agent
