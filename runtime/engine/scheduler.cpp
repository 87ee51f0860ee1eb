#include <algorithm>
#include <troupe/base/check.hpp>
#include <troupe/base/limits.hpp>
#include <troupe/engine/scheduler.hpp>

namespace troupe::engine {

namespace detail {
constinit thread_local worker* current_worker = nullptr;
}  // namespace detail

using detail::current_worker;

namespace {

/// Fills the LIFO slot where nothing runs from it (P11).
class placeholder final : public runnable {
 public:
  void run_turn() override { check(false, "the placeholder of a stepped worker was run"); }
};
placeholder never_run;

/// Turns that a scheduler runs at its end, at most (P14): who still queues itself then does it for ever.
constexpr std::size_t turns_at_stop_max = 100'000;

}  // namespace

bool worker::read_clock() noexcept {
  if (owner_.stepper_) [[unlikely]] {
    pace_ = pace{};  // so that the stepper is asked each time
    return owner_.stepper_->turn_is_over();
  }
  time_ = owner_.platform_.clock().now();
  time_turn_ = turns();
  pace_.was_read(time_);
  looks_around_ = true;  // P1
  if (owner_.timers_.next_due() <= time_) owner_.timers_.fire(time_);
  if (time_ - polled_ >= scheduler::poll_gap) poll_due_ = true;
  if (time_ - sampled_ >= owner_.sample_period_) {
    sampled_ = time_;
    sample_due_ = true;
  }
  if (slice_turn_ != time_turn_) {
    slice_turn_ = time_turn_;
    slice_from_ = time_;
  }
  return time_ - slice_from_ >= scheduler::slice;
}

void worker::wake(bool in_driver) noexcept {
  if (in_driver)
    owner_.platform_.driver().interrupt();
  else
    parker_->unpark();
}

scheduler::scheduler(port::platform& platform, unsigned workers)
    : platform_(platform),
      stepper_(platform.stepper()),
      timers_(platform.clock().now(),
              [this] {
                // Whoever waits in the driver must wait shorter now; if nobody does, a worker that parks will read
                // the new time.
                if (lot_.driver_is_taken()) platform_.driver().interrupt();
              }),
      lot_(workers),
      lookout_(platform.clock(), stepper_ ? nullptr : platform.make_parker(), [this] { return look(); }) {
  check(workers > 0, "a scheduler needs a worker");
  for (unsigned i = 0; i < workers; ++i)
    workers_.push_back(std::make_unique<worker>(*this, i, stepper_ ? nullptr : platform.make_parker(),
                                                platform.entropy().next()));
}

scheduler::~scheduler() { stop(); }

void scheduler::start() {
  if (stepper_) {
    workers_.front()->newest_.put(&never_run);
    if (watch_) watch_->begins(0);
    return stepper_->attach(*this);
  }
  for (auto& w : workers_) w->thread_ = std::thread{[this, &w = *w] { work(w); }};
  lookout_.start();
}

void scheduler::stop() {
  if (stopping_.exchange(true)) return;
  if (stepper_) {
    stepper_->detach(*this);
    run_what_is_left();
    return stepped_.clear();
  }
  lookout_.stop();
  for (auto& w : workers_) w->parker_->unpark();
  platform_.driver().interrupt();
  for (auto& w : workers_)
    if (w->thread_.joinable()) w->thread_.join();
  run_what_is_left();
}

// P14
void scheduler::run_what_is_left() {
  std::size_t turns = 0;
  if (stepper_) {
    for (; stepped_.size() > 0 && turns < turns_at_stop_max; ++turns) run(0);
    return;
  }
  // Each of them: only a worker itself finds what it has made ready last, and who waits behind that (P1, P12).
  const auto run_next = [this](worker& w) {
    runnable* r = nullptr;
    as_worker(w, [&] {
      r = next(w);
      if (r) r->run_turn();
    });
    return r != nullptr;
  };
  for (bool any = true; any;) {
    any = false;
    for (auto& w : workers_)
      for (; turns < turns_at_stop_max && run_next(*w); ++turns) any = true;
  }
}

time_point scheduler::now() const noexcept {
  worker* const w = current_worker;
  if (!w || &w->owner_ != this || w->waits_) return platform_.clock().now();
  if (w->time_turn_ != w->turns()) {
    w->time_ = platform_.clock().now();
    w->time_turn_ = w->turns();
  }
  return w->time_;
}

void scheduler::queue(worker& w, runnable& r) noexcept {
  std::array<runnable*, ring_half + 1> moved;
  while (!w.queue_.push(&r)) {
    const std::size_t count = w.queue_.take_half(std::span{moved}.first<ring_half>());
    if (count != 0) injected_.push(std::span{moved}.first(count));
  }
}

runnable* scheduler::next_from_outside(worker& w) noexcept {
  std::array<runnable*, ring_half> found;
  const std::size_t count = injected_.pop(found, workers_.size());
  if (count == 0) return nullptr;
  if (count > 1) {
    w.queue_.fill(std::span{found}.subspan(1, count - 1));
    lot_.wake_one();  // P2: one that looked in between has found them in neither queue
  }
  return found[0];
}

void scheduler::submit(runnable& r) {
  // It runs right after this turn, on this worker: the commonest case, and no more than a few instructions.
  if (worker* const w = current_worker; w && &w->owner_ == this && w->newest_.put_if_empty(&r)) [[likely]]
    return;
  submit_among_others(r);
}

void scheduler::submit_among_others(runnable& r) {
  if (stepper_) [[unlikely]]
    return stepped_.push(r);
  worker* const w = current_worker;
  if (w && &w->owner_ == this) {
    runnable* const older = w->newest_.put(&r);
    if (!older) return;  // the lookout has taken it meanwhile
    queue(*w, *older);
    return wake_for(*w);
  }
  injected_.push(r);
  lot_.wake_one();
}

// Somebody who may take what waits in its ring.
inline void scheduler::wake_for(const worker& w) noexcept {
  if (!w.alone_) lot_.wake_one();
}

void scheduler::submit_last(runnable& r) {
  if (stepper_) [[unlikely]]
    return stepped_.push(r);
  worker* const w = current_worker;
  if (w && &w->owner_ == this) {
    const bool alone = w->queue_.empty() && w->newest_.empty();
    queue(*w, r);
    if (!alone) wake_for(*w);  // P12
    return;
  }
  injected_.push(r);
  lot_.wake_one();
}

void scheduler::work_alone(bool yes) noexcept {
  worker* const w = current_worker;
  if (stepper_ || !w || &w->owner_ != this) return;
  w->alone_ = yes;
  if (!yes && !w->queue_.empty()) lot_.wake_one();
}

void scheduler::submit_behind(runnable& r) {
  worker* const w = current_worker;
  if (stepper_ || !w || &w->owner_ != this || !w->behind_.put_if_empty(&r)) return submit_last(r);
  w->behind_due_ = after(now(), give_way_max);
}

// What waits behind a turn that lasts (P8).
void scheduler::rescue(worker& w) noexcept {
  w.outbox_.rescue();
  for (auto* const slot : {&w.newest_, &w.behind_})
    if (runnable* const held_up = slot->rescue()) {
      injected_.push(*held_up);
      lot_.wake_one();
    }
  if (!w.queue_.empty()) lot_.wake_one();
}

bool scheduler::look() noexcept {
  const std::uint64_t moves = driver_moves_.load(std::memory_order_relaxed);
  if (moves % 2 == 0 && moves == looked_moves_) lot_.wake_for_driver();  // P7
  looked_moves_ = moves;
  for (auto& w : workers_) {
    const std::uint64_t turns = w->turns();
    if (watch_) watch_->look(*w);
    if (turns == w->looked_turns_) rescue(*w);
    w->looked_turns_ = turns;
  }
  return lot_.all_asleep();
}

bool scheduler::anything_queued() const noexcept {
  if (!injected_.empty()) return true;
  return std::any_of(workers_.begin(), workers_.end(), [](const auto& w) { return !w->queue_.empty(); });
}

runnable* scheduler::steal(worker& w) {
  const std::size_t n = workers_.size();
  const std::size_t first = w.random_.below(n);
  for (std::size_t i = 0; i < n; ++i) {
    worker& victim = *workers_[(first + i) % n];
    if (&victim == &w) continue;
    if (runnable* const r = w.queue_.steal_from(victim.queue_)) return r;
  }
  return nullptr;
}

inline runnable* scheduler::next_newest(worker& w) noexcept {
  if (w.newest_.empty() || w.newest_runs_ == lifo_runs_max || (w.looks_around_ && !w.came_from_outside_))
    return nullptr;
  runnable* const r = w.newest_.take();
  if (!r) return nullptr;
  ++w.newest_runs_;
  w.came_from_outside_ = false;
  return r;
}

runnable* scheduler::next(worker& w) {
  // Never twice in a row: what comes from outside without end must not starve what waits here.
  if (std::exchange(w.looks_around_, false) && !w.came_from_outside_) [[unlikely]]
    if (runnable* const r = injected_.pop()) {
      w.came_from_outside_ = true;
      if (!w.queue_.empty()) lot_.wake_one();  // who queued himself there is not what runs next (P12)
      return r;
    }
  w.came_from_outside_ = false;
  if (runnable* const r = next_newest(w)) return r;
  w.newest_runs_ = 0;
  if (runnable* const r = w.newest_.empty() ? nullptr : w.newest_.take())
    queue(w, *r);  // P1: its turn is over
  const bool someone_waits_behind = !w.behind_.empty();
  if (someone_waits_behind && w.time_ >= w.behind_due_)
    if (runnable* const r = w.behind_.take()) {
      work_alone(false);
      return r;
    }
  if (!someone_waits_behind) w.alone_ = false;  // he was moved (P8)
  if (runnable* const r = w.queue_.pop()) return r;
  w.alone_ = false;
  if (runnable* const r = next_from_outside(w))
    return r;  // whoever the lookout has moved there, he waits for as well
  return someone_waits_behind ? w.behind_.take() : nullptr;
}

// A callback has made somebody ready who runs before those in the ring, for whom nobody was woken (P12).
void scheduler::wake_for_those_behind_newest(const worker& w) noexcept {
  if (!w.newest_.empty() && !w.queue_.empty()) wake_for(w);
}

inline void scheduler::run(worker& w, runnable& r) {
  const std::uint64_t turn = w.turns() + 1;
  w.turns_.store(turn, std::memory_order_relaxed);
  r.run_turn();
  w.outbox_
      .flush();  // a turn has sent all its handlers kept; what the listeners of its last dead letters sent may be left
  if (w.pace_.ran()) [[unlikely]] {
    w.read_clock();
    wake_for_those_behind_newest(w);
  }
  if (turn % limits::turns_per_poll == 0 || w.poll_due_) [[unlikely]]
    poll(w);
}

void scheduler::poll(worker& w) {
  w.poll_due_ = false;
  w.polled_ = w.time_;
  if (polling_.test_and_set(std::memory_order_acquire)) return;
  platform_.driver().poll();
  w.looks_around_ = true;  // at what that may have queued
  wake_for_those_behind_newest(w);
  polling_.clear(std::memory_order_release);  // pairs with the acquire of the next one inside the driver
  polling_.notify_one();                      // a worker that parks may be waiting for it
}

void scheduler::work(worker& w) {
  current_worker = &w;
  if (watch_) watch_->begins(w.index_);
  w.time_ = platform_.clock().now();
  while (!stopping_.load(std::memory_order_relaxed)) {
    runnable* r = lot_.find(
        w, [&] { return next(w); }, [&] { return steal(w); }, [&] { return anything_queued(); });
    if (!r) park(w);
    // As long as one turn makes the next one ready there is nothing to look for.
    for (; r; r = next_newest(w)) run(w, *r);
  }
  lot_.retire(w);
  current_worker = nullptr;
}

void scheduler::park(worker& w) {
  lot_.park(
      w, [this] { return anything_queued(); }, [&](bool in_driver) { wait(w, in_driver); });
  lookout_.rouse();
}

void scheduler::wait(worker& w, bool in_driver) {
  // seq_cst: `stop` says so before it wakes everybody.
  if (stopping_.load(std::memory_order_seq_cst)) return;
  if (!in_driver) return w.parker_->park();
  while (polling_.test_and_set(std::memory_order_acquire)) polling_.wait(true, std::memory_order_relaxed);
  w.waits_ = true;
  driver_moves_.fetch_add(1, std::memory_order_relaxed);
  platform_.driver().wait_until(timers_.next_due());
  driver_moves_.fetch_add(1, std::memory_order_relaxed);
  w.waits_ = false;
  polling_.clear(std::memory_order_release);
  w.time_ = platform_.clock().now();
  timers_.fire(w.time_);
}

// ---- steps

/// Does `step` as a turn of that worker. Whoever was at work is so again afterwards: a node that starts in the middle of another one's
/// events is stepped from inside of them.
template <class F>
void scheduler::as_worker(worker& w, F step) {
  worker* const before = std::exchange(current_worker, &w);
  w.turns_.store(w.turns() + 1, std::memory_order_relaxed);
  step();
  w.outbox_.flush();
  current_worker = before;
}

void scheduler::run(std::size_t which) {
  runnable& r = stepped_.take(which);
  as_worker(*workers_.front(), [&] { r.run_turn(); });
}

bool scheduler::fire() {
  bool any = false;
  as_worker(*workers_.front(), [&] { any = timers_.fire(platform_.clock().now()) != 0; });
  return any;
}

}  // namespace troupe::engine
