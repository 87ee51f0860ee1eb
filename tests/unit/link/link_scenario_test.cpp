#include <doctest/doctest.h>

#include <string>

#include "link_world.hpp"

namespace link_scenario_test {

using namespace troupe;
using namespace troupe::literals;
using namespace troupe::link_world;

namespace {

template <class T>
const T* effect_of(const world& w) {
  for (const auto& effect : w.effects)
    if (const auto* found = std::get_if<T>(&effect)) return found;
  return nullptr;
}

}  // namespace

TEST_CASE("R2: the hello says who dials, which run of it, and whom it expects") {
  world w;
  CHECK(w.happens(link_event::start{}) == "dial#1 wake+10000 -> connecting");
  CHECK(effect_of<link_effect::dial>(w)->timeout == 5s);
  CHECK(w.happens(link_event::connected{1}) == "hello wake+5000 -> handshaking");
  CHECK(effect_of<link_effect::send_hello>(w)->frame == wire::hello{.capabilities = 6,
                                                                    .node = "n1",
                                                                    .incarnation = 11,
                                                                    .target = "n2",
                                                                    .heartbeat_interval = 500ms,
                                                                    .epoch = 1});
  CHECK(w.happens(link_event::welcomed{1, welcome()}) == "up:22 wake+500 -> up");
  CHECK(effect_of<link_effect::peer_up>(w)->capabilities == 2);
  CHECK(w.link.incarnation() == 22u);
  CHECK(w.link.reason() == "");
  CHECK(w.link.since() == w.now);
}

TEST_CASE("R5: the end of the stream fails what is pending and takes the peer down at once") {
  world w;
  w.come_up();
  w.passes(100ms);
  CHECK(w.happens(link_event::stream_ended{1, "connection reset"}) ==
        "close#1 fail unreachable wake+20 -> down");
  CHECK(effect_of<link_effect::fail_pending>(w)->reason ==
        "the connection to n2 has ended: connection reset");
  CHECK(effect_of<link_effect::peer_unreachable>(w)->reason ==
        "the connection to n2 has ended: connection reset");
  CHECK(w.happens(link_event::stream_ended{1, "again"}) == "-> down");
}

TEST_CASE("S9: a lost peer is dialled again after 20 ms, then after growing waits of at most 1 s") {
  world w;
  w.come_up();
  w.happens(link_event::stream_ended{1, "reset"});
  duration waited{};
  for (const duration wait : {20ms, 40ms, 80ms, 160ms, 320ms, 640ms, 1000ms, 1000ms}) {
    CHECK(w.wake_at - w.now == wait);
    waited += wait;
    w.passes(wait);
    REQUIRE(w.link.phase() == link_phase::connecting);
    w.happens(link_event::connect_failed{w.link.attempt(), "refused"});
  }
  CHECK(w.link.since() == w.now - waited);
  CHECK(w.link.reason() == "n2 can't be reached: refused");
}

TEST_CASE("S9: a link that stayed up for the quiet period starts over at 20 ms, one that flaps does not") {
  world w;
  w.come_up();
  w.happens(link_event::stream_ended{w.link.attempt(), "reset"});
  w.passes(20ms);
  w.come_up();
  w.passes(100ms);
  w.happens(link_event::stream_ended{w.link.attempt(), "reset"});
  CHECK(w.wake_at - w.now == 40ms);
  w.passes(40ms);
  w.come_up();
  w.passes(510ms);
  w.happens(link_event::stream_ended{w.link.attempt(), "reset"});
  CHECK(w.wake_at - w.now == 20ms);
}

TEST_CASE("K3: a peer that was never reached is told down once, however often it is dialled") {
  world w;
  w.happens(link_event::start{});
  CHECK(w.happens(link_event::connect_failed{1, "refused"}) == "fail unreachable wake+20 -> down");
  for (int i = 0; i < 5; ++i) {
    w.passes(1s);
    CHECK(w.happens(link_event::connect_failed{w.link.attempt(), "refused"}).find("fail unreachable") ==
          std::string::npos);
  }
}

TEST_CASE("R2: the same incarnation comes back as the same, a new one with the flag set") {
  world w;
  w.come_up(22);
  w.happens(link_event::stream_ended{1, "reset"});
  w.passes(20ms);
  w.happens(link_event::connected{2});
  CHECK(w.happens(link_event::welcomed{2, welcome(22)}).substr(0, 6) == "up:22 ");
  w.happens(link_event::stream_ended{2, "reset"});
  w.passes(40ms);
  w.happens(link_event::connected{3});
  CHECK(w.happens(link_event::welcomed{3, welcome(23)}).substr(0, 17) == "DOWN:22 up:23new ");
  CHECK(w.link.is_replaced(22));
  CHECK_FALSE(w.link.is_replaced(23));
}

TEST_CASE("R2: an incarnation that was replaced is refused, and dialled slowly") {
  world w;
  w.come_up(22);
  w.happens(link_event::stream_ended{1, "reset"});
  w.passes(20ms);
  w.come_up(23);
  w.happens(link_event::stream_ended{2, "reset"});
  w.passes(40ms);
  w.happens(link_event::connected{3});
  CHECK(w.happens(link_event::welcomed{3, welcome(22)}).substr(0, 12) == "close#3 fail");
  CHECK(w.link.phase() == link_phase::down);
  CHECK(w.link.reason() ==
        "at the address of n2 answers an incarnation of it that was replaced; two nodes called n2 must not "
        "run at "
        "the same time");
  CHECK(w.passes(4999ms).find("dial") == std::string::npos);
  CHECK(w.passes(1ms) == "dial#4 wake+4960 -> connecting; ");
}

TEST_CASE("K8: the last 16 replaced incarnations are remembered") {
  world w;
  for (std::uint64_t i = 1; i <= link_state::replaced_max + 2; ++i) {
    w.come_up(i);
    w.happens(link_event::stream_ended{w.link.attempt(), "reset"});
  }
  CHECK_FALSE(w.link.is_replaced(1));
  for (std::uint64_t i = 2; i <= link_state::replaced_max + 1; ++i) CHECK(w.link.is_replaced(i));
  CHECK_FALSE(w.link.is_replaced(link_state::replaced_max + 2));
}

TEST_CASE("R5: a new incarnation that dials us declares the old one down at once, and is dialled at once") {
  world w;
  w.come_up(22);
  CHECK(w.happens(link_event::incarnation_seen{23, 1}) == "close#1 fail unreachable dial#2 -> connecting");
  w.happens(link_event::connected{2});
  CHECK(w.happens(link_event::welcomed{2, welcome(23)}).substr(0, 17) == "DOWN:22 up:23new ");
  CHECK(w.happens(link_event::incarnation_seen{22, 1}) == "-> up");
}

TEST_CASE("K8: a hello that was under way since before a restart does not shut the new incarnation out") {
  world w;
  w.come_up(23);
  w.happens(link_event::incarnation_seen{22, 1});
  w.happens(link_event::connected{2});
  CHECK(w.happens(link_event::welcomed{2, welcome(23)}).substr(0, 6) == "up:23 ");
}

TEST_CASE("a peer that dials us while we wait is dialled at once, and one that is refused too") {
  world w;
  w.come_up(22);
  w.happens(link_event::rejected{1, {}});
  CHECK(w.link.phase() == link_phase::down);
  CHECK(w.happens(link_event::incarnation_seen{23, 1}) == "dial#2 -> connecting");
  CHECK(w.happens(link_event::incarnation_seen{23, 1}) == "-> connecting");
}

TEST_CASE("R2: whoever is not the peer is refused with a reason and a fix, and dialled slowly") {
  const auto refusal = [](wire::welcome answer) {
    world w;
    w.happens(link_event::start{});
    w.happens(link_event::connected{1});
    CHECK(w.happens(link_event::welcomed{1, std::move(answer)}) == "close#1 fail unreachable -> down");
    CHECK(w.passes(4999ms) == "");
    CHECK(w.passes(1ms) == "dial#2 wake+5000 -> connecting; ");
    CHECK(effect_of<link_effect::dial>(w) != nullptr);
    return w.link.reason();
  };
  wire::welcome other = welcome();
  other.node = "n3";
  CHECK(refusal(other) == "at the address of n2 answers n3; correct the address or the name");
  wire::welcome myself = welcome(11);
  myself.node = "n1";
  CHECK(refusal(myself) == "the address of n2 leads back to this node, n1; correct the address");
  wire::welcome namesake = welcome(12);
  namesake.node = "n1";
  CHECK(refusal(namesake) ==
        "at the address of n2 answers another node called n1, as this one is; give each node its own name");
  wire::welcome newer = welcome();
  newer.version = 5;
  CHECK(refusal(newer) == "n2 speaks version 5 and this node version 4; run the same release on both");
}

TEST_CASE("a reject is told as it was sent, on one line, and the waits for it grow to 1 min") {
  world w;
  w.happens(link_event::start{});
  duration expected = 5s;
  for (int i = 0; i < 6; ++i) {
    w.happens(link_event::connected{w.link.attempt()});
    w.happens(link_event::rejected{w.link.attempt(), {.code = errc::not_found, .text = "this is\nn3"}});
    CHECK(w.link.reason() == "n2 refused this node: not_found: this is n3");
    const time_point before = w.now;
    while (w.link.phase() == link_phase::down) w.passes(w.wake_at - w.now);
    CHECK(w.now - before == expected);
    expected = std::min<duration>(expected * 2, 1min);
  }
  w.happens(link_event::connected{w.link.attempt()});
  w.happens(link_event::rejected{w.link.attempt(), {.version = 5}});
  CHECK(w.link.reason() ==
        "n2 refused this node and speaks version 5, this node version 4; run the same release on both");
}

TEST_CASE("K3: a refusal is told although the peer is already known to be down, but each reason once") {
  world w;
  w.happens(link_event::start{});
  CHECK(w.happens(link_event::connect_failed{1, "refused"}) == "fail unreachable wake+20 -> down");
  const auto next_refusal = [&w](const char* text) {
    while (w.link.phase() == link_phase::down) w.passes(w.wake_at - w.now);
    w.happens(link_event::connected{w.link.attempt()});
    w.happens(link_event::rejected{w.link.attempt(), {.text = text}});
    return effect_of<link_effect::peer_unreachable>(w) != nullptr;
  };
  CHECK(next_refusal("no"));
  CHECK_FALSE(next_refusal("no"));
  CHECK(next_refusal("never"));
}

TEST_CASE("R6: a handshake that is not done in 5 s is given up, and the peer dialled again soon") {
  world w;
  w.happens(link_event::start{});
  w.happens(link_event::connected{1});
  CHECK(w.passes(4999ms) == "");
  CHECK(w.passes(1ms) == "close#1 fail unreachable wake+20 -> down; ");
  CHECK(w.link.reason() == "n2 did not finish the handshake within 5000 ms");
}

TEST_CASE("K7: a peer that was up in between is refused for 5 s at first, not for what it came to before") {
  world w;
  w.happens(link_event::start{});
  for (int i = 0; i < 3; ++i) {
    w.happens(link_event::connected{w.link.attempt()});
    w.happens(link_event::rejected{w.link.attempt(), {}});
    while (w.link.phase() == link_phase::down) w.passes(w.wake_at - w.now);
  }
  w.come_up();
  w.happens(link_event::rejected{w.link.attempt(), {}});
  w.passes(4999ms);
  CHECK(w.link.phase() == link_phase::down);
  w.passes(1ms);
  CHECK(w.link.phase() == link_phase::connecting);
}

TEST_CASE("K9: a goodbye declares the peer down with its reason") {
  world w;
  w.come_up();
  CHECK(w.happens(link_event::said_goodbye{1, "n2 shuts down"}) ==
        "close#1 fail unreachable DOWN:22 wake+20 -> down");
  CHECK(w.link.reason() == "n2 said goodbye: n2 shuts down");
}

TEST_CASE("a start while the link waits dials at once") {
  world w;
  w.come_up();
  w.happens(link_event::rejected{1, {}});
  CHECK(w.happens(link_event::start{}) == "dial#2 -> connecting");
}

TEST_CASE("stopping says goodbye, closes, fails what is pending, and later events find nothing") {
  world w;
  w.come_up();
  CHECK(w.happens(link_event::stop{}) == "goodbye close#1 fail unreachable -> closed");
  CHECK(effect_of<link_effect::send_goodbye>(w)->text == "n1 shuts down");
  CHECK(w.link.reason() == "the link to n2 was shut down");
  CHECK(w.passes(1h) == "-> closed; ");
}

TEST_CASE("K4: a stream that connects after the stop is closed") {
  world w;
  w.happens(link_event::start{});
  CHECK(w.happens(link_event::stop{}) == "fail -> closed");
  CHECK(w.happens(link_event::connected{1}) == "close#1 -> closed");
}

TEST_CASE("K5: an event that comes after its link's deadline finds the deadline done") {
  world w;
  w.happens(link_event::start{});
  w.happens(link_event::connected{1});
  w.now += 6s;
  CHECK(w.happens(link_event::sent{1}) == "close#1 fail unreachable wake+20 -> down");
}

TEST_CASE(
    "K5: a timer that fires while it is being moved loses nothing: an early tick asks for the next one "
    "anew") {
  world w;
  w.happens(link_event::start{});
  w.happens(link_event::connected{1});
  w.happens(link_event::welcomed{1, welcome()});
  w.now += 100ms;
  CHECK(w.happens(link_event::tick{}) == "wake+400 -> up");
}

TEST_CASE("D1: the jitter of the waits comes from the seed alone") {
  const auto waits = [](std::uint64_t seed) {
    link_settings s = settings();
    s.redial.jitter = 0.5;
    world w{s, seed};
    w.happens(link_event::start{});
    std::vector<duration> out;
    for (int i = 0; i < 8; ++i) {
      w.happens(link_event::connect_failed{w.link.attempt(), "refused"});
      out.push_back(w.wake_at - w.now);
      w.passes(w.wake_at - w.now);
    }
    return out;
  };
  CHECK(waits(1) == waits(1));
  CHECK(waits(1) != waits(2));
}

TEST_CASE("link settings that make no sense are refused with the peer's name and what would be right") {
  const auto text = [](auto change) {
    link_settings s = settings();
    change(s);
    const auto r = validate(s);
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().code == errc::invalid);
    return r.error().text;
  };
  CHECK(validate(settings()).has_value());
  CHECK(text([](auto& s) { s.peer = "n1"; }) ==
        "link to 'n1': a node does not link to itself; give each node its own name");
  CHECK(text([](auto& s) { s.peer = ""; }) ==
        "link to '': the name '' must have 1 to 255 bytes and no control characters");
  CHECK(text([](auto& s) { s.self.name = std::string(256, 'n'); }).find("1 to 255 bytes") !=
        std::string::npos);
  CHECK(text([](auto& s) { s.peer = "n\n2"; }).find("no control characters") != std::string::npos);
  CHECK(text([](auto& s) { s.self.heartbeat_interval = 9ms; }) ==
        "link to 'n2': the heartbeat interval must be at least 10 ms");
  CHECK(text([](auto& s) { s.heartbeat_limit = 999ms; }) ==
        "link to 'n2': the heartbeat limit must be at least twice the interval, or one lost moment is a lost "
        "peer");
  CHECK(text([](auto& s) { s.detector.threshold = 17; }) ==
        "link to 'n2': failure detector: the threshold must be from 1 to 16");
  CHECK(text([](auto& s) { s.connect_time_max = 0s; }) ==
        "link to 'n2': the time to connect must be more than 0");
  CHECK(text([](auto& s) { s.handshake_time_max = 6s; }) ==
        "link to 'n2': the time for the handshake must be more than 0 and at most 5000 ms");
  CHECK(text([](auto& s) { s.redial.min = 0s; }) == "link to 'n2': backoff: min must be more than 0");
  CHECK(text([](auto& s) { s.redial_refused.jitter = 2; }) ==
        "link to 'n2': backoff: jitter must be from 0 to 1");
}

}  // namespace link_scenario_test
