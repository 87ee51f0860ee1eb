// The default dispatcher: a fixed set of workers that share their work by stealing, and wait without polling.
//
// Rules
//  P1 A worker pushes to its own ring, anyone else to the injection queue. A worker moves the older half of a ring that is full
//     there, and fetches its share of what is there when its ring is empty. The newest
//     runnable a worker made ready runs next on it (the LIFO slot, warm in its cache), at most `lifo_runs_max` times in
//     a row so that nothing starves; whenever it has read the clock it looks at the injection queue first.
//  P2 No wake-up is lost: whoever queues work publishes it before it looks for sleepers; whoever parks
//     announces it before it looks for work a last time (parking.hpp, PK1).
//  P3 At most half of the workers search at once; the last searcher that finds something wakes another if there is
//     more. While one searches, a push wakes nobody, so a searcher that gives up and then finds something at its last
//     look (P2) searches on: it owes the wake-up (PK2).
//  P4 One idle worker waits inside the I/O driver, until the next timer is due; the others park without a
//     limit (PK3).
//  P5 A busy worker looks at the driver every `turns_per_poll` turns or `poll_gap`, at timers whenever it reads the clock
//     (pace.hpp).
//  P6 No lock is held while a runnable runs.
//  P7 A worker that leaves the driver with work wakes nobody to take its place: with steady traffic that would
//     cost a wake-up an event. A driver that stays empty for a whole period while a worker is idle gets that one.
//  P8 What waits in the LIFO slot of a worker whose turn lasts longer than a period, or behind it (P12), is moved to the injection
//     queue, and what waits in its outbox is sent, so a handler that blocks holds up nobody else. Somebody is woken for what is in its ring.
//  P9 Turns that last are found by the lookout, not by timing each: a worker does nothing for it.
//  P10 Whether a message is to be measured is a flag of the worker, set when the clock is read anyhow: a message that is not costs its
//     sender a look at it.
//  P11 Where a stepper decides what happens (port/stepper.hpp) there are no threads: what is submitted waits in one queue, a step runs
//     any of it as the first worker, and due timers are fired between steps. The fast path of `submit` costs nothing for it: the
//     LIFO slot holds a placeholder for ever.
//  P12 Who brings work to a worker gives way to it: he waits in a place of his own, which nobody steals from, until the worker has nothing
//     else, and nothing waits outside. So what he brings is run by the same core, in its cache. And a runnable that queues itself where nothing
//     else waits wakes nobody: its worker takes it next. Whoever is held up by either is found by the lookout (P8).
//  P13 Who brings work that is done sooner than another worker would be awake, and its caches warm, may say that it is done alone: until it is his
//     turn again what becomes ready on this worker wakes nobody. That ends when he has waited for too long (P12), or a turn lasts (P8).
//  P14 What is queued when it stops, or by what runs then, runs before `stop` returns, on the thread that stops it: it may hold references to itself
//      until it has run.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <troupe/base/prng.hpp>
#include <troupe/engine/injection_queue.hpp>
#include <troupe/engine/lifo_slot.hpp>
#include <troupe/engine/lookout.hpp>
#include <troupe/engine/pace.hpp>
#include <troupe/engine/parking.hpp>
#include <troupe/engine/recipient.hpp>
#include <troupe/engine/run_queue.hpp>
#include <troupe/engine/runnable.hpp>
#include <troupe/engine/stepped_queue.hpp>
#include <troupe/engine/timers.hpp>
#include <troupe/port/platform.hpp>
#include <vector>

namespace troupe::engine {

class worker;

/// Looks on while workers run their turns (P9). What it does is quick.
class turn_watch {
 public:
  virtual ~turn_watch() = default;
  /// The thread of that worker begins; called on it, before its first turn.
  virtual void begins(unsigned worker) noexcept = 0;
  /// Called by the lookout, for each worker every period while any is busy, and not after `stop`.
  virtual void look(const worker& w) noexcept = 0;
};

class scheduler;

namespace detail {
extern constinit thread_local worker* current_worker;
}  // namespace detail

/// One thread of the default dispatcher.
class worker {
 public:
  worker(scheduler& owner, unsigned index, std::unique_ptr<port::parker> parker, std::uint64_t seed)
      : owner_(owner), index_(index), parker_(std::move(parker)), random_(seed) {}

  /// The worker whose thread this is, null on any other thread.
  static worker* current() noexcept { return detail::current_worker; }

  /// Its scheduler.
  scheduler& owner() const noexcept { return owner_; }
  /// Its place among the workers.
  unsigned index() const noexcept { return index_; }
  /// Turns run so far.
  std::uint64_t turns() const noexcept { return turns_.load(std::memory_order_relaxed); }

  /// Where the running handler's messages gather. The worker's own thread only.
  worker_outbox& outbox() noexcept { return outbox_; }

  /// Sends what the running handler keeps: call it before it does something else that others can see (OB1). Any thread.
  static void send_kept() noexcept {
    if (worker* const w = current()) w->outbox_.flush();
  }

  /// A message of the running turn is about to run. True: the turn has lasted a slice, it shall end. The worker's own
  /// thread only.
  bool slice_is_over() noexcept { return pace_.ran() && read_clock(); }

  /// Whether the message that is being sent is one whose time in the mailbox is to be measured: one in each period (P10). The worker's
  /// own thread only.
  bool sample_is_due() const noexcept { return sample_due_; }
  /// That one has been stamped: the next one is due a period later. The worker's own thread only.
  void sampled() noexcept { sample_due_ = false; }

  /// Ends its wait, or the next one. The parking lot only.
  void wake(bool in_driver) noexcept;
  /// What the parking lot keeps here.
  parking_place place;

 private:
  friend class scheduler;

  /// Reads the clock, fires due timers (P5); whether the running turn has lasted a slice.
  bool read_clock() noexcept;

  scheduler& owner_;
  const unsigned index_;
  std::unique_ptr<port::parker> parker_;
  prng random_;
  run_queue<runnable> queue_;
  lifo_slot<runnable> newest_;  // the lookout rescues from it (P8)
  lifo_slot<runnable> behind_;  // and from it (P12)
  bool alone_ = false;          // P13
  time_point behind_due_{};     // when what is there has waited for long enough
  worker_outbox outbox_;        // and here
  unsigned newest_runs_ = 0;
  std::atomic<std::uint64_t> turns_{
      0};                           // written by its owner; relaxed: the lookout only compares two readings
  std::uint64_t looked_turns_ = 0;  // the lookout's
  pace pace_;
  time_point time_{};             // the last reading of the clock
  std::uint64_t time_turn_ = 0;   // the turn it was read in
  std::uint64_t slice_turn_ = 0;  // the turn slice_from_ belongs to
  time_point slice_from_{};
  time_point sampled_{};  // when a message was due last (P10)
  bool sample_due_ = false;
  time_point polled_{};  // when it looked at the driver last
  bool poll_due_ = false;
  bool came_from_outside_ = false;  // what it ran last, taken ahead of its own
  bool looks_around_ = false;       // at the injection queue before all else (P1)
  bool waits_ = false;              // its owner's thread only: time_ is as old as the wait
  std::thread thread_;
};

/// The work-stealing scheduler. `submit` is thread-safe.
class scheduler final : public dispatcher, private port::stepped {
 public:
  /// Prepares `workers` workers on the ports of `platform`; none runs before `start`.
  scheduler(port::platform& platform, unsigned workers);
  ~scheduler() override;

  /// Has its turns watched (P9). Before `start`; `watch` outlives the threads.
  void watch_turns(turn_watch& watch) noexcept { watch_ = &watch; }
  /// Has one message measured in each `period` a worker (P10); `duration::max()`: none, as it is without. Before `start`.
  void sample_every(duration period) noexcept { sample_period_ = period; }

  /// Starts the threads; where there is a stepper, lets it step (P11).
  void start();

  void stop() override;

  void submit(runnable& r) override;
  void submit_last(runnable& r) override;
  /// The running runnable has made others ready on this worker and runs again when the worker has nothing else of its own to run, after
  /// `give_way_max` at the latest (P12). Its last act.
  void submit_behind(runnable& r);

  /// What the calling worker makes ready from now on wakes no other (P13), or does again, what waits included. In a turn, which says "no" again
  /// or ends with `submit_behind`.
  void work_alone(bool yes) noexcept;

  /// Sends what its workers keep for `to` (OB4). Thread-safe. REQUIRES, on a worker: it keeps nothing itself (`send_kept`).
  void settle(recipient& to) noexcept {
    for (const auto& w : workers_) w->outbox_.settle(to);
  }

  /// Whether anything waits in a queue that more than one thread looks at, as of now.
  bool anything_queued() const noexcept;

  /// The timers fired by these workers.
  engine::timers& timers() noexcept { return timers_; }
  /// The ports.
  port::platform& platform() noexcept { return platform_; }
  /// How many threads it has: the workers and the lookout. They wait through the ports.
  unsigned thread_count() const noexcept { return worker_count() + 1; }
  /// How many workers there are.
  unsigned worker_count() const noexcept { return static_cast<unsigned>(workers_.size()); }
  /// The time. On a worker it stands still during a turn: the clock is read at most once for those who ask (and not at all
  /// when nobody does). A completion that runs inside a worker's wait is no turn: it may come long after the last one, so
  /// it asks the clock.
  time_point now() const noexcept;

 private:
  static constexpr unsigned lifo_runs_max = 16;
  static constexpr std::size_t ring_half = run_queue<runnable>::capacity / 2;
  static constexpr duration slice = microseconds{500};
  static constexpr duration poll_gap = microseconds{500};
  static constexpr duration give_way_max = microseconds{500};
  friend class worker;

  void submit_among_others(runnable& r);
  void wake_for(const worker& w) noexcept;
  void work(worker& w);
  void run(worker& w, runnable& r);
  void poll(worker& w);
  runnable* next_newest(worker& w) noexcept;
  runnable* next(worker& w);
  runnable* steal(worker& w);
  void queue(worker& w, runnable& r) noexcept;
  runnable* next_from_outside(worker& w) noexcept;
  void rescue(worker& w) noexcept;
  void wake_for_those_behind_newest(const worker& w) noexcept;
  void park(worker& w);
  void wait(worker& w, bool in_driver);
  bool look() noexcept;

  // P11
  std::size_t ready() const noexcept override { return stepped_.size(); }
  void run(std::size_t which) override;
  time_point next_due() const noexcept override { return timers_.next_due(); }
  bool fire() override;
  template <class F>
  void as_worker(worker& w, F step);
  void run_what_is_left();

  port::platform& platform_;
  port::stepper* const stepper_;  // null: threads
  stepped_queue stepped_;
  duration sample_period_ = duration::max();
  engine::timers timers_;
  std::vector<std::unique_ptr<worker>> workers_;
  injection_queue<runnable> injected_;
  parking_lot<worker> lot_;
  std::atomic_flag polling_;  // held by the one thread that is inside the driver
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> driver_moves_{
      0};                           // entered or left: odd while a worker waits in the driver; relaxed
  std::uint64_t looked_moves_ = 0;  // the lookout's
  turn_watch* watch_ = nullptr;
  lookout lookout_;
};

}  // namespace troupe::engine
