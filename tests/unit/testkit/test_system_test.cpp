// The test system: what it captures, and what it says of a test that leaves something behind (TS1-TS4, CA1, CA2).
#include <barrier>
#include <thread>

#include "unit/cell/world.hpp"
#include "unit/testkit/world.hpp"

namespace testkit_test_system_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace kit;

namespace {

struct talk {};
class talker : public actor<talk> {
 public:
  void on(const talk&) { log(log_level::info, "the answer is 42"); }
};

struct hold_up {};
class holder : public actor<hold_up> {
 public:
  explicit holder(life::gate_ptr g) : gate_(std::move(g)) {}
  void on(const hold_up&) { gate_->pass(); }

 private:
  life::gate_ptr gate_;
};

}  // namespace

TEST_CASE("CA1: dead letters, failures and log lines are expected one by one") {
  test_system sys{{.waits = short_patience()}};
  probe<note> p{sys};
  const auto c = sys.spawn<clerk>("clerk", ref<note>{p.ref()});
  const auto t = sys.spawn<talker>("talker");
  t.tell(talk{});
  CHECK(sys.expect_log(log_level::info, "answer is").where == "/user/talker");
  CHECK(has(failure_of([&] { sys.expect_log(log_level::info, "answer is"); }), "with \"answer is\" in it"));
  c.tell(crash{});
  CHECK(has(sys.expect_failure("/user/clerk").reason, "asked to"));
  c.tell(note{"late"});
  sys.expect_dead_letter<note>("/user/clerk");
  const auto said = failure_of([&] { sys.expect_dead_letter<note>("/user/clerk"); });
  CHECK(has(said, "expected the event dead_letter of a kit.note to /user/clerk"));
}

TEST_CASE("CA2: what no expectation took can be made to fail the test, at once or at its end") {
  test_system sys{{.waits = short_patience(), .refuse = unexpected::all()}};
  ref_to<note>(sys.env(), "/user/nobody").tell(note{"x"});
  const auto said = failure_of([&] { sys.said().expect_nothing_else(); });
  CHECK(has(said, "dead_letter of kit.note to /user/nobody: stopped"));
  CHECK(has(failure_of([&] { sys.finish(); }), "not expected: dead_letter of kit.note to /user/nobody"));
}

TEST_CASE(
    "TS2: what is alive and not declared is reported by path; what the test spawned through it or kept is "
    "not") {
  test_system sys;
  const auto mine = sys.spawn<talker>("mine");
  troupe::spawn<talker>(sys, "kept");
  sys.keep("/user/kept");
  troupe::spawn<talker>(sys, "forgotten");
  const auto said = failure_of([&] { sys.finish(); });
  CHECK(has(said, "left behind: /user/forgotten is alive (running)"));
  CHECK(said.find("/user/mine") == std::string::npos);
  CHECK(said.find("/user/kept") == std::string::npos);
}

TEST_CASE(
    "TS2: a coroutine that is suspended and an ask that is open are reported, also of a declared actor") {
  test_system sys;
  probe<balance> p{sys};
  probe<note> sink{sys};
  const auto c = sys.spawn<clerk>("clerk", ref<note>{sink.ref()});
  auto answer = c.ask(ask_on{ref<balance>{p.ref()}}, 5s);
  p.expect<balance>();
  SUBCASE("left open") {
    const auto said = failure_of([&] { sys.finish(); });
    CHECK(has(said, "left behind: /user/clerk: a coroutine of it is suspended, 1 ask of it not answered"));
  }
  SUBCASE("answered") {
    p.reply(std::int64_t{7});
    CHECK(sys.expect_reply(std::move(answer)) == 7);
    CHECK(failure_of([&] { sys.finish(); }) == "(it was met)");
  }
  SUBCASE("declared to wait") {
    sys.keep_waiting("/user/clerk");
    CHECK(failure_of([&] { sys.finish(); }) == "(it was met)");
  }
}

TEST_CASE("TS2: the destructor reports too, and throws only when no exception is under way (RP1)") {
  CHECK(has(failure_of([] {
              test_system sys;
              troupe::spawn<talker>(sys, "forgotten");
            }),
            "/user/forgotten is alive"));
  CHECK_THROWS_WITH_AS(([] {
                         test_system sys;
                         troupe::spawn<talker>(sys, "forgotten");
                         throw std::runtime_error{"the test's own"};
                       }()),
                       "the test's own", std::runtime_error);
}

TEST_CASE("settle fails with who is at work when the system does not become quiet") {
  auto g = std::make_shared<life::gate>();
  test_system sys{{.waits = {.settle = 20ms}, .leftovers = false}};
  const auto h = sys.spawn<holder>("holder", g);
  h.tell(hold_up{});
  h.tell(hold_up{});
  const auto said = failure_of([&] { sys.settle(); });
  g->open();
  CHECK(has(said, "has not become quiet within 20ms"));
  CHECK(has(said, "/user/holder (running, "));
}

TEST_CASE("QU2: settle waits for turns on threads that no port parks: blocking, pinned and configured ones") {
  test_options o;
  o.system.dispatchers = {{"extra", engine::dispatcher_kind::pool, 2},
                          {"own", engine::dispatcher_kind::pinned, 1},
                          {"disk", engine::dispatcher_kind::blocking, 3}};
  for (int i = 0; i < 20; ++i) {
    test_system sys{o};
    probe<note> p{sys};
    auto to = ref<note>{p.ref()};
    int hop = 0;
    for (const char* where : {"blocking", "extra", "pinned", "default", "own", "disk", "extra", "blocking"})
      for (int n = 0; n < 3; ++n)
        to = ref<note>{
            sys.spawn<clerk>(spawn_options{.name = where + std::to_string(++hop), .dispatcher = where}, to)};
    for (int n = 0; n < 10; ++n) to.tell(note{"x", n});
    sys.settle();
    REQUIRE(p.queued() == 10);
  }
}

TEST_CASE(
    "QU3: what this thread has sent is handled when settle returns, though another plain thread sends at the "
    "same time") {
  constexpr int rounds = 1000;
  test_system sys;
  probe<note> mine{sys}, others{sys};
  const auto a = sys.spawn<clerk>("a", ref<note>{mine.ref()});
  const auto b = sys.spawn<clerk>("b", ref<note>{others.ref()});
  std::barrier round{2};
  std::thread other{[&] {
    for (int i = 0; i < rounds; ++i) {
      round.arrive_and_wait();
      b.tell(note{"other", i});
    }
  }};
  int missed = 0;
  for (int i = 0; i < rounds; ++i) {
    round.arrive_and_wait();
    a.tell(note{"mine", i});
    sys.settle();
    if (mine.queued() != static_cast<std::size_t>(i + 1)) ++missed;
  }
  other.join();
  CHECK(missed == 0);
}

TEST_CASE("TS2: after finish a probe can still be looked at, and nothing waits for a system that is gone") {
  test_system sys;
  probe<note> p{sys};
  p.ref().tell(note{"before"});
  sys.settle();
  sys.finish();
  CHECK(p.expect<note>().line == "before");
  p.expect_no_message();
}

}  // namespace testkit_test_system_test
