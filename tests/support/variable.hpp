#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace skerry::test {

/// Sets a variable of the environment for its lifetime. For tests with one thread.
class Variable {
public:
    Variable(const char* name, const std::string& value) : name_(name)
    {
        if (const char* before = std::getenv(name)) before_ = before; // NOLINT(concurrency-mt-unsafe)
        ::setenv(name, value.c_str(), 1);                             // NOLINT(concurrency-mt-unsafe)
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable()
    {
        if (before_)
            ::setenv(name_, before_->c_str(), 1); // NOLINT(concurrency-mt-unsafe)
        else
            ::unsetenv(name_); // NOLINT(concurrency-mt-unsafe)
    }

private:
    const char* name_;
    std::optional<std::string> before_;
};

} // namespace skerry::test
