// The platform under a test system: parking spots keep the ports' promises, and its threads are known (QU1).
#include <doctest/doctest.h>

#include <thread>
#include <troupe/testkit/test_platform.hpp>

#include "unit/cell/world.hpp"

namespace testkit_quiet_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

TEST_CASE("a spot remembers one unpark that comes first, and park_until ends at its time") {
  test_platform ports{time_kind::real};
  const auto spot = ports.make_parker();
  spot->unpark();
  spot->unpark();
  spot->park();
  CHECK_FALSE(spot->park_until(after(ports.clock().now(), 1ms)));
  spot->unpark();
  CHECK(spot->park_until(after(ports.clock().now(), hours{1})));
}

TEST_CASE("QU1: a thread counts as waiting until it is told to go on, not until it goes on") {
  test_platform ports{time_kind::real};
  quiet_watch watch;
  engine::turn_count none;
  watch.begin(2, none, [] { return false; });
  {
    const std::lock_guard hold{watch.lock()};
    watch.blocks();
  }
  CHECK_FALSE(watch.await(1ms));
  CHECK(watch.at_work() == 1);
  {
    const std::lock_guard hold{watch.lock()};
    watch.blocks();
  }
  CHECK(watch.await(life::patience));
  none.begin();
  CHECK_FALSE(watch.await(1ms));
  std::thread last{[&] { none.end(); }};
  CHECK(watch.await(life::patience));
  last.join();
  {
    const std::lock_guard hold{watch.lock()};
    watch.unblocks();
  }
  CHECK_FALSE(watch.await(0ms));
}

TEST_CASE("QU2: a system is not quiet while a timer is due that has not fired yet") {
  quiet_watch watch;
  engine::turn_count none;
  bool due = true;
  watch.begin(0, none, [&] { return due; });
  CHECK_FALSE(watch.await(1ms));
  due = false;
  CHECK(watch.await(1ms));
  due = true;
  watch.end();
  CHECK(watch.await(1ms));
}

TEST_CASE(
    "TP1: a clock that stands still is where it began, in every run; it runs on from there when it is let") {
  test_platform ports{time_kind::manual};
  CHECK(ports.clock().now() == manual_clock::beginning);
  CHECK(ports.clock().wall() == std::chrono::sys_days{std::chrono::year{2024} / 1 / 1});
  ports.let_go();
  const auto then = ports.clock().now();
  CHECK(then >= manual_clock::beginning);
  CHECK(then < manual_clock::beginning + 10min);
}

namespace {

/// Ports in which a wake-up can be held up: who wakes has chosen the worker (PK4) and not told it yet.
class slow_to_wake final : public port::platform {
 public:
  test_platform below{time_kind::manual};

  port::clock& clock() noexcept override { return below.clock(); }
  port::entropy& entropy() noexcept override { return below.entropy(); }
  port::driver& driver() noexcept override { return driver_; }
  port::transport& transport() noexcept override { return below.transport(); }
  port::files& files() noexcept override { return below.files(); }
  port::process& process() noexcept override { return below.process(); }
  std::unique_ptr<port::parker> make_parker() override {
    return std::make_unique<held_parker>(*this, below.make_parker());
  }

  /// From now on the wake-ups of the calling thread wait for `at`.
  void hold_up(life::gate_ptr at, life::journal_ptr told) { held_up = {std::move(at), std::move(told)}; }

 private:
  inline static thread_local std::pair<life::gate_ptr, life::journal_ptr> held_up;
  static void pass() {
    if (!held_up.first) return;
    held_up.second->note("chosen");
    held_up.first->pass();
  }

  class held_parker final : public port::parker {
   public:
    held_parker(slow_to_wake&, std::unique_ptr<port::parker> below) : below_(std::move(below)) {}
    void park() noexcept override { below_->park(); }
    bool park_until(time_point until) noexcept override { return below_->park_until(until); }
    void unpark() noexcept override {
      pass();
      below_->unpark();
    }

   private:
    std::unique_ptr<port::parker> below_;
  };

  class held_driver final : public port::driver {
   public:
    explicit held_driver(port::driver& below) : below_(below) {}
    std::size_t poll() override { return below_.poll(); }
    std::size_t wait_until(time_point until) override { return below_.wait_until(until); }
    void interrupt() noexcept override {
      pass();
      below_.interrupt();
    }

   private:
    port::driver& below_;
  };
  held_driver driver_{below.driver()};
};

struct note_it {};
class noter : public actor<note_it> {
 public:
  explicit noter(life::journal_ptr to) : to_(std::move(to)) {}
  void on(const note_it&) { to_->note("noted"); }

 private:
  life::journal_ptr to_;
};

/// On a dispatcher of one worker: another thread has chosen the worker, and does not get on; then this thread sends a message,
/// which wakes nobody, for somebody is being woken.
void quiet_only_behind_the_message(const std::string& dispatcher) {
  auto owned = std::make_unique<slow_to_wake>();
  slow_to_wake& ports = *owned;
  system_options options = life::quiet();
  options.workers = 1;
  options.dispatchers = {{"other", engine::dispatcher_kind::pool, 1}};
  troupe::system sys{options, std::move(owned), {}};
  ports.below.watch(sys.env());
  auto held = std::make_shared<life::gate>();
  auto said = std::make_shared<life::journal>();
  const auto a = spawn<noter>(sys, spawn_options{.name = "a", .dispatcher = dispatcher}, said);
  const auto b = spawn<noter>(sys, spawn_options{.name = "b", .dispatcher = dispatcher}, said);
  REQUIRE(ports.below.settle(life::patience));
  std::thread other{[&] {
    ports.hold_up(held, said);
    a.tell(note_it{});
  }};
  REQUIRE(said->wait_for("chosen"));
  b.tell(note_it{});
  CHECK_FALSE(ports.below.settle(0ms));
  held->open();
  other.join();
  CHECK(ports.below.settle(life::patience));
  CHECK(said->count("noted") == 2);
  ports.below.let_go();
}

}  // namespace

TEST_CASE(
    "QU3: a message that waits for a worker whom another thread has chosen and not woken is work to do") {
  quiet_only_behind_the_message("default");
}

TEST_CASE("QU3: so it is where the worker is one of a configured dispatcher") {
  quiet_only_behind_the_message("other");
}

}  // namespace testkit_quiet_test
