// The programs for parking accept a right eventcount and reject each way to get it wrong.
#include "unit/interleave/parking_programs.hpp"
#include "unit/interleave/verdict.hpp"

namespace interleave_parking_test {

using namespace interleave;

namespace {

enum class mistake {
  none,
  announces_lazily,     // prepare has no fence: its store may be seen after the last look for work
  notifies_lazily,      // notify has no fence: it may look for sleepers before its work can be seen
  wakes_without_token,  // takes a sleeper off the list and wakes nobody
};

// A count of sleepers to look at, and a list of them behind a lock.
template <mistake Mistake = mistake::none>
class eventcount {
 public:
  explicit eventcount(unsigned workers) : workers_(workers) {}

  void prepare(unsigned worker) {
    lock_.lock();
    waiting_[worker] = true;
    if (Mistake != mistake::announces_lazily) sleepers_.fetch_add(1);
    lock_.unlock();
    if (Mistake == mistake::announces_lazily)
      sleepers_.store(sleepers_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  void cancel(unsigned worker) {
    lock_.lock();
    leave(worker);
    lock_.unlock();
  }
  void commit(unsigned worker) { spots_[worker].park(); }
  void notify_one() { notify(1); }
  void notify_all() { notify(workers_); }

 private:
  void leave(unsigned worker) {
    if (!waiting_[worker]) {
      // Notified in the meantime: the token must not be left for the next sleep.
      spots_[worker].park();
      return;
    }
    waiting_[worker] = false;
    sleepers_.fetch_sub(1);
  }
  void notify(unsigned count) {
    if (Mistake != mistake::notifies_lazily) model_atomics::full_fence();
    if (sleepers_.load() == 0) return;
    lock_.lock();
    for (unsigned w = 0; w < workers_ && count > 0; ++w) {
      if (!waiting_[w]) continue;
      waiting_[w] = false;
      sleepers_.fetch_sub(1);
      --count;
      if (Mistake != mistake::wakes_without_token) spots_[w].unpark();
    }
    lock_.unlock();
  }

  const unsigned workers_;
  model_mutex lock_;
  std::array<bool, threads_max> waiting_{};  // guarded by lock_
  model_atomic<unsigned> sleepers_{0};       // changed under lock_, looked at without
  std::array<model_parker, threads_max> spots_;
};

template <mistake Mistake>
void parking_fails() {
  const auto p = no_notification_is_lost<eventcount<Mistake>, 1, 1>();
  must_fail(p, explore(p), "no thread can run");
}

}  // namespace

TEST_CASE("P2: a right eventcount loses no notification") {
  must_pass(explore(no_notification_is_lost<eventcount<>, 1, 3>()));
  const report r = explore(no_notification_is_lost<eventcount<>, 2, 1>());
  must_pass(r);
  MESSAGE("2 workers, 1 item: " << r.runs << " runs");
}

TEST_CASE("P2: a right eventcount under long seeded schedules") {
  must_pass(run_seeded(no_notification_is_lost<eventcount<>, 3, 30>(), 1, 300'000));
}

TEST_CASE("P2: an eventcount whose sleepers announce themselves without a fence is found") {
  parking_fails<mistake::announces_lazily>();
}
TEST_CASE("P2: an eventcount that looks for sleepers without a fence is found") {
  parking_fails<mistake::notifies_lazily>();
}
TEST_CASE("an eventcount that takes a sleeper off its list and does not wake it is found") {
  parking_fails<mistake::wakes_without_token>();
}

}  // namespace interleave_parking_test
