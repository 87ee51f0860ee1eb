// How much of what waits for a peer one turn writes (PI2, PI3).
#include <doctest/doctest.h>

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
  pipe p;
  std::string sent;
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

}  // namespace node_pipe_test
