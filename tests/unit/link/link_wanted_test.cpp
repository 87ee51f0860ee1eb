// A peer that was introduced: dialled when it is wanted, once, and like any other when it has been there (K12).
#include <doctest/doctest.h>

#include "link_world.hpp"

namespace link_wanted_test {

using namespace troupe;
using namespace troupe::literals;
using namespace troupe::link_world;
using namespace std::chrono_literals;

namespace {

link_settings wanted_settings() {
  link_settings s = settings();
  s.only_known_by_its_hello = s.when_wanted = true;
  s.redial_down.jitter = 0;
  return s;
}

/// One that is known, and that nobody has wanted yet.
world idle(link_settings s = wanted_settings()) {
  world w{std::move(s)};
  CHECK(w.happens(link_event::start{}) == "-> down");
  return w;
}

std::string fails(world& w) { return w.happens(link_event::connect_failed{w.link.attempt(), "no route"}); }

}  // namespace

TEST_CASE("K12: a peer that nobody wants is not dialled, and one that is wanted is at once, once") {
  world w = idle();
  CHECK(w.passes(1h).empty());
  CHECK_FALSE(w.link.is_wanted());
  CHECK(w.happens(link_event::wanted{}) == "dial#1 -> connecting");
  CHECK(w.link.is_wanted());
  CHECK(w.happens(link_event::wanted{}) == "-> connecting");
  w.happens(link_event::connected{1});
  CHECK(w.happens(link_event::welcomed{1, welcome()}) == "up:22 wake+500 -> up");
  CHECK_FALSE(w.link.is_wanted());
  CHECK(w.happens(link_event::wanted{}) == "-> up");
}

TEST_CASE(
    "K12: one that can't be reached is down at once, and is not dialled again soon however much it is "
    "wanted") {
  world w = idle();
  w.happens(link_event::introduced{"n9"});
  w.happens(link_event::wanted{});
  CHECK(fails(w) == "fail unreachable DOWN -> down");
  CHECK(w.link.is_declared_down());
  CHECK_FALSE(w.link.is_wanted());
  CHECK(w.link.reason() ==
        "n2 can't be reached: no route; its address is from node n9: set node.advertise on node n2, or name "
        "it in "
        "node.peers here");
  CHECK(w.passes(999ms).empty());
  CHECK(w.happens(link_event::wanted{}) == "-> down");
  CHECK(w.passes(1ms).empty());
  CHECK(w.happens(link_event::wanted{}) == "dial#2 -> connecting");
  CHECK_FALSE(w.link.is_declared_down());
  CHECK(fails(w) == "fail DOWN -> down");
  w.passes(1999ms);
  CHECK(w.happens(link_event::wanted{}) == "-> down");
  w.passes(1ms);
  CHECK(w.happens(link_event::wanted{}) == "dial#3 -> connecting");
}

TEST_CASE("K12, K7: one that is not who was expected waits as long as any that refuses") {
  world w = idle();
  w.happens(link_event::wanted{});
  w.happens(link_event::connected{1});
  wire::welcome other = welcome();
  other.node = "n7";
  CHECK(w.happens(link_event::welcomed{1, other}) == "close#1 fail unreachable DOWN -> down");
  w.passes(4999ms);
  CHECK(w.happens(link_event::wanted{}) == "-> down");
  w.passes(1ms);
  CHECK(w.happens(link_event::wanted{}) == "dial#2 -> connecting");
}

TEST_CASE(
    "K12, K9: one that has been there is dialled again when it is lost; once it is down, when it is wanted") {
  world w = idle();
  w.happens(link_event::wanted{});
  w.come_up();
  CHECK(w.happens(link_event::stream_ended{1, "reset"}) == "close#1 fail unreachable wake+20 -> down");
  CHECK(w.happens(link_event::wanted{}) == "-> down");
  CHECK(w.passes(20ms) == "dial#2 wake+9980 -> connecting; ");
  CHECK(w.happens(link_event::connect_failed{2, "connection refused", true}) == "fail DOWN:22 -> down");
  CHECK(w.passes(1h) == "-> down; ");  // a wake-up of before
  CHECK(w.happens(link_event::wanted{}) == "dial#3 -> connecting");
  w.happens(link_event::connected{3});
  CHECK(w.happens(link_event::welcomed{3, welcome(23)}).substr(0, 8) == "up:23new");
}

TEST_CASE("K12: its hello makes it one that is known by that: it is dialled at once, and expected back") {
  world w = idle();
  CHECK(w.happens(link_event::incarnation_seen{22, 1}) == "dial#1 wake+10000 -> connecting");
  CHECK(fails(w) == "fail unreachable wake+20 -> down");
  CHECK_FALSE(w.link.is_declared_down());
  CHECK(w.link.reason() == "n2 can't be reached: no route");
}

TEST_CASE("K12, K11: each waits for its turn, and what waits for it fails when it is forgotten meanwhile") {
  link_settings s = wanted_settings();
  s.dial_turn = [](time_point now) { return now + 3s; };
  world w = idle(s);
  CHECK(w.happens(link_event::wanted{}) == "wake+3000 -> down");
  CHECK(w.link.is_wanted());
  CHECK(w.happens(link_event::wanted{}) == "-> down");
  CHECK(w.passes(3s) == "dial#1 -> connecting; ");
  fails(w);
  w.passes(1s);
  CHECK(w.happens(link_event::wanted{}) == "wake+3000 -> down");
  CHECK(w.happens(link_event::give_up{"enough"}) == "fail DOWN -> down");
  w.passes(10s);
  CHECK(w.happens(link_event::wanted{}) == "wake+3000 -> down");
  CHECK(w.happens(link_event::forget{"no more"}) == "fail DOWN -> down");
  w.passes(1h);
  CHECK(w.happens(link_event::wanted{}) == "-> down");
  w.happens(link_event::introduced{"n9"});
  CHECK(w.happens(link_event::wanted{}) == "wake+3000 -> down");
}

TEST_CASE("K12: one that was known by its hello, has gone and is introduced is dialled when it is wanted") {
  link_settings s = settings();
  s.only_known_by_its_hello = true;
  world w{s};
  w.come_up();
  w.happens(link_event::said_goodbye{1, "bye"});
  CHECK(w.link.is_declared_down());
  CHECK(w.happens(link_event::wanted{}) == "-> down");
  w.happens(link_event::introduced{"n9"});
  CHECK(w.happens(link_event::wanted{}) == "dial#2 -> connecting");
}

}  // namespace link_wanted_test
