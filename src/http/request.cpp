#include "http/request.hpp"

#include "util/error.hpp"

namespace skerry::http {
namespace {

class GivenBody final : public Body {
public:
    explicit GivenBody(std::string text) : text_(std::move(text)), length_(text_.size()) {}

    bool read(std::string& piece) override
    {
        piece = std::exchange(text_, {});
        return !piece.empty();
    }
    [[nodiscard]] std::optional<std::size_t> length() const noexcept override { return length_; }

private:
    std::string text_;
    std::size_t length_;
};

} // namespace

std::shared_ptr<Body> given_body(std::string text)
{
    return std::make_shared<GivenBody>(std::move(text));
}

std::string whole_body(const Request& request, std::size_t largest)
{
    const auto refuse = [&] {
        throw Error(Code::too_large, "the body may have at most " + std::to_string(largest) + " bytes");
    };
    std::string whole;
    std::string piece;
    if (!request.body) return whole;
    if (request.body->length().value_or(0) > largest) refuse();
    while (request.body->read(piece)) {
        if (piece.size() > largest - whole.size()) refuse();
        whole += piece;
    }
    return whole;
}

} // namespace skerry::http
