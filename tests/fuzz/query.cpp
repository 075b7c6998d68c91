#include "fuzz/property.hpp"
#include "http/request_head.hpp"
#include "util/error.hpp"
#include "web/job_reads.hpp"
#include "web/paging.hpp"
#include "web/project_reads.hpp"
#include "web/session_reads.hpp"
#include "web/streams.hpp"

/// The bytes: what stands behind the "?" of an address, as the client wrote it. What is taken keeps to its
/// limits, what is refused is named, and a cursor that is taken is one that is given out.
namespace skerry::fuzz {
namespace {

template <class Options> void check_options(const http::Request& request)
{
    try {
        const auto options = api::to_json(web::read_query<Options>(request));
        for (const auto& [name, value] : request.query)
            require(options.has(name), "no unknown name is taken");
        require(api::to_json(api::from_json<Options>(options)) == options,
                "what is taken keeps to its limits");
    } catch (const Error& fault) {
        require(fault.code() == Code::bad_request && !fault.fields().empty(), "what is refused is named");
        for (const auto& [name, message] : fault.fields())
            require(http::is_line(name) && !message.empty(), "a fault has its field and its reason");
    }
}

template <class Parse> auto taken(const Parse& parse) -> std::optional<decltype(parse())>
{
    try {
        return parse();
    } catch (const Error& fault) {
        require(fault.code() == Code::bad_request && fault.fields().size() == 1, "a bad cursor is named");
        return std::nullopt;
    }
}

void check_cursors(const std::string& cursor)
{
    if (const auto place = taken([&] { return web::place_in(cursor); })) {
        const auto again = web::place_in(web::cursor_of(*place));
        require(place->time >= 0 && again.time == place->time && again.id == place->id,
                "a cursor leads back to its place");
    }
    if (const auto number = taken([&] { return web::number_in_cursor(cursor); }))
        require(*number >= 0 && web::number_in_cursor(std::to_string(*number)) == *number,
                "an offset is read as it is written");
}

void check(const std::string& query)
{
    const auto head = http::parse_head("GET /?" + query + " HTTP/1.1\r\nHost: a\r\n\r\n", 0);
    if (head.refusal != 0) return;
    check_options<web::Page>(head.request);
    check_options<web::EventsWanted>(head.request);
    check_options<web::StoredEventsWanted>(head.request);
    check_options<web::LogWanted>(head.request);
    check_options<web::JobsWanted>(head.request);
    check_options<web::ProjectsWanted>(head.request);
    check_options<web::SessionsWanted>(head.request);
    for (const auto& [name, value] : head.request.query) check_cursors(value);
}

} // namespace
} // namespace skerry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    skerry::fuzz::check(std::string(reinterpret_cast<const char*>(data), size));
    return 0;
}
