// What a supervisor tells of what it does, as events: first starts, ends that are no failures, groups (DC5).
#include <doctest/doctest.h>

#include "unit/cell/linked.hpp"

namespace tree_told_test {

using namespace linked;

namespace {

/// A stage that notes the events of its supervisors.
struct told_stage : stage {
  told_stage() {
    sys.env().events().subscribe([to = told](const event& e) {
      if (e.kind != event_kind::dead_letter)
        to->note(std::string{to_string(e.kind)} + " " + e.path + ": " + e.reason + "; " + e.action);
    });
  }
  lines news() {
    sys.settle();
    const lines all = told->all();
    const lines fresh{all.begin() + static_cast<std::ptrdiff_t>(seen), all.end()};
    seen = all.size();
    return fresh;
  }
  child_builder one(const char* id) { return child<friendly>(id, id, j, gate_ptr{}); }

  journal_ptr told = std::make_shared<journal>();
  std::size_t seen = 0;
};

}  // namespace

TEST_CASE(
    "S4: each child that comes up for the first time is an event, in their order; a restart is another") {
  told_stage s;
  const auto top = supervise(s.sys, "top", one_for_one{}, s.one("a"), s.one("b"));
  CHECK(s.news() == lines{"actor_started /user/top/a: ; ", "actor_started /user/top/b: ; "});
  top.ref<friendly>("a").tell(crash{});
  CHECK(s.news() ==
        lines{"actor_failed /user/top/a: handler_failed at /user/top/a: std::runtime_error: crash; "
              "restarting it: 1 of 1 restarts in 5000 ms (S3)",
              "actor_restarted /user/top/a: ; serves again in its old cell (S6)"});
}

TEST_CASE(
    "S2: a permanent child that ends normally is no failure: one event says that it ended and what is done") {
  told_stage s;
  const auto top = supervise(s.sys, "top", one_for_one{}, s.one("a"));
  s.news();
  top.ref<friendly>("a").tell(quit{});
  CHECK(s.news() == lines{"actor_stopped /user/top/a: normal; restarting it: 1 of 1 restarts in 5000 ms (S3)",
                          "actor_restarted /user/top/a: ; serves again in a new cell (S6)"});
  CHECK(s.sys.env().events().count(event_kind::actor_failed) == 0);
}

TEST_CASE("DC5: a group's restart is an event when it is done: who went down, and who came up") {
  told_stage s;
  const auto top =
      supervise(s.sys, "top", one_for_all{}, s.one("a"), s.one("b"), s.one("t").temporary(), s.one("c"));
  s.news();
  top.ref<friendly>("b").tell(crash{});
  const lines all = s.news();
  REQUIRE_FALSE(all.empty());
  CHECK(all.back() ==
        "decision_done /user/top: b: handler_failed at /user/top/b: std::runtime_error: crash; "
        "down: b, c, t, a; up: a, b, c");
  CHECK(s.sys.env().events().count(event_kind::decision_done) == 1);
}

}  // namespace tree_told_test
