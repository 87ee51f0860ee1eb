// When a peer is declared down, and how the two sides find out that one has forgotten the other (K9, K10, R5).
#include <doctest/doctest.h>

#include "link_world.hpp"

namespace link_epoch_test {

using namespace troupe;
using namespace troupe::literals;
using namespace troupe::link_world;
using namespace std::chrono_literals;

namespace {

/// The epoch of the hello of the next connection.
std::uint64_t epoch_said(world& w) {
  if (w.link.phase() == link_phase::down) w.passes(1s);
  w.happens(link_event::connected{w.link.attempt()});
  for (const auto& effect : w.effects)
    if (const auto* hello = std::get_if<link_effect::send_hello>(&effect)) return hello->frame.epoch;
  return 0;
}

std::string is_welcomed(world& w, const wire::welcome& how, bool goes_on = true) {
  const std::string all = w.happens(link_event::welcomed{w.link.attempt(), how, goes_on});
  return all.substr(0, std::min(all.find(" wake"), all.find(" ->")));
}

/// Up, and then the stream breaks.
world broken() {
  world w;
  w.come_up();
  w.happens(link_event::stream_ended{1, "reset"});
  return w;
}

}  // namespace

TEST_CASE("K9, R5: the end of the stream and a refused connect declare a peer down at once") {
  world w = broken();
  w.passes(20ms);
  CHECK(w.happens(link_event::connect_failed{2, "connection refused", true}) ==
        "fail DOWN:22 wake+40 -> down");
  CHECK(w.link.is_declared_down());
  CHECK(w.link.epoch() == 2);
}

TEST_CASE("K9: one who has a connection to us lives, whoever refuses our connect, until that has ended") {
  world w = broken();
  w.happens(link_event::incarnation_seen{22, 1});
  CHECK(w.happens(link_event::connect_failed{2, "connection refused", true}) == "fail -> down");
  CHECK(!w.link.is_declared_down());
  CHECK(w.happens(link_event::unheard{}) == "DOWN:22 -> down");
  CHECK(w.happens(link_event::unheard{}) == "-> down");
}

TEST_CASE("K9: a peer that comes back in time goes on where it was, and nobody is told anything") {
  world w = broken();
  w.passes(20ms);
  CHECK(epoch_said(w) == 1);
  CHECK(is_welcomed(w, welcome()) == "up:22");
  CHECK(w.link.epoch() == 1);
}

TEST_CASE("K9: a peer that can't be reached is declared down when its time is over, once") {
  world w;
  w.come_up();
  w.happens(link_event::stream_ended{1, "reset"});
  std::string all;
  for (int i = 0; i < 40; ++i) {
    all += w.passes(500ms);
    if (w.link.phase() == link_phase::connecting)
      all += w.happens(link_event::connect_failed{w.link.attempt(), "no route"});
  }
  CHECK(all.find("DOWN:22") != std::string::npos);
  CHECK(all.find("DOWN:22") == all.rfind("DOWN"));
  CHECK(w.link.epoch() == 2);
}

TEST_CASE(
    "K9: a handshake that is under way when the time is over is given up: its hello was of the old epoch") {
  world w = broken();
  w.passes(20ms);
  w.passes(4950ms);  // of ten seconds, five of which a handshake may take
  w.happens(link_event::connect_failed{2, "no route"});
  w.passes(4500ms);
  CHECK(epoch_said(w) == 1);
  CHECK(w.passes(600ms).find("close#3 fail DOWN:22") != std::string::npos);
  CHECK(epoch_said(w) == 2);
}

TEST_CASE("K10: who has declared the other down says so with its next hello, and only once") {
  world w = broken();
  w.passes(20ms);
  w.happens(link_event::connect_failed{2, "connection refused", true});
  CHECK(epoch_said(w) == 2);
  CHECK(is_welcomed(w, welcome()) == "up:22");  // forgotten already
  w.happens(link_event::stream_ended{w.link.attempt(), "reset"});
  CHECK(epoch_said(w) == 2);
}

TEST_CASE(
    "K10: who is told by a hello that it was declared down forgets as well, in the same epoch, and dials "
    "again") {
  world w;
  w.come_up();
  CHECK(w.happens(link_event::incarnation_seen{22, 2}) ==
        "close#1 fail unreachable DOWN:22 dial#2 -> connecting");
  CHECK(epoch_said(w) == 1);
  CHECK(is_welcomed(w, welcome(22, 2)) == "up:22");
  CHECK(w.happens(link_event::incarnation_seen{22, 2}) == "-> up");
}

TEST_CASE("K10: who is told by a welcome that it was declared down forgets as well, and is up at once") {
  world w = broken();
  w.passes(20ms);
  CHECK(epoch_said(w) == 1);
  CHECK(is_welcomed(w, welcome(22, 2)) == "DOWN:22 up:22");
  CHECK(w.link.epoch() == 1);
}

TEST_CASE("K10: a peer whose counts do not fit what it was sent is declared down, and met in a new epoch") {
  world w = broken();
  w.passes(20ms);
  CHECK(epoch_said(w) == 1);
  CHECK(is_welcomed(w, welcome(), false) == "close#2 fail DOWN:22");
  CHECK(epoch_said(w) == 2);
}

TEST_CASE("K10: a peer that is met for the first time and claims to have heard of us is met in a new epoch") {
  world w;
  w.happens(link_event::start{});
  CHECK(epoch_said(w) == 1);
  wire::welcome odd = welcome();
  odd.messages = 3;
  CHECK(is_welcomed(w, odd) == "close#1 fail unreachable DOWN");
  w.passes(20ms);
  CHECK(epoch_said(w) == 2);
}

TEST_CASE(
    "K9: a peer that is known by its hello only is not dialled any more once it is declared down, until it "
    "shows itself") {
  link_settings s = settings();
  s.only_known_by_its_hello = true;
  world w{s};
  w.come_up();
  w.happens(link_event::said_goodbye{1, "bye"});
  CHECK(w.passes(1h) == "-> down; ");  // the tick that the connection had asked for
  CHECK(w.happens(link_event::incarnation_seen{23, 1}) == "dial#2 wake+10000 -> connecting");
}

TEST_CASE(
    "K10: who begins a new epoch begins it with all runs of the peer; who is told so by one run, with that "
    "one") {
  const auto all_runs = [](world& w) {
    for (const auto& effect : w.effects)
      if (const auto* down = std::get_if<link_effect::declare_down>(&effect))
        return down->all_runs ? "all" : "one";
    return "none";
  };
  world w = broken();
  w.happens(link_event::incarnation_seen{33, 1});  // a run that the link has not met
  w.passes(10s);
  CHECK(all_runs(w) == std::string{"all"});
  world told;
  told.come_up();
  told.happens(link_event::incarnation_seen{22, 2});
  CHECK(all_runs(told) == std::string{"one"});
  world other = broken();
  other.passes(20ms);
  CHECK(epoch_said(other) == 1);
  is_welcomed(other, welcome(33, 1));
  CHECK(all_runs(other) == std::string{"one"});
}

TEST_CASE("K9, K10: who was declared down has no connection to us any more: the next refusal finds nobody") {
  world w = broken();
  w.happens(link_event::incarnation_seen{22, 1});
  w.happens(link_event::give_up{"enough"});
  w.happens(link_event::connected{w.link.attempt()});
  w.happens(link_event::welcomed{w.link.attempt(), welcome()});
  w.happens(link_event::stream_ended{w.link.attempt(), "reset"});
  w.passes(1s);
  CHECK(w.happens(link_event::connect_failed{w.link.attempt(), "connection refused", true}).find("DOWN:22") !=
        std::string::npos);
}

TEST_CASE(
    "K9: a peer that is forgotten is given up wherever the link is, and not dialled until it says hello") {
  const auto forgotten = [](world w) {
    CAPTURE(to_string(w.link.phase()));
    w.happens(link_event::forget{"no more"});
    CHECK(w.link.phase() == link_phase::down);
    CHECK(w.link.is_declared_down());
    CHECK(w.passes(1h).find("dial#") == std::string::npos);
    CHECK(w.happens(link_event::forget{"no more"}) == "-> down");
    CHECK(w.happens(link_event::incarnation_seen{22, 1}).find("dial#") != std::string::npos);
  };
  world up;
  up.come_up();
  forgotten(up);
  forgotten(broken());
  world connecting = broken();
  connecting.passes(20ms);
  REQUIRE(connecting.link.phase() == link_phase::connecting);
  forgotten(connecting);
  connecting.happens(link_event::connected{connecting.link.attempt()});
  forgotten(connecting);
}

}  // namespace link_epoch_test
