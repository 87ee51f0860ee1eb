// One thread of its own: order, waiting, and the two ways in which it ends.
#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <semaphore>
#include <system_error>
#include <thread>
#include <troupe/engine/thread_per_actor.hpp>
#include <vector>

#include "engine_fixture.hpp"

namespace engine_pinned_thread_test {

using namespace troupe;
using namespace troupe::engine;
using engine_test::countdown;
using engine_test::patience;

namespace {

struct job final : runnable {
  explicit job(std::function<void()> f) : work(std::move(f)) {}
  void run_turn() override { work(); }
  std::function<void()> work;
};

/// Threads of the operating system that can run out, and are counted while they live.
struct counted_threads {
  std::atomic<int> alive{0};
  std::atomic<bool> scarce{false};
  thread_starter starter() {
    return [this](std::function<void()> f) {
      if (scarce) throw std::system_error{EAGAIN, std::generic_category()};
      ++alive;
      std::thread{[this, f = std::move(f)]() mutable {
        f();
        f = nullptr;
        --alive;
        alive.notify_all();
      }}.detach();
    };
  }
  void wait_for_none() {
    for (int n = alive; n != 0; n = alive) alive.wait(n);
  }
};

}  // namespace

TEST_CASE("PT1: what is submitted runs in its order, all on one thread; a turn may submit itself again") {
  counted_threads threads;
  const auto pinned = pinned_thread::begin(threads.starter()).value();
  CHECK(threads.alive == 1);
  std::vector<int> order;
  std::vector<std::thread::id> where;
  countdown done{4};
  const auto note = [&](int n) {
    order.push_back(n);
    where.push_back(std::this_thread::get_id());
    done.one();
  };
  int rounds = 2;
  job a{[&] {
    note(1);
    if (--rounds > 0) pinned->submit_last(a);
  }};
  job b{[&] { note(2); }};
  job c{[&] { note(3); }};
  std::counting_semaphore<> gate{0};
  job first{[&] { gate.acquire(); }};
  pinned->submit(first);
  pinned->submit(a);
  pinned->submit(b);
  pinned->submit(c);
  gate.release();
  CHECK(done.wait());
  pinned->stop();
  CHECK(order == std::vector<int>{1, 2, 3, 1});
  for (const auto id : where) CHECK(id == where.front());
  CHECK(where.front() != std::this_thread::get_id());
  threads.wait_for_none();
}

TEST_CASE("PT2: submits from several threads, while the thread waits and while it runs, are all run") {
  const auto pinned = pinned_thread::begin().value();
  constexpr int senders = 3, each = 4'000;
  std::atomic<int> ran{0}, lost{0};
  std::vector<std::thread> from;
  for (int s = 0; s < senders; ++s)
    from.emplace_back([&] {
      std::counting_semaphore<> back{0};
      job one{[&] {
        ++ran;
        back.release();
      }};
      for (int i = 0; i < each; ++i) {
        pinned->submit(one);
        if (!back.try_acquire_for(patience)) {
          ++lost;
          return;
        }
      }
    });
  for (auto& t : from) t.join();
  pinned->stop();
  CHECK(lost == 0);
  CHECK(ran == senders * each);
}

TEST_CASE("PT3: stopping waits for the turn under way and drops what is queued") {
  const auto pinned = pinned_thread::begin().value();
  countdown inside{1};
  std::counting_semaphore<> gate{0};
  std::atomic<bool> finished{false}, second_ran{false};
  job first{[&] {
    inside.one();
    gate.acquire();
    finished = true;
  }};
  job second{[&] { second_ran = true; }};
  pinned->submit(first);
  pinned->submit(second);
  CHECK(inside.wait());
  std::thread releases{[&] { gate.release(); }};
  pinned->stop();
  CHECK(finished);
  releases.join();
  pinned->stop();  // again, for nothing
}

TEST_CASE("PT3, PT4: one that is retired in its last turn runs what is queued, and goes with its thread") {
  for (int round = 0; round < 500; ++round) {
    counted_threads threads;
    auto pinned = pinned_thread::begin(threads.starter()).value();
    pinned_thread* const at = pinned.get();
    std::weak_ptr<pinned_thread> left = pinned;
    std::atomic<int> ran{0};
    job last{[&] { ++ran; }};
    // As a cell does: in the turn in which it ends, it gives up the only other owner.
    job ends{[&, held = std::move(pinned)]() mutable {
      ++ran;
      at->submit(last);
      held->retire();
      held = nullptr;
    }};
    at->submit(ends);
    threads.wait_for_none();
    CHECK(ran == 2);
    CHECK(left.expired());
  }
}

TEST_CASE("PT1: no thread to be had is an error that says so") {
  counted_threads threads;
  threads.scarce = true;
  const auto none = pinned_thread::begin(threads.starter());
  REQUIRE(none.has_error());
  CHECK(none.error().code == errc::io);
  CHECK(none.error().text.starts_with("can't start a thread: "));
}

TEST_CASE("TA1: each seat is a thread; letting go of it ends that one alone") {
  counted_threads threads;
  thread_per_actor pinned{threads.starter()};
  std::vector<seat> seats;
  for (int i = 0; i < 40; ++i) seats.push_back(pinned.take_seat().value());
  CHECK(threads.alive == 40);
  std::vector<std::thread::id> where(2);
  countdown done{2};
  job a{[&] { where[0] = std::this_thread::get_id(), done.one(); }};
  job b{[&] { where[1] = std::this_thread::get_id(), done.one(); }};
  seats[0].at->submit(a);
  seats[1].at->submit(b);
  CHECK(done.wait());
  CHECK(where[0] != where[1]);
  seats.erase(seats.begin() + 2, seats.end());
  for (int n = threads.alive; n != 2; n = threads.alive) threads.alive.wait(n);
  threads.scarce = true;
  CHECK(pinned.take_seat().error().code == errc::io);
  threads.scarce = false;
  pinned.stop();  // those that are left are ended, whoever still holds them
  threads.wait_for_none();
  CHECK(pinned.take_seat().error().code == errc::closed);
  seats.clear();
}

}  // namespace engine_pinned_thread_test
