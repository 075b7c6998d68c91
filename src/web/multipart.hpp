#pragma once

#include "http/request.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace skerry::web {

/// The boundary that a content type names; nothing when it is not multipart/form-data, or names none.
std::optional<std::string> boundary_in(std::string_view content_type);

/// One part of a form: a field, or a file when it has a file name.
struct FormPart {
    std::string name{};
    std::optional<std::string> file_name{};
};
/// What the lines before a part's content say. Throws Error bad_request when they name no field.
FormPart parse_part(std::string_view head);

/// A form as browsers send it with files (multipart/form-data), read while it comes: never more of it is held
/// than a piece. Throws Error bad_request for what is none, and what Body::read throws.
class Multipart {
public:
    Multipart(http::Body& body, const std::string& boundary);

    /// The next part, whatever of the one before has not been read; nothing behind the last.
    std::optional<FormPart> next();
    /// The next piece of the part's content, in place of what `piece` holds; false at its end.
    bool read(std::string& piece);
    /// All of a field's content. Throws Error too_large beyond `largest` bytes.
    std::string text(std::size_t largest);

private:
    bool fill();
    std::string take_head();

    http::Body& body_;
    const std::string delimiter_; ///< "\r\n--boundary"
    std::string buffer_;
    bool in_part_ = true; ///< at first in what stands before the first boundary, which is for nobody
    bool ended_ = false;  ///< the closing boundary has been seen
};

} // namespace skerry::web
