// The ports a test system runs on: the operating system's, with a clock that may stand still, and parking spots that know who
// waits in them, so that a test can wait until a system has nothing left to do.
//
// Rules
//  TP1 While the clock stands still, no timer fires but those that `advance` makes due. It goes from one due time to the
//      next, and before each the system is quiet (quiet.hpp), so timers fire in the order of their times, and all that one of
//      them causes has happened before the next one fires. Timers of one instant fire as the wheel has them (W3).
//  TP2 Timers have a tick of 125 us: one fires at the first tick at or after its time, so `advance` by whole multiples of
//      the tick fires what is due exactly then.
//  TP3 Sockets, files, child processes are the real ones, and so are their time-outs. So is the period of the scheduler's
//      lookout: it looks after real threads.
//  TP4 `let_go` is for the end of a test: what waits for its time then ends in it, so a shutdown ends as ever.
#pragma once

#include <memory>
#include <troupe/port/platform.hpp>
#include <troupe/testkit/manual_clock.hpp>
#include <troupe/testkit/quiet.hpp>

namespace troupe {
class environment;
class system;
}  // namespace troupe

namespace troupe::testkit {

/// How a system's time passes.
enum class time_kind : std::uint8_t {
  real,    ///< as ever
  manual,  ///< only in `advance`
};

/// See above (TP1-TP4). The ports are thread-safe as their headers say; the rest is for the test's thread.
class test_platform final : public port::platform {
 public:
  /// On the operating system's ports, or on `below`.
  explicit test_platform(time_kind time, std::unique_ptr<port::platform> below = nullptr);
  ~test_platform() override;

  port::clock& clock() noexcept override { return clock_; }
  port::entropy& entropy() noexcept override { return below_->entropy(); }
  port::driver& driver() noexcept override;
  port::transport& transport() noexcept override { return below_->transport(); }
  port::files& files() noexcept override { return below_->files(); }
  port::process& process() noexcept override { return below_->process(); }
  std::unique_ptr<port::parker> make_parker() override;

  /// The test platform below `sys`; null when it runs on another.
  static test_platform* of(troupe::system& sys) noexcept;

  /// Its system has been made. Before this nothing here waits for anything.
  void watch(environment& env);

  /// Waits until the system is quiet (QU2); false when it is not within `limit`, which is real time.
  bool settle(duration limit) { return watch_.await(limit); }
  /// How many of the system's threads are at work, as of now.
  unsigned threads_at_work() { return watch_.at_work(); }

  /// Whether the clock stands still.
  bool time_stands_still() const noexcept { return clock_.stands_still(); }

  /// Puts the clock forward to the next timer, or to `limit` when none is due before. True: a timer is due now, and it may
  /// be one that was cancelled meanwhile. REQUIRES: the clock stands still, the system is quiet.
  bool step(time_point limit);

  /// Lets `d` pass, timer by timer (TP1); false when the system does not settle within `limit`, which is real time and counts for
  /// each step. REQUIRES: the clock stands still; `d` is not negative.
  bool advance(duration d, duration limit);

  /// Its system is about to be shut down: from here on time passes as ever (TP4), and `settle` waits for nothing.
  void let_go();

 private:
  class watched_parker;
  class watched_driver;

  std::unique_ptr<port::platform> below_;
  manual_clock clock_;
  quiet_watch watch_;
  std::unique_ptr<watched_driver> driver_;
};

}  // namespace troupe::testkit
