#include <set>
#include <thread>
#include <vector>

#include "os_fixture.hpp"

namespace os_basics_test {

using namespace troupe;
using namespace troupe::os_test;

TEST_CASE("the clock never goes back") {
  const auto platform = make_os_platform();
  auto before = platform->clock().now();
  CHECK(before.time_since_epoch() > duration::zero());
  for (int i = 0; i < 1000; ++i) {
    const auto now = platform->clock().now();
    REQUIRE(now >= before);
    before = now;
  }
  CHECK(platform->clock().wall().time_since_epoch() > hours{24 * 365 * 50});
}

TEST_CASE("a coarse reading is not ahead of the time, goes on with it, and says how far it may be behind") {
  const auto platform = make_os_platform();
  const auto first = platform->clock().coarse();
  CHECK(first.behind > duration::zero());
  CHECK(first.behind <= milliseconds{40});  // two ticks of a kernel that has 100 or more a second
  CHECK(first.at <= platform->clock().now());
  // However late a tick comes, the reading follows.
  while (platform->clock().coarse().at <= first.at + first.behind) std::this_thread::yield();
  CHECK(platform->clock().coarse().at <= platform->clock().now());
}

TEST_CASE("entropy gives different numbers to every thread that asks") {
  const auto platform = make_os_platform();
  std::vector<std::vector<std::uint64_t>> drawn(4);
  std::vector<std::thread> threads;
  for (auto& mine : drawn)
    threads.emplace_back([&platform, &mine] {
      for (int i = 0; i < 200; ++i) mine.push_back(platform->entropy().next());
    });
  for (auto& t : threads) t.join();
  std::set<std::uint64_t> all;
  for (const auto& mine : drawn) all.insert(mine.begin(), mine.end());
  CHECK(all.size() == 800);
}

TEST_CASE("platforms in one process are independent of each other") {
  bench a;
  bench b;
  auto at = a.listen();
  stream_ptr accepted;
  at->accept([&](result<stream_ptr> r) { accepted = std::move(r.value()); });
  const auto near = b.connect(at->local());
  REQUIRE(near.has_value());
  CHECK(b.poll() == 0);  // b's driver does not run a's callbacks
  CHECK(accepted == nullptr);
  CHECK(a.drive_until([&] { return accepted != nullptr; }));
}

}  // namespace os_basics_test
