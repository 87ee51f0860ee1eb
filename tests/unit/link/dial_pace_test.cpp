// What a node spends on peers that are declared down: each is dialled less and less often, and all of them together at a pace (K11, DP1, DP2).
#include <doctest/doctest.h>

#include <troupe/link/dial_pace.hpp>

#include "link_world.hpp"

namespace link_dial_pace_test {

using namespace troupe;
using namespace troupe::link_world;
using namespace std::chrono_literals;

namespace {

/// Lets `d` pass in steps, while each dial fails; returns when each dial began.
std::vector<time_point> dials_in(world& w, duration d, duration step = 50ms) {
  std::vector<time_point> out;
  for (const time_point end = w.now + d; w.now < end;) {
    w.passes(step);
    if (w.link.phase() != link_phase::connecting) continue;
    out.push_back(w.now);
    w.happens(link_event::connect_failed{w.link.attempt(), "no route"});
  }
  return out;
}

}  // namespace

TEST_CASE(
    "K11: a peer that is declared down is dialled more and more seldom, and soon again once it has been "
    "there") {
  link_settings s = settings();
  s.redial_down = {.min = 1s, .max = 30s};
  world w{s};
  w.come_up();
  w.happens(link_event::stream_ended{1, "reset"});
  CHECK(dials_in(w, 11s).size() > 10);  // it may come back, and is expected
  REQUIRE(w.link.is_declared_down());
  const auto later = dials_in(w, 300s);
  CHECK(later.size() >= 10);
  CHECK(later.size() < 20);
  CHECK(later.back() - *(later.end() - 2) <= 31s);
  CHECK(later.back() - *(later.end() - 2) >= 15s);
  // It shows itself: it is dialled at once, and in its time as often as at first.
  w.happens(link_event::incarnation_seen{22, 1});
  REQUIRE(w.link.phase() == link_phase::connecting);
  w.happens(link_event::connect_failed{w.link.attempt(), "no route"});
  CHECK(dials_in(w, 9s).size() > 5);
  CHECK(dials_in(w, 20s).size() < 8);
  REQUIRE(w.link.is_declared_down());
  CHECK(dials_in(w, 300s).size() < 20);
}

TEST_CASE("DP1: so many at once, and then so many a second; what was not used for long is not saved up") {
  dial_pace pace{10, 5};
  const time_point now = time_point{} + 1h;
  for (int i = 0; i < 5; ++i) CHECK(pace.turn(now) == now);
  for (int i = 1; i <= 100; ++i) CHECK(pace.turn(now) == now + i * 100ms);
  CHECK(pace.turn(now + 1s) == now + 10'100ms);  // behind those who have asked before
  const time_point later = now + 1h;
  for (int i = 0; i < 5; ++i) CHECK(pace.turn(later) == later);
  CHECK(pace.turn(later) == later + 100ms);
}

TEST_CASE(
    "DP1, DP2, K11: a thousand peers that are down cost as many dials a second as the pace allows, and each "
    "has its turn") {
  constexpr std::size_t many = 1000;
  dial_pace pace{20, 20};
  link_settings s = settings();
  s.redial_down = {.min = 1s, .max = 10s};
  s.dial_turn = [&pace](time_point now) { return pace.turn(now); };
  std::vector<world> all;
  for (std::size_t i = 0; i < many; ++i) {
    all.emplace_back(s, i + 1);
    all.back().happens(link_event::start{});
  }
  std::vector<std::size_t> dialled(many);
  std::size_t dials = 0, in_a_second = 0, most = 0;
  for (int tenth = 0; tenth < 10 * 200; ++tenth) {
    for (std::size_t i = 0; i < many; ++i) {
      world& w = all[i];
      w.passes(100ms);
      if (w.link.phase() != link_phase::connecting) continue;
      if (w.link.is_declared_down()) {
        ++dialled[i];
        ++dials;
        ++in_a_second;
      }
      w.happens(link_event::connect_failed{w.link.attempt(), "no route"});
    }
    if (tenth % 10 == 9 && tenth > 150) most = std::max(most, in_a_second);
    if (tenth % 10 == 9) in_a_second = 0;
  }
  CHECK(most <= 41);  // at the edges of a second, a burst
  CHECK(dials > 3000);
  CHECK(dials < 4000);
  CHECK(*std::min_element(dialled.begin(), dialled.end()) >= 2);
  // One that shows itself waits for no turn.
  all[7].happens(link_event::incarnation_seen{22, 1});
  CHECK(all[7].link.phase() == link_phase::connecting);
}

}  // namespace link_dial_pace_test
