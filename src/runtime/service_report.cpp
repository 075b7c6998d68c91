#include "runtime/service_report.hpp"

namespace skerry::runtime {
namespace {

State state_of(std::string_view name)
{
    for (const auto state : {State::starting, State::running, State::backing_off})
        if (name_of(state) == name) return state;
    return State::exited;
}

} // namespace

api::Json to_json(const ServiceReport& report)
{
    const auto& state = report.state;
    return api::Json::object({{"name", state.name},
                              {"state", name_of(state.state)},
                              {"pid", state.pid},
                              {"port", state.port},
                              {"restarts", state.restarts},
                              {"exitCode", state.exit_code},
                              {"since", state.since},
                              {"failure", report.failure}});
}

ServiceReport report_of(const api::Json& json)
{
    const auto number = [&](const char* name) { return static_cast<int>(json[name].number()); };
    ServiceReport report{{.name = json["name"].text(),
                          .state = state_of(json["state"].view()),
                          .pid = number("pid"),
                          .port = number("port"),
                          .restarts = number("restarts"),
                          .since = json["since"].number()},
                         json["failure"].text()};
    if (json["exitCode"].is_integer()) report.state.exit_code = number("exitCode");
    return report;
}

} // namespace skerry::runtime
