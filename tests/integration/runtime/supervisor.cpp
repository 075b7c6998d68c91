#include "runtime/supervisor.hpp"

#include "util/error.hpp"

#include <iostream>

/// supervisor __supervise <state folder>
int main(int count, char** words)
{
    try {
        return count == 3 ? skerry::runtime::supervise(words[2]) : 2;
    } catch (const skerry::Error& error) {
        std::cerr << "error: " << error.what() << '\n';
        return 1;
    }
}
