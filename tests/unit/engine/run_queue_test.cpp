// A worker's ring: order, bound, and stealing on real threads.
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <troupe/engine/run_queue.hpp>
#include <vector>

namespace engine_run_queue_test {

using namespace troupe::engine;

namespace {

struct job {
  std::atomic<unsigned> runs{0};
};
using small_queue = run_queue<job, 8>;

}  // namespace

TEST_CASE("RQ1: a ring gives out what was pushed, first in, first out, and says when it is full") {
  auto q = std::make_unique<small_queue>();
  std::vector<job> jobs(20);
  CHECK(q->pop() == nullptr);
  for (unsigned round = 0; round < 3; ++round) {
    for (unsigned i = 0; i < 8; ++i) CHECK(q->push(&jobs[i]));
    CHECK_FALSE(q->push(&jobs[8]));
    CHECK_FALSE(q->empty());
    for (unsigned i = 0; i < 8; ++i) CHECK(q->pop() == &jobs[i]);
    CHECK(q->empty());
  }
}

TEST_CASE("a thief takes the older half, at least one, and keeps their order") {
  auto victim = std::make_unique<small_queue>();
  auto thief = std::make_unique<small_queue>();
  std::vector<job> jobs(5);
  CHECK(thief->steal_from(*victim) == nullptr);
  for (auto& j : jobs) victim->push(&j);
  CHECK(thief->steal_from(*victim) == &jobs[0]);
  CHECK(thief->pop() == &jobs[1]);
  CHECK(thief->pop() == &jobs[2]);
  CHECK(thief->pop() == nullptr);
  CHECK(victim->pop() == &jobs[3]);
  CHECK(thief->steal_from(*victim) == &jobs[4]);
  CHECK(victim->empty());
}

TEST_CASE("the older half of a full ring comes out together, in order, and an empty one is filled at once") {
  auto q = std::make_unique<small_queue>();
  std::vector<job> jobs(9);
  std::array<job*, 4> moved{};
  CHECK(q->take_half(moved) == 0);
  for (unsigned i = 0; i < 7; ++i) CHECK(q->push(&jobs[i]));
  CHECK(q->take_half(moved) == 0);  // there is room
  CHECK(q->push(&jobs[7]));
  REQUIRE(q->take_half(moved) == 4);
  for (unsigned i = 0; i < 4; ++i) CHECK(moved[i] == &jobs[i]);
  CHECK(q->push(&jobs[8]));
  for (unsigned i = 4; i < 9; ++i) CHECK(q->pop() == &jobs[i]);
  CHECK(q->empty());
  q->fill(moved);
  for (unsigned i = 0; i < 4; ++i) CHECK(q->pop() == &jobs[i]);
  CHECK(q->empty());
}

TEST_CASE("RQ2, RQ3: with two thieves nothing is lost and nothing runs twice") {
  auto mine = std::make_unique<small_queue>();
  constexpr unsigned count = 100'000;
  std::vector<job> jobs(count);
  std::atomic<bool> done{false};
  const auto run = [](job* j) { j->runs.fetch_add(1, std::memory_order_relaxed); };
  std::vector<std::thread> thieves;
  for (int t = 0; t < 2; ++t)
    thieves.emplace_back([&] {
      auto own = std::make_unique<small_queue>();
      while (!done || !mine->empty()) {
        job* j = own->steal_from(*mine);
        if (!j) std::this_thread::yield();
        for (; j; j = own->pop()) run(j);
      }
    });
  for (auto& j : jobs) {
    while (!mine->push(&j))
      if (job* const old = mine->pop()) run(old);
    if ((&j - jobs.data()) % 3 == 0)
      if (job* const old = mine->pop()) run(old);
  }
  while (job* const j = mine->pop()) run(j);
  done = true;
  for (auto& t : thieves) t.join();
  unsigned wrong = 0;
  for (const auto& j : jobs) wrong += j.runs != 1;
  CHECK(wrong == 0);
}

}  // namespace engine_run_queue_test
