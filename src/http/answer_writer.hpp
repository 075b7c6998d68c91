#pragma once

#include "http/incoming.hpp"
#include "http/response.hpp"

#include <memory>
#include <string>

namespace skerry::http {

/// How an answer is to be written.
struct Manner {
    std::string id{}; ///< of the request
    bool only_head = false;
    bool version_1_0 = false; ///< its client knows no chunks
    bool closes = false;      ///< the connection ends with it
};

/// Writes answers to one client. Those that are made piece by piece are the library's part in a connection.
class AnswerWriter {
public:
    explicit AnswerWriter(Incoming& client);
    AnswerWriter(const AnswerWriter&) = delete;
    AnswerWriter& operator=(const AnswerWriter&) = delete;
    ~AnswerWriter();

    /// Of an answer with a feed the head alone. False when the client has not got all of it.
    bool write(const Response& answer, const Manner& manner);

private:
    class Parts;
    Incoming& client_;
    std::unique_ptr<Parts> parts_; ///< once there is a stream to write
};

} // namespace skerry::http
