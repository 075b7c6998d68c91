#pragma once

#include "api/field.hpp"

#include <array>
#include <cstddef>

namespace skerry::cli {

/// The fields of both, in order.
template <std::size_t A, std::size_t B> constexpr std::array<api::Field, A + B>
joined(const std::array<api::Field, A>& a, const std::array<api::Field, B>& b)
{
    std::array<api::Field, A + B> all{};
    for (std::size_t i = 0; i < A; ++i) all[i] = a[i];
    for (std::size_t i = 0; i < B; ++i) all[A + i] = b[i];
    return all;
}

} // namespace skerry::cli
