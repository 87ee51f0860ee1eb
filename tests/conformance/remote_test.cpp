// Cases of gen_server_SUITE and signal_SUITE that are about two nodes (M3, M5, R1). A cluster of nodes is simulated; that they behave so over real
// sockets is in tests/unit/node.
#include <doctest/doctest.h>

#include <troupe/simulate/simulate.hpp>
#include <troupe/troupe.hpp>

#include "conformance/report.hpp"

using namespace troupe;
using namespace std::chrono_literals;

namespace remote_test {

struct call {
  using reply = int;
};
TROUPE_CONTRACT(call, "conformance.remote.call", 1)

struct item {
  int n = 0;
};
TROUPE_CONTRACT(item, "conformance.remote.item", 1, n)

struct leave {};
TROUPE_CONTRACT(leave, "conformance.remote.leave", 1)

struct who {
  using reply = ref<call>;
};
TROUPE_CONTRACT(who, "conformance.remote.who", 1)

}  // namespace remote_test

namespace {

using namespace remote_test;

/// Counts what comes in order.
class server : public actor<call, item, leave, who> {
 public:
  int on(const call&) { return in_order_; }
  void on(const item& m) { in_order_ += m.n == in_order_; }
  void on(const leave&) { stop_self(); }
  ref<call> on(const who&) { return self(); }

 private:
  int in_order_ = 0;
};

/// Plays `p` with the nodes n1 and n2, which has a server, from each seed.
void with_two_nodes(const scenario& p) {
  conformance::remark("only simulated: two nodes over real sockets are in tests/unit/node");
  const auto out = simulate({.last_seed = conformance::seeds_wanted()}, [&](cluster& c) {
    c.add("n1", {});
    c.add("n2", [](troupe::system& sys) -> std::shared_ptr<void> {
      spawn<server>(sys, "server");
      return {};
    });
    c.start();
    c.run_for(2s);  // they have found each other
    p(c);
  });
  for (const auto& f : out.failures) FAIL_CHECK(f.report);
  CHECK(out.seeds == conformance::seeds_wanted());
}

}  // namespace

TEST_CASE(
    "call_remote2: an actor of another node is asked by its reference, and answers `stopped` once it has "
    "ended") {
  with_two_nodes([](cluster& c) {
    const auto named = c.find<server>("n1", "n2", "/user/server");
    const auto exact = named.ask(who{}, 1s).get().value();
    c.expect(exact.ask(call{}, 1s).get().value() == 0, "it answers");
    named.tell(leave{});
    c.run_for(1s);
    c.expect(exact.ask(call{}, 1h).get().error().code == errc::stopped, "it has ended");
  });
}

TEST_CASE("call_remote3: the same by node and path") {
  with_two_nodes([](cluster& c) {
    const auto named = c.find<server>("n1", "n2", "/user/server");
    c.expect(named.ask(call{}, 1s).get().value() == 0, "it answers");
    named.tell(leave{});
    c.run_for(1s);
    c.expect(named.ask(call{}, 1h).get().error().code == errc::stopped, "it has ended");
  });
}

TEST_CASE(
    "call_remote_n2: who asks by reference an actor of a node that is gone hears so, long before its time is "
    "over") {
  with_two_nodes([](cluster& c) {
    const auto exact = c.find<server>("n1", "n2", "/user/server").ask(who{}, 1s).get().value();
    c.crash("n2");
    const time_point before = c.world().now();
    c.expect(exact.ask(call{}, 24h).get().error().code == errc::unreachable, "its node is gone");
    c.expect(c.world().now() - before < 1min, "that was told soon");
  });
}

TEST_CASE("call_remote_n3: so does who asks by node and path") {
  with_two_nodes([](cluster& c) {
    const auto named = c.find<server>("n1", "n2", "/user/server");
    c.expect(named.ask(call{}, 1s).get().has_value(), "it answers");
    c.crash("n2");
    const time_point before = c.world().now();
    c.expect(named.ask(call{}, 24h).get().error().code == errc::unreachable, "its node is gone");
    c.expect(c.world().now() - before < 1min, "that was told soon");
    c.restart("n2");
    c.run_for(1min);
    c.expect(named.ask(call{}, 1s).get().has_value(), "it is back, and so is whoever has the path");
  });
}

TEST_CASE("cast_fast: a tell to a node that is gone takes no time") {
  with_two_nodes([](cluster& c) {
    const auto named = c.find<server>("n1", "n2", "/user/server");
    c.crash("n2");
    const time_point before = c.world().now();
    for (int i = 0; i < 100; ++i) named.tell(item{i});
    c.expect(c.world().now() == before, "it took no time");
  });
}

TEST_CASE("xm_sig_order_remote: a thousand messages to another node arrive in the order they were sent in") {
  with_two_nodes([](cluster& c) {
    const auto named = c.find<server>("n1", "n2", "/user/server");
    for (int i = 0; i < 1000; ++i) named.tell(item{i});
    c.expect(named.ask(call{}, 1min).get().value() == 1000, "all of them came in order");
  });
}
