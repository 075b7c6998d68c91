#pragma once

#include <cstdio>
#include <cstdlib>
#include <fuzzer/FuzzedDataProvider.h>
#include <string>
#include <string_view>

/// What the programs of this folder share. Each has one LLVMFuzzerTestOneInput, which gets bytes as a
/// stranger could send them; what does not hold for them ends the program, and libFuzzer keeps the bytes.
namespace skerry::fuzz {

/// What must hold for every input.
inline void require(bool holds, const char* property)
{
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", property);
    std::abort();
}

/// The bytes in pieces whose sizes `cuts` decides, as a network may deliver them. The sizes are none of the
/// bytes' business: they begin anew when they are used up.
class Pieces {
public:
    Pieces(std::string_view bytes, std::string_view cuts) : bytes_(bytes), cuts_(cuts) {}

    [[nodiscard]] bool ended() const noexcept { return bytes_.empty(); }
    std::string_view next()
    {
        const auto size = cuts_.empty() ? bytes_.size() : 1U + static_cast<unsigned char>(cuts_[used_]);
        if (!cuts_.empty()) used_ = (used_ + 1) % cuts_.size();
        const auto piece = bytes_.substr(0, size);
        bytes_.remove_prefix(piece.size());
        return piece;
    }

private:
    std::string_view bytes_;
    std::string_view cuts_;
    std::size_t used_ = 0;
};

} // namespace skerry::fuzz
