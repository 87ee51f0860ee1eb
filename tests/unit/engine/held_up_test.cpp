// What waits behind a turn that lasts gets another worker (P8), where nobody was woken for it (P12).
#include <doctest/doctest.h>

#include <troupe/engine/scheduler.hpp>
#include <utility>

#include "engine_fixture.hpp"

namespace engine_held_up_test {

using namespace troupe;
using namespace troupe::engine;
using engine_test::countdown;
using engine_test::counting_platform;
using engine_test::job;

TEST_CASE(
    "P8, P12: who gave way to a turn that lasts, and who waits behind it in its ring, get another worker") {
  counting_platform platform;
  scheduler s{platform, 2};
  s.start();
  for (const bool gives_way : {true, false}) {
    CAPTURE(gives_way);
    countdown second_turn{1}, ended{1};
    bool began = false;
    job lasting{[&] {
      if (second_turn.wait()) ended.one();
    }};
    job waits{[&] {
      if (std::exchange(began, true)) return second_turn.one();
      if (gives_way) {
        s.submit(lasting);
        s.submit_behind(waits);
      } else {
        s.submit_last(waits);  // alone: nobody is woken
        s.submit(lasting);     // but this runs first
      }
    }};
    s.submit(waits);
    REQUIRE(ended.wait());
  }
  s.stop();
}

TEST_CASE("P8, P12: what woke nobody since nothing else waited is found when the turn before it lasts") {
  counting_platform platform;
  scheduler s{platform, 2};
  s.start();
  for (int round = 0; round < 20; ++round) {  // now and then the other worker is not asleep yet
    countdown ran{1}, over{1};
    bool has_run = false;
    job last{[&] { ran.one(); }};
    job lasts{[&] {
      s.submit_last(last);
      has_run = ran.wait();
      over.one();
    }};
    s.submit(lasts);
    while (!over.wait()) {
    }
    REQUIRE(has_run);
  }
  s.stop();
}

}  // namespace engine_held_up_test
