// When what is to be sent waits for an attempt, and when it does not (K13).
#include <doctest/doctest.h>

#include "link_world.hpp"

namespace link_awaited_test {

using namespace troupe;
using namespace troupe::literals;
using namespace troupe::link_world;
using namespace std::chrono_literals;

TEST_CASE("K13: the first attempt is awaited until it is over, those that follow are not") {
  world w;
  CHECK_FALSE(w.link.is_awaited());
  w.happens(link_event::start{});
  CHECK(w.link.is_awaited());
  w.happens(link_event::connected{1});
  CHECK(w.link.is_awaited());
  // What waits is given up by `fail`.
  CHECK(w.happens(link_event::stream_ended{1, "reset"}).starts_with("close#1 fail "));
  CHECK_FALSE(w.link.is_awaited());
  w.passes(20ms);
  REQUIRE(w.link.phase() == link_phase::connecting);
  CHECK_FALSE(w.link.is_awaited());
}

TEST_CASE("K13: one that is up awaits nothing, and neither does one that is lost") {
  world w;
  w.come_up();
  CHECK_FALSE(w.link.is_awaited());
  w.happens(link_event::stream_ended{1, "reset"});
  w.passes(20ms);
  REQUIRE(w.link.phase() == link_phase::connecting);
  CHECK_FALSE(w.link.is_awaited());
}

TEST_CASE("K13: an attempt is awaited from the peer's hello on, once") {
  world w;
  w.come_up();
  w.happens(link_event::stream_ended{1, "reset"});
  // It was started again, and has dialled.
  CHECK(w.happens(link_event::incarnation_seen{23, 1}) == "dial#2 -> connecting");
  CHECK(w.link.is_awaited());
  CHECK(w.happens(link_event::connect_failed{2, "no route"}).starts_with("fail "));
  CHECK_FALSE(w.link.is_awaited());
  w.passes(40ms);
  REQUIRE(w.link.phase() == link_phase::connecting);
  CHECK_FALSE(w.link.is_awaited());  // though it has a connection to us
  w.happens(link_event::incarnation_seen{23, 1});
  CHECK(w.link.is_awaited());
  w.happens(link_event::connected{3});
  w.happens(link_event::welcomed{3, welcome(23)});
  CHECK_FALSE(w.link.is_awaited());
}

TEST_CASE("K13, K9: what waits for one that is declared down is given up at once") {
  link_settings s = settings();
  s.down_after = 1s;
  s.connect_time_max = 5s;
  world w{s};
  w.happens(link_event::start{});
  CHECK(w.link.is_awaited());
  CHECK(w.passes(1s).find("fail ") != std::string::npos);
  CHECK(w.link.is_declared_down());
  CHECK_FALSE(w.link.is_awaited());
}

}  // namespace link_awaited_test
