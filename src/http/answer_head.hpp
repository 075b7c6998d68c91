#pragma once

#include "http/answer_writer.hpp"

#include <string>

namespace skerry::http {

/// The lines before the body of an answer that is there as a whole, or of a feed, with the empty line. The
/// answer's headers and type must be lines.
std::string answer_head(const Response& answer, const Manner& manner);

} // namespace skerry::http
