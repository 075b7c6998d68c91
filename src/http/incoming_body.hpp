#pragma once

#include "http/body_decoder.hpp"
#include "http/incoming.hpp"
#include "util/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::http {

/// The body of the request that `client` has asked; it is sent for when it is first pulled.
class IncomingBody final : public Body {
public:
    /// Of a good head that announces a body.
    IncomingBody(Incoming& client, const RequestHead& head);

    bool read(std::string& piece) override;
    [[nodiscard]] std::optional<std::size_t> length() const noexcept override { return length_; }

    /// Throws away what is there already and was not asked for. Whether the next request begins there.
    bool finish();

    /// What a read has ended with: the status to refuse the request with, 499 when there is nobody to tell;
    /// 0 while all is well.
    [[nodiscard]] int refusal() const noexcept { return refusal_; }

private:
    void begin();
    void wait_for_more();
    [[noreturn]] void fail(int status, Code code, const char* message);

    Incoming& client_;
    const std::size_t largest_;
    const std::optional<std::size_t> length_;
    BodyDecoder decoder_;
    bool is_awaited_; ///< the client sends nothing until it is told to
    bool begun_ = false;
    std::size_t received_ = 0;
    std::int64_t deadline_ = 0; ///< by the monotonic clock
    int refusal_ = 0;
};

} // namespace skerry::http
