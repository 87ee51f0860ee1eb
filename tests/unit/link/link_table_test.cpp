// Every phase x every event: what comes out and where it leads.
#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "link_world.hpp"

namespace link_table_test {

using namespace troupe;
using namespace troupe::literals;
using namespace troupe::link_world;

namespace {

// Attempt 2 is the current one, so that 1 is an old one. No time has passed since the phase was entered.
world in_phase(link_phase phase) {
  world w;
  w.happens(link_event::start{});
  w.happens(link_event::connect_failed{1, "refused"});
  w.passes(20ms);
  if (phase == link_phase::connecting) return w;
  if (phase == link_phase::down) {
    w.happens(link_event::connect_failed{2, "refused"});
    return w;
  }
  w.happens(link_event::connected{2});
  if (phase == link_phase::handshaking) return w;
  w.happens(link_event::welcomed{2, welcome()});
  if (phase == link_phase::up) return w;
  w.happens(link_event::stop{});
  return w;
}

struct named_event {
  std::string name;
  link_event::any event;
};

std::vector<named_event> events() {
  const wire::reject no{.code = errc::not_found, .text = "no"};
  return {
      {"start", link_event::start{}},
      {"connected", link_event::connected{2}},
      {"connected, old", link_event::connected{1}},
      {"connect_failed", link_event::connect_failed{2, "refused"}},
      {"connect_failed, refused", link_event::connect_failed{2, "refused", true}},
      {"connect_failed, old", link_event::connect_failed{1, "refused"}},
      {"welcomed", link_event::welcomed{2, welcome()}},
      {"welcomed, old", link_event::welcomed{1, welcome()}},
      {"rejected", link_event::rejected{2, no}},
      {"rejected, old", link_event::rejected{1, no}},
      {"pinged", link_event::pinged{2, 9}},
      {"pinged, old", link_event::pinged{1, 9}},
      {"ponged", link_event::ponged{2, 9}},
      {"ponged, old", link_event::ponged{1, 9}},
      {"said_goodbye", link_event::said_goodbye{2, "bye"}},
      {"said_goodbye, old", link_event::said_goodbye{1, "bye"}},
      {"heard", link_event::heard{2}},
      {"heard, old", link_event::heard{1}},
      {"sent", link_event::sent{2}},
      {"sent, old", link_event::sent{1}},
      {"stream_ended", link_event::stream_ended{2, "reset"}},
      {"stream_ended, old", link_event::stream_ended{1, "reset"}},
      {"incarnation_seen, same", link_event::incarnation_seen{22, 1}},
      {"incarnation_seen, other", link_event::incarnation_seen{23, 1}},
      {"incarnation_seen, other epoch", link_event::incarnation_seen{22, 2}},
      {"give_up", link_event::give_up{"it does not listen"}},
      {"unheard", link_event::unheard{}},
      {"tick", link_event::tick{}},
      {"stop", link_event::stop{}},
  };
}

// What is not in `expected` changes nothing and has no effect.
void check_table(link_phase phase, const std::map<std::string, std::string>& expected) {
  std::size_t found = 0;
  for (const named_event& row : events()) {
    world w = in_phase(phase);
    REQUIRE(w.link.phase() == phase);
    const auto entry = expected.find(row.name);
    found += entry != expected.end();
    CAPTURE(row.name);
    CHECK(w.happens(row.event) ==
          (entry != expected.end() ? entry->second : "-> " + std::string{to_string(phase)}));
  }
  CHECK(found == expected.size());
}

}  // namespace

TEST_CASE(
    "K4: a link that is down dials for a start or a sign of life, and closes streams it did not wait for") {
  check_table(link_phase::down, {
                                    {"start", "dial#3 -> connecting"},
                                    {"connected", "close#2 -> down"},
                                    {"connected, old", "close#1 -> down"},
                                    {"incarnation_seen, same", "dial#3 -> connecting"},
                                    {"incarnation_seen, other", "dial#3 -> connecting"},
                                    {"incarnation_seen, other epoch", "dial#3 -> connecting"},
                                    {"tick", "wake+40 -> down"},
                                    {"give_up", "DOWN -> down"},
                                    {"stop", "fail -> closed"},
                                });
}

TEST_CASE("K4: a link that connects waits for the outcome of its own dial") {
  check_table(link_phase::connecting, {
                                          {"connected", "hello wake+5000 -> handshaking"},
                                          {"connected, old", "close#1 -> connecting"},
                                          {"connect_failed", "fail wake+40 -> down"},
                                          {"connect_failed, refused", "fail DOWN wake+40 -> down"},
                                          {"tick", "wake+9980 -> connecting"},
                                          {"give_up", "DOWN -> connecting"},
                                          {"stop", "fail -> closed"},
                                      });
}

TEST_CASE("R6: in the handshake a welcome leads up, and whatever else the peer says leads down") {
  check_table(link_phase::handshaking, {
                                           {"connected, old", "close#1 -> handshaking"},
                                           {"welcomed", "up:22 wake+500 -> up"},
                                           {"rejected", "close#2 fail unreachable -> down"},
                                           {"pinged", "close#2 fail unreachable -> down"},
                                           {"ponged", "close#2 fail unreachable -> down"},
                                           {"said_goodbye", "close#2 fail DOWN wake+40 -> down"},
                                           {"give_up", "close#2 fail DOWN wake+40 -> down"},
                                           {"heard", "close#2 fail unreachable -> down"},
                                           {"stream_ended", "close#2 fail wake+40 -> down"},
                                           {"tick", "wake+5000 -> handshaking"},
                                           {"stop", "close#2 fail -> closed"},
                                       });
}

TEST_CASE(
    "R5: a link that is up answers pings, and the stream's end or another incarnation takes it down at "
    "once") {
  check_table(link_phase::up,
              {
                  {"connected, old", "close#1 -> up"},
                  {"welcomed", "close#2 fail unreachable -> down"},
                  {"rejected", "close#2 fail unreachable -> down"},
                  {"pinged", "pong:9 -> up"},
                  {"said_goodbye", "close#2 fail unreachable DOWN:22 wake+40 -> down"},
                  {"give_up", "close#2 fail unreachable DOWN:22 wake+40 -> down"},
                  {"stream_ended", "close#2 fail unreachable wake+40 -> down"},
                  {"incarnation_seen, other", "close#2 fail unreachable dial#3 -> connecting"},
                  {"incarnation_seen, other epoch", "close#2 fail unreachable DOWN:22 dial#3 -> connecting"},
                  {"tick", "wake+500 -> up"},
                  {"stop", "goodbye close#2 fail unreachable -> closed"},
              });
}

TEST_CASE("K1: a closed link does nothing any more but close streams that come late") {
  check_table(link_phase::closed, {
                                      {"connected", "close#2 -> closed"},
                                      {"connected, old", "close#1 -> closed"},
                                  });
}

TEST_CASE("a link before its start waits for the start alone") {
  const std::map<std::string, std::string> expected{
      {"start", "dial#1 wake+10000 -> connecting"},
      {"give_up", "DOWN -> down"},
      {"connected", "close#2 -> down"},
      {"connected, old", "close#1 -> down"},
      {"stop", "fail -> closed"},
  };
  for (const named_event& row : events()) {
    world w;
    const auto entry = expected.find(row.name);
    CAPTURE(row.name);
    CHECK(w.happens(row.event) == (entry != expected.end() ? entry->second : "-> down"));
    CHECK((w.wake_at == never) == (row.name != "start"));
  }
}

}  // namespace link_table_test
