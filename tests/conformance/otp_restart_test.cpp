// OTP's supervisor_SUITE, group restart: who goes down and comes up with whom (S1), how often (S3), and with whom it goes on (S6).
#include <doctest/doctest.h>

#include "conformance/server.hpp"

using namespace conformance;

namespace {

constexpr const char* exhausted =
    "differs: a supervisor that has used up its restarts ends with `failed`, not `shutdown`, so that a "
    "transient one is "
    "restarted by its own (S3)";

/// Three children that have just started.
template <class Strategy>
supervision three(stage& s, Strategy how) {
  auto top = supervise(s.sys(), "top", how, s.child("a"), s.child("b"), s.child("c"));
  s.note_end("top");
  s.mark();
  return top;
}

/// Notes of starts and stops, and of the end of `top`.
lines lives(stage& s) {
  lines out;
  for (const auto& line : s.happened())
    if (line.ends_with(" start") || line.ends_with(" stop") || line.starts_with("top gone"))
      out.push_back(line);
  return out;
}

}  // namespace

TEST_CASE("one_for_one: the one that fails is restarted alone, in its place" *
          doctest::description("differs: it keeps its reference and its mailbox; OTP's has a new pid (S6)")) {
  everywhere([](stage& s) {
    auto top = three(s, one_for_one{.intensity = 4, .period = 1h});
    const cell_ptr before = s.at("top/b");
    s.tell<stumble>("top/b");
    CHECK(lives(s) == lines{"b stop", "b start"});
    CHECK(phases(s) == lines{"a up", "b up", "c up"});
    CHECK(s.at("top/b") == before);
    CHECK(before->incarnation() == 1);
    CHECK(s.at("top/a")->incarnation() == 0);
  });
}

TEST_CASE("one_for_one_escalation: one that can't be restarted takes its supervisor along, and all others" *
          doctest::description(exhausted)) {
  everywhere([](stage& s) {
    auto top = three(s, one_for_one{.intensity = 4, .period = 1h});
    s.script("b").bad_starts = 100;
    s.tell<stumble>("top/b");
    CHECK(lives(s) == lines{"b stop", "b bad start", "b bad start", "b bad start", "b bad start", "c stop",
                            "a stop", "top gone failed"});
    CHECK(s.events(event_kind::escalated, "top") == 1);
  });
}

TEST_CASE("one_for_all: with one that fails all go down, in reverse, and come up in order") {
  everywhere([](stage& s) {
    auto top = three(s, one_for_all{.intensity = 4, .period = 1h});
    s.tell<stumble>("top/b");
    CHECK(lives(s) == lines{"b stop", "c stop", "a stop", "a start", "b start", "c start"});
    CHECK(phases(s) == lines{"a up", "b up", "c up"});
    CHECK(counts(s) == "3 3 0 3");
    for (const char* path : {"top/a", "top/b", "top/c"}) CHECK(s.pinged(path) == 1);
  });
}

TEST_CASE("one_for_all_escalation: one that can't be restarted takes its supervisor along" *
          doctest::description(exhausted)) {
  everywhere([](stage& s) {
    auto top = three(s, one_for_all{.intensity = 4, .period = 1h});
    s.script("b").bad_starts = 100;
    s.tell<stumble>("top/b");
    lines expected{"b stop", "c stop", "a stop"};
    for (int i = 0; i < 4; ++i)
      for (const char* line : {"a start", "b bad start", "a stop"}) expected.emplace_back(line);
    expected.emplace_back("top gone failed");
    CHECK(lives(s) == expected);
  });
}

TEST_CASE(
    "one_for_all_other_child_fails_restart: when another one fails meanwhile, the group is restarted with "
    "it") {
  everywhere([](stage& s) {
    auto top = three(s, one_for_all{.intensity = 4, .period = 1h});
    s.script("b").bad_starts = 1;
    s.tell<stumble>("top/a");
    CHECK(lives(s) == lines{"a stop", "c stop", "b stop", "a start", "b bad start", "a stop", "a start",
                            "b start", "c start"});
    CHECK(phases(s) == lines{"a up", "b up", "c up"});
    for (const char* id : {"a", "b", "c"}) CHECK(s.script(id).alive.load() == 1);
  });
}

TEST_CASE(
    "rest_for_one: those that were started after it go down and come up with it, the others do not notice") {
  everywhere([](stage& s) {
    auto top = three(s, rest_for_one{.intensity = 4, .period = 1h});
    s.tell<stumble>("top/b");
    CHECK(lives(s) == lines{"b stop", "c stop", "b start", "c start"});
    CHECK(phases(s) == lines{"a up", "b up", "c up"});
    s.mark();
    s.tell<stumble>("top/c");
    CHECK(lives(s) == lines{"c stop", "c start"});
    s.mark();
    s.tell<stumble>("top/a");
    CHECK(lives(s) == lines{"a stop", "c stop", "b stop", "a start", "b start", "c start"});
  });
}

TEST_CASE("rest_for_one_escalation: one that can't be restarted takes its supervisor along" *
          doctest::description(exhausted)) {
  everywhere([](stage& s) {
    auto top = three(s, rest_for_one{.intensity = 4, .period = 1h});
    s.script("b").bad_starts = 100;
    s.tell<stumble>("top/a");
    CHECK(lives(s) == lines{"a stop", "c stop", "b stop", "a start", "b bad start", "b bad start",
                            "b bad start", "b bad start", "a stop", "top gone failed"});
  });
}

TEST_CASE(
    "rest_for_one_other_child_fails_restart: when another one fails meanwhile, it goes on from that one") {
  everywhere([](stage& s) {
    auto top = three(s, rest_for_one{.intensity = 4, .period = 1h});
    s.script("b").bad_starts = 1;
    s.tell<stumble>("top/a");
    CHECK(lives(s) == lines{"a stop", "c stop", "b stop", "a start", "b bad start", "b start", "c start"});
    CHECK(phases(s) == lines{"a up", "b up", "c up"});
    for (const char* id : {"a", "b", "c"}) CHECK(s.script(id).alive.load() == 1);
  });
  // One that is still on its way up when the next failure comes is not waited for (GW3).
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", rest_for_one{.intensity = 4, .period = 1h}, s.child("a"));
    auto slow = s.keep(
        top.admin().ask(start_child{troupe::child<server>("b", std::string{"b"}, static_cast<notes*>(&s),
                                                          manner{.start_takes = 1min})
                                        .start_time(duration::max())},
                        for_ever));
    s.advance(61s);
    CHECK(slow->taken(s).has_value());
    CHECK(s.ask("top", start_child{s.child("c")}).has_value());
    s.mark();
    s.tell<bad_call>("top/b");
    s.advance(30s);
    CHECK(s.happened() == lines{"b stop", "c stop", "b begins"});
    s.tell<stumble>("top/a");
    CHECK(s.happened() == lines{"b stop", "c stop", "b begins", "a stop", "a start", "b begins"});
    s.advance(61s);
    CHECK(s.happened() ==
          lines{"b stop", "c stop", "b begins", "a stop", "a start", "b begins", "b has begun", "c start"});
    CHECK(phases(s) == lines{"a up", "b up", "c up"});
  });
}

TEST_CASE("simple_one_for_one: a dynamic child that fails is restarted alone") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", dynamic{.intensity = 4, .period = 1h}, s.pattern("a"));
    std::vector<child_info> all;
    for (int i = 0; i < 3; ++i) all.push_back(s.ask("top", start_from_pattern{}).value());
    s.mark();
    s.tell<stumble>("top/" + all[1].id);
    CHECK(s.happened() == lines{"a stop", "a start"});
    CHECK(counts(s) == "1 3 0 3");
    CHECK(s.at("top/" + all[1].id)->incarnation() == 1);
    CHECK(s.at("top/" + all[0].id)->incarnation() == 0);
  });
}

TEST_CASE(
    "simple_one_for_one_shutdown: the supervisor waits for the slowest of its children, and no longer") {
  everywhere([](stage& s) {
    auto top =
        supervise(s.sys(), "top", dynamic{}, s.pattern("a").shutdown(5h).dispatcher(s.hanging_place()));
    std::vector<child_info> all;
    for (int i = 0; i < 3; ++i) all.push_back(s.ask("top", start_from_pattern{}).value());
    s.note_end("top");
    s.tell<hang>("top/" + all[0].id);
    s.settle();
    top.stop();
    s.advance(30min);
    CHECK(s.count("top gone shutdown") == 0);
    s.let_go();
    CHECK(s.happened().back() == "top gone shutdown");
    CHECK(s.count("a stop") == 3);
  });
}

TEST_CASE(
    "simple_one_for_one_escalation: a dynamic child that can't be restarted takes its supervisor along" *
    doctest::description(exhausted)) {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", dynamic{.intensity = 4, .period = 1h}, s.pattern("a"));
    std::vector<child_info> all;
    for (int i = 0; i < 2; ++i) all.push_back(s.ask("top", start_from_pattern{}).value());
    s.note_end("top");
    s.mark();
    s.script("a").bad_starts = 100;
    s.tell<stumble>("top/" + all[0].id);
    CHECK(s.happened() == lines{"a stop", "a bad start", "a bad start", "a bad start", "a bad start",
                                "a stop", "top gone failed"});
  });
}

TEST_CASE(
    "simple_one_for_one_corruption: a restart that fails does not mix up who is who, nor who was made of "
    "what") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", dynamic{.intensity = 10, .period = 1h}, child_template<worker>());
    for (const char* id : {"a", "b", "c"}) CHECK(s.ask("top", start_child{s.child(id)}).value().id == id);
    s.script("b").bad_starts = 3;
    s.mark();
    s.tell<stumble>("top/b");
    s.tell<stumble>("top/c");
    s.settle();
    CHECK(s.count("b start") == 2);
    CHECK(s.count("b bad start") == 3);
    CHECK(s.count("c start") == 2);
    CHECK(s.count("a start") == 1);
    CHECK(counts(s) == "1 3 0 3");
    for (const char* id : {"a", "b", "c"}) {
      s.mark();
      s.tell<say>(std::string{"top/"} + id, 7);
      CHECK(s.happened() == lines{std::string{id} + " 7"});
    }
  });
}

TEST_CASE("simple_one_for_one_restart_ignore: a dynamic child that does not want to come back is gone") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", dynamic{.intensity = 4, .period = 1h}, s.pattern("a"));
    const auto first = s.ask("top", start_from_pattern{}).value();
    const auto second = s.ask("top", start_from_pattern{}).value();
    s.script("a").ignored_starts = 1;
    s.tell<stumble>("top/" + first.id);
    s.settle();
    CHECK(phases(s) == lines{second.id + " up"});
    CHECK(counts(s) == "1 1 0 1");
  });
}
