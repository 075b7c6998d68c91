#pragma once

#include "api/json.hpp"

#include <string>

namespace skerry::test {

/// A chat-completions request, put together message by message.
class Chat {
public:
    Chat() { add("system", "You are a coding agent."); }

    Chat& add(const std::string& role, const std::string& text)
    {
        messages_.push(api::Json::object({{"role", role}, {"content", text}}));
        return *this;
    }
    Chat& user(const std::string& text) { return add("user", text); }
    /// One step of the model that called a tool, and what the tool answered.
    Chat& step(const std::string& result) { return add("assistant", "").add("tool", result); }
    Chat& without_tools()
    {
        tools_ = api::Json::array();
        return *this;
    }

    [[nodiscard]] api::Json request(bool stream = false) const
    {
        return api::Json::object(
            {{"model", "scripted"}, {"stream", stream}, {"messages", messages_}, {"tools", tools_}});
    }

private:
    static api::Json all_tools()
    {
        auto tools = api::Json::array();
        for (const auto* name : {"bash", "edit", "read", "write"})
            tools.push(
                api::Json::object({{"type", "function"}, {"function", api::Json::object({{"name", name}})}}));
        return tools;
    }

    api::Json messages_ = api::Json::array();
    api::Json tools_ = all_tools();
};

} // namespace skerry::test
