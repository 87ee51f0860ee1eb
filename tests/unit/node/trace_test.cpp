// What crosses nodes beside a message: its trace; and who sees a message that came from another node (M6, IC1, IC2).
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/cell/context.hpp>
#include <troupe/cell/environment.hpp>
#include <troupe/cell/interceptor.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/node/remoting.hpp>
#include <troupe/observe/hub.hpp>

#include "unit/node/world.hpp"

namespace node_trace_test {

namespace traced_test {

struct where {
  int n = 0;
  using reply = std::vector<std::uint64_t>;
};
TROUPE_CONTRACT(where, "traced_test.where", 1, n)

}  // namespace traced_test

using namespace troupe;
using namespace node_test;
using traced_test::where;

namespace {

/// Answers with the trace it is in: high, low, parent.
class teller : public actor<where> {
 public:
  std::vector<std::uint64_t> on(const where&) {
    const auto t = current_trace();
    return t ? std::vector{t->high, t->low, t->parent} : std::vector<std::uint64_t>{};
  }
};

class forbidding final : public interceptor {
 public:
  std::optional<error> before_send(const message_view& m) override {
    if (m.type().name == "traced_test.where") ++sent;
    return {};
  }
  std::optional<error> before_receive(const message_view& m) override {
    if (m.type().name != "traced_test.where") return {};
    ++received;
    sender = m.sender();
    if (refuse) return error{errc::refused, "not from there"};
    return {};
  }
  std::atomic<int> sent{0}, received{0};
  std::atomic<bool> refuse{false};
  std::string sender;  // written in the recipient's turn, read once the answer is there
};

struct two_nodes {
  node_test::world w;
  std::shared_ptr<forbidding> here = std::make_shared<forbidding>(), there = std::make_shared<forbidding>();
  troupe::system one{options(here), remoting{w.options("n1")}};
  troupe::system two{options(there), remoting{w.options("n2")}};
  ref<teller> far;

  two_nodes() {
    spawn<teller>(two, "teller");
    REQUIRE(wait_for_peer(one, true));
    far = node(one, "n2").ref<teller>("/user/teller");
  }
  static system_options options(std::shared_ptr<interceptor> who) {
    system_options o = quiet();
    o.interceptors.push_back(std::move(who));
    return o;
  }
};

}  // namespace

TEST_CASE("M6: a trace crosses nodes, with the span it was sent from") {
  two_nodes n;
  const trace_context t = n.one.env().new_trace();
  auto answer = with_trace(t, [&] { return n.far.ask(where{1}, 10s); });
  CHECK(answer.get().value() == std::vector{t.high, t.low, t.span});
  CHECK(n.far.ask(where{2}, 10s).get().value().empty());  // the next message has none
}

TEST_CASE(
    "IC1, IC2: a message to another node is shown as it leaves, and there before its handler, which may be "
    "refused") {
  two_nodes n;
  CHECK(n.far.ask(where{1}, 10s).get().has_value());
  CHECK(n.here->sent == 1);
  CHECK(n.there->sent == 0);
  CHECK(n.there->received == 1);
  n.there->refuse = true;
  const auto no = n.far.ask(where{2}, 10s).get();
  REQUIRE(!no);
  CHECK(no.error().code == errc::refused);
  CHECK(no.error().text == "not from there");
}

}  // namespace node_trace_test
