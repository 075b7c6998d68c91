#pragma once

#include "http/body_decoder.hpp"
#include "http/headers.hpp"
#include "http/request.hpp"
#include "util/descriptor.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace skerry::http {

/// The head of a server's answer.
struct UpstreamHead {
    int status = 0;
    Headers headers{};
};

/// A connection to a server on this machine for one request. Throws Error: unavailable when nobody answers,
/// timeout, cancelled.
class Upstream {
public:
    /// On behalf of a client: every wait ends when that client goes.
    Upstream(const Request& client, int port);
    /// To a server at a unix socket: every wait ends on stop. Throws Error as connect_to() does.
    Upstream(const std::filesystem::path& socket, std::stop_token stop);

    /// False when the server takes no more; it may have answered all the same.
    bool write(std::string_view bytes);
    /// The head of the answer, which has to be there before `time` is over.
    UpstreamHead read_head(std::chrono::milliseconds time);
    /// The next piece of its body; false at the end.
    bool read(std::string& piece, std::chrono::milliseconds silence);

    enum class Now { piece, nothing, ended };
    /// As read, but says that there is nothing yet instead of waiting for it.
    Now read_now(std::string& piece);
    /// Tells the server that nothing more will be written.
    void end_writing() noexcept;
    /// For poll(): readable when read_now() has something to do.
    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

private:
    void wait(short events, std::chrono::milliseconds time);
    enum class Received { bytes, nothing, end };
    Received receive_now();
    bool receive(std::chrono::milliseconds time);
    [[nodiscard]] const std::string& where() const noexcept { return where_; }

    std::string where_; ///< for people: "127.0.0.1:4096", the path of a socket
    std::function<Wait(int, short, std::chrono::milliseconds)> await_;
    Descriptor socket_;
    std::string input_;
    BodyDecoder body_ = BodyDecoder::of_the_rest();
};

} // namespace skerry::http
