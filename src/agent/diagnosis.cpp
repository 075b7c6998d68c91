#include "agent/diagnosis.hpp"

#include "util/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace skerry::agent {

namespace {

struct Sign {
    std::string_view words; ///< in lower case
    Fault fault;
};

// The first that is found decides: the particular before the general.
constexpr std::array<Sign, 31> signs{{
    {"all fibers interrupted", Fault::aborted},
    {"context length", Fault::context},
    {"context window", Fault::context},
    {"context_length", Fault::context},
    {"maximum context", Fault::context},
    {"prompt is too long", Fault::context},
    {"too many tokens", Fault::context},
    {"rate limit", Fault::rate_limit},
    {"rate_limit", Fault::rate_limit},
    {"too many requests", Fault::rate_limit},
    {"quota", Fault::rate_limit},
    {"429", Fault::rate_limit},
    {"api key", Fault::auth},
    {"unauthorized", Fault::auth},
    {"forbidden", Fault::auth},
    {"authentication", Fault::auth},
    {"credential", Fault::auth},
    {"401", Fault::auth},
    {"model not found", Fault::model},
    {"modelnotfound", Fault::model},
    {"providernotfound", Fault::model},
    {"does not exist", Fault::model},
    {"econnre", Fault::network},
    {"unable to connect", Fault::network},
    {"connection", Fault::network},
    {"socket", Fault::network},
    {"timed out", Fault::network},
    {"timeout", Fault::network},
    {"fetch failed", Fault::network},
    {"overloaded", Fault::network},
    {"enotfound", Fault::network},
}};

std::string lower(std::string_view text)
{
    std::string result(text);
    for (auto& letter : result) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    return result;
}

Fault fault_in(std::string_view message)
{
    const auto text = lower(message);
    const auto* sign = std::find_if(signs.begin(), signs.end(), [&](const Sign& one) {
        return text.find(one.words) != std::string::npos;
    });
    return sign == signs.end() ? Fault::unknown : sign->fault;
}

std::optional<Fault> fault_of_status(std::int64_t status)
{
    if (status == 401 || status == 403) return Fault::auth;
    if (status == 404) return Fault::model;
    if (status == 413) return Fault::context;
    if (status == 429) return Fault::rate_limit;
    if (status == 408 || status >= 500) return Fault::network;
    return std::nullopt;
}

std::optional<Fault> fault_of_name(std::string_view name)
{
    if (name == "ProviderAuthError") return Fault::auth;
    if (name == "MessageAbortedError") return Fault::aborted;
    if (name == "ContextOverflowError" || name == "MessageOutputLengthError") return Fault::context;
    if (name == "ContentFilterError" || name == "StructuredOutputError") return Fault::model;
    return std::nullopt;
}

std::string_view hint_for(Fault fault) noexcept
{
    switch (fault) {
    case Fault::auth: return "check the key of the model's provider";
    case Fault::model: return "check the name of the model, or choose another one";
    case Fault::rate_limit: return "wait a while, or choose another model";
    case Fault::context: return "begin a new session, or ask for less at once";
    case Fault::network: return "check that the model's provider can be reached and works, then try again";
    case Fault::aborted:
    case Fault::unknown: break;
    }
    return {};
}

/// The message without the stack of calls that some errors carry.
std::string plain(std::string_view message)
{
    return one_line(trim(message.substr(0, message.find("\n    at "))), 500);
}

Diagnosis made(Fault fault, std::string_view message)
{
    auto text = plain(message);
    if (text.empty()) text = "the agent reported an error without a message";
    return {fault, text, std::string(hint_for(fault))};
}

} // namespace

std::string_view name_of(Fault fault) noexcept
{
    switch (fault) {
    case Fault::auth: return "auth";
    case Fault::model: return "model";
    case Fault::rate_limit: return "rate_limit";
    case Fault::context: return "context";
    case Fault::network: return "network";
    case Fault::aborted: return "aborted";
    case Fault::unknown: break;
    }
    return "unknown";
}

Diagnosis diagnose(const api::Json& error)
{
    const auto& data = error["data"];
    const auto message = data["message"].view();
    if (const auto fault = fault_of_name(error["name"].view())) return made(*fault, message);
    if (const auto fault = fault_of_status(data["statusCode"].number())) return made(*fault, message);
    return made(fault_in(message), message);
}

/// Only what the provider is to blame for is tried again.
Diagnosis diagnose_retry(std::string_view message)
{
    const auto fault = fault_in(message);
    return made(fault == Fault::unknown ? Fault::network : fault, message);
}

api::Json to_json(const Diagnosis& diagnosis)
{
    auto json = api::Json::object({{"class", name_of(diagnosis.fault)}, {"message", diagnosis.message}});
    if (!diagnosis.hint.empty()) json.set("hint", diagnosis.hint);
    return json;
}

} // namespace skerry::agent
