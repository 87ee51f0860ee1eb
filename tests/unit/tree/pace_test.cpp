// Restarts that wait (S9), by manual time.
#include <doctest/doctest.h>

#include <troupe/testkit/doctest.hpp>

#include "unit/tree/noted.hpp"

namespace tree_pace_test {

using namespace troupe;
using namespace life;
using namespace noting;

namespace {

struct stage {
  journal_ptr j = std::make_shared<journal>();
  std::shared_ptr<std::atomic<int>> bad = number(0);
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual, .leftovers = false})};

  std::ptrdiff_t starts(const std::string& id) const { return j->count(id + " start"); }
  void fail(const supervision& top, const std::string& id) {
    top.ref<crash>(id).tell(crash{});
    sys.settle();
  }
};

backoff_settings exact(duration min, duration max) { return {.min = min, .max = max, .jitter = 0.0}; }

}  // namespace

TEST_CASE(
    "S9: a child in backoff is down, keeps its mailbox, and its ask waits; each wait is longer, up to the "
    "maximum") {
  stage s;
  auto top = supervise(s.sys, "top", one_for_one{.intensity = 0},
                       noted("a", s.j).backoff(exact(100ms, 300ms)), noted("b", s.j));
  const cell_ptr before = s.sys.env().resolve("/user/top/a");
  std::ptrdiff_t starts = 1;
  for (const duration wait : {100ms, 200ms, 300ms, 300ms}) {
    s.fail(top, "a");
    CHECK(before->status() == cell_status::held);
    CHECK(s.j->count("a stop") == starts);  // what it held is given up at once
    auto answer = top.ref<ping>("a").ask(ping{}, 10s);
    s.sys.advance(wait - 1ms);
    CHECK(s.starts("a") == starts);
    CHECK(top.ref<ping>("b").ask(ping{}, 1s).get().has_value());  // SU5
    s.sys.advance(1ms);
    CHECK(s.starts("a") == ++starts);
    CHECK(s.sys.expect_reply(std::move(answer)) == 1);
  }
  CHECK(s.sys.env().resolve("/user/top/a") == before);
}

TEST_CASE("S9: a quiet time starts over; a restart that fails does not") {
  stage s;
  auto top =
      supervise(s.sys, "top", one_for_one{.intensity = 0},
                noted("a", s.j, s.bad).backoff({.min = 100ms, .max = 10s, .jitter = 0.0, .reset_after = 5s}));
  s.bad->store(2);
  s.fail(top, "a");
  s.sys.advance(100ms);  // fails to start
  s.sys.advance(200ms);  // again
  CHECK(s.starts("a") == 1);
  s.sys.advance(399ms);
  CHECK(s.starts("a") == 1);
  s.sys.advance(1ms);
  CHECK(s.starts("a") == 2);
  s.sys.advance(5s);
  s.fail(top, "a");
  s.sys.advance(100ms);
  CHECK(s.starts("a") == 3);
}

TEST_CASE("S9: a child with a limit of its own fails its supervisor past it, and not before") {
  stage s;
  auto top =
      supervise(s.sys, "top", one_for_one{.intensity = 0}, noted("a", s.j).backoff(exact(10ms, 10ms), 2));
  for (int i = 0; i < 2; ++i) {
    s.fail(top, "a");
    s.sys.advance(10ms);
  }
  CHECK(s.starts("a") == 3);
  s.fail(top, "a");
  CHECK(s.sys.env().resolve("/user/top") == nullptr);  // /user has stopped it
}

TEST_CASE("S9: a stop and an administrator come in while a restart waits") {
  stage s;
  auto top = supervise(s.sys, "top", one_for_one{.intensity = 0}, noted("a", s.j).backoff(exact(1s, 1s)));
  SUBCASE("a stop") {
    s.fail(top, "a");
    auto answer = top.ref<ping>("a").ask(ping{}, 1h);
    top.stop();
    s.sys.settle();
    CHECK(answer.get().error().code == errc::stopped);
    CHECK(s.sys.env().resolve("/user/top") == nullptr);
  }
  SUBCASE("a terminate_child: it stays down, and the wait is over") {
    s.fail(top, "a");
    CHECK(s.sys.expect_reply(top.admin().ask(terminate_child{"a"}, 1s)).phase == child_phase::down);
    s.sys.advance(10s);
    CHECK(s.starts("a") == 1);
    CHECK(s.sys.expect_reply(top.admin().ask(restart_child{"a"}, 1s)).phase == child_phase::up);
    CHECK(s.starts("a") == 2);
  }
}

TEST_CASE("S9: a group waits for the one of its members that waits longest, and comes up in order") {
  stage s;
  auto top = supervise(s.sys, "top", one_for_all{.intensity = 10}, noted("a", s.j),
                       noted("b", s.j).backoff(exact(100ms, 1s)), noted("c", s.j));
  s.fail(top, "b");
  CHECK(s.j->count("c stop") == 1);
  CHECK(s.starts("a") == 2);  // the ones before it need not wait
  CHECK(s.starts("c") == 1);
  s.sys.advance(100ms);
  CHECK(s.starts("b") == 2);
  CHECK(s.starts("c") == 2);
}

TEST_CASE("S9: an open circuit keeps a child down, then tries it once; a trial that lasts closes it") {
  stage s;
  auto top = supervise(s.sys, "top", one_for_one{.intensity = 0},
                       noted("a", s.j).circuit({.failures_max = 3, .within = 10s, .open_for = 60s}));
  for (int i = 0; i < 2; ++i) s.fail(top, "a");
  CHECK(s.starts("a") == 3);  // at once
  s.fail(top, "a");           // the third within 10 s
  CHECK(s.starts("a") == 3);
  s.sys.advance(60s - 1ms);
  CHECK(s.starts("a") == 3);
  s.sys.advance(1ms);
  CHECK(s.starts("a") == 4);
  s.fail(top, "a");  // the trial has failed
  s.sys.advance(59s);
  CHECK(s.starts("a") == 4);
  s.sys.advance(1s);
  CHECK(s.starts("a") == 5);
  s.sys.advance(10s);  // this one has lasted
  s.fail(top, "a");
  CHECK(s.starts("a") == 6);
}

}  // namespace tree_pace_test
