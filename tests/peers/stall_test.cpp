// A peer that stands still and goes on (R3-R5): shorter than it may, and longer.
#include <doctest/doctest.h>
#include <signal.h>

#include "peers/order.hpp"

namespace peers_stall_test {

using namespace peers;

namespace {

pair_settings watchful(troupe::duration down_after) {
  return {.heartbeat_interval = troupe::milliseconds{50},
          .heartbeat_limit = troupe::milliseconds{500},
          .acceptable_pause = troupe::milliseconds{300},
          .down_after = down_after};
}

/// One of `n1` whom the clerk follows.
class witness : public troupe::actor<echo> {
 public:
  std::uint64_t on(const echo& m) { return m.number; }
};

/// What the clerk, who stands still with his node, is told of the end of somebody here.
class follower {
 public:
  explicit follower(pair& nodes)
      : whom_(troupe::spawn<witness>(nodes.one(), "witness")),
        clerk_(troupe::node(nodes.one(), "n2").ref<follow, ends_told>("/user/clerk")) {}
  bool follow_now() { return clerk_.ask(follow{whom_}, patience).get().has_value(); }
  /// Waits until it has been told of so many ends. False: it is told of more.
  bool wait_for_ends(std::uint64_t wanted) {
    std::uint64_t told = 0;
    scenario::wait_until("the follower hears of the end", [&] {
      const auto answer = clerk_.ask(ends_told{}, patience).get();
      if (answer) told = *answer;
      return answer.has_value() && told >= wanted;
    });
    return told == wanted;
  }

 private:
  static constexpr auto patience = troupe::seconds{20};
  const troupe::ref<echo> whom_;
  const troupe::ref<follow, ends_told> clerk_;
};

}  // namespace

TEST_CASE(
    "SIGSTOP and SIGCONT: a peer that comes back in time is unreachable meanwhile, and nobody has lost it") {
  pair nodes{watchful(troupe::minutes{5})};
  crew all{nodes.one(), 4, 20};
  nodes.start();
  follower other_side{nodes};
  REQUIRE(all.depend_now());
  REQUIRE(other_side.follow_now());
  for (std::size_t time = 1; time <= 1 + cycles / 4; ++time) {
    CAPTURE(time);
    all.wait_for_answers(40);
    nodes.two().stall();
    nodes.wait_for_peer(false);
    nodes.two().signal(SIGCONT);
    nodes.wait_for_peer(true);
  }
  all.wait_for_answers(40);
  CHECK(other_side.wait_for_ends(0));
  // The watches and links are those from the beginning; asks are over with the connection (M5).
  CHECK_MESSAGE(all.heard->count("ask unreachable") == all.keepers, all.heard->text());
  CHECK_MESSAGE(all.heard->count_all("") == all.keepers, all.heard->text());
  nodes.kill();
  scenario::wait_until("each keeper hears of the end", [&] {
    return all.heard->count("terminated unreachable") == all.keepers &&
           all.heard->count("link_ended unreachable") == all.keepers;
  });
  check_order(nodes, all);
}

TEST_CASE("SIGSTOP and SIGCONT: a peer that stands still for too long is declared down, once, and met anew") {
  pair nodes{watchful(troupe::milliseconds{300})};
  crew all{nodes.one(), 4, 20};
  nodes.start();
  follower other_side{nodes};
  const std::size_t times = 1 + cycles / 4;
  for (std::size_t time = 1; time <= times; ++time) {
    CAPTURE(time);
    REQUIRE(all.depend_now());
    REQUIRE(other_side.follow_now());
    all.wait_for_answers(40);
    nodes.two().stall();
    all.wait_for_ends(time);
    nodes.two().signal(SIGCONT);
    nodes.wait_for_peer(true);
    CHECK(other_side.wait_for_ends(time));  // whoever was given up has lost the others as well, once
  }
  all.wait_for_answers(40);
  const std::uint64_t ends = times * all.keepers;
  CHECK_MESSAGE(all.heard->count("terminated unreachable") == ends, all.heard->text());
  CHECK_MESSAGE(all.heard->count("link_ended unreachable") == ends, all.heard->text());
  CHECK(all.heard->count_all("") == 3 * ends);
  check_order(nodes, all);
}

}  // namespace peers_stall_test
