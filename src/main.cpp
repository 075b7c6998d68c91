#include "cli/run.hpp"

int main(int count, char** words)
{
    return skerry::cli::run(count, words);
}
