// How workers look for work, wait for it, and are woken: the decisions of the scheduler's rules P2 to P4, in one place, so
// that tests/unit/interleave runs them under every order of their steps.
//
// | who                               | may call                          |
// |-----------------------------------|-----------------------------------|
// | a worker, for itself              | find, park, retire                |
// | anyone, after it has queued work  | wake_one                          |
// | the lookout                       | wake_for_driver                   |
// | anyone                            | all_asleep, driver_is_taken       |
//
// Rules
//  PK1 (P2) A worker that is going to wait announces itself, then looks at every queue a last time, then waits. Whoever queues
//      work publishes it, then looks for announced ones. Both sides are seq_cst, so at least one sees the other.
//  PK2 (P3) At most half of the workers search at once. While one does, `wake_one` wakes nobody; for that the last one that
//      searches looks at every queue when it has found something and searches no more, and wakes another if there is more. Its
//      look comes after it is counted out, a push before the look at who searches, all of it seq_cst: one of the two sees the
//      other. One that finds something at its last look counts as searching.
//  PK3 (P4) One of those who wait is given the driver, the others wait on their own spots. `wake_one` prefers these.
//  PK4 Who is woken was taken off the list and counted as searching by whoever woke it, under the lock: two who wake never choose
//      the same one, and each choice is a wake-up. A wait that ends for another reason ends with the worker off the list.
#pragma once

#include <algorithm>
#include <mutex>
#include <troupe/engine/atomics.hpp>
#include <utility>
#include <vector>

namespace troupe::engine {

/// What the parking lot keeps in each worker.
struct parking_place {
  bool in_driver = false;  ///< guarded by the lot's lock
  bool searching = false;  ///< its owner's thread only; counted by the lot
};

/// Where workers wait. `Sleeper` has a member `parking_place place` and a function `wake(bool in_driver)` that ends its wait, or
/// the next one.
template <class Sleeper, class Atomics = real_atomics>
class parking_lot {
 public:
  explicit parking_lot(unsigned workers) : workers_(workers) { list_.reserve(workers); }
  parking_lot(const parking_lot&) = delete;
  parking_lot& operator=(const parking_lot&) = delete;

  /// What `s` runs next: of its `own`, else what it can `steal` when it may search; null when there is nothing. Each returns a
  /// pointer. `anything` looks at every queue.
  template <class Own, class Steal, class Anything>
  auto find(Sleeper& s, Own own, Steal steal, Anything anything) noexcept {
    auto r = own();
    if (!r) {
      // relaxed: how many search is a matter of thrift (PK2), not of safety.
      if (!s.place.searching && 2 * searching_.load(std::memory_order_relaxed) < workers_) {
        searching_.fetch_add(1, std::memory_order_seq_cst);
        s.place.searching = true;
      }
      if (s.place.searching) r = steal();
    }
    if (s.place.searching) {
      s.place.searching = false;
      if (searching_.fetch_sub(1, std::memory_order_seq_cst) == 1 && r && anything()) wake_one();  // PK2
    }
    return r;
  }

  /// `s` has found nothing. `anything` looks at every queue; `wait(in_driver)` waits for `wake`, and may come back for any other
  /// reason. On return `s` searches, or was not woken to.
  template <class Anything, class Wait>
  void park(Sleeper& s, Anything anything, Wait wait) noexcept {
    const bool in_driver = announce(s);
    const bool found = anything();  // PK1: announced; look once more
    if (!found) wait(in_driver);
    leave(s, in_driver, found);
  }

  /// `s` works no more.
  void retire(Sleeper& s) noexcept {
    if (std::exchange(s.place.searching, false)) searching_.fetch_sub(1, std::memory_order_seq_cst);
  }

  /// Work has been queued. Wakes one worker, unless one searches already or none waits (PK1, PK2).
  void wake_one() noexcept {
    if (searching_.load(std::memory_order_seq_cst) != 0 || waiting_.load(std::memory_order_seq_cst) == 0)
      return;
    Sleeper* woken = nullptr;
    bool in_driver = false;
    {
      const std::lock_guard hold{mutex_};
      // relaxed: it was looked at above; whoever has begun to search since then will wake the next (PK2).
      if (list_.empty() || searching_.load(std::memory_order_relaxed) != 0) return;
      auto chosen = std::find_if(list_.begin(), list_.end(), [](Sleeper* s) { return !s->place.in_driver; });
      if (chosen == list_.end()) chosen = list_.begin();
      woken = *chosen;
      in_driver = woken->place.in_driver;
      list_.erase(chosen);
      take_off();
    }
    woken->wake(in_driver);
  }

  /// Wakes one that waits on its own spot, when nobody is in the driver (P7).
  void wake_for_driver() noexcept {
    Sleeper* woken = nullptr;
    {
      const std::lock_guard hold{mutex_};
      if (driver_taken_ || list_.empty()) return;
      woken = list_.back();
      list_.pop_back();
      take_off();
    }
    woken->wake(false);
  }

  /// Whether all of them wait, as of now. seq_cst: pairs with `lookout::rouse` (LO2).
  bool all_asleep() const noexcept { return waiting_.load(std::memory_order_seq_cst) == workers_; }

  /// Whether one of them is in the driver, or on its way there.
  bool driver_is_taken() const noexcept {
    const std::lock_guard hold{mutex_};
    return driver_taken_;
  }

 private:
  // Puts `s` on the list; whether it is to wait in the driver (PK3).
  bool announce(Sleeper& s) noexcept {
    const std::lock_guard hold{mutex_};
    const bool in_driver = !driver_taken_;
    driver_taken_ = true;
    s.place.in_driver = in_driver;
    list_.push_back(&s);
    waiting_.fetch_add(1, std::memory_order_seq_cst);  // PK1
    return in_driver;
  }

  void leave(Sleeper& s, bool in_driver, bool found) noexcept {
    const std::lock_guard hold{mutex_};
    if (in_driver) driver_taken_ = s.place.in_driver = false;
    // Who was taken off has been counted. Who found work at the last look searches too: whoever pushed it may have seen us
    // searching just before, and left it to us to wake others (PK2).
    s.place.searching = true;
    const auto me = std::find(list_.begin(), list_.end(), &s);
    if (me == list_.end()) return;
    list_.erase(me);
    waiting_.fetch_sub(1, std::memory_order_seq_cst);
    if (found) searching_.fetch_add(1, std::memory_order_seq_cst);
    s.place.searching = found;
  }

  // On behalf of the one who is woken (PK4).
  void take_off() noexcept {
    waiting_.fetch_sub(1, std::memory_order_seq_cst);
    searching_.fetch_add(1, std::memory_order_seq_cst);
  }

  const unsigned workers_;
  mutable typename Atomics::mutex mutex_;
  std::vector<Sleeper*> list_;                                // those who wait; guarded by mutex_
  bool driver_taken_ = false;                                 // guarded by mutex_
  typename Atomics::template atomic<unsigned> waiting_{0};    // seq_cst, pairs with the push to a queue (PK1)
  typename Atomics::template atomic<unsigned> searching_{0};  // seq_cst, with waiting_ (PK1, PK2)
};

}  // namespace troupe::engine
