#pragma once

#include "http/incoming.hpp"
#include "http/threads.hpp"

#include <array>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace skerry::http {

/// Where connections come in and wait: for their first words, for the rest of a head, for the next request,
/// or for their end. Only a request whose head is there gets a thread, so that those who are slow or idle,
/// however many, cost a socket and a little memory.
class Reception {
public:
    /// Throws Error when the kernel has no descriptor left.
    Reception(int listener, const Surroundings& surroundings);
    Reception(const Reception&) = delete;
    Reception& operator=(const Reception&) = delete;
    ~Reception() = default;

    /// Until the stop; the threads are waited for by the destructor. Throws Error unavailable when the
    /// listening socket breaks.
    void serve();

private:
    enum class Stage { idle, head, leaving };
    struct Waiting {
        std::shared_ptr<Incoming> client;
        Stage stage;
        std::int64_t deadline;
    };
    using Place = std::list<Waiting>::iterator;

    [[nodiscard]] bool watch(int descriptor) const noexcept;
    void wait_for_events();
    [[nodiscard]] int waiting_time();
    void accept_all();
    bool accept_one();
    bool make_room();
    void seat(std::shared_ptr<Incoming> client, Stage stage);
    std::shared_ptr<Incoming> unseat(Place place);
    void listen_to(Place place);
    void look_at_clock();
    void hand_over(std::shared_ptr<Incoming> client);
    void turn_away(std::shared_ptr<Incoming> client);
    void talk(const std::shared_ptr<Incoming>& client) noexcept;
    void give_back(std::shared_ptr<Incoming> client, Stage stage);
    void take_back();

    const int listener_;
    const Surroundings& surroundings_;
    Descriptor poll_;
    Descriptor returned_bell_;
    std::list<Waiting> waiting_; ///< the longest waiting first
    std::unordered_map<int, Place> places_;
    std::int64_t next_look_ = 0;
    std::int64_t accept_again_ = 0; ///< while there are too few descriptors nobody is let in
    std::mutex lock_;
    std::vector<std::pair<std::shared_ptr<Incoming>, Stage>> returned_; ///< from threads
    Threads threads_; ///< the last member: its threads use the others
};

} // namespace skerry::http
