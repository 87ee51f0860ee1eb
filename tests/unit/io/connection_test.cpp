// Connections as actors, with a plain blocking socket on the other side.
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <semaphore>
#include <thread>
#include <troupe/actor/spawn.hpp>
#include <troupe/io/connection.hpp>
#include <troupe/io/listener.hpp>
#include <troupe/tree/supervise.hpp>

#include "loopback.hpp"

namespace io_connection_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

struct count_read {
  using reply = std::size_t;
};

/// What happened to the connections of a test.
struct board {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t bytes = 0;
  std::size_t closed = 0;
  std::string why;
  std::size_t bytes_when_short = 0;  // what had come when memory was said to be short
  std::counting_semaphore<> gate{0};

  template <class Done>
  bool wait(Done done) {
    std::unique_lock hold{mutex};
    return changed.wait_for(hold, 20s, [&] { return done(*this); });
  }
};

enum class manner { echo, keep, keep_at_gate, answer_and_close };

class session : public io::connection<count_read> {
 public:
  session(std::unique_ptr<port::stream> s, manner how, std::shared_ptr<board> b, io::connection_options o)
      : connection(std::move(s), o), how_(how), board_(std::move(b)) {}
  void on_bytes(std::string_view bytes) override {
    if (how_ == manner::echo) {
      send(bytes);
      grant(bytes.size());
    } else if (how_ == manner::answer_and_close) {
      send(std::string(4u << 20, 'x'));
      close_after_sending();
    }
    {
      const std::lock_guard hold{board_->mutex};
      board_->bytes += bytes.size();
      board_->changed.notify_all();
    }
    if (how_ == manner::keep_at_gate) board_->gate.acquire();
  }
  void on_memory_short(bool) override {
    const std::lock_guard hold{board_->mutex};
    board_->bytes_when_short = board_->bytes;
    board_->changed.notify_all();
  }
  void on_closed(const error& why) override {
    const std::lock_guard hold{board_->mutex};
    ++board_->closed;
    board_->why = why.text;
    board_->changed.notify_all();
  }
  std::size_t on(const count_read&) {
    const std::lock_guard hold{board_->mutex};
    return board_->bytes;
  }

 private:
  manner how_;
  std::shared_ptr<board> board_;
};

/// A client that blocks, with a limit.
struct client {
  explicit client(std::uint16_t port) {
    timeval limit{10, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const sockaddr_in at = loopback::address(port);
    REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
  }
  ~client() { ::close(fd); }
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  void send(std::string_view all) const {
    while (!all.empty()) {
      const auto n = ::send(fd, all.data(), all.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      all.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  std::string read_to_end() const {
    std::string got;
    char buffer[16384];
    for (ssize_t n = 0; (n = ::recv(fd, buffer, sizeof buffer, 0)) > 0;)
      got.append(buffer, static_cast<std::size_t>(n));
    return got;
  }
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
};

struct server {
  explicit server(manner how, io::connection_options o = {}) {
    spawn<io::listener>(sys, "listener", port::endpoint{"127.0.0.1", port},
                        io::accept_function{[this, how, o](std::unique_ptr<port::stream> s) {
                          spawn<session>(sys, spawn_options{}, std::move(s), how, seen, o);
                        }});
    // The listener has started once a message to it has been refused.
    (void)ref_to<count_read>(sys.env(), "/user/listener").ask(count_read{}, 5s).get();
  }
  static system_options quiet() {
    system_options o;
    o.workers = 2;
    o.log = log_level::error;
    return o;
  }
  std::shared_ptr<board> seen = std::make_shared<board>();
  std::uint16_t port = loopback::free_port();
  troupe::system sys{quiet()};
};

std::string pattern(std::size_t n) {
  std::string s(n, 0);
  for (std::size_t i = 0; i < n; ++i) s[i] = static_cast<char>(i * 31 + i / 251);
  return s;
}

}  // namespace

TEST_CASE(
    "CN3, CN4: an echo of megabytes comes back whole, also the part owed after the client stopped sending") {
  server s{manner::echo};
  const client c{s.port};
  const auto sent = pattern(6u << 20);
  std::thread sends{[&] {
    c.send(sent);
    ::shutdown(c.fd, SHUT_WR);
  }};
  const bool whole = c.read_to_end() == sent;
  sends.join();
  CHECK(whole);
  CHECK(s.seen->wait([](board& b) { return b.closed == 1; }));
  CHECK(s.seen->why == "the peer closed the connection");
}

TEST_CASE("CN1: a connection that grants nothing reads its credit and not one byte more") {
  server s{manner::keep, {.credit = 10'000}};
  const client c{s.port};
  c.send(pattern(100'000));
  CHECK(s.seen->wait([](board& b) { return b.bytes >= 10'000; }));
  // Every socket event of before has been served when another connection has been.
  const client other{s.port};
  other.send("x");
  CHECK(s.seen->wait([](board& b) { return b.bytes == 10'001; }));
}

TEST_CASE("CN4: close_after_sending delivers everything; a reset ends the actor with its reason") {
  server s{manner::answer_and_close};
  const client c{s.port};
  c.send("go");
  CHECK(c.read_to_end().size() == 4u << 20);
  CHECK(s.seen->wait([](board& b) { return b.closed == 1; }));
  server keeps{manner::keep};
  {
    const client hasty{keeps.port};
    hasty.send("x");
    CHECK(keeps.seen->wait([](board& b) { return b.bytes == 1; }));
    const linger at_once{1, 0};
    ::setsockopt(hasty.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  CHECK(keeps.seen->wait([](board& b) { return b.closed == 1; }));
}

TEST_CASE("IO1: a port that is taken is a failed start of the second listener, and the first goes on") {
  server s{manner::echo};
  spawn<io::listener>(s.sys, "second", port::endpoint{"127.0.0.1", s.port}, io::accept_function{[](auto) {}});
  (void)ref_to<count_read>(s.sys.env(), "/user/second").ask(count_read{}, 5s).get();
  CHECK(s.sys.events().count(event_kind::actor_failed) >= 1);
  const client c{s.port};
  c.send("hello");
  ::shutdown(c.fd, SHUT_WR);
  CHECK(c.read_to_end() == "hello");
}

TEST_CASE("IO1: a held port takes clients in before there is a listener; a restarted listener listens anew") {
  auto seen = std::make_shared<board>();
  const std::uint16_t port = loopback::free_port();
  troupe::system sys{server::quiet()};
  const io::held_port held{sys.env(), {"127.0.0.1", port}};
  CHECK_THROWS_AS((io::held_port{sys.env(), {"127.0.0.1", port}}), failed);
  const client early{port};
  const auto accept = io::accept_function{[seen](std::unique_ptr<port::stream>) {
    const std::lock_guard hold{seen->mutex};
    ++seen->bytes;
    seen->changed.notify_all();
  }};
  auto tree =
      supervise(sys, "top", one_for_one{.intensity = 3}, child<io::listener>("listener", held, accept));
  CHECK(seen->wait([](board& b) { return b.bytes == 1; }));
  sys.env().resolve("/user/top/listener")->run_inside([](cell& c) { c.fail({errc::io, "a test"}, nullptr); });
  for (int tries = 0; sys.events().count(event_kind::actor_restarted) == 0 && tries < 1000; ++tries)
    (void)ref_to<count_read>(sys.env(), "/user/top/listener").ask(count_read{}, 5s).get();
  const client late{port};
  CHECK(seen->wait([](board& b) { return b.bytes == 2; }));
}

TEST_CASE("CN6: what a client sent while the node did not run is read before memory is said to be short") {
  io::connection_options o;
  o.budget.from = std::make_shared<io::read_budget>(1u << 20);
  o.budget.free = 0;
  server s{manner::keep_at_gate, o};
  const client c{s.port};
  c.send("first");
  REQUIRE(s.seen->wait([](board& b) { return b.bytes == 5; }));  // and stands at the gate
  o.budget.from->press(s.sys.env().now(), 0s);
  c.send("second");
  s.seen->gate.release(2);
  CHECK(s.seen->wait([](board& b) { return b.bytes_when_short > 0; }));
  CHECK(s.seen->bytes_when_short == 11);
}

TEST_CASE("500 connections are opened, served and closed, and none is left") {
  server s{manner::echo};
  for (int i = 0; i < 500; ++i) {
    const client c{s.port};
    c.send("hi");
    ::shutdown(c.fd, SHUT_WR);
    REQUIRE(c.read_to_end() == "hi");
  }
  CHECK(s.seen->wait([](board& b) { return b.closed == 500; }));
}

}  // namespace io_connection_test
