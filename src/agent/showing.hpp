#pragma once

#include "api/json.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What may be stored and shown of what an agent says.
namespace skerry::agent {

constexpr std::size_t shortest_secret = 6; ///< bytes; a shorter one would mask ordinary text

/// Replaces credentials in texts: the known ones that are long enough, and what looks like a provider's key.
class Redaction {
public:
    explicit Redaction(std::vector<std::string> secrets = {});

    [[nodiscard]] std::string of(std::string text) const;
    /// All texts in `value`; members whose name says that they hold a credential lose their value.
    [[nodiscard]] api::Json of(const api::Json& value) const;
    /// Up to where `text` may be shown, which is to be continued: behind it a credential may have begun that
    /// is not there as a whole yet. What stands before `from` has been shown.
    [[nodiscard]] std::size_t certain_until(std::string_view text, std::size_t from) const;

private:
    [[nodiscard]] bool may_become_secret(std::string_view rest) const;
    [[nodiscard]] std::size_t secret_at(std::string_view rest) const;

    std::vector<std::string> secrets_; ///< the longest first: one may be the beginning of another
};

/// `value` with its texts cut to `text_bytes` each, and with few enough members and levels to be stored.
api::Json clipped(const api::Json& value, std::size_t text_bytes);

/// At most about `bytes` bytes of `text`: its beginning and its end, which says how a command ended.
std::string without_middle(std::string_view text, std::size_t bytes);

/// `path` relative to `folder`, or as it is when it lies elsewhere.
std::string relative_to(const std::string& folder, const std::string& path);

} // namespace skerry::agent
