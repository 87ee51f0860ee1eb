// A machine's decisions, without an actor (SM1-SM8, CH2).
#include <doctest/doctest.h>

#include <string>
#include <troupe/statechart/machine.hpp>
#include <vector>

namespace statechart_machine_test {

using namespace troupe::statechart;
using troupe::duration;
using namespace std::chrono_literals;

namespace {

//   lit: on { red green }, off       dark
constexpr auto table = with_firsts(
    std::array<state_info, 6>{{{"lit"}, {"on", 0}, {"red", 1}, {"green", 1}, {"off", 0}, {"dark"}}});
constexpr chart c{table};
constexpr state_id lit = 0, on = 1, red = 2, green = 3, off = 4, dark = 5;

using lines = std::vector<std::string>;

action start(timer_kind kind, duration delay, std::uint16_t of = no_state) {
  return {.timer = {kind, of}, .delay = delay};
}
action insert(std::uint16_t event) { return {.what = action_kind::insert, .event = event}; }

outcome keep(actions wanted = {}) { return {.wanted = std::move(wanted)}; }
outcome move_to(state_id s, actions wanted = {}) {
  return {.what = verdict::move, .target = s, .wanted = std::move(wanted)};
}

/// A machine and what it does, as text.
struct bench {
  machine m{c, 5};

  lines done(const effects& all) {
    lines out;
    for (const effect& e : all) {
      if (e.what == effect_kind::change) m.changed(e);
      out.push_back(to_string(e, c));
    }
    return out;
  }
  lines begin(const outcome& first = {}) { return done(m.begin(first)); }
  lines handled(const outcome& what, state_id handler) { return done(m.handled(handler, what)); }
  lines handled(const outcome& what) { return handled(what, m.state()); }
  void at(state_id s) {
    begin(move_to(s));
    REQUIRE(m.state() == c.leaf_of(s));
  }
};

}  // namespace

TEST_CASE("CH1, CH2: a machine begins by entering from the outside in") {
  bench b;
  CHECK(b.m.state() == no_state);
  CHECK(b.begin() == lines{"change  -> red", "enter lit", "enter on", "enter red"});
  CHECK(b.m.state() == red);
  CHECK(b.m.previous() == no_state);

  bench elsewhere;
  CHECK(elsewhere.begin(move_to(dark, {start(timer_kind::state, 1s), insert(3)})) ==
        lines{"change  -> dark", "start_timer state dark 1000 ms", "insert 3", "enter dark"});
}

TEST_CASE(
    "CH2: a change leaves from the inside out and enters from the outside in, and keeps what is around "
    "both") {
  struct move {
    state_id from, to;
    lines expected;
  };
  const move all[] = {
      {red, green, {"leave red", "cancel_timer state red", "change red -> green", "enter green", "retry"}},
      {green,
       off,
       {"leave green", "cancel_timer state green", "leave on", "cancel_timer state on", "change green -> off",
        "enter off", "retry"}},
      {green,
       dark,
       {"leave green", "cancel_timer state green", "leave on", "cancel_timer state on", "leave lit",
        "cancel_timer state lit", "change green -> dark", "enter dark", "retry"}},
      {dark,
       on,
       {"leave dark", "cancel_timer state dark", "change dark -> red", "enter lit", "enter on", "enter red",
        "retry"}},
      {off,
       on,
       {"leave off", "cancel_timer state off", "change off -> red", "enter on", "enter red", "retry"}},
      // A state around the current one stays; where it is entered is gone to.
      {green, on, {"leave green", "cancel_timer state green", "change green -> red", "enter red", "retry"}},
      {off,
       lit,
       {"leave off", "cancel_timer state off", "change off -> red", "enter on", "enter red", "retry"}},
  };
  for (const move& one : all) {
    bench b;
    b.at(one.from);
    CHECK(b.handled(move_to(one.to)) == one.expected);
    CHECK(b.m.state() == c.leaf_of(one.to));
    CHECK(b.m.previous() == one.from);
  }
}

TEST_CASE("every move from every state enters and leaves as often, and ends where it was to") {
  for (state_id from = 0; from < c.size(); ++from)
    for (state_id to = 0; to < c.size(); ++to) {
      bench b;
      std::vector<int> inside(c.size());
      const auto count = [&](const effects& all) {
        for (const effect& e : all) {
          if (e.what == effect_kind::enter) ++inside[e.state];
          if (e.what == effect_kind::leave) --inside[e.state];
          if (e.what == effect_kind::change) b.m.changed(e);
        }
      };
      count(b.m.begin(move_to(from)));
      count(b.m.handled(b.m.state(), move_to(to)));
      CHECK(b.m.state() == c.leaf_of(to));
      for (state_id s = 0; s < c.size(); ++s) CHECK(inside[s] == (c.is_in(b.m.state(), s) ? 1 : 0));
    }
}

TEST_CASE(
    "SM1: to move to where it is already is to keep the state; to repeat leaves and enters it, and is no "
    "change") {
  bench b;
  b.at(red);
  CHECK(b.handled(keep()).empty());
  CHECK(b.handled(move_to(red)).empty());
  CHECK(b.handled(move_to(lit)).empty());  // it is entered at red
  CHECK(b.handled({.what = verdict::repeat}) == lines{"leave red", "change red -> red", "enter red"});
  CHECK(b.m.previous() == no_state);
  CHECK(b.handled({.what = verdict::stop}) == lines{"stop"});
}

TEST_CASE("SM2: an event is put aside until the next change, and a move that puts it aside is one") {
  bench b;
  b.at(red);
  CHECK(b.handled({.postpone = true}) == lines{"put_aside"});
  CHECK(b.handled({.what = verdict::repeat, .postpone = true}) ==
        lines{"leave red", "change red -> red", "enter red", "put_aside"});
  CHECK(b.handled({.what = verdict::move, .target = green, .postpone = true}) ==
        lines{"leave red", "cancel_timer state red", "change red -> green", "enter green", "put_aside",
              "retry"});
  CHECK(b.handled({.what = verdict::move, .target = green, .postpone = true}) == lines{"put_aside"});
}

TEST_CASE("SM3, SM6: a state timer belongs to the state that is gone to, or whose handler asks") {
  bench b;
  b.at(red);
  CHECK(b.handled(keep({start(timer_kind::state, 2s)}), on) == lines{"start_timer state on 2000 ms"});
  CHECK(b.handled(keep({start(timer_kind::state, 2s)}), red) == lines{"start_timer state red 2000 ms"});
  CHECK(b.handled(keep({start(timer_kind::state, 2s)}), any_state) == lines{"start_timer state red 2000 ms"});
  CHECK(b.handled(keep({{.what = action_kind::cancel, .timer = {}}}), on) == lines{"cancel_timer state on"});
  CHECK(b.handled(move_to(green, {start(timer_kind::state, 3s)}), on) ==
        lines{"leave red", "cancel_timer state red", "change red -> green", "start_timer state green 3000 ms",
              "enter green", "retry"});
  CHECK(b.handled(move_to(lit, {start(timer_kind::state, 3s)}), green) ==
        lines{"leave green", "cancel_timer state green", "change green -> red",
              "start_timer state lit 3000 ms", "enter red", "retry"});
  CHECK(b.done(b.m.entered(red, {start(timer_kind::state, 4s)})) == lines{"start_timer state red 4000 ms"});
}

TEST_CASE(
    "SM4: the event timer ends with the next event, whatever that is, and is looked at only when it may "
    "run") {
  bench b;
  b.at(red);
  CHECK(b.done(b.m.event_comes()).empty());
  CHECK(b.handled(keep({start(timer_kind::event, 0s, 0)})) == lines{"start_timer event 0 ms"});
  CHECK(b.done(b.m.event_comes()) == lines{"cancel_timer event"});
  CHECK(b.done(b.m.event_comes()).empty());
}

TEST_CASE("SM5: named timers run on over changes, and actions keep their order") {
  bench b;
  b.at(red);
  CHECK(b.handled(keep({start(timer_kind::named, 1s, 7),
                        {.what = action_kind::cancel, .timer = {timer_kind::named, 8}},
                        start(timer_kind::named, 2s, 7)})) ==
        lines{"start_timer named 7 1000 ms", "cancel_timer named 8", "start_timer named 7 2000 ms"});
  for (const std::string& line : b.handled(move_to(dark))) CHECK(line.find("named") == std::string::npos);
}

TEST_CASE("SM7: a timer of no time is due at once, but for the event timer, which waits for the mailbox") {
  bench b;
  b.at(red);
  CHECK(b.handled(keep({start(timer_kind::named, 0s, 7), insert(1), start(timer_kind::state, -1s)})) ==
        lines{"timer_due named 7", "insert 1", "timer_due state red"});
}

TEST_CASE(
    "SM8: events may cause each other chain_max times in a row, and as often again when the chain has "
    "ended") {
  bench b;
  b.at(red);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 4; ++i) CHECK(b.handled(keep({insert(1)})) == lines{"insert 1"});
    CHECK(b.handled(keep({start(timer_kind::named, 0s, 7)})) == lines{"timer_due named 7"});
    CHECK(b.handled(keep({insert(1)})) == lines{"overrun"});
    b.m.chain_ended();
  }
}

TEST_CASE("SM8: a message that each state puts aside with a move goes in circles, and that ends as well") {
  bench b;
  b.at(red);
  for (int i = 0; i < 5; ++i) {
    b.handled({.what = verdict::move, .target = i % 2 == 0 ? green : red, .postpone = true});
    b.m.chain_ended();  // nothing was inserted
  }
  CHECK(b.handled({.what = verdict::move, .target = red, .postpone = true}) == lines{"overrun"});
  // Anything else in between says that it is no circle.
  bench other;
  other.at(red);
  for (int i = 0; i < 20; ++i) {
    CHECK(
        other.handled({.what = verdict::move, .target = i % 2 == 0 ? green : red, .postpone = true}).back() ==
        "retry");
    other.m.chain_ended();
    other.handled(keep());
    other.m.chain_ended();
  }
}

}  // namespace statechart_machine_test
