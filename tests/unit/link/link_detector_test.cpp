// What the failure detector decides for a link (K6), and what of it outlives a connection.
#include <doctest/doctest.h>

#include <string>

#include "link_world.hpp"

namespace link_detector_test {

using namespace troupe;
using namespace troupe::literals;
using namespace troupe::link_world;

namespace {

/// With what a node has if nobody says anything else.
link_settings usual() {
  link_settings s = settings();
  s.heartbeat_limit = link_settings{}.heartbeat_limit;
  return s;
}

/// Has it ping `times` times, and each answered after `round_trip`.
void answers(world& w, int times, duration round_trip = 0s) {
  for (int i = 0; i < times; ++i) {
    w.passes(500ms);
    w.passes(round_trip);
    w.happens(link_event::ponged{w.link.attempt(), static_cast<std::uint64_t>(i)});
    REQUIRE(w.link.phase() == link_phase::up);
  }
}

}  // namespace

TEST_CASE(
    "K6, PD1: a silent peer is unreachable when phi has reached the threshold, and not a nanosecond before") {
  world w{usual()};
  w.come_up();
  answers(w, 2000);
  const time_point heard = w.now;
  CHECK(w.link.suspect(w.now).limit == 500ms + 3s + 522599us);
  w.passes(500ms + 3s + 522599us - 1ns);
  w.happens(link_event::sent{1});  // what is due is looked at
  REQUIRE(w.link.phase() == link_phase::up);
  CHECK(w.passes(1ns).starts_with("close#1 fail unreachable"));
  CHECK(w.link.reason() == "nothing was heard of n2 for 4.02 s (phi 8.0: mean 0.50 s, deviation 0.10 s)");
  CHECK(w.link.since() == heard + 4022599us);
  const auto* const told = std::get_if<link_effect::peer_unreachable>(&w.effects[2]);
  REQUIRE(told);
  CHECK(told->reason == w.link.reason());
}

TEST_CASE("K6: a pause that is acceptable is no verdict, and the peer goes on as before") {
  world w{usual()};
  w.come_up();
  answers(w, 100);
  CHECK(w.passes(3500ms).find("down") == std::string::npos);
  CHECK(w.happens(link_event::heard{1}) == "-> up");
  answers(w, 100);
}

TEST_CASE("K6: a peer that is uneven is waited for longer than one that is even") {
  const auto waits = [](duration jitter) {
    world w{usual()};
    w.come_up();
    for (int i = 0; i < 500; ++i) answers(w, 1, i % 2 ? jitter : 0s);
    return w.link.suspect(w.now).limit;
  };
  CHECK(waits(0s) < waits(400ms));
  CHECK(waits(400ms) < waits(1s));
}

TEST_CASE("K6: traffic that stops is not taken for the peer's end") {
  link_settings impatient = usual();
  impatient.detector = {.acceptable_pause = 0s, .min_deviation = 1ms};
  world w{impatient};
  w.come_up();
  for (int i = 0; i < 100'000; ++i) {
    w.passes(1ms);
    w.happens(link_event::heard{1});
    w.happens(link_event::sent{1});
  }
  answers(w, 100, 450ms);  // which takes twice as long as anything in the window
}

TEST_CASE("K6, PD3: every frame that arrives is heard, in one sample an interval") {
  for (const link_event::any& frame : std::initializer_list<link_event::any>{
           link_event::heard{1}, link_event::pinged{1, 7}, link_event::ponged{1, 99}}) {
    world w{usual()};
    w.come_up();
    for (int i = 0; i < 60'000; ++i) {
      w.passes(1ms);
      w.happens(frame);
    }
    CHECK(w.link.suspect(w.now).silent == 0s);
    CHECK(w.link.suspect(w.now).mean == 500ms);
    // 120 samples with the first two, of 125 ms off.
    CHECK(w.link.suspect(w.now).deviation == 100ms);
  }
}

TEST_CASE("PD6: what is known of a peer outlives its connection, and not its incarnation") {
  world w{usual()};
  w.come_up();
  answers(w, 2000, 300ms);
  const suspicion known = w.link.suspect(w.now);
  CHECK(known.mean == 800ms);
  w.happens(link_event::stream_ended{1, "reset"});
  w.passes(5s);
  w.come_up();
  CHECK(w.link.suspect(w.now).mean == known.mean);
  CHECK(w.link.suspect(w.now).limit == known.limit);
  CHECK(w.link.suspect(w.now).silent == 0s);

  w.happens(link_event::stream_ended{w.link.attempt(), "reset"});
  w.passes(20ms);
  w.come_up(23);
  CHECK(w.link.suspect(w.now).mean == 500ms);
}

TEST_CASE("PD6: a peer that asks for another interval is measured anew") {
  world w{usual()};
  w.come_up();
  answers(w, 2000, 300ms);
  w.happens(link_event::stream_ended{1, "reset"});
  w.passes(20ms);
  w.happens(link_event::connected{w.link.attempt()});
  wire::welcome answer = welcome();
  answer.heartbeat_interval = 100ms;
  w.happens(link_event::welcomed{w.link.attempt(), answer});
  CHECK(w.link.suspect(w.now).mean == 100ms);
}

TEST_CASE("K6: a pause of our own is no sample of the peer's silence") {
  world w{usual()};
  w.come_up();
  answers(w, 2000);
  const suspicion before = w.link.suspect(w.now);
  for (int i = 0; i < 100; ++i) {
    w.now += 2s;  // nobody ran the tick of +500 ms
    w.wake_at = never;
    w.happens(link_event::tick{});
    w.happens(link_event::ponged{1, 1});
  }
  CHECK(w.link.suspect(w.now).mean == before.mean);
  CHECK(w.link.suspect(w.now).limit == before.limit);
}

TEST_CASE(
    "K6: whatever the traffic, a peer that answers is never given up, and one that does not is, when its "
    "limit is over") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    prng random{seed};
    link_settings s = usual();
    s.detector.acceptable_pause = milliseconds{random.below(4000)};
    s.detector.min_deviation = milliseconds{random.below(200) + 1};
    s.detector.samples_max = random.below(100) + 2;
    world w{s, seed};
    w.come_up();
    const std::uint64_t slowest = random.below(499) + 1;  // of an answer, in ms: less than an interval (PD2)
    time_point answer_at = never, heard = w.now;
    const auto ms_passes = [&](bool lives) {
      if (w.passes(1ms).find("ping") != std::string::npos)
        answer_at = w.now + milliseconds{random.below(slowest)};
      const bool speaks = answer_at <= w.now || random.below(400) == 0;
      if (random.below(300) == 0) w.happens(link_event::sent{1});
      if (!lives || !speaks) return;
      answer_at = never;
      w.happens(link_event::heard{1});
      heard = w.now;
    };
    for (int i = 0; i < 60'000; ++i) ms_passes(true);
    REQUIRE(w.link.phase() == link_phase::up);
    REQUIRE(w.link.attempt() == 1);
    const duration limit = w.link.suspect(w.now).limit;
    while (w.now < heard + limit - 1ms) ms_passes(false);
    w.passes(heard + limit - 1ns - w.now);
    w.happens(link_event::tick{});
    REQUIRE(w.link.phase() == link_phase::up);
    w.passes(1ns);
    REQUIRE(w.link.phase() == link_phase::down);
    REQUIRE(w.link.since() == heard + limit);
  }
}

}  // namespace link_detector_test
