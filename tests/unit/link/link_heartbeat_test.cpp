#include <doctest/doctest.h>

#include <string>

#include "link_world.hpp"

namespace link_heartbeat_test {

using namespace troupe;
using namespace troupe::literals;
using namespace troupe::link_world;

TEST_CASE("a quiet link pings once an interval and stays up while pongs come") {
  world w;
  w.come_up();
  for (std::uint64_t n = 1; n <= 100; ++n) {
    CHECK(w.passes(500ms) == "ping:" + std::to_string(n) + " wake+500 -> up; ");
    CHECK(w.happens(link_event::ponged{1, n}) == "-> up");
  }
}

TEST_CASE(
    "a peer that says nothing is pinged each interval and declared unreachable at the limit, not before") {
  world w;
  w.come_up();
  const time_point came_up = w.now;
  CHECK(w.passes(1999ms + 999us) == "ping:1 wake+500 -> up; ping:2 wake+500 -> up; ping:3 wake+500 -> up; ");
  CHECK(w.passes(1us) == "close#1 fail unreachable wake+20 -> down; ");
  CHECK(
      w.link.reason() ==
      "nothing was heard of n2 for 2.00 s, the most that node.heartbeat_limit allows (phi 0.0: mean 0.50 s, "
      "deviation 0.13 s)");
  CHECK(w.link.since() == came_up + 2s);
}

TEST_CASE("traffic in both directions needs no pings, and traffic in one direction does") {
  const auto pings_in_5s = [](bool sends) {
    world w;
    w.come_up();
    std::string all;
    for (int i = 0; i < 50; ++i) {
      all += w.passes(100ms);
      w.happens(link_event::heard{1});
      if (sends) w.happens(link_event::sent{1});
    }
    REQUIRE(w.link.phase() == link_phase::up);
    std::size_t pings = 0;
    for (std::size_t at = all.find("ping:"); at != std::string::npos; at = all.find("ping:", at + 1)) ++pings;
    return pings;
  };
  CHECK(pings_in_5s(true) == 0);
  CHECK(pings_in_5s(false) == 10);

  world deaf;
  deaf.come_up();
  std::string pings;
  for (int i = 0; i < 19; ++i) {
    pings += deaf.passes(100ms);
    deaf.happens(link_event::sent{1});
  }
  CHECK(pings == "ping:1 wake+500 -> up; ping:2 wake+500 -> up; ping:3 wake+500 -> up; ");
  CHECK(deaf.link.phase() == link_phase::up);
  CHECK(deaf.passes(100ms).find("close#1 fail unreachable") != std::string::npos);
}

TEST_CASE("any frame proves life: one each 1.9 s keeps the link up") {
  const link_event::any frames[] = {link_event::heard{1}, link_event::pinged{1, 7},
                                    link_event::ponged{1, 99}};
  for (const auto& frame : frames) {
    world w;
    w.come_up();
    for (int i = 0; i < 10; ++i) {
      w.passes(1900ms);
      w.happens(frame);
    }
    CHECK(w.link.phase() == link_phase::up);
  }
}

TEST_CASE("pings follow the shorter interval of the two, but no peer makes us ping faster than each 10 ms") {
  const auto first_ping_after = [](duration theirs) {
    world w;
    w.happens(link_event::start{});
    w.happens(link_event::connected{1});
    wire::welcome answer = welcome();
    answer.heartbeat_interval = theirs;
    w.happens(link_event::welcomed{1, answer});
    return w.wake_at - w.now;
  };
  CHECK(first_ping_after(100ms) == 100ms);
  CHECK(first_ping_after(1h) == 500ms);
  CHECK(first_ping_after(1ns) == 10ms);
  CHECK(first_ping_after(0ns) == 10ms);
}

TEST_CASE("K6: a pause of our own is not held against the peer") {
  world w;
  w.come_up();
  w.now += 10s;  // nobody ran the tick of +500 ms
  CHECK(w.happens(link_event::tick{}) == "ping:1 wake+500 -> up");
  CHECK(w.passes(1499ms).find("down") == std::string::npos);
  CHECK(w.passes(1ms) == "close#1 fail unreachable wake+20 -> down; ");
}

TEST_CASE("R6: a handshake that took its time does not count as silence") {
  world w;
  w.happens(link_event::start{});
  w.happens(link_event::connected{1});
  w.passes(4s);
  CHECK(w.happens(link_event::welcomed{1, welcome()}) == "up:22 wake+500 -> up");
}

}  // namespace link_heartbeat_test
