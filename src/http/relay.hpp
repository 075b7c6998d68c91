#pragma once

#include "http/incoming.hpp"

#include <httplib.h>
#include <string>
#include <string_view>

namespace skerry::http {

/// What the library reads and where it writes. It is given a request of our own making, never the client's
/// own words: its older versions have holes in the reading of heads, bodies, ranges and encodings. What newer
/// versions ask beside is declared without `override`, so that one source fits them all.
class Relay final : public httplib::Stream {
public:
    Relay(std::string request, Incoming& client) : request_(std::move(request)), client_(client) {}

    bool is_readable() const override { return used_ < request_.size(); }
    bool is_writable() const { return !client_.stopping(); }
    bool wait_readable() const { return is_readable(); }
    bool wait_writable() const { return is_writable(); }
    ssize_t read(char* place, size_t size) override
    {
        const auto count = request_.copy(place, size, used_);
        used_ += count;
        return static_cast<ssize_t>(count);
    }
    ssize_t write(const char* bytes, size_t size) override
    {
        return client_.write({bytes, size}) ? static_cast<ssize_t>(size) : -1;
    }

    void get_remote_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
    void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const {}
    socket_t socket() const override { return client_.socket(); }
    time_t duration() const { return 0; }

private:
    std::string request_;
    std::size_t used_ = 0;
    Incoming& client_;
};

} // namespace skerry::http
