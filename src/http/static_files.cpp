#include "http/static_files.hpp"

#include "http/content_type.hpp"
#include "util/descriptor.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <memory>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace skerry::http {
namespace {

constexpr std::size_t piece_size = 64U << 10U;
constexpr off_t whole_size = 1 << 20; // what is larger is sent piece by piece

struct File {
    Descriptor descriptor;
    struct stat state {};
    [[nodiscard]] bool is_folder() const noexcept { return S_ISDIR(state.st_mode); }
    [[nodiscard]] bool is_file() const noexcept { return S_ISREG(state.st_mode); }
};

bool has_hidden_part(std::string_view path)
{
    const auto parts = split(path, '/');
    return std::any_of(parts.begin(), parts.end(),
                       [](const std::string& part) { return part.starts_with('.'); });
}

/// Where an open file is in truth, links resolved.
std::string place_of(const Descriptor& file)
{
    return fs::read_symlink("/proc/self/fd/" + std::to_string(file.get())).string();
}

/// Opens `path` under `folder`; the kernel refuses to leave it by "..", by a link or by a name that is put in
/// place meanwhile. Not open when there is no such file or it may not be seen.
Descriptor open_beneath(const Descriptor& folder, const std::string& path)
{
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY; // a pipe must not make us wait
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    constexpr int most_tries = 8; // it says EAGAIN when something was renamed on the way
    for (int left = most_tries; left > 0; --left) {
        Descriptor file(
            static_cast<int>(::syscall(SYS_openat2, folder.get(), path.c_str(), &how, sizeof how)));
        if (file.open()) return file;
        if (errno == ENOSYS) throw system_error(ENOSYS, "cannot open files within a folder");
        if (errno != EAGAIN) break;
    }
    return {};
}

File open_file(const Descriptor& folder, const std::string& path)
{
    if (has_hidden_part(path)) return {};
    File file{.descriptor = open_beneath(folder, path.empty() ? "." : path)};
    if (!file.descriptor.open() || ::fstat(file.descriptor.get(), &file.state) != 0) return {};
    const auto root = place_of(folder);
    const auto place = place_of(file.descriptor);
    const bool inside = place == root || place.starts_with(root == "/" ? root : root + "/");
    if (!inside || has_hidden_part(place.substr(root.size()))) return {};
    return file;
}

/// The next piece of a file, empty at its end.
std::string read_piece(const Descriptor& file, std::size_t size)
{
    std::string piece(size, '\0');
    ssize_t count = 0;
    do count = ::read(file.get(), piece.data(), piece.size());
    while (count < 0 && errno == EINTR);
    if (count < 0) throw system_error(errno, "cannot read a served file");
    piece.resize(static_cast<std::size_t>(count));
    return piece;
}

Response page(int status, const std::string& title)
{
    const auto head = std::to_string(status) + " " + title;
    return {.status = status,
            .type = "text/html; charset=utf-8",
            .body = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>" + head +
                    "</title>\n<style>body { font: 1.1rem system-ui, sans-serif; margin: 20vh auto; "
                    "text-align: center; "
                    "color-scheme: light dark }</style>\n<h1>" +
                    head + "</h1>\n</html>\n"};
}

/// To the same name with a slash, so that what the page refers to is looked for in the folder. Relative, for
/// a path like //elsewhere would else lead away from here.
Response redirect_into(const std::string& path)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string target = "./";
    for (const char letter : path.substr(path.rfind('/') + 1)) {
        const auto code = static_cast<unsigned char>(letter);
        const bool plain = std::isalnum(code) != 0 || letter == '-' || letter == '_' || letter == '.';
        if (plain)
            target += letter;
        else
            target += {'%', digits[code >> 4U], digits[code & 15U]};
    }
    auto answer = page(301, "Moved");
    answer.headers.emplace_back("Location", target + "/");
    return answer;
}

Response content_of(File file, std::string_view name)
{
    Response answer{.type = std::string(content_type_of(name))};
    if (file.state.st_size <= whole_size) {
        for (auto piece = read_piece(file.descriptor, piece_size);
             !piece.empty() && answer.body.size() <= whole_size;
             piece = read_piece(file.descriptor, piece_size))
            answer.body += piece;
        return answer;
    }
    const auto shared = std::make_shared<File>(std::move(file));
    answer.stream = [shared](const Write& write) {
        for (;;) {
            const auto piece = read_piece(shared->descriptor, piece_size);
            if (piece.empty()) return true;
            if (!write(piece)) return false;
        }
    };
    return answer;
}

Response find_answer(const Descriptor& folder, const Request& request)
{
    const auto first = request.path.find_first_not_of('/');
    const auto path = first == std::string::npos ? std::string() : request.path.substr(first);
    auto file = open_file(folder, path);
    if (file.is_folder()) {
        if (!request.path.ends_with('/')) return redirect_into(request.path);
        file = open_file(folder, path + "index.html");
    }
    return file.is_file()
               ? content_of(std::move(file), path.empty() || path.ends_with('/') ? "index.html" : path)
               : page(404, "Not Found");
}

Response answer_with_file(const Descriptor& folder, const Request& request)
{
    const bool reads = request.method == "GET" || request.method == "HEAD";
    auto answer = reads ? find_answer(folder, request) : page(405, "Method Not Allowed");
    if (!reads) answer.headers.emplace_back("Allow", "GET, HEAD");
    answer.headers.emplace_back("Accept-Ranges", "none"); // else the library promises them
    answer.headers.emplace_back("Cache-Control", "no-store");
    answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
    return answer;
}

} // namespace

Server::Handler file_handler(const fs::path& folder)
{
    const auto root = std::make_shared<Descriptor>(
        ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)); // held while it serves
    if (!root->open()) throw system_error(errno, "cannot serve the folder " + folder.string());
    return [root](const Request& request) { return answer_with_file(*root, request); };
}

void serve_files(const fs::path& folder, const std::string& host, int port, std::stop_token stop)
{
    Server server(file_handler(folder));
    server.bind(host, port);
    server.serve(stop);
}

} // namespace skerry::http
