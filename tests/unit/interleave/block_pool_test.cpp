// The programs for pools accept a right one and reject each way to get it wrong.
#include "unit/interleave/block_pool_programs.hpp"
#include "unit/interleave/verdict.hpp"

namespace interleave_block_pool_test {

using namespace interleave;

namespace {

enum class mistake {
  none,
  gives_without_comparing,  // a load and a store where a compare-exchange is needed
  takes_back_in_two_steps,  // a load and a store where an exchange is needed
  forgets_the_rest,         // takes back a batch and keeps one
  remote_uses_own_list,     // another thread touches the owner's list
};

// The owner's list, and a stack of what others gave back, taken whole when the list is empty.
template <mistake Mistake = mistake::none>
class two_lists {
 public:
  explicit two_lists(std::span<block> all) {
    for (block& b : all) give(&b);
  }
  block* take() {
    if (!own_.load(std::memory_order_relaxed)) own_.store(take_back(), std::memory_order_relaxed);
    block* const b = own_.load(std::memory_order_relaxed);
    if (b) own_.store(Mistake == mistake::forgets_the_rest ? nullptr : b->next, std::memory_order_relaxed);
    return b;
  }
  void give(block* b) {
    b->next = own_.load(std::memory_order_relaxed);
    own_.store(b, std::memory_order_relaxed);
  }
  void give_from_afar(block* b) {
    if (Mistake == mistake::remote_uses_own_list) return give(b);
    block* top = returned_.load(std::memory_order_relaxed);
    do {
      b->next = top;
      if (Mistake == mistake::gives_without_comparing) return returned_.store(b);
    } while (!returned_.compare_exchange_weak(top, b, std::memory_order_release, std::memory_order_relaxed));
  }

 private:
  block* take_back() {
    if (Mistake != mistake::takes_back_in_two_steps)
      return returned_.exchange(nullptr, std::memory_order_acquire);
    block* const all = returned_.load();
    returned_.store(nullptr);
    return all;
  }

  // On the machine although only the owner uses it: somebody who reached for it from afar would be seen.
  model_atomic<block*> own_{nullptr};
  model_atomic<block*> returned_{nullptr};
};

template <mistake Mistake>
void pool_fails(const char* because) {
  const auto p = no_block_is_lost<two_lists<Mistake>, 2, 2, 2>();
  must_fail(p, explore(p), because);
}

}  // namespace

TEST_CASE("a right pool loses no block and gives none out twice, with an owner and two others") {
  const report r = explore(no_block_is_lost<two_lists<>, 2, 2, 1>());
  must_pass(r);
  MESSAGE(r.runs << " runs");
  must_pass(explore(no_block_is_lost<two_lists<>, 2, 1, 3>()));
}

TEST_CASE("a right pool under long seeded schedules") {
  must_pass(run_seeded(no_block_is_lost<two_lists<>, 4, 3, 50>(), 1, 300'000));
}

TEST_CASE("a pool whose others overwrite each other's blocks is found") {
  pool_fails<mistake::gives_without_comparing>("a race");
}
TEST_CASE("a pool that takes back in two steps is found") {
  pool_fails<mistake::takes_back_in_two_steps>("a block was lost");
}
TEST_CASE("a pool that keeps one of a batch is found") {
  pool_fails<mistake::forgets_the_rest>("a block was lost");
}
TEST_CASE("a pool whose others use the owner's list is found") {
  pool_fails<mistake::remote_uses_own_list>("a block");
}

}  // namespace interleave_block_pool_test
