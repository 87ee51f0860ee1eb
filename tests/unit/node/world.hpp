// What the tests of nodes share: two nodes' settings on loopback, waiting for a peer, and a peer that speaks bytes.
#pragma once

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <troupe/node/remoting.hpp>
#include <troupe/system/system.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/wire/bodies.hpp>
#include <troupe/wire/frame_reader.hpp>

#include "loopback.hpp"

namespace node_test {

using namespace std::chrono_literals;

using loopback::free_port;

/// Two workers and no log.
inline troupe::system_options quiet() {
  troupe::system_options o;
  o.workers = 2;
  o.log = troupe::log_level::error;
  return o;
}

/// The settings of the nodes n1 and n2, which know each other.
struct world {
  std::uint16_t one = free_port(), two = free_port();
  troupe::node_options options(const std::string& name) const {
    troupe::node_options o;
    o.name = name;
    troupe::trust_all_peers(o);
    o.listen.port = name == "n1" ? one : two;
    o.peers[name == "n1" ? "n2" : "n1"].port = name == "n1" ? two : one;
    return o;
  }
};

/// Waits, by the events of the system, until `peer` can be reached, or not.
inline bool wait_for_peer(troupe::system& sys, bool reachable) {
  struct shared {
    std::mutex mutex;
    std::condition_variable changed;
  };
  auto s = std::make_shared<shared>();
  const auto number = sys.events().subscribe([s](const troupe::event&) {
    const std::lock_guard hold{s->mutex};
    s->changed.notify_all();
  });
  std::unique_lock hold{s->mutex};
  const bool came =
      s->changed.wait_for(hold, 20s, [&] { return troupe::peers(sys).at(0).reachable == reachable; });
  hold.unlock();
  sys.events().unsubscribe(number);
  return came;
}

/// Dials a node without speaking its language: sends `bytes`, then reads until the node closes.
inline std::string raw_talk(std::uint16_t port, const std::string& bytes) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  timeval limit{10, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  const sockaddr_in at = loopback::address(port);
  REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
  ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  std::string got;
  char buffer[4096];
  for (;;) {
    const auto n = ::recv(fd, buffer, sizeof buffer, 0);
    if (n < 0 && errno != ECONNRESET) got = "(still open)";
    if (n <= 0) break;
    got.append(buffer, static_cast<std::size_t>(n));
  }
  ::close(fd);
  return got;
}

/// The bytes of a frame.
template <class Frame>
std::string frame_of(const Frame& f) {
  std::string out;
  f.encode(out);
  return out;
}

/// A connection on which the test speaks for a peer, until it is destroyed.
class raw_peer {
 public:
  /// Connects, and sends `bytes`.
  raw_peer(std::uint16_t port, const std::string& bytes) : raw_peer(::socket(AF_INET, SOCK_STREAM, 0)) {
    const sockaddr_in at = loopback::address(port);
    REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    send(bytes);
  }
  /// Takes one that was accepted.
  explicit raw_peer(int fd) : fd_(fd) {
    timeval limit{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~raw_peer() { ::close(fd_); }
  raw_peer(const raw_peer&) = delete;
  raw_peer& operator=(const raw_peer&) = delete;

  /// Sends bytes.
  void send(const std::string& bytes) const { ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  /// The next frame that is neither ping nor pong; `goodbye` when none comes any more.
  std::pair<troupe::wire::frame_kind, std::string> next() {
    using troupe::wire::frame_kind;
    for (;;) {
      const auto f = reader_.next();
      REQUIRE(f.has_value());
      if (*f && (*f)->kind != frame_kind::ping && (*f)->kind != frame_kind::pong)
        return {(*f)->kind, std::string{(*f)->body}};
      if (*f) continue;
      char buffer[4096];
      const auto n = ::recv(fd_, buffer, sizeof buffer, 0);
      if (n <= 0) return {frame_kind::goodbye, {}};
      reader_.feed(std::string_view{buffer, static_cast<std::size_t>(n)});
    }
  }

 private:
  int fd_;
  troupe::wire::frame_reader reader_;
};

/// A port on which the test waits for a node that dials.
class raw_listener {
 public:
  explicit raw_listener(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const int yes = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const sockaddr_in at = loopback::address(port);
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(::listen(fd_, 1) == 0);
  }
  ~raw_listener() { ::close(fd_); }
  raw_listener(const raw_listener&) = delete;
  raw_listener& operator=(const raw_listener&) = delete;

  /// The next node that dials.
  int accept() const { return ::accept(fd_, nullptr, nullptr); }

 private:
  int fd_;
};

}  // namespace node_test
