#include <algorithm>
#include <troupe/base/check.hpp>
#include <troupe/base/limits.hpp>
#include <troupe/engine/scheduler.hpp>

namespace troupe::engine {

namespace detail {
constinit thread_local worker* current_worker = nullptr;
}  // namespace detail

using detail::current_worker;

bool worker::read_clock() noexcept {
  time_ = owner_.platform_.clock().now();
  time_turn_ = turns();
  pace_.was_read(time_);
  if (owner_.timers_.next_due() <= time_) owner_.timers_.fire(time_);
  if (time_ - polled_ >= scheduler::poll_gap) poll_due_ = true;
  if (slice_turn_ != time_turn_) {
    slice_turn_ = time_turn_;
    slice_from_ = time_;
  }
  return time_ - slice_from_ >= scheduler::slice;
}

scheduler::scheduler(port::platform& platform, unsigned workers)
    : platform_(platform),
      timers_(platform.clock().now(),
              [this] {
                // Whoever waits in the driver must wait shorter now; if nobody does, a worker that parks will read
                // the new time.
                const std::lock_guard hold{sleepers_mutex_};
                if (driver_taken_) platform_.driver().interrupt();
              }),
      lookout_(platform.clock(), platform.make_parker(), [this] { return look(); }) {
  check(workers > 0, "a scheduler needs a worker");
  for (unsigned i = 0; i < workers; ++i)
    workers_.push_back(std::make_unique<worker>(*this, i, platform.make_parker(), platform.entropy().next()));
}

scheduler::~scheduler() { stop(); }

void scheduler::start() {
  for (auto& w : workers_) w->thread_ = std::thread{[this, &w = *w] { work(w); }};
  lookout_.start();
}

void scheduler::stop() {
  if (stopping_.exchange(true)) return;
  lookout_.stop();
  for (auto& w : workers_) w->parker_->unpark();
  platform_.driver().interrupt();
  for (auto& w : workers_)
    if (w->thread_.joinable()) w->thread_.join();
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

time_point scheduler::recent_time() const noexcept {
  worker* const w = current_worker;
  return w && &w->owner_ == this ? w->time_ : platform_.clock().now();
}

void scheduler::queue(worker& w, runnable& r) noexcept {
  if (!w.queue_.push(&r)) injected_.push(r);
}

void scheduler::submit(runnable& r) {
  worker* const w = current_worker;
  if (w && &w->owner_ == this) {
    if (!w->newest_.load(std::memory_order_relaxed)) {
      w->newest_.store(&r, std::memory_order_release);  // pairs with the exchanges that take it
      return;                                           // it runs right after this turn, on this worker
    }
    runnable* const older = w->newest_.exchange(&r, std::memory_order_acq_rel);
    if (!older) return;
    queue(*w, *older);
  } else {
    injected_.push(r);
  }
  wake_one();
}

void scheduler::submit_last(runnable& r) {
  worker* const w = current_worker;
  if (w && &w->owner_ == this)
    queue(*w, r);
  else
    injected_.push(r);
  wake_one();
}

void scheduler::wake_one() noexcept {
  if (searching_.load(std::memory_order_seq_cst) != 0 || sleeping_.load(std::memory_order_seq_cst) == 0)
    return;
  worker* woken = nullptr;
  bool in_driver = false;
  {
    const std::lock_guard hold{sleepers_mutex_};
    if (sleepers_.empty() || searching_.load(std::memory_order_relaxed) != 0) return;
    // Prefer one that is not in the driver: somebody should go on waiting there (P4).
    auto chosen = std::find_if(sleepers_.begin(), sleepers_.end(), [](worker* s) { return !s->in_driver_; });
    if (chosen == sleepers_.end()) chosen = sleepers_.begin();
    woken = *chosen;
    in_driver = woken->in_driver_;
    sleepers_.erase(chosen);
    sleeping_.fetch_sub(1, std::memory_order_seq_cst);
    searching_.fetch_add(1, std::memory_order_seq_cst);  // on behalf of the woken one
  }
  if (in_driver)
    platform_.driver().interrupt();
  else
    woken->parker_->unpark();
}

bool scheduler::look() noexcept {
  const std::uint64_t moves = driver_moves_.load(std::memory_order_relaxed);
  if (moves % 2 == 0 && moves == looked_moves_) wake_for_driver();  // P7
  looked_moves_ = moves;
  for (auto& w : workers_) {
    const std::uint64_t turns = w->turns();
    if (turns == w->looked_turns_) {
      if (runnable* const held_up = w->newest_.exchange(nullptr, std::memory_order_acq_rel)) {  // P8
        injected_.push(*held_up);
        wake_one();
      }
    }
    w->looked_turns_ = turns;
  }
  return sleeping_.load(std::memory_order_seq_cst) == workers_.size();
}

void scheduler::wake_for_driver() noexcept {
  worker* woken = nullptr;
  {
    const std::lock_guard hold{sleepers_mutex_};
    if (driver_taken_ || sleepers_.empty()) return;
    woken = sleepers_.back();
    sleepers_.pop_back();
    sleeping_.fetch_sub(1, std::memory_order_seq_cst);
    searching_.fetch_add(1, std::memory_order_seq_cst);  // on behalf of the woken one
  }
  woken->parker_->unpark();
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

runnable* scheduler::next(worker& w) {
  if (w.turns() % injection_check_turns == 0) [[unlikely]]
    if (runnable* r = injected_.pop()) return r;
  if (w.newest_.load(std::memory_order_relaxed)) {
    if (runnable* r = w.newest_.exchange(nullptr, std::memory_order_acquire)) {
      if (w.newest_runs_++ < lifo_runs_max) return r;
      queue(w, *r);
    }
  }
  w.newest_runs_ = 0;
  if (runnable* r = w.queue_.pop()) return r;
  return injected_.pop();
}

void scheduler::run(worker& w, runnable& r) {
  const std::uint64_t turn = w.turns() + 1;
  w.turns_.store(turn, std::memory_order_relaxed);
  r.run_turn();
  if (w.pace_.ran()) [[unlikely]]
    w.read_clock();
  if (turn % limits::turns_per_poll == 0 || w.poll_due_) [[unlikely]]
    poll(w);
}

void scheduler::poll(worker& w) {
  w.poll_due_ = false;
  w.polled_ = w.time_;
  if (polling_.test_and_set(std::memory_order_acquire)) return;
  platform_.driver().poll();
  polling_.clear(std::memory_order_release);  // pairs with the acquire of the next one inside the driver
  polling_.notify_one();                      // a worker that parks may be waiting for it
}

void scheduler::work(worker& w) {
  current_worker = &w;
  w.time_ = platform_.clock().now();
  bool searching = false;
  while (!stopping_.load(std::memory_order_relaxed)) {
    runnable* r = next(w);
    if (!r) {
      if (!searching && 2 * searching_.load(std::memory_order_relaxed) < workers_.size()) {
        searching_.fetch_add(1, std::memory_order_seq_cst);
        searching = true;
      }
      if (searching) r = steal(w);
    }
    if (searching) {
      searching = false;
      // P3: there may be more where this came from.
      if (searching_.fetch_sub(1, std::memory_order_seq_cst) == 1 && r) wake_one();
    }
    if (r) {
      run(w, *r);
      continue;
    }
    park(w);
    searching = std::exchange(w.woken_to_search_, false);
  }
  if (searching) searching_.fetch_sub(1, std::memory_order_seq_cst);
  current_worker = nullptr;
}

bool scheduler::leave_sleepers(worker& w) noexcept {
  const std::lock_guard hold{sleepers_mutex_};
  const auto me = std::find(sleepers_.begin(), sleepers_.end(), &w);
  if (me == sleepers_.end()) return false;
  sleepers_.erase(me);
  sleeping_.fetch_sub(1, std::memory_order_seq_cst);
  return true;
}

void scheduler::park(worker& w) {
  bool driver = false;
  {
    const std::lock_guard hold{sleepers_mutex_};
    driver = !driver_taken_;
    driver_taken_ = driver_taken_ || driver;
    w.in_driver_ = driver;
    sleepers_.push_back(&w);
    sleeping_.fetch_add(1, std::memory_order_seq_cst);
  }
  // P2: announced; look once more.
  const bool found = anything_queued();
  if (!found && !stopping_.load(std::memory_order_seq_cst)) {
    if (driver) {
      while (polling_.test_and_set(std::memory_order_acquire)) polling_.wait(true, std::memory_order_relaxed);
      w.waits_ = true;
      driver_moves_.fetch_add(1, std::memory_order_relaxed);
      platform_.driver().wait_until(timers_.next_due());
      driver_moves_.fetch_add(1, std::memory_order_relaxed);
      w.waits_ = false;
      polling_.clear(std::memory_order_release);
      w.time_ = platform_.clock().now();
      timers_.fire(w.time_);
    } else {
      w.parker_->park();
    }
  }
  if (driver) {
    const std::lock_guard hold{sleepers_mutex_};
    driver_taken_ = false;
    w.in_driver_ = false;
  }
  // Taken out by someone else: that one counted us as searching. Who found work at the last look searches too: whoever
  // pushed it may have seen us searching just before, and left it to us to wake others (P3).
  w.woken_to_search_ = true;
  if (leave_sleepers(w)) {
    if (found) searching_.fetch_add(1, std::memory_order_seq_cst);
    w.woken_to_search_ = found;
  }
  lookout_.rouse();
}

}  // namespace troupe::engine
