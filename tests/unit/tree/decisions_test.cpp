// What a supervisor has decided, beside the supervisor (DC1-DC4): in the view of the tree, and for who asks it.
#include <doctest/doctest.h>

#include <algorithm>
#include <troupe/tree/decisions.hpp>
#include <troupe/tree/inspect.hpp>

#include "unit/cell/linked.hpp"

namespace tree_decisions_test {

using namespace linked;

namespace {

constexpr time_point start{seconds{100}};

decision about(std::string who, bool over = false) {
  decision d;
  d.who = std::move(who);
  d.reason = "it broke";
  d.action = "restarting it (S3)";
  d.is_over = over;
  if (!over) d.stopped = {d.who};
  return d;
}

lines lines_of(const std::vector<decision>& all) {
  lines out;
  for (const decision& d : all) out.push_back(to_string(d));
  return out;
}

child_builder a_child(stage& s, const char* id) { return child<friendly>(id, id, s.j, gate_ptr{}); }

std::vector<decision> decisions_of(stage& s, const std::string& path) {
  s.sys.settle();
  return inspect(s.sys.env(), path).decisions;
}

}  // namespace

TEST_CASE(
    "DC3: a decision about one child is over when that child is up, one about a group when the group is") {
  decision_log log;
  const int a = 0, b = 0;
  log.add(about("a"), &a, start);
  log.add(about("b"), &b, start + 1s);
  log.came_up(&a, "a", start + 2s);
  log.went_down(&b, "b");  // known
  CHECK(lines_of(log.all(start + 10s)) ==
        lines{"10 s ago: a: it broke: restarting it (S3); down: a; up: a; took 2000 ms",
              "9000 ms ago: b: it broke: restarting it (S3); down: b; under way for 9000 ms"});
  log.ended(&b, start + 3s);
  CHECK_FALSE(log.is_any_open());
  log.add(about("a"), decision_log::group, start + 4s);
  log.went_down(&b, "b");
  log.came_up(&a, "a", start + 5s);
  CHECK(log.is_any_open());
  log.came_up(&b, "b", start + 6s);
  log.settled(start + 7s);
  CHECK(to_string(log.all(start + 10s).back()) ==
        "6000 ms ago: a: it broke: restarting it (S3); down: a, b; up: a, b; took 3000 ms");
  CHECK_FALSE(log.is_any_open());
  log.came_up(&b, "b", start + 8s);  // of none
  CHECK(log.all(start).back().started == lines{"a", "b"});
}

TEST_CASE("DC3: a child that fails again before it is up has a new decision, and the old one is over") {
  decision_log log;
  const int a = 0;
  log.add(about("a"), &a, start);
  log.add(about("a"), &a, start + 1s);
  log.came_up(&a, "a", start + 2s);
  const auto all = log.all(start + 2s);
  CHECK(all[0].is_over);
  CHECK(all[0].took == 1s);
  CHECK(all[0].started.empty());
  CHECK(all[1].started == lines{"a"});
}

TEST_CASE(
    "DC1: a supervisor that decides for ever keeps the last few, and long texts are cut between two "
    "characters") {
  decision_log log;
  const int a = 0;
  for (int i = 0; i < 100; ++i) log.add(about(std::to_string(i), i % 2 == 0), &a, start);
  auto all = log.all(start);
  REQUIRE(all.size() == decision_log::kept_max);
  CHECK(all.front().who == "92");
  CHECK(all.back().number == 100);
  decision big = about("a");
  big.reason.clear();
  for (int i = 0; i < 1000; ++i) big.reason += "\xc3\xa4";
  log.add(std::move(big), decision_log::group, start);
  for (int i = 0; i < 100; ++i) log.went_down(&a, "c" + std::to_string(i));
  all = log.all(start);
  CHECK(all.back().reason.size() == decision_log::text_max + 3);
  CHECK(all.back().reason.ends_with("\xc3\xa4..."));
  CHECK(all.back().stopped.size() == decision_log::names_max + 1);
  CHECK(all.back().stopped.back() == "...");
  for (int i = 0; i < 100; ++i) log.add(about("x", true), &a, start);
  CHECK_FALSE(log.is_any_open());  // what was pushed out counts no more
}

TEST_CASE(
    "S3, DC3: the tree tells who failed, with what, on which message, by which rule, who went down and came "
    "up, and for how long") {
  stage s;
  const auto top = supervise(s.sys, "top", rest_for_one{.intensity = 3, .period = 5s}, a_child(s, "a"),
                             a_child(s, "b"), a_child(s, "c"));
  CHECK(decisions_of(s, "/user/top").empty());
  top.ref<friendly>("b").tell(crash{});
  s.sys.settle();
  s.sys.advance(2s);
  const auto all = decisions_of(s, "/user/top");
  REQUIRE(all.size() == 1);
  CHECK(all[0].who == "b");
  CHECK(all[0].reason == "handler_failed at /user/top/b: std::runtime_error: crash");
  CHECK(all[0].message == "linked::crash");
  CHECK(all[0].action == "restarting it by rest_for_one: 1 of 3 restarts in 5000 ms (S3)");
  CHECK(all[0].stopped == lines{"b", "c"});
  CHECK(all[0].started == lines{"b", "c"});
  CHECK(all[0].is_over);
  CHECK(all[0].age == 2s);
  CHECK(to_text(inspect(s.sys.env(), "/user/top")) ==
        "/user/top running restarts=0 mailbox=0\n"
        "    * 2000 ms ago: b failed on linked::crash: handler_failed at /user/top/b: std::runtime_error: "
        "crash: restarting it by "
        "rest_for_one: 1 of 3 restarts in 5000 ms (S3); down: b, c; up: b, c; took 0 us\n"
        "  /user/top/a running restarts=0 mailbox=0\n"
        "  /user/top/b running restarts=1 mailbox=0\n"
        "  /user/top/c running restarts=1 mailbox=0\n");
  CHECK(to_text(inspect(s.sys.env(), "/user/top"), false).find('*') == std::string::npos);
  const auto asked = s.sys.expect_reply(top.admin().ask(recent_decisions{}, patience));
  CHECK(lines_of(asked) == lines_of(all));
}

TEST_CASE("S9, DC3: a restart that waits is under way until then") {
  stage s;
  const auto top =
      supervise(s.sys, "top", one_for_one{}, a_child(s, "a").backoff({.min = 10s, .max = 10s, .jitter = 0}));
  top.ref<friendly>("a").tell(crash{});
  s.sys.settle();
  s.sys.advance(4s);
  auto all = decisions_of(s, "/user/top");
  REQUIRE(all.size() == 1);
  CHECK_FALSE(all[0].is_over);
  CHECK(all[0].took == 4s);
  CHECK(all[0].started.empty());
  s.sys.advance(6s);
  all = decisions_of(s, "/user/top");
  CHECK(all[0].is_over);
  CHECK(all[0].took == 10s);
}

TEST_CASE(
    "DC3: one that is terminated while its restart waits ends what was under way, and so does a restart of "
    "its supervisor") {
  for (const bool terminated : {true, false}) {
    stage s;
    const auto top = supervise(
        s.sys, "top", one_for_one{.intensity = 3},
        child_supervisor("inner", one_for_one{.intensity = 0},
                         a_child(s, "a").backoff({.min = 10s, .max = 10s, .jitter = 0}), a_child(s, "b")));
    top.ref<friendly>("inner/a").tell(crash{});
    CHECK_FALSE(decisions_of(s, "/user/top/inner").at(0).is_over);
    if (terminated)
      s.sys.expect_reply(top.admin("inner").ask(terminate_child{"a"}, patience));
    else
      top.ref<friendly>("inner/b").tell(crash{});  // one too many
    CHECK(decisions_of(s, "/user/top/inner").at(0).is_over);
  }
}

TEST_CASE(
    "S2, S3, DC2: ends and a supervisor's own end are decisions too, and stay when it is restarted itself") {
  stage s;
  const auto top = supervise(
      s.sys, "top", one_for_one{.intensity = 5},
      child_supervisor("inner", one_for_one{.intensity = 1}, a_child(s, "a"), a_child(s, "b").transient()));
  top.ref<friendly>("inner/b").tell(quit{});
  s.sys.settle();
  for (int i = 0; i < 2; ++i) {
    top.ref<friendly>("inner/a").tell(crash{});
    s.sys.settle();
  }
  const auto inner = decisions_of(s, "/user/top/inner");
  REQUIRE(inner.size() == 4);
  CHECK(inner[0].who == "b");
  CHECK(inner[0].action == "stays down (S2)");
  CHECK(inner[1].action == "restarting it: 1 of 1 restarts in 5000 ms (S3)");
  CHECK(inner[2].action.starts_with("not restarted: "));
  CHECK(inner[3].who == "itself");
  CHECK(inner[3].action == "fails to its parent (S3)");
  for (const auto& d : inner) CHECK(d.is_over);
  const auto outer = decisions_of(s, "/user/top");
  REQUIRE(outer.size() == 1);
  CHECK(outer[0].who == "inner");
  CHECK(outer[0].started == lines{"inner"});
  CHECK(outer[0].is_over);
}

TEST_CASE(
    "DC3: a dynamic child that comes back in a new cell, and one that is terminated while it waits, end what "
    "was under way") {
  stage s;
  const auto top = supervise(
      s.sys, "top", one_for_one{},
      child_supervisor("many", dynamic{.intensity = 10}, child_template<friendly>("a", s.j, gate_ptr{})));
  const auto admin = top.admin("many");
  const auto made = s.sys.expect_reply(admin.ask(start_from_pattern{}, patience));
  ref_to<quit>(s.sys.env(), made.path).tell(quit{});  // permanent
  auto all = decisions_of(s, "/user/top/many");
  REQUIRE(all.size() == 1);
  CHECK(all[0].is_over);
  CHECK(all[0].started.size() == 1);
  CHECK(all[0].started[0] != all[0].stopped[0]);
  const auto now = s.sys.expect_reply(admin.ask(which_children{}, patience)).at(0);
  ref_to<crash>(s.sys.env(), now.path).tell(crash{});
  s.sys.settle();
  s.sys.expect_reply(admin.ask(terminate_child{now.id}, patience));
  for (const auto& d : decisions_of(s, "/user/top/many")) CHECK(d.is_over);
}

}  // namespace tree_decisions_test
