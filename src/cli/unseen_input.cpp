#include "cli/unseen_input.hpp"

#include "util/error.hpp"

#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace skerry::cli {
namespace {

/// What is typed is not shown, for as long as it lives.
class Unseen {
public:
    Unseen()
    {
        ::tcgetattr(STDIN_FILENO, &before_);
        auto unseen = before_;
        unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen);
    }
    Unseen(const Unseen&) = delete;
    Unseen& operator=(const Unseen&) = delete;
    ~Unseen() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }

private:
    termios before_{};
};

Error wrong_password(const std::string& message)
{
    return {Code::bad_request,
            "the password " + message,
            {.hint = "by standard input, or typed at a terminal; --random makes one",
             .fields = {{"password", message}}}};
}

std::string without_line_end(std::string text)
{
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    return text;
}

} // namespace

std::string typed_unseen(Terminal& terminal, const std::string& what)
{
    std::string line;
    {
        const Unseen unseen; // before the question: who sees it may type at once
        terminal.notes.write(what + " (not shown): ");
        std::getline(std::cin, line);
    }
    terminal.notes.write("\n");
    return line;
}

std::string new_password(Terminal& terminal, const std::string& user)
{
    constexpr std::size_t longest = 65'536;
    if (::isatty(STDIN_FILENO) == 0) {
        auto password = without_line_end(read_standard_input(longest));
        if (password.empty()) throw wrong_password("is missing");
        if (password.find('\n') != std::string::npos) throw wrong_password("is more than one line");
        return password;
    }
    auto password = typed_unseen(terminal, "password of " + user);
    if (typed_unseen(terminal, "once more") != password) throw wrong_password("was not the same twice");
    return password;
}

} // namespace skerry::cli
