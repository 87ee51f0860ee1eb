// Manual time: it stands still, it passes timer by timer, and a test sees all that a moment has caused (TP1, TP2, TP4).
#include "unit/testkit/world.hpp"

namespace testkit_manual_time_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace kit;

namespace {

test_options manual() { return {.time = time_kind::manual}; }

struct tick {};
/// Arms itself anew each time.
class ticker : public actor<tick> {
 public:
  ticker(ref<note> to, duration every) : to_(std::move(to)), every_(every) {}
  void on_start() { arm(); }
  void on(const tick&) {}

 private:
  void arm() {
    after_delay(every_, [this] {
      to_.tell(note{"tick", (now() - manual_clock::beginning) / milliseconds{1}});
      arm();
    });
  }
  ref<note> to_;
  duration every_;
};

}  // namespace

TEST_CASE("TP1: no timer fires while the clock stands still; it fires when its time has been told to come") {
  test_system sys{manual()};
  probe<note> p{sys};
  const auto c = sys.spawn<clerk>("clerk", ref<note>{p.ref()});
  c.tell(later{5s, {"five"}});
  p.expect_no_message();
  sys.advance(4999ms);
  p.expect_no_message();
  CHECK(sys.now() == manual_clock::beginning + 4999ms);
  sys.advance(1ms);
  CHECK(p.queued() == 1);
  p.expect_message(note{"five"});
}

TEST_CASE("TP1: timers fire in the order of their times, and what each causes has happened before the next") {
  test_system sys{manual()};
  probe<note> p{sys};
  const auto a = sys.spawn<clerk>("a", ref<note>{p.ref()});
  const auto b = sys.spawn<clerk>("b", ref<note>{a});
  for (int i = 20; i > 0; --i) (i % 2 ? a : b).tell(later{i * 1ms, {"n", i}});
  sys.advance(1s);
  const auto all = p.receive_n<note>(20);
  for (int i = 0; i < 20; ++i) CHECK(all[static_cast<std::size_t>(i)].cents == i + 1);
}

TEST_CASE("TP1, D1: a timer that arms the next one sees each of its times, the same in every run") {
  test_system sys{manual()};
  probe<note> p{sys};
  sys.spawn<ticker>("ticker", ref<note>{p.ref()}, duration{250ms});
  sys.advance(hours{1});
  const auto all = p.receive_n<note>(14'400);
  for (std::size_t i = 0; i < all.size(); ++i)
    REQUIRE(all[i].cents == static_cast<std::int64_t>(250 * (i + 1)));
  p.expect_no_message();
}

TEST_CASE("M5: an ask times out when its time has passed, and not before") {
  test_system sys{manual()};
  probe<balance> silent{sys};
  auto answer = silent.ref().ask(balance{"ada"}, 30s);
  silent.expect<balance>();
  sys.advance(29s);
  CHECK(silent.last_was_asked());
  sys.advance(1s);
  sys.expect_error(std::move(answer), errc::timeout);
  CHECK_FALSE(silent.last_was_asked());
}

TEST_CASE("PB3: where time is manual, a time that is given passes as far as the expectation needs it") {
  test_system sys{manual()};
  probe<note> p{sys};
  const auto c = sys.spawn<clerk>("clerk", ref<note>{p.ref()});
  c.tell(later{5s, {"five"}});
  c.tell(later{9s, {"nine"}});
  p.expect<note>(1min);
  CHECK(sys.now() == manual_clock::beginning + 5s);
  p.expect_no_message(3s);
  CHECK(sys.now() == manual_clock::beginning + 8s);
  CHECK(has(failure_of([&] { p.expect_no_message(1s); }), "expected no message for 1s"));
  CHECK(has(failure_of([&] { p.expect<note>(1min); }), "nothing came within 60s"));
  CHECK(sys.now() == manual_clock::beginning + 69s);
}

TEST_CASE("TP4: a shutdown of a system whose time stood still ends as ever, with what it waits for") {
  test_system sys{manual()};
  probe<note> p{sys};
  sys.spawn<ticker>("ticker", ref<note>{p.ref()}, duration{10ms});
  sys.advance(20ms);
  sys.finish();
  CHECK(p.queued() >= 2);
}

TEST_CASE("advance says why it can't where time is real, and that time never goes back") {
  test_system real;
  CHECK(has(failure_of([&] { real.advance(1s); }), "time is real here"));
  test_system still{manual()};
  CHECK(has(failure_of([&] { still.advance(-1s); }), "never goes back"));
}

}  // namespace testkit_manual_time_test
