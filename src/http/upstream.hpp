#pragma once

#include "http/body_decoder.hpp"
#include "http/headers.hpp"
#include "http/request.hpp"
#include "util/descriptor.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace skerry::http {

/// The head of a server's answer.
struct UpstreamHead {
    int status = 0;
    Headers headers{};
};

/// A connection to a server on this machine for one request, made on behalf of a client: every wait ends when
/// that client goes. Throws Error: unavailable when nobody answers, timeout, cancelled.
class Upstream {
public:
    Upstream(const Request& client, int port);

    /// False when the server takes no more; it may have answered all the same.
    bool write(std::string_view bytes);
    /// The head of the answer, which has to be there before `time` is over.
    UpstreamHead read_head(std::chrono::milliseconds time);
    /// The next piece of its body; false at the end.
    bool read(std::string& piece, std::chrono::milliseconds silence);

private:
    void wait(short events, std::chrono::milliseconds time);
    bool receive(std::chrono::milliseconds time);
    [[nodiscard]] std::string where() const;

    int port_;
    std::function<Wait(int, short, std::chrono::milliseconds)> await_;
    Descriptor socket_;
    std::string input_;
    BodyDecoder body_ = BodyDecoder::of_the_rest();
};

} // namespace skerry::http
