// OTP's supervisor_SUITE, group sup_stop: how children go down with their supervisor (S5).
#include <doctest/doctest.h>

#include "conformance/stage.hpp"

using namespace conformance;

namespace {

constexpr const char* not_killed =
    "differs: it ends for everybody else at once, `killed`; but a thread can't be ended, so its handler goes "
    "on until it "
    "returns, and what it was made of is destroyed only then";

/// What ends, without the workers' own notes.
lines ends(stage& s) {
  lines out;
  for (const auto& line : s.happened())
    if (line.find(" gone ") != std::string::npos) out.push_back(line);
  return out;
}

bool was_overdue(stage& s, const std::string& path) { return s.events(event_kind::shutdown_slow, path) == 1; }

}  // namespace

TEST_CASE("sup_stop_infinity: a child with all the time there is is waited for") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{.intensity = 2, .period = 1h},
                         s.child("a").shutdown(duration::max()).dispatcher(s.hanging_place()),
                         child_supervisor("b", one_for_one{}, s.child("c")));
    for (const char* path : {"top", "top/a", "top/b", "top/b/c"}) s.note_end(path);
    s.tell<hang>("top/a");
    s.settle();
    top.stop();
    s.advance(30min);
    CHECK(ends(s) == lines{"top/b/c gone shutdown", "top/b gone shutdown"});
    s.let_go();
    CHECK(ends(s) ==
          lines{"top/b/c gone shutdown", "top/b gone shutdown", "top/a gone shutdown", "top gone shutdown"});
  });
}

TEST_CASE("sup_stop_timeout: a child that takes too long is not waited for any longer" *
          doctest::description(not_killed)) {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{.intensity = 2, .period = 1h}, s.child("a").shutdown(1s),
                         s.child("b").shutdown(1s).dispatcher(s.hanging_place()));
    const ref<ping> b{address_ptr{s.at("top/b")}};
    for (const char* path : {"top", "top/a", "top/b"}) s.note_end(path);
    s.tell<hang>("top/b");
    s.settle();
    top.stop();
    s.advance(900ms);
    CHECK(ends(s).empty());  // b is the first, and alone
    s.tell<quit>("top/a");
    CHECK(ends(s) == lines{"top/a gone normal"});
    s.advance(200ms);  // which gives b no more time
    CHECK(ends(s) == lines{"top/a gone normal", "top/b gone killed", "top gone shutdown"});
    CHECK(was_overdue(s, "top/b"));
    CHECK(s.answer(b.ask(ping{}, for_ever)).error().code == errc::stopped);
    CHECK(s.script("b").alive.load() == 1);
    s.let_go();
    CHECK(s.count("b stop") == 0);  // as with OTP's, nothing of it runs once it is killed
    CHECK(s.count("top/b gone killed") == 1);
    CHECK(s.script("b").alive.load() == 0);
  });
}

TEST_CASE("sup_stop_timeout_dynamic: dynamic children go down together, under one timer" *
          doctest::description(not_killed)) {
  everywhere([](stage& s) {
    auto top =
        supervise(s.sys(), "top", dynamic{}, s.pattern("a").shutdown(1s).dispatcher(s.hanging_place()));
    lines paths;
    for (int i = 0; i < 4; ++i) paths.push_back("top/" + s.ask("top", start_from_pattern{}).value().id);
    s.note_end("top");
    s.tell<hang>(paths[1]);
    if (!s.is_simulated()) s.tell<hang>(paths[2]);  // there, one holds all of its dispatcher up
    s.settle();
    top.stop();
    s.advance(900ms);
    CHECK(ends(s).empty());
    s.advance(200ms);
    CHECK(ends(s) == lines{"top gone shutdown"});
    s.let_go();
    CHECK(s.script("a").alive.load() == 0);
  });
}

TEST_CASE("sup_stop_brutal_kill: a child without any time is not waited for at all" *
          doctest::description(not_killed)) {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{.intensity = 2, .period = 1h}, s.child("a").shutdown(1s),
                         s.child("b").brutal_kill().dispatcher(s.hanging_place()));
    for (const char* path : {"top", "top/a", "top/b"}) s.note_end(path);
    s.tell<hang>("top/b");
    s.settle();
    top.stop();
    s.advance(1ms);
    CHECK(ends(s) == lines{"top/b gone killed", "top/a gone shutdown", "top gone shutdown"});
    s.let_go();
    CHECK(s.script("b").alive.load() == 0);
  });
  // The same by an administrator, and the place can be used at once.
  everywhere([](stage& s) {
    auto top =
        supervise(s.sys(), "top", one_for_one{}, s.child("b").brutal_kill().dispatcher(s.hanging_place()));
    s.tell<hang>("top/b");
    s.settle();
    CHECK(s.ask("top", terminate_child{"b"}).value().phase == child_phase::down);
    CHECK(s.ask("top", replace_child{s.child("b")}).has_value());
    CHECK(s.pinged("top/b") == 1);
    CHECK(s.script("b").alive.load() == 2);
    s.let_go();
    CHECK(s.script("b").alive.load() == 1);
  });
}

TEST_CASE("sup_stop_brutal_kill_dynamic: the same for dynamic children" * doctest::description(not_killed)) {
  everywhere([](stage& s) {
    auto top =
        supervise(s.sys(), "top", dynamic{}, s.pattern("a").brutal_kill().dispatcher(s.hanging_place()));
    lines paths;
    for (int i = 0; i < 3; ++i) paths.push_back("top/" + s.ask("top", start_from_pattern{}).value().id);
    s.note_end("top");
    s.note_end(paths[1]);
    s.tell<hang>(paths[1]);
    s.settle();
    top.stop();
    s.advance(1ms);
    CHECK(ends(s) == lines{paths[1] + " gone killed", "top gone shutdown"});
    s.let_go();
    CHECK(s.script("a").alive.load() == 0);
  });
}

TEST_CASE("sup_stop_race: children that end by themselves while they are told to stop do no harm") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{.intensity = 100}, s.child("a"), s.child("b"),
                         s.child("c").transient(), s.child("d").temporary());
    s.note_end("top");
    for (const char* path : {"top/a", "top/b", "top/c", "top/d"}) s.tell<quit>(path);
    top.stop();
    CHECK(ends(s) == lines{"top gone shutdown"});
    for (const char* id : {"a", "b", "c", "d"}) CHECK(s.script(id).alive.load() == 0);
    // Nobody was overdue, and nothing is told of but that they had ended.
    for (const auto& e : s.events()) {
      CAPTURE(to_string(e.kind));
      CAPTURE(e.reason);
      CHECK(e.kind != event_kind::escalated);
      CHECK(e.kind != event_kind::shutdown_slow);
      CHECK(e.kind != event_kind::actor_failed);
    }
  });
}

TEST_CASE(
    "sup_stop_non_shutdown_exit_dynamic: a child that fails in its stop is reported; the stop goes on") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", dynamic{}, s.pattern("a"));
    for (int i = 0; i < 3; ++i) CHECK(s.ask("top", start_from_pattern{}).has_value());
    s.script("a").bad_stop = true;
    s.note_end("top");
    top.stop();
    CHECK(ends(s) == lines{"top gone shutdown"});
    std::size_t told = 0;
    for (const auto& e : s.events())
      told += e.kind == event_kind::actor_failed && e.reason.find("bad stop") != std::string::npos;
    CHECK(told == 3);
  });
}
