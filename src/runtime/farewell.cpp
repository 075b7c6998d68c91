#include "runtime/farewell.hpp"

#include "http/client.hpp"
#include "util/error.hpp"

namespace skerry::runtime {
namespace {

std::string say_to(int port, const Farewell& farewell, std::stop_token stop)
{
    try {
        http::Client client({.port = port, .user = farewell.user, .password = farewell.password});
        const auto answer = client.request("POST", farewell.path, {}, stop, {.timeout = farewell_timeout});
        return "HTTP " + std::to_string(answer.status);
    } catch (const Error& error) { // a service that cannot answer any more is ended all the same
        return error.what();
    }
}

} // namespace

FarewellCall::FarewellCall(int port, Farewell farewell)
    : thread_([this, port, farewell = std::move(farewell)](std::stop_token stop) {
          outcome_ = say_to(port, farewell, stop);
          done_ = true;
      })
{
}

} // namespace skerry::runtime
