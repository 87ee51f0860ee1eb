// Handlers that do not return, found by the lookout (SH1-SH3). Nothing here measures: a handler waits at a gate until the report has
// come.
#include <doctest/doctest.h>

#include <troupe/cell/cell.hpp>
#include <troupe/testkit/doctest.hpp>

#include "unit/cell/world.hpp"

namespace cell_slow_handlers_test {

using namespace troupe;
using namespace life;

namespace {

struct wait_there {
  std::string what;
};
TROUPE_CONTRACT(wait_there, "slow.wait_there", 1, what)

/// Waits at a gate over a message, or in its start.
class waiting : public actor<wait_there> {
 public:
  waiting(gate_ptr at, bool in_start) : at_(std::move(at)), in_start_(in_start) {}
  void on_start() {
    if (in_start_) at_->pass();
  }
  void on(const wait_there&) { at_->pass(); }

 private:
  gate_ptr at_;
  bool in_start_;
};

/// A gate that is open when its test is over, however it ends.
struct test_gate {
  gate_ptr at = std::make_shared<life::gate>();
  ~test_gate() { at->open(); }
  life::gate* operator->() const { return at.get(); }
};

testkit::test_options watched(duration limit) {
  auto options = testkit::for_doctest();
  options.system.workers = 2;
  options.system.slow_handler = limit;
  return options;
}

event reported(testkit::test_system& sys, event_kind kind, std::string_view path) {
  return sys.said().expect_event(kind, path);
}

}  // namespace

TEST_CASE(
    "SH2: a handler that lasts is reported while it runs, with actor, message and time, and again when it "
    "ends") {
  testkit::test_system sys{watched(1ms)};
  const test_gate gate;
  sys.spawn<waiting>("waits", gate.at, false).tell(wait_there{"x"});
  const event slow = reported(sys, event_kind::handler_slow, "/user/waits");  // it can't have ended
  CHECK(slow.message == "slow.wait_there");
  CHECK(slow.took >= 1ms);
  gate->open();
  const event ended = reported(sys, event_kind::handler_ended, "/user/waits");
  CHECK(ended.message == "slow.wait_there");
  CHECK(ended.took >= slow.took);
}

TEST_CASE("SH2: it is reported once, however long it lasts") {
  testkit::test_system sys{watched(1ms)};
  const test_gate one, two;
  sys.spawn<waiting>("one", one.at, false).tell(wait_there{});
  reported(sys, event_kind::handler_slow, "/user/one");
  sys.spawn<waiting>("two", two.at, false).tell(wait_there{});
  reported(sys, event_kind::handler_slow,
           "/user/two");  // the lookout has looked at both since the first report
  one->open();
  two->open();
  reported(sys, event_kind::handler_ended, "/user/one");
  reported(sys, event_kind::handler_ended, "/user/two");
  CHECK(sys.events().count(event_kind::handler_slow) == 2);
  CHECK(sys.events().count(event_kind::handler_ended) == 2);
}

TEST_CASE("SH2: its end is told though its worker has gone on to another turn that lasts") {
  auto options = watched(1ms);
  options.system.workers = 1;
  testkit::test_system sys{options};
  const test_gate one, two;
  sys.spawn<waiting>("one", one.at, false).tell(wait_there{});
  reported(sys, event_kind::handler_slow, "/user/one");
  sys.spawn<waiting>("two", two.at, true);  // waits for the worker
  one->open();
  reported(sys, event_kind::handler_ended, "/user/one");
  two->open();
  sys.settle();
}

TEST_CASE("SH2: a start that lasts is reported without a message, whatever its worker ran before") {
  auto options = watched(1ms);
  options.system.workers = 1;
  testkit::test_system sys{options};
  const test_gate open;
  open->open();
  sys.spawn<waiting>("before", open.at, false).tell(wait_there{});
  sys.settle();
  const test_gate gate;
  sys.spawn<waiting>("starts", gate.at, true);
  const event slow = reported(sys, event_kind::handler_slow, "/user/starts");
  CHECK(slow.message.empty());
  CHECK(slow.action.find("starts") != std::string::npos);
  gate->open();
  reported(sys, event_kind::handler_ended, "/user/starts");
}

TEST_CASE("SH1: within the limit, and without one, nothing is reported") {
  for (const duration limit : {duration{1h}, duration::zero()}) {
    testkit::test_system sys{watched(limit)};
    testkit::test_system other{watched(1ms)};
    const test_gate quiet, loud;
    sys.spawn<waiting>("waits", quiet.at, false).tell(wait_there{});
    other.spawn<waiting>("waits", loud.at, false).tell(wait_there{});
    reported(other, event_kind::handler_slow, "/user/waits");  // so as much time has passed in both
    quiet->open();
    loud->open();
    sys.settle();
    CHECK(sys.events().count(event_kind::handler_slow) == 0);
    CHECK(sys.events().count(event_kind::handler_ended) == 0);
  }
}

TEST_CASE("SH3: a dispatcher for actors that wait is not watched") {
  testkit::test_system sys{watched(1ms)};
  const test_gate may, must_not;
  sys.spawn<waiting>(spawn_options{.name = "may", .dispatcher = "blocking"}, may.at, false)
      .tell(wait_there{});
  sys.spawn<waiting>("must_not", must_not.at, false).tell(wait_there{});
  reported(sys, event_kind::handler_slow, "/user/must_not");
  CHECK(sys.events().count(event_kind::handler_slow) == 1);
  may->open();
  must_not->open();
  sys.settle();
}

TEST_CASE("SH3: the workers of a configured pool are watched") {
  auto options = watched(1ms);
  options.system.dispatchers.push_back({"crunch", engine::dispatcher_kind::pool, 1});
  testkit::test_system sys{options};
  const test_gate gate;
  sys.spawn<waiting>(spawn_options{.name = "waits", .dispatcher = "crunch"}, gate.at, false)
      .tell(wait_there{});
  reported(sys, event_kind::handler_slow, "/user/waits");
  gate->open();
  sys.settle();
}

}  // namespace cell_slow_handlers_test
