#pragma once

#include "http/request.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace skerry::http {

/// The lines before a request's body, understood and checked: whatever could be read in two ways is refused.
struct RequestHead {
    int refusal = 0; ///< the status to refuse it with, and nothing else here counts; 0 when it is good
    Request request; ///< without its body
    std::size_t length = 0;
    bool chunked = false;
    bool keep_alive = true;
    bool expects_continue = false;
    bool version_1_0 = false; ///< its client knows no chunks
};

inline constexpr std::size_t largest_head = 16U << 10U;

/// `text` ends with the empty line. A body that is announced as larger than `largest_body` is refused.
RequestHead parse_head(std::string_view text, std::size_t largest_body);

/// "a%20b" as "a b"; nothing for a broken escape or a control character, even an escaped one.
std::optional<std::string> percent_decoded(std::string_view text);

} // namespace skerry::http
