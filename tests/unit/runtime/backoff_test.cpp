#include "runtime/backoff.hpp"

#include <doctest/doctest.h>

using skerry::runtime::Backoff;

TEST_CASE("each crash makes the wait twice as long, up to a minute")
{
    Backoff backoff;
    for (const int seconds : {1, 2, 4, 8, 16, 32, 60, 60}) CHECK(backoff.after(500) == seconds * 1000);
}

TEST_CASE("a minute of health makes the wait short again")
{
    Backoff backoff;
    backoff.after(0);
    backoff.after(0);
    CHECK(backoff.after(59'999) == 4000);
    CHECK(backoff.after(60'000) == 1000);
    CHECK(backoff.after(0) == 2000);
}
