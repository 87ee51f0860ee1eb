// The elastic pool: grows when all its threads wait, never over its limit, and shrinks by itself.
#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <semaphore>
#include <system_error>
#include <thread>
#include <troupe/engine/blocking_pool.hpp>
#include <vector>

#include "engine_fixture.hpp"

namespace engine_blocking_pool_test {

using namespace troupe;
using namespace troupe::engine;
using engine_test::countdown;
using engine_test::job;
using engine_test::patience;

TEST_CASE("BP1: runnables that block get threads up to the limit; one more waits until a thread is free") {
  blocking_pool pool{3};
  CHECK(pool.threads() == 0);
  countdown inside{3}, fourth_ran{1};
  std::counting_semaphore<> gate{0};
  std::vector<std::unique_ptr<job>> jobs;
  for (int i = 0; i < 3; ++i)
    jobs.push_back(std::make_unique<job>([&] {
      inside.one();
      gate.acquire();
    }));
  job fourth{[&] { fourth_ran.one(); }};
  for (auto& j : jobs) pool.submit(*j);
  CHECK(inside.wait());
  CHECK(pool.threads() == 3);
  pool.submit(fourth);
  CHECK(pool.threads() == 3);
  CHECK_FALSE(fourth_ran.wait(duration::zero()));
  gate.release();
  CHECK(fourth_ran.wait());
  gate.release(2);
  pool.stop();
  CHECK(pool.threads() == 0);
}

TEST_CASE("BP1: one thread runs first in, first out, and a runnable may submit itself again") {
  blocking_pool pool{1};
  std::vector<int> order;
  countdown done{4};
  const auto note = [&](int n) {
    order.push_back(n);
    done.one();
  };
  int rounds = 2;
  job a{[&] {
    note(1);
    if (--rounds > 0) pool.submit(a);
  }};
  job b{[&] { note(2); }};
  job c{[&] { note(3); }};
  std::counting_semaphore<> gate{0};
  job first{[&] { gate.acquire(); }};
  pool.submit(first);
  pool.submit(a);
  pool.submit(b);
  pool.submit(c);
  gate.release();
  CHECK(done.wait());
  pool.stop();
  CHECK(order == std::vector<int>{1, 2, 3, 1});
}

TEST_CASE("BP2: a thread that has nothing to do ends; the next submit makes a new one") {
  blocking_pool pool{4, milliseconds{1}};
  for (int round = 0; round < 20; ++round) {
    countdown done{2};
    job a{[&] { done.one(); }}, b{[&] { done.one(); }};
    pool.submit(a);
    pool.submit(b);
    REQUIRE(done.wait());
    while (pool.threads() != 0) std::this_thread::yield();
  }
}

TEST_CASE(
    "BP3: while there is no thread to be had, work waits, is reported once, and runs when there is one") {
  std::atomic<bool> scarce{true};
  std::vector<std::pair<std::size_t, bool>> told;
  blocking_pool pool{2, std::chrono::seconds{10}, [&](std::function<void()> f) {
                       if (scarce) throw std::system_error{EAGAIN, std::generic_category()};
                       std::thread{std::move(f)}.detach();
                     }};
  pool.no_thread([&](std::size_t waiting, bool news) { told.emplace_back(waiting, news); });
  countdown done{3};
  std::vector<int> order;
  job a{[&] { order.push_back(1), done.one(); }};
  job b{[&] { order.push_back(2), done.one(); }};
  job c{[&] { order.push_back(3), done.one(); }};
  pool.submit(a);
  pool.submit(b);
  CHECK(told == std::vector<std::pair<std::size_t, bool>>{{1, true}});
  pool.grow();
  CHECK(told == std::vector<std::pair<std::size_t, bool>>{{1, true}, {2, false}});
  CHECK(pool.threads() == 0);
  scarce = false;
  pool.grow();
  scarce = true;
  pool.submit(c);  // one thread lives: it takes what the other could not be started for
  CHECK(done.wait());
  CHECK(told.size() == 2);
  pool.stop();
  CHECK(order == std::vector<int>{1, 2, 3});
}

TEST_CASE("stopping waits for the turn under way and drops what is queued") {
  blocking_pool pool{1};
  countdown inside{1};
  std::counting_semaphore<> gate{0};
  std::atomic<bool> finished{false}, second_ran{false};
  job first{[&] {
    inside.one();
    gate.acquire();
    finished = true;
  }};
  job second{[&] { second_ran = true; }};
  pool.submit(first);
  pool.submit(second);
  CHECK(inside.wait());
  std::thread releases{[&] { gate.release(); }};
  pool.stop();
  CHECK(finished);
  releases.join();
  (void)second_ran;
}

}  // namespace engine_blocking_pool_test
