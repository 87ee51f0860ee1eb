// A network that is slow, not broken: a node that sends as much as it takes is not given up for it (R3, PI2). The test runs itself again inside of a
// namespace, as cut_test does.
#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>

#include "peers/namespaces.hpp"
#include "peers/order.hpp"

namespace peers_slow_test {

using namespace peers;
using namespace std::chrono_literals;

namespace {

constexpr const char* second_namespace = "PEERS_SECOND_NAMESPACE";
constexpr const char* no_traffic_control = "passed over: no slow network can be made here: ";
constexpr unsigned kilobits_a_second = 2000;
constexpr std::size_t cargo_bytes = 64 << 10;
constexpr std::size_t under_way = 32;  // 2 MiB: at that speed eight seconds
constexpr std::size_t pieces = 40;     // that arrive while the test looks: ten seconds

/// Keeps so much cargo under way.
class shipper : public troupe::actor<> {
 public:
  shipper(troupe::ref<cargo> to, std::shared_ptr<traffic> all) : to_(std::move(to)), all_(std::move(all)) {}
  void on_start() {
    for (std::size_t i = 0; i < under_way; ++i) launch(ship());
  }

 private:
  troupe::task<void> ship() {
    const std::string bytes(cargo_bytes, 'c');
    while (!all_->paused) {
      const auto took = co_await ask<cargo>(to_, 2min, bytes);
      ++(took && *took == cargo_bytes ? all_->answered : all_->failed);
    }
  }

  const troupe::ref<cargo> to_;
  const std::shared_ptr<traffic> all_;
};

}  // namespace

TEST_CASE(
    "slow: what a node sends in bulk over a slow network costs it neither its peer nor its small messages" *
    doctest::skip()) {
  // Two seconds of silence are the end of the peer. Without a bound the kernel takes four seconds' worth of cargo, which whatever is written then has
  // to wait for.
  pair nodes{{.heartbeat_interval = 100ms,
              .heartbeat_limit = 2s,
              .acceptable_pause = 1500ms,
              .down_after = 1min,
              .bulk = {"/user/store"},
              .tls = true,
              .host_one = namespaces::address_one,
              .host_two = namespaces::address_two,
              .run_two_by = {"ip", "netns", "exec", ::getenv(second_namespace)}}};
  nodes.start();
  if (const std::string why_not = slow_cable(kilobits_a_second); !why_not.empty()) {
    MESSAGE(no_traffic_control << why_not);
    return;
  }
  const auto verdicts = std::make_shared<std::atomic<int>>(0);
  nodes.one().events().subscribe([verdicts](const troupe::event& e) {
    if (e.kind == troupe::event_kind::peer_unreachable) ++*verdicts;
  });
  const auto n2 = troupe::node(nodes.one(), "n2");
  const auto load = std::make_shared<traffic>();
  troupe::spawn<shipper>(nodes.one(), "shipper", n2.ref<cargo>("/user/store"), load);
  const auto small = n2.ref<echo>("/user/clerk");
  troupe::duration longest{};
  for (std::uint64_t number = 1; load->answered < pieces && load->failed == 0; ++number) {
    const auto before = std::chrono::steady_clock::now();
    const auto answer = small.ask(echo{number}, 20s).get();
    REQUIRE_MESSAGE(answer == troupe::result<std::uint64_t>{number}, "echo ", number);
    longest = std::max<troupe::duration>(longest, std::chrono::steady_clock::now() - before);
  }
  CHECK(load->failed == 0);
  CHECK(*verdicts == 0);
  MESSAGE("the slowest echo took " << troupe::duration_cast<troupe::milliseconds>(longest).count() << " ms");
  CHECK(longest < 4s);  // parts of cargo go first, what the kernel has, and what the wire's queue has
  load->paused = true;
}

TEST_CASE("a network that is slow, between a node that sends much and its peer") {
  std::string why_not;
  const auto made = namespaces::make(why_not);
  if (!made) {
    MESSAGE("passed over: no network namespaces can be made here: " << why_not);
    return;
  }
  ::setenv(second_namespace, made->two().c_str(), 1);
  scenario::process inside{{"ip", "netns", "exec", made->one(),
                            std::filesystem::read_symlink("/proc/self/exe").string(), "--no-skip",
                            "--test-case=slow:*", "--no-intro"}};
  const int code = inside.wait(std::chrono::minutes{2});
  CHECK_MESSAGE(code == 0, inside.output());
  CHECK_MESSAGE(inside.output().find("1 passed | 0 failed") != std::string::npos, inside.output());
  const auto said = inside.output().find(no_traffic_control);
  if (said != std::string::npos) MESSAGE(inside.output().substr(said));
}

}  // namespace peers_slow_test
