// How much of what waits for a peer one turn writes (PI2, PI3), and who may do what meanwhile (PI4, PI5).
#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <troupe/node/pipe.hpp>

namespace node_pipe_test {

using namespace troupe;
using detail::pipe;
using state = detail::pipe::state;

namespace {

/// What a peer reads, and how much room there is.
struct far_end {
  std::string read;
  std::size_t room = SIZE_MAX;
  std::size_t writes = 0;
};

/// Takes 64 KiB a write as long as there is room.
class taking final : public port::stream {
 public:
  explicit taking(far_end& to) : to_(to) {}
  result<std::size_t> read_some(std::span<std::byte>) override { return error{errc::would_block, {}}; }
  result<std::size_t> write_some(std::span<const std::byte> from) override {
    ++to_.writes;
    const std::size_t n = std::min({from.size(), to_.room, std::size_t{64} << 10});
    if (n == 0) return error{errc::would_block, {}};
    to_.read.append(reinterpret_cast<const char*>(from.data()), n);
    to_.room -= n;
    return n;
  }
  void wait_readable(port::ready_handler) override {}
  void wait_writable(port::ready_handler) override {}
  void close() noexcept override {}
  std::string peer() const override { return "far end"; }

 private:
  far_end& to_;
};

struct world {
  explicit world(std::size_t bytes) : sent(bytes, '\0') {
    for (std::size_t i = 0; i < bytes; ++i) sent[i] = static_cast<char>(i * 2654435761u >> 13);
    p.open(std::make_unique<taking>(to));
    p.queue().add(wire::lane::ordinary, std::string{sent}, 0);
  }
  far_end to;
  std::mutex lock;
  pipe p{lock};
  std::string sent;
};

/// Steps that threads wait for.
class step {
 public:
  void take() {
    taken_.store(true);
    taken_.notify_all();
  }
  void wait() const { taken_.wait(false); }
  bool is_taken() const { return taken_.load(); }

 private:
  std::atomic<bool> taken_{false};
};

/// What happens at a stream that is written apart: its first write begins, and ends when it may.
struct apart_end {
  step begins, may_end;
  step second_may_end;  // a second write waits for that where `gates_second`
  bool gates_second = false;
  int writes = 0;
  std::atomic<bool> inside{false};
  std::atomic<bool> was_disturbed{false};  // closed or written from elsewhere meanwhile
  std::string read;
};

class apart final : public port::stream {
 public:
  explicit apart(apart_end& to) : to_(to) {}
  result<std::size_t> read_some(std::span<std::byte>) override { return error{errc::would_block, {}}; }
  result<std::size_t> write_some(std::span<const std::byte> from) override {
    if (to_.inside.exchange(true)) to_.was_disturbed = true;
    to_.begins.take();
    to_.may_end.wait();
    if (++to_.writes == 2 && to_.gates_second) to_.second_may_end.wait();
    for (int i = 0; i < 50; ++i) std::this_thread::yield();  // a chance for whoever does not wait
    to_.read.append(reinterpret_cast<const char*>(from.data()), from.size());
    to_.inside = false;
    return from.size();
  }
  bool writes_apart() const noexcept override { return true; }
  void wait_readable(port::ready_handler) override {}
  void wait_writable(port::ready_handler) override {}
  void close() noexcept override {
    if (to_.inside) to_.was_disturbed = true;
  }
  std::string peer() const override { return "far end"; }

 private:
  apart_end& to_;
};

/// A pipe with a thread in the middle of its first write.
struct busy_pipe {
  busy_pipe() {
    const std::lock_guard hold{lock};
    p.open(std::make_unique<apart>(to));
    add("first ");
    writer = std::thread{[this] {
      error why;
      const std::lock_guard mine{lock};
      came_to = p.write_out(why);
      to.second_may_end.take();
    }};
  }
  ~busy_pipe() {
    if (writer.joinable()) writer.join();
  }
  void add(std::string_view frame) { p.queue().add(wire::lane::ordinary, frame); }

  apart_end to;
  std::mutex lock;
  pipe p{lock};
  state came_to = state::broken;
  std::thread writer;
};

constexpr std::size_t mib = std::size_t{1} << 20;

}  // namespace

TEST_CASE(
    "PI3: a turn stops at its bytes though the peer would take more, and the next goes on where it stopped") {
  world w{10 * mib};
  error why;
  int turns = 1;
  while (w.p.write_out(why) == state::has_more) {
    CHECK(w.to.read.size() == static_cast<std::size_t>(turns) * pipe::turn_bytes_max);
    ++turns;
  }
  CHECK(turns == 10);
  CHECK(w.p.unsent() == 0);
  CHECK(w.to.read == w.sent);
}

TEST_CASE("PI2: what the stream has no room for waits for room, and what fits a turn is done in it") {
  world w{1000};
  error why;
  w.to.room = 600;
  CHECK(w.p.write_out(why) == state::waits_for_room);
  CHECK(w.p.unsent() == 400);
  w.to.room = 1000;
  CHECK(w.p.write_out(why) == state::done);
  CHECK(w.to.read == w.sent);
}

TEST_CASE("PI3: the last that is written is as much as the stream takes") {
  world w{3 * mib};
  w.p.flush();
  CHECK(w.to.read == w.sent);
}

TEST_CASE(
    "PI4: while one writes the lock is free, and what is added meanwhile leaves with his next write, not "
    "another's") {
  busy_pipe w;
  w.to.begins.wait();
  {
    const std::lock_guard hold{w.lock};
    CHECK(w.p.unsent() == 6);
    w.add("second");
    error why;
    CHECK(w.p.write_out(why) == state::done);
    CHECK(w.p.unsent() == 12);
  }
  w.to.may_end.take();
  w.writer.join();
  CHECK(w.came_to == state::done);
  CHECK(w.p.unsent() == 0);
  CHECK(w.to.read == "first second");
  CHECK_FALSE(w.to.was_disturbed);
}

TEST_CASE("PI4: a stream that is not written apart is written under the lock") {
  world w{1000};
  const std::lock_guard hold{w.lock};  // would be unlocked twice
  error why;
  CHECK(w.p.write_out(why) == state::done);
}

TEST_CASE("PI5: who closes waits until the write is over; the writer has nothing left to do") {
  for (int round = 0; round < 100; ++round) {
    busy_pipe w;
    w.to.begins.wait();
    {
      const std::lock_guard hold{w.lock};
      w.add("never sent");
      w.to.may_end.take();
      w.p.close();
      CHECK(w.p.unsent() == 0);
      CHECK(w.p.stream() == nullptr);
    }
    w.writer.join();
    CHECK(w.came_to == state::closed);
    CHECK(w.to.read == "first ");
    REQUIRE_FALSE(w.to.was_disturbed);
  }
}

TEST_CASE("PI5: the last that is written comes behind the write that was under way, once") {
  for (int round = 0; round < 100; ++round) {
    busy_pipe w;
    w.to.begins.wait();
    {
      const std::lock_guard hold{w.lock};
      w.add("second");
      w.to.may_end.take();
      w.p.flush();
      CHECK(w.p.unsent() == 0);
    }
    w.writer.join();
    CHECK(w.came_to == state::done);
    CHECK(w.to.read == "first second");
    REQUIRE_FALSE(w.to.was_disturbed);
  }
}

TEST_CASE("PI5: who has to know what has left waits until the write is over") {
  busy_pipe w;
  w.to.begins.wait();
  {
    const std::lock_guard hold{w.lock};
    CHECK(w.p.queue().gone(wire::lane::ordinary) == 0);
    w.to.may_end.take();
    w.p.settle();
    CHECK(w.p.queue().gone(wire::lane::ordinary) == 6);
    CHECK(w.p.written() == 6);
  }
  w.writer.join();
  CHECK(w.came_to == state::done);
  CHECK(w.p.written() == 6);
}

TEST_CASE(
    "PI4, PI5: a writer whose write another has settled, and who writes himself now, leaves the rest to "
    "him") {
  busy_pipe w;
  w.to.gates_second = true;
  w.to.begins.wait();
  {
    const std::lock_guard hold{w.lock};
    w.to.may_end.take();
    w.p.settle();
    w.add("second");
    error why;
    CHECK(w.p.write_out(why) == state::done);  // until the first writer has come back
  }
  w.writer.join();
  CHECK(w.came_to == state::done);
  CHECK(w.to.read == "first second");
  CHECK(w.p.unsent() == 0);
  CHECK_FALSE(w.to.was_disturbed);
}

TEST_CASE("PI5: a writer whose connection was opened anew meanwhile leaves the new one alone") {
  far_end anew;
  busy_pipe w;
  w.to.begins.wait();
  {
    const std::lock_guard hold{w.lock};
    w.to.may_end.take();
    w.p.close();
    w.p.open(std::make_unique<taking>(anew));
    w.add("hello");
  }
  w.writer.join();
  CHECK(w.came_to == state::closed);
  CHECK(w.p.unsent() == 5);
  CHECK(anew.read.empty());
  error why;
  const std::lock_guard hold{w.lock};
  CHECK(w.p.write_out(why) == state::done);
  CHECK(anew.read == "hello");
}

}  // namespace node_pipe_test
