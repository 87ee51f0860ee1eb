// A group on its way down and up again: transcripts of what is done next, and walks through all that can come in between (GW1-GW5).
#include <doctest/doctest.h>

#include <string>
#include <troupe/base/prng.hpp>
#include <troupe/policy/group_work.hpp>
#include <vector>

namespace policy_group_work_test {

using namespace troupe;
using action = group_work::step::action;

namespace {

/// A supervisor without actors: does what the work says and notes it. p, t, x: permanent, transient, temporary.
struct world {
  explicit world(const std::string& letters, strategy s = strategy::one_for_all) : how(s) {
    for (const char c : letters) {
      work.add(c == 'p'   ? restart_type::permanent
               : c == 't' ? restart_type::transient
                          : restart_type::temporary);
      names.push_back(static_cast<char>('a' + names.size()));
    }
  }

  void want_all() {
    for (std::size_t i = 0; i < work.size(); ++i) work.want(i);
  }
  /// Everything is up.
  void all_up() {
    want_all();
    run();
    said.clear();
  }
  /// The next step is begun; false: there is none to begin.
  bool begin() {
    const auto s = work.next();
    if (s.what == action::none || s.what == action::wait) return false;
    work.begin(s);
    said += s.what == action::hold ? "-" : s.what == action::stop ? "x" : "+";
    said += names[s.at];
    return true;
  }
  /// What is under way has arrived.
  void arrive(std::size_t at) {
    switch (work.phase(at)) {
      case child_phase::falling:
        return work.now_is(at, child_phase::held);
      case child_phase::stopping:
        work.now_is(at, child_phase::down);
        work.erase(at);
        names.erase(names.begin() + static_cast<std::ptrdiff_t>(at));
        return;
      default:
        return work.now_is(at, child_phase::up);
    }
  }
  void run() {
    while (begin()) arrive(work.next().at);
  }
  void fail(std::size_t at) {
    work.now_is(at, child_phase::failed);
    work.restart(restart_plan(how, at, exit_kind::failed, work.states()), at);
  }
  std::size_t place(char name) const { return names.find(name); }

  strategy how;
  group_work work;
  std::string names, said;
};

}  // namespace

TEST_CASE("S4: what a supervisor starts with is started in order, one after the other") {
  world w{"ptx"};
  w.want_all();
  REQUIRE(w.begin());
  CHECK_FALSE(w.begin());  // GW1
  w.arrive(0);
  w.run();
  CHECK(w.said == "+a+b+c");
  CHECK(w.work.next().what == action::none);
}

TEST_CASE(
    "S1: one_for_all: the one that failed goes down first, the others in reverse, then all come up in "
    "order") {
  world w{"pppp"};
  w.all_up();
  w.fail(1);
  w.run();
  CHECK(w.said == "-b-d-c-a+a+b+c+d");
}

TEST_CASE("S1: rest_for_one: only those started after it") {
  world w{"pppp", strategy::rest_for_one};
  w.all_up();
  w.fail(2);
  w.run();
  CHECK(w.said == "-c-d+c+d");
}

TEST_CASE("S1: temporaries are stopped for good on the way, and the places close up") {
  world w{"xpxp"};
  w.all_up();
  w.fail(1);
  w.run();
  CHECK(w.said == "-b-dxcxa+b+d");
  CHECK(w.work.size() == 2);
}

TEST_CASE("GW4: a start that fails is judged anew, and takes down again what had come up") {
  world w{"ppp"};
  w.all_up();
  w.fail(0);
  while (w.work.phase(2) != child_phase::starting) {  // a and b are up again
    REQUIRE(w.begin());
    if (w.work.phase(2) != child_phase::starting) w.arrive(w.work.next().at);
  }
  w.said.clear();
  w.fail(2);
  w.run();
  CHECK(w.said == "-c-b-a+a+b+c");
}

TEST_CASE("GW4: under rest_for_one a start that fails is begun again from there") {
  world w{"ppp", strategy::rest_for_one};
  w.all_up();
  w.fail(0);
  while (w.work.phase(1) != child_phase::starting) {
    REQUIRE(w.begin());
    if (w.work.phase(1) != child_phase::starting) w.arrive(w.work.next().at);
  }
  w.said.clear();
  w.fail(1);
  w.run();
  CHECK(w.said == "-b+b+c");
}

TEST_CASE("GW3: one that is being started is not waited for when it has to go down again") {
  world w{"ppp"};
  w.want_all();
  for (const std::size_t at : {0u, 1u}) {
    REQUIRE(w.begin());
    w.arrive(at);
  }
  REQUIRE(w.begin());  // c is being started when a fails
  w.said.clear();
  w.fail(0);
  w.run();
  CHECK(w.said == "-a-c-b+a+b+c");
}

TEST_CASE("SU7: one that an administrator stops stays so, and is nobody's to wait for") {
  world w{"ppp"};
  w.all_up();
  w.work.leave(1);
  w.work.now_is(1, child_phase::stopping);
  w.fail(0);
  w.run();
  CHECK(w.said == "-a-c+a+c");
  w.work.now_is(1, child_phase::down);
  w.said.clear();
  w.fail(0);  // S1: with its group it comes back
  w.run();
  CHECK(w.said == "-a-c+a+b+c");
}

TEST_CASE("GW1, GW2: whatever fails, stops or starts in between, steps keep their order and come to an end") {
  std::size_t ends = 0;
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    prng random{seed};
    std::string letters;
    for (std::uint64_t n = 1 + random.below(6); n > 0; --n) letters += "ppptx"[random.below(5)];
    world w{letters, random.below(2) ? strategy::one_for_all : strategy::rest_for_one};
    w.want_all();
    std::uint64_t trouble = random.below(12);
    for (int steps = 0;; ++steps) {
      REQUIRE(steps < 1000);
      if (trouble > 0 && w.work.size() > 0 && random.below(3) == 0) {
        const std::size_t at = random.below(w.work.size());
        const child_phase now = w.work.phase(at);
        if ((now == child_phase::up || now == child_phase::starting)) {
          --trouble;
          if (should_restart(w.work.states()[at].type, exit_kind::failed)) {
            w.fail(at);
          } else {  // a temporary one that fails is gone
            w.work.leave(at);
            w.work.now_is(at, child_phase::down);
            w.work.erase(at);
            w.names.erase(w.names.begin() + static_cast<std::ptrdiff_t>(at));
          }
          continue;
        }
      }
      const auto s = w.work.next();
      if (s.what == action::none) break;
      if (s.what == action::wait) {
        const child_phase now = w.work.phase(s.at);
        REQUIRE(
            (now == child_phase::falling || now == child_phase::stopping || now == child_phase::starting));
        w.arrive(s.at);
        continue;
      }
      if (s.what == action::start) {
        // Nobody behind it that is to be started has been, and nobody has to go down any more.
        for (std::size_t i = 0; i < s.at; ++i) REQUIRE_FALSE(w.work.is_wanted(i));
        for (std::size_t i = 0; i < w.work.size(); ++i) REQUIRE(w.work.phase(i) != child_phase::failed);
        REQUIRE((w.work.phase(s.at) == child_phase::held || w.work.phase(s.at) == child_phase::down));
      } else {
        REQUIRE((w.work.phase(s.at) == child_phase::up || w.work.phase(s.at) == child_phase::failed ||
                 w.work.phase(s.at) == child_phase::starting));
      }
      w.begin();
    }
    for (std::size_t i = 0; i < w.work.size(); ++i) REQUIRE(w.work.phase(i) == child_phase::up);
    ++ends;
  }
  CHECK(ends == 20'000);
}

}  // namespace policy_group_work_test
