// What is done about which exception: RU1 to RU3.
#include <doctest/doctest.h>

#include <troupe/testkit/doctest.hpp>
#include <troupe/tree/messages.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace tree_failure_rules_test {

using namespace troupe;
using namespace life;

namespace {

struct bad_input : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};
struct count {
  using reply = int;
};
struct fail_with {
  int kind;
  using reply = int;
};
struct fail_later {};

[[noreturn]] void throw_kind(int kind) {
  switch (kind) {
    case 1:
      throw bad_input{"bad input"};
    case 2:
      throw std::invalid_argument{"argument"};
    case 3:
      throw std::runtime_error{"run"};
    default:
      throw 4;
  }
}

/// Counts what it is asked, and throws what it is told.
class thrower : public actor<count, fail_with, fail_later> {
 public:
  explicit thrower(int start_kind = 0) : start_kind_(start_kind) {}
  void on_start() {
    if (start_kind_ != 0) throw_kind(start_kind_);
  }
  int on(const count&) { return ++counted_; }
  int on(const fail_with& m) { throw_kind(m.kind); }
  void on(const fail_later&) {
    after_delay(1s, [] { throw_kind(1); });
  }

 private:
  int start_kind_;
  int counted_ = 0;
};

struct stage {
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual, .leftovers = false})};
  int counted(const supervision& top, const std::string& id) {
    return sys.expect_reply(top.ref<count>(id).ask(count{}, 1s));
  }
  void fail(const supervision& top, const std::string& id, int kind) {
    sys.expect_error(top.ref<fail_with>(id).ask(fail_with{kind}, 1s), errc::handler_failed);
    sys.settle();
  }
};

}  // namespace

TEST_CASE("RU1: the first rule that fits decides, for the type and for its bases") {
  stage s;
  auto top = supervise(s.sys, "top", one_for_one{.intensity = 10},
                       child<thrower>("a")
                           .on_failure<bad_input>(directive::resume)
                           .on_failure<std::invalid_argument>(directive::stop));
  CHECK(s.counted(top, "a") == 1);
  s.fail(top, "a", 1);
  CHECK(s.counted(top, "a") == 2);  // it has gone on with its state
  s.fail(top, "a", 3);              // RU2
  CHECK(s.counted(top, "a") == 1);  // restarted
  s.fail(top, "a", 4);              // no std::exception
  CHECK(s.counted(top, "a") == 1);
  s.fail(top, "a", 2);
  s.sys.expect_error(top.ref<count>("a").ask(count{}, 1s), errc::stopped);
  CHECK(s.sys.expect_reply(top.admin().ask(which_children{}, 1s)).at(0).phase == child_phase::down);
}

TEST_CASE("RU1: a child's own rules come before its supervisor's") {
  stage s;
  auto top = supervise(
      s.sys, "top",
      one_for_one{.intensity = 10, .rules = failure_rules{}.on_failure<std::exception>(directive::resume)},
      child<thrower>("a").on_failure<bad_input>(directive::restart), child<thrower>("b"));
  for (const char* id : {"a", "b"}) CHECK(s.counted(top, id) == 1);
  for (const char* id : {"a", "b"}) s.fail(top, id, 1);
  CHECK(s.counted(top, "a") == 1);
  CHECK(s.counted(top, "b") == 2);
  s.fail(top, "a", 3);
  CHECK(s.counted(top, "a") == 2);
}

TEST_CASE("RU1: escalate: the supervisor fails in its child's place, whatever its limit") {
  stage s;
  auto top = supervise(
      s.sys, "top", one_for_one{.intensity = 10},
      child_supervisor("in", one_for_one{.intensity = 10},
                       child<thrower>("a").on_failure<bad_input>(directive::escalate), child<thrower>("b")));
  CHECK(s.counted(top, "in/b") == 1);
  s.fail(top, "in/a", 1);
  CHECK(s.counted(top, "in/b") == 1);  // a new one: `in` has been restarted
  CHECK(s.sys.env().resolve("/user/top/in")->incarnation() == 1);
}

TEST_CASE("RU3: what is resumed drops its message whatever its poison policy, and loses nothing else") {
  stage s;
  auto top = supervise(
      s.sys, "top", one_for_one{.intensity = 0},
      child<thrower>("a").poison(poison_policy::put_back()).on_failure<bad_input>(directive::resume));
  auto a = top.ref<thrower>("a");
  a.tell(fail_with{1});
  a.tell(fail_later{});
  auto answer = a.ask(count{}, 10s);
  s.sys.advance(2s);  // its timer throws: resumed as well
  CHECK(s.sys.expect_reply(std::move(answer)) == 1);
  CHECK(s.counted(top, "a") == 2);
  CHECK(a.incarnation() == 0);
  s.sys.expect_dead_letter<fail_with>("/user/top/a");
}

TEST_CASE(
    "RU1: a rule about a start: what it would take to start is not there, so it stays down and the rest "
    "runs") {
  stage s;
  auto top = supervise(s.sys, "top", one_for_one{.intensity = 10}, child<thrower>("a"));
  // Its own first start would be a failure of its supervisor's (S4); a restart is judged by the rules.
  const child_spec broken = child<thrower>("b", 1).on_failure<bad_input>(directive::resume);
  CHECK(s.sys.expect_error(top.admin().ask(start_child{broken}, 1s), errc::start_failed)
            .text.find("bad input") != std::string::npos);
  CHECK(s.counted(top, "a") == 1);
}

TEST_CASE(
    "S4: one that does not want to be is no failure: its place stays, down, and its siblings are started") {
  stage s;
  struct unwilling : actor<count> {
    void on_start() { throw start_ignored{}; }
    int on(const count&) { return 0; }
  };
  struct unwilling_later : actor<count> {
    task<void> on_start() {
      co_await sleep(1s);
      throw start_ignored{};
    }
    int on(const count&) { return 0; }
  };
  auto top = supervise(s.sys, "top", one_for_one{.intensity = 0}, child<unwilling>("u"),
                       child<unwilling>("x").temporary(), child<thrower>("a"));
  CHECK(s.counted(top, "a") == 1);
  const auto all = s.sys.expect_reply(top.admin().ask(which_children{}, 1s));
  REQUIRE(all.size() == 2);
  CHECK(all[0].id == "u");
  CHECK(all[0].phase == child_phase::down);
  auto later = top.admin().ask(start_child{child<unwilling_later>("l")}, 10s);
  s.sys.advance(1s);
  CHECK(s.sys.expect_reply(std::move(later)).phase == child_phase::down);
}

}  // namespace tree_failure_rules_test
