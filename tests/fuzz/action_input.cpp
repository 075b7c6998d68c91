#include "auth/signing_actions.hpp"
#include "auth/user_actions.hpp"
#include "fuzz/inhabited_site.hpp"
#include "fuzz/property.hpp"
#include "http/headers.hpp"
#include "secrets/secret_actions.hpp"
#include "util/error.hpp"
#include "util/text.hpp"
#include "web/action_route.hpp"

#include <algorithm>
#include <optional>

/// The bytes: the name of an action, a line break, and the body that it is asked with. The action is
/// performed on a database that then forgets it. Whatever stands there is an answer or a refusal that says
/// what is wrong.
namespace skerry::fuzz {
namespace {

InhabitedSite& inhabited()
{
    static InhabitedSite site;
    return site;
}

template <auto Function> void read_input(const api::Json& input)
{
    api::from_json<api::InputOf<Function>>(input);
}

/// Actions that hash passwords, which is slow on purpose, or write files: only their input is read.
struct OnlyRead {
    std::string_view name;
    void (*read)(const api::Json& input);
};
constexpr OnlyRead only_read[] = {
    {"setup.create_admin", read_input<auth::create_admin>},
    {"auth.login", read_input<auth::log_in>},
    {"auth.change_password", read_input<auth::change_password>},
    {"users.add", read_input<auth::add_user>},
    {"users.set-password", read_input<auth::set_password>},
    {"secrets.set", read_input<secrets::set_secret>},
    {"secrets.delete", read_input<secrets::delete_secret>},
    {"secrets.import_auth", read_input<secrets::import_logins>},
};

/// The action of that name; for another name one of them all the same.
const api::Action& action_for(const std::string& name)
{
    const auto actions = program::actions();
    const auto found = std::find_if(actions.begin(), actions.end(),
                                    [&](const api::Action& one) { return one.name == name; });
    if (found != actions.end()) return *found;
    return actions[name.empty() ? 0 : static_cast<unsigned char>(name[0]) % actions.size()];
}

http::Response perform(const api::Action& action, const std::string& body)
{
    auto& site = inhabited();
    http::Request request{.headers = {{"Content-Type", "application/json"}}, .body = http::given_body(body)};
    if (web::may_have_key(action)) request.headers.emplace_back("Idempotency-Key", "k1");
    web::Visit visit{site.site, request, {site.site.app, site.opened->db, site.caller}};
    return web::perform(visit, action);
}

/// What is asked for twice with one key is done once; an action without keys is asked once.
void perform_repeatedly(const api::Action& action, const std::string& body)
{
    const db::Transaction forgotten(inhabited().opened->db);
    const auto answer = perform(action, body);
    require(api::Json::try_parse(answer.body).has_value(), "an answer is JSON");
    if (web::may_have_key(action))
        require(perform(action, body).body == answer.body, "a repeated request gets the first one's answer");
}

/// The Error that the action throws; nothing when it throws none.
std::optional<Error> refusal_of(const api::Action& action, const std::string& body)
{
    const auto* only = std::find_if(std::begin(only_read), std::end(only_read),
                                    [&](const OnlyRead& one) { return one.name == action.name; });
    try {
        if (only == std::end(only_read))
            perform_repeatedly(action, body);
        else
            only->read(api::Json::parse(body));
        return std::nullopt;
    } catch (const Error& refusal) {
        return refusal;
    }
}

bool declares(const api::Action& action, std::string_view name)
{
    return std::any_of(action.input.begin(), action.input.end(),
                       [&](const api::Field& field) { return field.name == name; });
}

bool names(const Error& refusal, const std::string& field)
{
    return std::any_of(refusal.fields().begin(), refusal.fields().end(),
                       [&](const FieldError& one) { return one.field == field; });
}

/// Every member that the action does not know is named, of which 20 at most.
void check_unknown(const api::Action& action, const api::Json& input, const std::optional<Error>& refusal)
{
    std::size_t told = 0;
    for (const auto& member : input.members())
        if (!declares(action, member.name) && ++told <= 20)
            require(refusal && refusal->code() == Code::bad_request &&
                        names(*refusal, one_line(member.name, 80)),
                    "an unknown member is named");
}

void check(const std::string& bytes)
{
    const auto line = bytes.find('\n');
    const auto body = line == std::string::npos ? std::string() : bytes.substr(line + 1);
    const auto& action = action_for(bytes.substr(0, line));
    const auto refusal = refusal_of(action, body);
    if (refusal) {
        require(refusal->code() != Code::internal, "no input breaks something inside");
        for (const auto& [field, message] : refusal->fields())
            require(http::is_line(field) && !message.empty(), "a fault has its field and its reason");
    }
    const auto input = api::Json::try_parse(body);
    if (!input && !body.empty())
        require(refusal && refusal->code() == Code::bad_request, "what is no JSON is refused");
    if (input) check_unknown(action, *input, refusal);
}

} // namespace
} // namespace skerry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    skerry::fuzz::check(std::string(reinterpret_cast<const char*>(data), size));
    return 0;
}
