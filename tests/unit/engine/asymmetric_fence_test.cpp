// The fences on real threads. Under every order of steps: tests/unit/interleave/checker_test.cpp.
#include <doctest/doctest.h>

#include <thread>
#include <troupe/engine/atomics.hpp>
#include <vector>

namespace engine_asymmetric_fence_test {

using namespace troupe::engine;

namespace {

constexpr unsigned rounds = 5'000;

// Each in a line of its own: what is looked for are stores that wait for their line.
struct alignas(64) word {
  std::atomic<unsigned> value{0};
};

struct two_sides {
  word announced[2];  // the round of each side
  word started[2];    // the sides wait for one another, so that they meet
  std::vector<bool> missed[2] = {std::vector<bool>(rounds + 1), std::vector<bool>(rounds + 1)};
};

template <class Fence>
void side(two_sides& s, unsigned me, Fence fence) {
  for (unsigned round = 1; round <= rounds; ++round) {
    s.started[me].value.store(round);
    for (unsigned tries = 0; s.started[1 - me].value.load() < round; ++tries)
      if (tries > 20'000) std::this_thread::yield();
    // One side sets out first by a little more or less each round, so that they meet in some.
    for (unsigned i = (me == 0 ? round : round / 64) % 64; i > 0; --i)
      std::atomic_signal_fence(std::memory_order_seq_cst);
    // Relaxed: the fence between the two is what is tested.
    s.announced[me].value.store(round, std::memory_order_relaxed);
    fence();
    s.missed[me][round] = s.announced[1 - me].value.load(std::memory_order_relaxed) < round;
  }
}

// The rounds in which neither side saw the other.
unsigned both_missed() {
  two_sides s;
  std::thread often([&] { side(s, 0, [] { real_atomics::light_fence(); }); });
  std::thread seldom([&] { side(s, 1, [] { real_atomics::heavy_fence(); }); });
  often.join();
  seldom.join();
  unsigned both = 0;
  for (unsigned round = 1; round <= rounds; ++round)
    if (s.missed[0][round] && s.missed[1][round]) ++both;
  return both;
}

}  // namespace

TEST_CASE("AF1: of a light and a heavy side that announce and then look, at least one sees the other") {
  CHECK(both_missed() == 0);
}

TEST_CASE("AF2: where the kernel can't help, a light fence is a full one") {
  const bool before = detail::has_membarrier.exchange(false);
  CHECK(both_missed() == 0);
  detail::has_membarrier.store(before);
}

}  // namespace engine_asymmetric_fence_test
