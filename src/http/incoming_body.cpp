#include "http/incoming_body.hpp"

#include "util/clock.hpp"

namespace skerry::http {
namespace {

constexpr std::size_t slowest_sending = 16; // bytes in a millisecond
constexpr std::size_t most_unread = 256U << 10U;

} // namespace

IncomingBody::IncomingBody(Incoming& client, const RequestHead& head)
    : client_(client), largest_(client.surroundings().options.largest_body),
      length_(head.chunked ? std::nullopt : std::optional(head.length)),
      decoder_(head.chunked ? BodyDecoder::of_chunks() : BodyDecoder::of_length(head.length)),
      is_awaited_(head.expects_continue)
{
}

bool IncomingBody::read(std::string& piece)
{
    if (refusal_ != 0) fail(refusal_, Code::cancelled, "the body has ended early");
    if (!begun_) begin();
    for (;;) {
        const auto step = decoder_.take(client_.input(), piece);
        if (step == BodyDecoder::Step::ended) return false;
        if (step == BodyDecoder::Step::broken)
            fail(400, Code::bad_request, "the body's chunks are malformed");
        const auto taken = step == BodyDecoder::Step::piece ? piece.size() : 0;
        received_ += taken;
        deadline_ += static_cast<std::int64_t>(taken / slowest_sending);
        if (received_ > largest_ || decoder_.left() > largest_ - received_)
            fail(413, Code::too_large, "the body is too large");
        if (taken > 0) return true;
        wait_for_more();
    }
}

void IncomingBody::begin()
{
    begun_ = true;
    deadline_ = monotonic_now() + client_.surroundings().options.body_time.count();
    if (is_awaited_ && client_.input().empty() && !client_.write("HTTP/1.1 100 Continue\r\n\r\n"))
        fail(499, Code::cancelled, "the client has gone");
    is_awaited_ = false;
}

void IncomingBody::wait_for_more()
{
    deadline_ = client_.within_patience(deadline_);
    switch (client_.receive(deadline_)) {
    case Incoming::Received::bytes: return;
    case Incoming::Received::late: fail(408, Code::timeout, "the body did not come in time");
    case Incoming::Received::gone: fail(499, Code::cancelled, "the client has gone");
    }
}

void IncomingBody::fail(int status, Code code, const char* message)
{
    refusal_ = status;
    throw Error(code, message);
}

bool IncomingBody::finish()
{
    if (refusal_ != 0 || (is_awaited_ && !decoder_.ended())) return false;
    std::string unread;
    for (std::size_t total = 0; total <= most_unread; total += unread.size()) {
        unread.clear();
        const auto step = decoder_.take(client_.input(), unread);
        if (step == BodyDecoder::Step::ended) return true;
        if (step == BodyDecoder::Step::broken) return false;
        if (step == BodyDecoder::Step::hungry && client_.receive(0) != Incoming::Received::bytes)
            return false;
    }
    return false;
}

} // namespace skerry::http
