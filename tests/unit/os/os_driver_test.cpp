#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <optional>
#include <thread>
#include <troupe/os/adaptive_spin.hpp>

#include "os_fixture.hpp"

namespace os_driver_test {

using namespace troupe;
using namespace troupe::os_test;

TEST_CASE("an idle driver has nothing to run") {
  bench b;
  CHECK(b.poll() == 0);
  CHECK(b.platform->driver().wait_until(time_point{}) == 0);
}

TEST_CASE("O6: wait_until returns when its time has come, not before") {
  bench b;
  const auto until = after(b.platform->clock().now(), milliseconds{2});
  CHECK(b.platform->driver().wait_until(until) == 0);
  CHECK(b.platform->clock().now() >= until);
}

TEST_CASE("O2: an interrupt before a wait makes that wait return, and only that one") {
  bench b;
  auto& driver = b.platform->driver();
  driver.interrupt();
  driver.interrupt();
  CHECK(driver.wait_until(never) == 0);
  const auto until = after(b.platform->clock().now(), milliseconds{1});
  CHECK(driver.wait_until(until) == 0);
  CHECK(b.platform->clock().now() >= until);  // it was consumed: this wait went its whole length
}

TEST_CASE("O2: a poll in between does not consume an interrupt, nor is it stopped by it") {
  bench b;
  auto& driver = b.platform->driver();
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  outcome writable;
  near->wait_writable(writable.handler());
  driver.interrupt();
  CHECK(b.poll() == 1);
  CHECK(writable.runs == 1);
  CHECK(b.poll() == 0);
  CHECK(driver.wait_until(never) == 0);
}

TEST_CASE("O2: a wait that an interrupt ends still runs what is ready") {
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  outcome writable;
  near->wait_writable(writable.handler());
  b.platform->driver().interrupt();
  CHECK(b.platform->driver().wait_until(never) == 1);
  CHECK(writable.runs == 1);
}

TEST_CASE("O2: no interrupt is lost, hammered from another thread that waits for each answer") {
  constexpr int rounds = 5000;
  bench b;
  std::atomic<int> asked{0};
  std::atomic<int> answered{0};
  std::thread other{[&] {
    for (int i = 1; i <= rounds; ++i) {
      asked.store(i);
      b.platform->driver().interrupt();
      for (int seen = answered.load(); seen < i; seen = answered.load()) answered.wait(seen);
    }
  }};
  for (int seen = 0; seen < rounds;) {
    b.platform->driver().wait_until(never);
    seen = asked.load();
    answered.store(seen);
    answered.notify_one();
  }
  other.join();
  CHECK(answered.load() == rounds);
}

TEST_CASE("O2: no work is overlooked between polls, timed waits and endless ones") {
  constexpr int rounds = 10000;
  bench b;
  auto& driver = b.platform->driver();
  std::atomic<int> work{0};
  std::thread other{[&] {
    for (int i = 0; i < rounds; ++i) {
      work.fetch_add(1, std::memory_order_relaxed);  // ordered by interrupt and wait_until
      driver.interrupt();
    }
  }};
  for (int turn = 0; work.load(std::memory_order_relaxed) < rounds; ++turn) {
    driver.poll();
    if (turn % 3 == 0)
      driver.wait_until(after(b.platform->clock().now(), hours{1}));
    else if (turn % 3 == 1)
      driver.wait_until(after(b.platform->clock().now(), milliseconds{500}));
    else
      driver.wait_until(never);
  }
  other.join();
  CHECK(work.load() == rounds);
}

TEST_CASE("an interrupt ends a wait that is longer than a second, and shorter waits after it are kept") {
  bench b;
  auto& driver = b.platform->driver();
  std::thread other{[&] { driver.interrupt(); }};
  CHECK(driver.wait_until(after(b.platform->clock().now(), hours{10000})) == 0);
  other.join();
  const auto until = after(b.platform->clock().now(), milliseconds{1});
  driver.wait_until(until);
  CHECK(b.platform->clock().now() >= until);
}

TEST_CASE("O1: streams are used by another thread while one waits inside the driver") {
  bench b;
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  std::atomic<bool> over{false};
  std::thread inside{[&] {
    while (!over.load()) b.platform->driver().wait_until(never);
  }};
  std::atomic<int> ready{0};
  for (int i = 1; i <= 500; ++i) {
    far->wait_readable([&](result<void> r) {
      ready.fetch_add(r.has_value() ? 1 : 1000000);
      ready.notify_one();
    });
    REQUIRE(near->write_some(bytes_of("x")).has_value());
    for (int seen = ready.load(); seen < i; seen = ready.load()) ready.wait(seen);
    std::byte one[2];
    REQUIRE(far->read_some(one).value() == 1);
  }
  over.store(true);
  b.platform->driver().interrupt();
  inside.join();
  CHECK(ready.load() == 500);
}

TEST_CASE("O3: destroying the platform destroys outstanding callbacks un-run, with what they hold") {
  auto b = std::make_optional<bench>();
  const auto token = std::make_shared<int>(0);
  bool ran = false;
  auto at = b->listen();
  stream_ptr near, far;
  std::tie(near, far) = b->pair();
  near->wait_readable([token, &ran](result<void>) { ran = true; });
  at->accept([token, &ran](result<stream_ptr>) { ran = true; });
  b->platform->transport().connect({"127.0.0.1", 1}, patience,
                                   [token, &ran](result<stream_ptr>) { ran = true; });
  // A callback may hold the very streams it waits for; they go with it (O4).
  auto held = std::shared_ptr<port::stream>{std::move(far)};
  held->wait_readable([token, &ran, held](result<void>) { ran = true; });
  held.reset();
  near.reset();
  at.reset();
  CHECK(token.use_count() == 5);
  b.reset();
  CHECK(token.use_count() == 1);
  CHECK_FALSE(ran);
}

TEST_CASE("O4: a stream that outlives its platform is an abort, not a use after free") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    std::fclose(stderr);
    stream_ptr left;
    {
      bench b;
      left = b.pair().first;
    }
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
}

TEST_CASE("O7: what a wait leaves when a callback has ended it is the next one's, which does not wait") {
  bench b;
  auto& driver = b.platform->driver();
  stream_ptr near_one, far_one, near_two, far_two;
  std::tie(near_one, far_one) = b.pair();
  std::tie(near_two, far_two) = b.pair();
  outcome one, two;
  near_one->wait_readable(one.handler());
  near_two->wait_readable(two.handler());
  driver.poll();
  REQUIRE(one.runs + two.runs == 0);
  REQUIRE(far_one->write_some(bytes_of("x")).has_value());
  REQUIRE(far_two->write_some(bytes_of("x")).has_value());
  const time_point in_time = after(b.platform->clock().now(), patience);
  CHECK(driver.wait_until(in_time) == 1);
  CHECK(one.runs + two.runs == 1);
  CHECK(driver.wait_until(in_time) == 1);
  CHECK(one.runs + two.runs == 2);
}

// Makes the driver of `b` spin: enough waits, each with a callback that is there, whatever it has been through (AS3).
void make_it_spin(bench& b, port::stream& writable) {
  for (int i = 0; i < os::adaptive_spin::enough_max; ++i) {
    outcome now;
    writable.wait_writable(now.handler());
    CHECK(b.platform->driver().wait_until(after(b.platform->clock().now(), patience)) == 1);
  }
}

TEST_CASE("O9: a wait that spins keeps its time, its interrupts and its callbacks") {
  bench b;
  auto& driver = b.platform->driver();
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  outcome readable;
  near->wait_readable(readable.handler());  // so that there is somebody to spin for

  make_it_spin(b, *far);
  for (const duration length : {duration{0}, duration{microseconds{5}}, duration{milliseconds{1}}}) {
    const auto until = after(b.platform->clock().now(), length);
    CHECK(driver.wait_until(until) == 0);
    CHECK(b.platform->clock().now() >= until);
  }

  make_it_spin(b, *far);
  driver.interrupt();
  CHECK(driver.wait_until(never) == 0);

  make_it_spin(b, *far);
  std::thread other{[&] { driver.interrupt(); }};
  CHECK(driver.wait_until(never) == 0);
  other.join();

  make_it_spin(b, *far);
  REQUIRE(far->write_some(bytes_of("x")).has_value());
  CHECK(driver.wait_until(never) == 1);
  CHECK(readable.runs == 1);
}

TEST_CASE("O9: a platform that is told not to spin sleeps, and is woken as ever") {
  bench b{make_os_platform(false)};
  stream_ptr near, far;
  std::tie(near, far) = b.pair();
  make_it_spin(b, *far);
  outcome readable;
  near->wait_readable(readable.handler());
  const auto until = after(b.platform->clock().now(), milliseconds{1});
  CHECK(b.platform->driver().wait_until(until) == 0);
  CHECK(b.platform->clock().now() >= until);
  std::thread other{[&] { CHECK(far->write_some(bytes_of("x")).has_value()); }};
  CHECK(b.platform->driver().wait_until(never) == 1);
  other.join();
  CHECK(readable.runs == 1);
}

TEST_CASE("O5: the driver counts the caller's callbacks only") {
  bench b;
  auto at = b.listen();
  std::size_t counted = 0;
  int runs = 0;
  stream_ptr near;
  b.platform->transport().connect(at->local(), patience, [&](result<stream_ptr> r) {
    near = std::move(r.value());
    ++runs;
  });
  while (runs < 1) counted += b.platform->driver().wait_until(never);
  stream_ptr far;
  at->accept([&](result<stream_ptr> r) {
    far = std::move(r.value());
    ++runs;
  });
  while (runs < 2) counted += b.platform->driver().wait_until(never);
  b.platform->driver().interrupt();
  counted += b.platform->driver().wait_until(never);
  CHECK(counted == 2);
}

}  // namespace os_driver_test
