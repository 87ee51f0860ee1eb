// Timers that repeat, timers by key, and the receive timeout.
#include <doctest/doctest.h>

#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace actor_repeating_test {

using namespace troupe;
using namespace life;

namespace {

struct tick_at {
  duration period;
  bool fixed_rate = true;
};
struct stop_after {
  int ticks = 0;
};
struct keyed {
  std::string key;
  duration delay;
  std::string line;
  using reply = bool;
};
struct unkey {
  std::string key;
  using reply = bool;
};
struct idle_after {
  duration how_long;
};
struct work_for {
  duration how_long;
};
struct crash {};
struct ping {
  using reply = int;
};

class clockwork : public actor<tick_at, stop_after, keyed, unkey, idle_after, work_for, crash, ping> {
 public:
  explicit clockwork(journal_ptr to) : to_(std::move(to)) {}
  void on(const tick_at& m) {
    const auto tick = [this, work = std::make_shared<int>(7)] {
      ++ticks_;
      to_->note("tick");
      if (ticks_ == last_) timer_.cancel();
    };
    timer_ = m.fixed_rate ? at_fixed_rate(m.period, tick) : with_fixed_delay(m.period, tick);
  }
  void on(const stop_after& m) { last_ = m.ticks; }
  bool on(const keyed& m) {
    const bool was = has_timer(m.key);
    key_timer(m.key, after_delay(m.delay, [this, line = m.line] { to_->note(line); }));
    return was;
  }
  bool on(const unkey& m) { return cancel_timer(m.key); }
  void on(const idle_after& m) { receive_timeout(m.how_long); }
  void on(const work_for& m) {
    const auto end = ports().clock().now() + m.how_long;
    while (ports().clock().now() < end) {
    }
  }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  int on(const ping&) { return ticks_; }
  void on_receive_timeout() override {
    to_->note("idle");
    if (++idle_ == 2) no_receive_timeout();
  }

 private:
  journal_ptr to_;
  timer_handle timer_;
  int ticks_ = 0;
  int last_ = -1;
  int idle_ = 0;
};

struct fixture {
  journal_ptr j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  supervision top = supervise(sys, "top", one_for_one{}, child<clockwork>("clockwork", j));
  ref<clockwork> c = top.ref<clockwork>("clockwork");
};

}  // namespace

TEST_CASE("TR1: ticks at a fixed rate that a busy actor missed are made up for") {
  fixture f;
  f.c.tell(stop_after{10});
  f.c.tell(tick_at{5ms});
  f.c.tell(work_for{60ms});  // more than ten periods
  f.c.tell(ping{});
  CHECK(f.j->wait_for("tick", 10));
  CHECK(f.c.ask(ping{}, patience).get().value() == 10);  // and cancelled by its own call
}

TEST_CASE("TR2: with a fixed delay a busy actor gets one tick, not those it missed") {
  fixture f;
  f.c.tell(tick_at{5ms, false});
  REQUIRE(f.j->wait_for("tick"));
  f.c.tell(work_for{60ms});
  const int at_once = f.c.ask(ping{}, patience).get().value();
  // The one that was under way, at most: the next begins when that has been run.
  f.c.tell(work_for{40ms});
  CHECK(f.c.ask(ping{}, patience).get().value() <= at_once + 2);
  CHECK(f.j->wait_for("tick", at_once + 3));
}

TEST_CASE("S6: timers that repeat or have a key are gone after a restart") {
  fixture f;
  f.c.tell(tick_at{1ms});
  CHECK_FALSE(f.c.ask(keyed{"k", 50ms, "late"}, patience).get().value());
  REQUIRE(f.j->wait_for("tick"));
  f.c.tell(crash{});
  CHECK(f.c.ask(ping{}, patience).get().value() == 0);
  CHECK_FALSE(f.c.ask(keyed{"k", 100ms, "new"}, patience).get().value());  // the key is free again
  CHECK(f.j->wait_for("new"));
  CHECK(f.c.ask(ping{}, patience).get().value() == 0);
  CHECK(f.j->count("late") == 0);
}

TEST_CASE(
    "a timer that is armed under the key of another takes its place, and a cancelled one is never "
    "delivered") {
  fixture f;
  CHECK_FALSE(f.c.ask(keyed{"k", 20ms, "first"}, patience).get().value());
  CHECK(f.c.ask(keyed{"k", 25ms, "second"}, patience).get().value());
  CHECK_FALSE(f.c.ask(keyed{"other", 20ms, "other"}, patience).get().value());
  CHECK(f.c.ask(unkey{"other"}, patience).get().value());
  CHECK_FALSE(f.c.ask(unkey{"other"}, patience).get().value());
  CHECK(f.j->wait_for("second"));
  CHECK_FALSE(f.c.ask(unkey{"k"}, patience).get().value());
  CHECK(f.j->all() == lines{"second"});
}

TEST_CASE("a timer that fired while its actor was busy and is cancelled before its turn is never delivered") {
  fixture f;
  CHECK_FALSE(f.c.ask(keyed{"k", 5ms, "late"}, patience).get().value());
  f.c.tell(work_for{40ms});
  const bool was_active = f.c.ask(unkey{"k"}, patience).get().value();
  CHECK(f.j->count("late") == (was_active ? 0 : 1));
  CHECK(f.c.ask(ping{}, patience).get().value() == 0);
  CHECK(f.j->count("late") == (was_active ? 0 : 1));
}

TEST_CASE(
    "RV1: an actor hears when no message has come for a while, again and again, until it wants to no more") {
  fixture f;
  f.c.tell(idle_after{20ms});
  CHECK(f.j->wait_for("idle", 2));
  CHECK_FALSE(f.c.ask(keyed{"k", 60ms, "later"}, patience).get().value());
  CHECK(f.j->wait_for("later"));
  CHECK(f.j->count("idle") == 2);
}

TEST_CASE("RV1: messages put the receive timeout off") {
  fixture f;
  f.c.tell(idle_after{200ms});
  for (int i = 0; i < 30; ++i) {  // 300 ms and more of them
    f.c.tell(work_for{10ms});
    CHECK(f.c.ask(ping{}, patience).get().value() == 0);
    CHECK(f.j->count("idle") == 0);
  }
  CHECK(f.j->wait_for("idle"));
}

}  // namespace actor_repeating_test
