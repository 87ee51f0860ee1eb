// Refs in messages between nodes (R1, L5, NM2-NM4).
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/ref/find.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_refs_test {

namespace node_refs {

struct ping {
  std::int32_t n = 0;
  using reply = std::int32_t;
};
TROUPE_CONTRACT(ping, "node_refs.ping", 1, n)
struct heard {
  std::int32_t n = 0;
};
TROUPE_CONTRACT(heard, "node_refs.heard", 1, n)

/// Ask `whom`, and give back the ref itself.
struct try_it {
  troupe::ref<ping> whom;
  using reply = std::int32_t;
};
TROUPE_CONTRACT(try_it, "node_refs.try_it", 1, whom)
struct hand_back {
  troupe::ref<ping> what;
  using reply = troupe::ref<ping>;
};
TROUPE_CONTRACT(hand_back, "node_refs.hand_back", 1, what)
struct call_back {
  troupe::ref<heard> to;
};
TROUPE_CONTRACT(call_back, "node_refs.call_back", 1, to)
struct adapter_please {
  using reply = troupe::ref<heard>;
};
struct heard_so_far {
  using reply = std::int32_t;
};
struct end_adapter {
  troupe::any_ref who;
  using reply = bool;
};

}  // namespace node_refs

using namespace troupe;
using namespace node_test;
using namespace node_refs;
using life::patience;

namespace {

class echo : public actor<ping> {
 public:
  std::int32_t on(const ping& m) { return m.n + 1; }
};

/// Works with refs from elsewhere.
class visitor : public actor<try_it, hand_back, call_back> {
 public:
  task<result<std::int32_t>> on(try_it m) { co_return co_await ask<ping>(m.whom, patience, 41); }
  ref<ping> on(const hand_back& m) { return m.what; }
  void on(const call_back& m) {
    for (std::int32_t n = 1; n <= 3; ++n) m.to.tell(heard{n});
  }
};

struct came {
  std::int32_t n = 0;
};
/// Gives out an adapter and adds up what comes.
class listener : public actor<came, adapter_please, heard_so_far, end_adapter> {
 public:
  explicit listener(life::journal_ptr j) : j_(std::move(j)) {}
  void on(const came& m) {
    sum_ = 10 * sum_ + m.n;
    j_->note("heard " + std::to_string(m.n));
  }
  ref<heard> on(const adapter_please&) {
    return adapt<heard>([](const heard& m) { return came{m.n}; });
  }
  std::int32_t on(const heard_so_far&) { return sum_; }
  bool on(const end_adapter& m) { return release_adapter(m.who); }

 private:
  life::journal_ptr j_;
  std::int32_t sum_ = 0;
};

struct stage {
  world w;
  troupe::system here{node_test::quiet(), remoting{w.options("n1")}};
  std::unique_ptr<troupe::system> there = make_there();
  ref<visitor> far = node(here, "n2").ref<visitor>("/user/visitor");

  stage() { meet(); }
  std::unique_ptr<troupe::system> make_there() {
    return std::make_unique<troupe::system>(node_test::quiet(), remoting{w.options("n2")});
  }
  void meet() {
    spawn<visitor>(*there, "visitor");
    REQUIRE(wait_for_peer(here, true));
    REQUIRE(wait_for_peer(*there, true));
  }
};

}  // namespace

TEST_CASE("R1: a ref in a message works where it arrives: exact, by path, and of the receiver's own node") {
  stage s;
  const auto e = spawn<echo>(s.here, "echo");
  CHECK(s.far.ask(try_it{e}, patience).get().value() == 42);
  CHECK(s.far.ask(try_it{find<echo>(s.here, "/user/echo")}, patience).get().value() == 42);
  spawn<echo>(*s.there, "other");
  CHECK(s.far.ask(try_it{node(s.here, "n2").ref<ping>("/user/other")}, patience).get().value() == 42);
}

TEST_CASE("R1, RF5: a ref that comes home is the one that left; one from elsewhere stays what it was") {
  stage s;
  const ref<ping> e = spawn<echo>(s.here, "echo");
  CHECK(s.far.ask(hand_back{e}, patience).get().value() == e);
  const ref<ping> named = find<echo>(s.here, "/user/echo");
  CHECK(s.far.ask(hand_back{named}, patience).get().value() == named);
  CHECK_FALSE(s.far.ask(hand_back{}, patience).get().value());
  const auto theirs = node(s.here, "n2").ref<ping>("/user/other");
  CHECK(s.far.ask(hand_back{theirs}, patience).get().value() == theirs);
}

TEST_CASE(
    "L5, R1: an exact ref from a message is bound to its actor: when that has stopped it answers `stopped`") {
  stage s;
  const auto e = spawn<echo>(s.here, "echo");
  CHECK(life::stop_and_wait(e));
  const auto f = spawn<echo>(s.here, "echo");
  const auto gone = s.far.ask(try_it{e}, patience).get();
  REQUIRE(gone.has_error());
  CHECK(gone.error().code == errc::stopped);
  CHECK(s.far.ask(try_it{f}, patience).get().value() == 42);
}

TEST_CASE("L5, R2: an exact ref is bound to one run of its node, a ref by path goes on to the next") {
  stage s;
  const ref<ping> theirs = spawn<echo>(*s.there, "echo");
  const auto known =
      ref<ping>{s.here.env().names().address_of(s.there->env().names().token_of(*theirs.address()))};
  CHECK(known.ask(ping{1}, patience).get().value() == 2);
  const auto by_path = node(s.here, "n2").ref<ping>("/user/echo");
  CHECK(by_path != known);
  s.there->shutdown();
  REQUIRE(wait_for_peer(s.here, false));
  CHECK(known.ask(ping{1}, patience).get().error().code == errc::unreachable);
  s.there = s.make_there();
  spawn<echo>(*s.there, "echo");
  s.meet();
  CHECK(by_path.ask(ping{1}, patience).get().value() == 2);
  const auto gone = known.ask(ping{1}, patience).get();
  REQUIRE(gone.has_error());
  CHECK(gone.error().code == errc::stopped);
  CHECK(gone.error().text == "the actor lived in an earlier run of node n2");
}

TEST_CASE("R1, AD4: an adapter works from another node, until it ends") {
  stage s;
  auto j = std::make_shared<life::journal>();
  const auto l = spawn<listener>(s.here, "listener", j);
  auto a = l.ask(adapter_please{}, patience).get().value();
  s.far.tell(call_back{a});
  REQUIRE(j->wait_for("heard 3"));
  CHECK(l.ask(heard_so_far{}, patience).get().value() == 123);  // M3
  a = {};
  s.far.tell(call_back{l.ask(adapter_please{}, patience).get().value()});  // only the other node has it
  REQUIRE(j->wait_for("heard 3", 2));
  const auto dead = life::listen(s.here);
  auto b = l.ask(adapter_please{}, patience).get().value();
  CHECK_FALSE(b.address()->token().empty());
  CHECK(l.ask(end_adapter{b}, patience).get().value());
  s.far.tell(call_back{b});
  CHECK(dead->wait_for("dead_letter " + b.path(), 3));
}

TEST_CASE("NM3: a ref to a node that the receiver does not know answers `unreachable`, and says what to do") {
  stage s;
  const address_ptr lost = s.here.env().names().address_of("n9@5:7/user/x");
  const auto got = ref<ping>{lost}.ask(ping{1}, patience).get();
  REQUIRE(got.has_error());
  CHECK(got.error().code == errc::unreachable);
  CHECK(got.error().text ==
        "the actor lives on node 'n9', and node 'n1' knows no peer of that name: add it to node.peers");
  // It is passed on whole: whoever knows the node can use it.
  const auto back = s.far.ask(hand_back{ref<ping>{lost}}, patience).get().value();
  CHECK(back.path() == "n9@5:7/user/x");
}

TEST_CASE("NM4, R8: a peer can't reach the system's own actors, by path or by number") {
  stage s;
  const auto system_root = s.here.system_root();
  const auto forged =
      ref<ping>{s.there->env().names().address_of(token_front("n1", s.here.env().names().incarnation()) +
                                                  std::to_string(system_root->number()) + "/system")};
  CHECK(forged.ask(ping{1}, patience).get().error().code == errc::stopped);
  CHECK(node(*s.there, "n1").ref<ping>("/system").ask(ping{1}, patience).get().error().code == errc::stopped);
}

TEST_CASE("L5: what is no path is no ref to a peer") {
  stage s;
  CHECK_THROWS_WITH_AS(
      static_cast<void>(node(s.here, "n2").ref<ping>("echo")),
      "invalid: 'echo' is no path of an actor on node n2: write the names from the top, as in "
      "/user/bank/ledger",
      failed);
}

}  // namespace node_refs_test
