// Timers of an actor: when they fire, and that they end with the object that armed them (S6).
#include <doctest/doctest.h>

#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace actor_timer_test {

using namespace troupe;
using namespace life;

namespace {

struct arm {
  duration delay;
  std::string name;
};
struct disarm {};
struct crash {};
struct ping {
  using reply = int;
};

/// Notes when what a timer captured is gone.
struct capture {
  journal_ptr to;
  std::string name;
  ~capture() { to->note(name + " gone"); }
};

class sleeper : public actor<arm, disarm, crash, ping> {
 public:
  explicit sleeper(journal_ptr to) : to_(std::move(to)) {}
  void on(const arm& m) {
    auto captured = std::make_shared<capture>(to_, m.name);
    last_ = after_delay(m.delay, [captured] { captured->to->note(captured->name + " fires"); });
  }
  void on(const disarm&) { last_.cancel(); }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  int on(const ping&) { return 1; }

 private:
  journal_ptr to_;
  timer_handle last_;
};

struct work_then_arm {
  duration work, delay;
};
struct work_then_ask {
  duration work, patience;
};

/// Computes for a while before it arms something, as a slow handler does.
class slow_one : public actor<work_then_arm, work_then_ask> {
 public:
  slow_one(ref<sleeper> other, journal_ptr to) : other_(std::move(other)), to_(std::move(to)) {}
  void on(const work_then_arm& m) {
    compute(m.work);
    const auto armed = std::chrono::steady_clock::now();
    after_delay(m.delay, [this, armed, delay = m.delay] {
      to_->note(std::chrono::steady_clock::now() - armed >= std::chrono::nanoseconds{delay} ? "in time"
                                                                                            : "early");
    });
  }
  task<void> on(work_then_ask m) {
    compute(m.work);
    const auto answer = co_await ask<ping>(other_, m.patience);
    to_->note(answer ? "answered" : to_string(answer.error()));
  }

 private:
  // The turn's time is read before it, and stands still.
  void compute(duration work) {
    static_cast<void>(now());
    const auto end = std::chrono::steady_clock::now() + std::chrono::nanoseconds{work};
    while (std::chrono::steady_clock::now() < end) {
    }
  }
  ref<sleeper> other_;
  journal_ptr to_;
};

}  // namespace

TEST_CASE("a timer that a slow handler arms counts from there, not from the beginning of its turn") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  const auto a = spawn<slow_one>(sys, "slow", spawn<sleeper>(sys, "other", j), j);
  a.tell(work_then_arm{milliseconds{50}, milliseconds{40}});
  CHECK(j->wait_for("in time"));
  CHECK(j->count("early") == 0);
}

TEST_CASE("M5: the time of an ask counts from the ask, however long its handler has computed before") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  const auto a = spawn<slow_one>(sys, "slow", spawn<sleeper>(sys, "other", j), j);
  a.tell(work_then_ask{seconds{3}, seconds{2}});
  CHECK(j->wait_for("answered"));
}

TEST_CASE("a timer fires once; one that is cancelled never does, and lets go of what it captured at once") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto a = spawn<sleeper>(sys, "a", j);
  a.tell(arm{1ms, "short"});
  REQUIRE(j->wait_for("short gone"));
  CHECK(j->count("short fires") == 1);
  a.tell(arm{1h, "long"});
  a.tell(disarm{});
  CHECK(j->wait_for("long gone"));
  CHECK(j->count("long fires") == 0);
}

TEST_CASE("S6: a restart ends the timers of the old object, with what they captured") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto top = supervise(sys, "top", one_for_one{}, child<sleeper>("a", j));
  auto a = top.ref<sleeper>("a");
  for (int i = 0; i < 100; ++i) a.tell(arm{1h, "old"});
  a.tell(crash{});
  CHECK(j->wait_for("old gone", 100));
  CHECK(a.ask(ping{}, patience).get().value() == 1);
  CHECK(a.incarnation() == 1);
  CHECK(j->count("old fires") == 0);
}

TEST_CASE("L3: a stop ends the timers, with what they captured") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto a = spawn<sleeper>(sys, "a", j);
  a.tell(arm{1h, "old"});
  CHECK(a.ask(ping{}, patience).get().value() == 1);
  REQUIRE(stop_and_wait(a));
  CHECK(j->count("old gone") == 1);
}

}  // namespace actor_timer_test
