#include <set>
#include <thread>
#include <vector>

#include "os_fixture.hpp"

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
