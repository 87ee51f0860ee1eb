// The programs for run queues accept a right one and reject each way to get it wrong.
#include "unit/interleave/run_queue_programs.hpp"
#include "unit/interleave/verdict.hpp"

namespace interleave_run_queue_test {

using namespace interleave;

namespace {

enum class mistake {
  none,
  thief_stores,         // where a compare-exchange is needed
  owner_stores,         // the same for the owner's pop
  publishes_too_early,  // the end moves before the slot is written
  claims_then_reads,    // a thief moves the beginning, then reads slots that the owner may have used again
  ignores_full,
};

// A ring as in Go's and Tokio's schedulers: the owner moves `last_`, whoever takes moves `first_`.
template <mistake Mistake = mistake::none, unsigned Size = 4>
class ring {
 public:
  bool push(job* j) {
    const unsigned last = last_.load(std::memory_order_relaxed);
    const unsigned first = first_.load(std::memory_order_acquire);
    if (last - first == Size && Mistake != mistake::ignores_full) return false;
    if (Mistake == mistake::publishes_too_early) last_.store(last + 1, std::memory_order_release);
    slots_[last % Size].store(j, std::memory_order_relaxed);
    if (Mistake != mistake::publishes_too_early) last_.store(last + 1, std::memory_order_release);
    return true;
  }
  job* pop() {
    const unsigned last = last_.load(std::memory_order_relaxed);
    unsigned first = first_.load(std::memory_order_acquire);
    while (first != last) {
      job* const j = slots_[first % Size].load(std::memory_order_relaxed);
      if (Mistake == mistake::owner_stores) {
        first_.store(first + 1);
        return j;
      }
      if (first_.compare_exchange_strong(first, first + 1)) return j;
    }
    return nullptr;
  }
  job* steal_into(ring& mine) {
    unsigned first = first_.load(std::memory_order_acquire);
    const unsigned last = last_.load(std::memory_order_acquire);
    const unsigned count = last - first - (last - first) / 2;
    if (count == 0 || count > Size) return nullptr;
    if (Mistake == mistake::claims_then_reads && !first_.compare_exchange_strong(first, first + count))
      return nullptr;
    const unsigned end = mine.last_.load(std::memory_order_relaxed);
    for (unsigned i = 0; i + 1 < count; ++i)
      mine.slots_[(end + i) % Size].store(slots_[(first + 1 + i) % Size].load(std::memory_order_relaxed),
                                          std::memory_order_relaxed);
    job* const j = slots_[first % Size].load(std::memory_order_relaxed);
    if (Mistake == mistake::thief_stores)
      first_.store(first + count);
    else if (Mistake != mistake::claims_then_reads && !first_.compare_exchange_strong(first, first + count))
      return nullptr;
    mine.last_.store(end + count - 1, std::memory_order_release);
    return j;
  }

 private:
  model_atomic<unsigned> first_{0}, last_{0};
  std::array<model_atomic<job*>, Size> slots_;
};

template <mistake Mistake, unsigned Size = 4>
void stealing_fails(const char* because) {
  const auto p = each_job_runs_once<ring<Mistake, Size>, 2, 2, 1>();
  must_fail(p, explore(p), because);
}

}  // namespace

TEST_CASE("P1: a right run queue runs each job once, with an owner and two thieves") {
  const report r = explore(each_job_runs_once<ring<>>());
  must_pass(r);
  MESSAGE(r.runs << " runs");
  must_pass(explore(each_job_runs_once<ring<>, 1, 3, 3>()));
}

TEST_CASE("P1: a right run queue that is full and turned around runs each job once") {
  must_pass(explore(each_job_runs_once<ring<mistake::none, 2>, 1, 2, 1>()));
}

TEST_CASE("P1: a right run queue under long seeded schedules") {
  must_pass(run_seeded(busy_stealing<ring<>, 50>(), 1, 300'000));
}

TEST_CASE("a run queue whose thief does not compare is found") {
  stealing_fails<mistake::thief_stores>("a job");
}
TEST_CASE("a run queue whose owner does not compare is found") {
  stealing_fails<mistake::owner_stores>("a job");
}
TEST_CASE("a run queue that publishes a job before it is there is found") {
  stealing_fails<mistake::publishes_too_early>("a job");
}
TEST_CASE("a run queue whose thief reads what it has let go of is found") {
  stealing_fails<mistake::claims_then_reads, 2>("a job");
}
TEST_CASE("a run queue that pushes when it is full is found") {
  stealing_fails<mistake::ignores_full, 2>("a job");
}

}  // namespace interleave_run_queue_test
