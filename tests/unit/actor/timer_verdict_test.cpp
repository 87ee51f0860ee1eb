// Timers whose time comes while their actor has failed and waits for the verdict of its parent (S6, S11): in a simulated world, where the
// orders that this takes come up by themselves.
#include <doctest/doctest.h>

#include <troupe/sim/world.hpp>
#include <troupe/troupe.hpp>

namespace actor_timer_verdict_test {

namespace {

using namespace troupe;

struct fail_soon {
  duration timer;
};
struct count {
  using reply = int;
};

/// What all objects of the class have seen.
struct seen {
  int once = 0, repeated = 0, idle = 0;
  int failures = 0;
  int in_failed = 0;
};

/// Arms timers of each sort, and fails at once.
class fragile : public actor<fail_soon, count> {
 public:
  explicit fragile(seen* to) : to_(to) {}
  void on(const fail_soon& m) {
    failed_ = true;
    after_delay(m.timer, [this] { note(to_->once); });
    at_fixed_rate(m.timer, [this] { note(to_->repeated); });
    receive_timeout(m.timer);
    ++to_->failures;
    throw std::runtime_error{"as told"};
  }
  int on(const count&) { return to_->failures; }
  void on_receive_timeout() override { note(to_->idle); }

 private:
  void note(int& what) {
    ++what;
    if (failed_) ++to_->in_failed;
  }

  seen* const to_;
  bool failed_ = false;
};

}  // namespace

TEST_CASE("S6, S11: a timer whose time comes while its actor waits for a verdict does not fire, nor later") {
  seen all;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    sim::world w{seed};
    system_options options{.name = "n1"};
    options.log = log_level::error;
    troupe::system sys{std::move(options), w.boot("n1")};
    const auto tree = supervise(sys, "tree", one_for_one{.intensity = 100}, child<fragile>("fragile", &all));
    const auto f = tree.ref<fragile>("fragile");
    // A turn takes 1 to 20 us, and timers fire every 125 us: some do between the failure and the supervisor's turn, in which the verdict is.
    for (std::int64_t i = 0; i < 5; ++i) {
      w.run_for(microseconds{1000 + (static_cast<std::int64_t>(seed) * 31 + i * 7) % 125});
      f.tell(fail_soon{microseconds{1}});
      w.run_for(milliseconds{5});
    }
    CHECK(f.ask(count{}, seconds{1}).get().value() == all.failures);
    CHECK(sys.events().count(event_kind::actor_restarted) == 5);
  }
  CHECK(all.failures == 1000);
  CHECK(all.in_failed == 0);
  CHECK(all.once == 0);
  CHECK(all.repeated == 0);
  CHECK(all.idle == 0);
}

}  // namespace actor_timer_verdict_test
