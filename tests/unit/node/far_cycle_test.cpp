// Cycles of asks over real sockets, and a peer that says what it likes about them (M7, R8, FP2, WS1).
#include <doctest/doctest.h>

#include <troupe/wire/probe.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/far_cycles.hpp"
#include "unit/node/world.hpp"

namespace node_far_cycle_test {

using namespace troupe;
using namespace node_test;
using namespace far_cycles;
using life::journal;
using life::journal_ptr;
using wire::frame_kind;

namespace {

constexpr std::uint64_t all_there_is = wire::can_trace | wire::can_cancel | wire::can_probe;

template <class M>
std::string payload_of(const M& m, const void* context = nullptr) {
  std::string out;
  {
    byte_writer to{out, context};
    message_type_of<M>.encode(&m, to);
  }
  return out;
}

/// The node n2 with a peer `b`, and the test as node n1: it dials n2, and n2 dials it.
struct against_raw {
  explicit against_raw(std::uint64_t can = all_there_is)
      : listening(w.one), two(one_worker(), remoting{w.options("n2")}), dialled(listening.accept()) {
    lost = std::make_shared<journal>();
    two.events().subscribe([to = lost](const event& e) {
      if (e.kind == event_kind::connection_lost) to->note(e.reason);
    });
    REQUIRE(dialled.next().first == frame_kind::hello);
    dialled.send(frame_of(
        wire::welcome{.capabilities = can, .node = "n1", .incarnation = 9, .heartbeat_interval = 1s}));
    REQUIRE(wait_for_peer(two, true));
    REQUIRE(dials.next().first == frame_kind::welcome);
    b = spawn<peer>(two, "b", "b");
  }

  /// What is asked is awaited before the link writes it, so there are no probes but those of a cycle (FP4).
  static troupe::system_options one_worker() {
    auto o = node_test::quiet();
    o.workers = 1;
    return o;
  }
  /// Has b walk to n1, as request 1 of the test; returns the request that comes of it.
  std::uint64_t have_b_ask() {
    const walk m{{{by::walking, node(two, "n1").ref<peer>("/user/a")}}};
    ask_b(1, payload_of(m, &two.env().names()));
    const auto got = dialled.next();
    REQUIRE(got.first == frame_kind::ask);
    return wire::ask::decode(got.second).value().request;
  }
  void ask_b(std::uint64_t request, const std::string& payload) {
    dials.send(frame_of(wire::ask{.request = request,
                                  .time_left = very_long,
                                  .path = "/user/b",
                                  .type_hash = message_type_of<walk>.hash,
                                  .payload = payload}));
  }
  wire::probe next_probe() {
    const auto got = dialled.next();
    REQUIRE(got.first == frame_kind::probe);
    return wire::probe::decode(got.second).value();
  }
  /// What comes on the connection that n2 dialled, up to the tell by which it is found.
  bool sends_nothing() {
    node(two, "n1").ref<peer>("/user/mark").tell(walk{});
    return dialled.next().first == frame_kind::tell;
  }
  /// All that was sent to n2 has been handled.
  void barrier() {
    dials.send(frame_of(wire::ask{
        .request = ++barriers, .time_left = 10s, .path = "/user/nobody", .type_hash = 1, .payload = ""}));
    while (dials.next().first != frame_kind::failure) {
    }
  }

  world w;
  raw_listener listening;
  troupe::system two;
  raw_peer dialled;
  raw_peer dials{w.two, frame_of(wire::hello{.capabilities = all_there_is,
                                             .node = "n1",
                                             .incarnation = 9,
                                             .target = "n2",
                                             .heartbeat_interval = 1s})};
  journal_ptr lost;
  ref<peer> b;
  std::uint64_t barriers = 1000;
};

/// A wait of the test's own actor, which would be waiting for b.
wire::probe_wait own_wait() {
  return {.node = "n1", .run = 9, .actor = 1, .number = 1, .seal = 77, .path = "/user/a", .message = ""};
}

}  // namespace

TEST_CASE("M7: of two actors on two nodes that ask each other one ask fails at once, with the path") {
  const world w;
  troupe::system one{node_test::quiet(), remoting{w.options("n1")}};
  troupe::system two{node_test::quiet(), remoting{w.options("n2")}};
  const auto a = spawn<peer>(one, "a", "a");
  spawn<peer>(two, "b", "b");
  REQUIRE(wait_for_peer(one, true));
  REQUIRE(wait_for_peer(two, true));
  const any_peer far_b = node(one, "n2").ref<peer>("/user/b");
  for (int i = 0; i < 100; ++i) {
    CHECK(a.ask(walk{{{by::walking, far_b}, {by::walking, a}}}, 20s).get().value() ==
          "a b met cycle at n1:/user/a: " +
              text_of({waits<walk>("n2:/user/b", "n1:/user/a"), waits<walk>("n1:/user/a", "n2:/user/b")}));
    CHECK(a.ask(walk{{{by::walking, far_b}}}, 20s).get().value() == "a b");
  }
  CHECK(two.events().count(event_kind::ask_cycle) == 100);
  CHECK(one.events().count(event_kind::ask_cycle) == 0);
}

TEST_CASE("FP2, FP3: a probe goes round, and once more, and then fails the ask that all would choose") {
  against_raw n;
  const std::uint64_t of_b = n.have_b_ask();
  n.ask_b(2, payload_of(walk{}));  // and now the test's actor waits for b
  wire::probe p = n.next_probe();
  CHECK(p.request == of_b);
  CHECK(p.passed == 0);
  CHECK(p.hops == 1);
  REQUIRE(p.waits.size() == 1);
  CHECK(p.waits[0].node == "n2");
  CHECK(p.waits[0].path == "/user/b");
  CHECK(p.waits[0].message.empty());
  p.request = 2;
  p.waits[0].message = "said by n1";
  p.waits[0].unbegun = true;
  p.waits.push_back(own_wait());
  n.dials.send(frame_of(p));
  // It is home: the list is the cycle, and all are to be passed again.
  p = n.next_probe();
  CHECK(p.request == of_b);
  CHECK(p.passed == 1);
  REQUIRE(p.waits.size() == 2);
  CHECK(p.waits[1].message == "far.walk");  // its holder has said so
  CHECK(p.waits[1].unbegun);
  p.request = 2;
  p.passed = 2;
  n.dials.send(frame_of(p));
  const auto heard = n.dials.next();
  REQUIRE(heard.first == frame_kind::reply);  // b's answer
  const auto body = wire::reply::decode(heard.second).value();
  CHECK(body.request == 1);
  CHECK(body.payload.find("b met cycle at n1:/user/a: the ask would wait for itself: n2:/user/b waits for "
                          "n1:/user/a (said by n1), n1:/user/a waits for n2:/user/b (far.walk)") !=
        std::string_view::npos);
  // Nobody runs what was failed.
  const auto next = n.dialled.next();
  REQUIRE(next.first == frame_kind::cancel);
  CHECK(wire::cancel::decode(next.second).value().request == of_b);
  CHECK(n.two.events().count(event_kind::ask_cycle) == 1);
}

TEST_CASE("FP2: a wait that has ended is not taken for the one that came after it") {
  against_raw n;
  const std::uint64_t first = n.have_b_ask();
  n.ask_b(2, payload_of(walk{{{by::walking, node(n.two, "n1").ref<peer>("/user/a")}}}, &n.two.env().names()));
  wire::probe p = n.next_probe();
  p.request = 2;
  p.waits[0].unbegun = true;
  p.waits.push_back(own_wait());
  n.dials.send(frame_of(p));
  p = n.next_probe();
  REQUIRE(p.passed == 1);
  // b's first wait ends, and it waits again, for the test's second request.
  const std::string answer = payload_of(std::string{"a"});
  n.dialled.send(frame_of(wire::reply{first, message_type_of<std::string>.hash, answer}));
  const auto second = n.dialled.next();
  REQUIRE(second.first == frame_kind::ask);
  p.request = 2;
  p.passed = 2;
  n.dials.send(frame_of(p));
  n.barrier();
  CHECK(n.sends_nothing());
  CHECK(n.two.events().count(event_kind::ask_cycle) == 0);
  CHECK(n.lost->all().empty());
}

TEST_CASE("FP1: a walk that comes to a wait which it has passed before, and which is not its first, ends") {
  against_raw n;
  n.have_b_ask();
  n.ask_b(2, payload_of(walk{}));
  wire::probe p = n.next_probe();
  p.request = 2;
  p.waits.insert(p.waits.begin(), own_wait());
  n.dials.send(frame_of(p));
  n.barrier();
  CHECK(n.sends_nothing());
  p.waits.pop_back();
  n.dials.send(frame_of(p));
  CHECK(n.next_probe().waits.size() == 2);
}

TEST_CASE("R8, IN9: a probe behind a request that is not open, or that waits for nobody, means nothing") {
  against_raw n;
  n.have_b_ask();
  for (const std::uint64_t request : {std::uint64_t{77}, std::uint64_t{0}, ~std::uint64_t{0}})
    n.dials.send(frame_of(wire::probe{.request = request, .waits = {own_wait()}}));
  n.barrier();
  CHECK(n.sends_nothing());
  CHECK(n.lost->all().empty());
}

TEST_CASE("WS1, R8: a wait of this node that it has not sealed ends the connection, and fails nobody") {
  for (int what = 0; what < 4; ++what) {
    CAPTURE(what);
    against_raw n;
    n.have_b_ask();
    n.ask_b(2, payload_of(walk{}));
    wire::probe p = n.next_probe();
    p.request = 2;
    p.passed = 2;
    p.waits[0].unbegun = true;
    p.waits.push_back(own_wait());
    wire::probe_wait& w = p.waits[0];
    if (what == 0) ++w.seal;
    if (what == 1) ++w.number;
    if (what == 2) ++w.actor;
    if (what == 3) w.path += "x";
    n.dials.send(frame_of(p));
    CHECK(n.lost->wait_for("a probe names a wait of this node that it was not told of"));
    CHECK(n.two.events().count(event_kind::ask_cycle) == 0);
  }
}

TEST_CASE("FP5: a peer that does not know probes is never sent one, and a walk that is at its limit ends") {
  {
    against_raw n{wire::can_cancel};
    n.have_b_ask();
    n.ask_b(2, payload_of(walk{}));
    n.barrier();
    CHECK(n.sends_nothing());
  }
  against_raw n;
  n.have_b_ask();
  wire::probe p{.request = 1, .hops = wire::probe_hops_max, .waits = {own_wait()}};
  n.dials.send(frame_of(p));
  n.barrier();
  CHECK(n.sends_nothing());
  p.hops = 0;
  while (p.waits.size() < wire::probe_waits_max) {
    p.waits.push_back(own_wait());
    p.waits.back().number = p.waits.size();
  }
  n.dials.send(frame_of(p));
  n.barrier();
  CHECK(n.sends_nothing());
  p.waits.pop_back();
  n.dials.send(frame_of(p));
  CHECK(n.next_probe().waits.size() == wire::probe_waits_max);
}

}  // namespace node_far_cycle_test
