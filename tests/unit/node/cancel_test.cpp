// An asker who gives up is heard on the node that he asked, over real sockets (M6, PL7, IN8).
#include <doctest/doctest.h>

#include "unit/node/cancelled.hpp"
#include "unit/node/world.hpp"

namespace node_cancel_test {

using namespace troupe;
using namespace node_test;
using namespace cancelled_test;
using life::journal;
using life::journal_ptr;
using life::stop_and_wait;
using wire::frame_kind;

namespace {

const wire::hello guest{.capabilities = wire::can_cancel,
                        .node = "guest",
                        .incarnation = 5,
                        .target = "n2",
                        .heartbeat_interval = 1s};

/// Nobody looks what becomes of it.
class forgotten_slot final : public engine::reply_slot {
 public:
  forgotten_slot() : reply_slot(message_type_of<int>) {}

 private:
  void settled() noexcept override {}
};

/// Nodes n1 and n2 with a worker each, which write into one journal.
struct two_nodes {
  world w;
  journal_ptr notes = std::make_shared<journal>();
  troupe::system one{node_test::quiet(), remoting{w.options("n1")}};
  troupe::system two{node_test::quiet(), remoting{w.options("n2")}};
  ref<worker> first = spawn<worker>(one, "worker", "n1", notes);

  two_nodes() {
    spawn<worker>(two, "worker", "n2", notes);
    REQUIRE(wait_for_peer(one, true));
    REQUIRE(wait_for_peer(two, true));
  }
  ref<worker> far() { return node(one, "n2").ref<worker>("/user/worker"); }
};

/// An ask of the guest for the worker on n2.
template <class M>
std::string ask_of_guest(std::uint64_t request, duration time_left = very_long) {
  std::string payload;
  {
    const M message{};
    byte_writer to{payload};
    message_type_of<M>.encode(&message, to);
  }
  return frame_of(wire::ask{.request = request,
                            .time_left = time_left,
                            .path = "/user/worker",
                            .type_hash = message_type_of<M>.hash,
                            .payload = payload});
}

}  // namespace

TEST_CASE("M6: an asker that stops ends the handler that works for it on another node, and what that asks") {
  two_nodes n;
  const auto last = spawn<worker>(n.one, "last", "last", n.notes);
  n.first.tell(work{{n.far(), last}});
  REQUIRE(n.notes->wait_for("last begins"));
  CHECK(stop_and_wait(n.first));
  CHECK(n.notes->wait_for("n2 ends"));
  CHECK(n.notes->wait_for("last ends"));
  CHECK(n.notes->count("n2 heard cancelled") == 0);  // it has ended where it waited
  CHECK(n.far().ask(hello{}, 20s).get().value() == 7);
}

TEST_CASE("M6: an ask whose asker has given up before its turn came is dropped unrun, as cancelled") {
  two_nodes n;
  auto why = std::make_shared<journal>();
  n.two.events().subscribe([why](const event& e) {
    if (e.kind == event_kind::dead_letter) why->note(e.reason);
  });
  const auto holder = spawn<worker>(n.one, "holder", "holder", n.notes);
  holder.tell(work{{n.far()}});
  REQUIRE(n.notes->wait_for("n2 begins"));  // and lets nobody in
  n.first.tell(work{{n.far()}});
  REQUIRE(n.notes->wait_for("n1 begins"));
  CHECK(stop_and_wait(n.first));
  // What was sent before has arrived.
  REQUIRE(node(n.one, "n2").ref<worker>("/user/nobody").ask(hello{}, 20s).get().has_error());
  CHECK(why->count("cancelled") == 0);
  CHECK(stop_and_wait(holder));
  CHECK(why->wait_for("cancelled"));
  CHECK(n.far().ask(hello{}, 20s).get().value() == 7);
  CHECK(n.notes->count("n2 begins") == 1);
}

TEST_CASE("FU2, M6: a thread that cancels ends the handler on the other node, and what that asks") {
  two_nodes n;
  const auto last = spawn<worker>(n.one, "last", "last", n.notes);
  auto asked = n.far().ask(work{{last}}, very_long);
  REQUIRE(n.notes->wait_for("last begins"));
  CHECK(asked.cancel());
  CHECK(n.notes->wait_for("n2 ends"));
  CHECK(n.notes->wait_for("last ends"));
  CHECK_FALSE(asked.cancel());
  CHECK(asked.get().error().code == errc::cancelled);
  CHECK(n.far().ask(hello{}, 20s).get().value() == 7);
}

TEST_CASE("PL7: a peer is told right behind the ask, and one that does not know cancels never is") {
  for (const std::uint64_t can : {wire::can_trace | wire::can_cancel, wire::can_trace | wire::can_probe,
                                  wire::can_trace, std::uint64_t{0}}) {
    CAPTURE(can);
    const world w;
    auto notes = std::make_shared<journal>();
    const raw_listener port{w.two};
    auto settings = node_test::quiet();
    settings.workers = 1;  // an ask is awaited before the link writes it: no probes
    troupe::system one{settings, remoting{w.options("n1")}};
    raw_peer peer{port.accept()};
    const auto first = peer.next();
    REQUIRE(first.first == frame_kind::hello);
    const auto greeting = wire::hello::decode(first.second).value();
    CHECK((greeting.capabilities & wire::can_cancel) != 0);
    peer.send(frame_of(
        wire::welcome{.capabilities = can, .node = "n2", .incarnation = 9, .heartbeat_interval = 1s}));
    REQUIRE(wait_for_peer(one, true));
    const auto far = node(one, "n2").ref<worker>("/user/worker");
    const auto asker = spawn<worker>(one, "asker", "asker", notes);
    asker.tell(work{{far}});
    const auto asked = peer.next();
    REQUIRE(asked.first == frame_kind::ask);
    const std::uint64_t request = wire::ask::decode(asked.second).value().request;
    CHECK(stop_and_wait(asker));
    // One that is answered before is nothing to cancel.
    auto answered = far.ask(hello{}, 20s);
    auto next = peer.next();
    if (can & wire::can_cancel) {
      REQUIRE(next.first == frame_kind::cancel);
      CHECK(wire::cancel::decode(next.second).value() == wire::cancel{request});
      next = peer.next();
    }
    REQUIRE(next.first == frame_kind::ask);
    std::string payload;
    {
      byte_writer to{payload};
      to.svarint(7);
    }
    peer.send(frame_of(
        wire::reply{wire::ask::decode(next.second).value().request, message_type_of<int>.hash, payload}));
    CHECK(answered.get().value() == 7);
    // Nor is one whose asker was gone when it left: it has left all the same.
    auto late = engine::make_envelope<hello>(message_type_of<hello>);
    late->reply = new forgotten_slot;
    late->reply->abandon({errc::cancelled, "before it is sent"});
    far.address()->post(std::move(late));
    next = peer.next();
    REQUIRE(next.first == frame_kind::ask);
    const std::uint64_t of_nobody = wire::ask::decode(next.second).value().request;
    if (can & wire::can_cancel) {
      next = peer.next();
      REQUIRE(next.first == frame_kind::cancel);
      CHECK(wire::cancel::decode(next.second).value() == wire::cancel{of_nobody});
    }
    far.tell(nap{});
    CHECK(peer.next().first == frame_kind::tell);
  }
}

TEST_CASE("IN8, R8: a cancel ends the request of its number and no other; one for nothing means nothing") {
  const world w;
  auto notes = std::make_shared<journal>();
  troupe::system two{node_test::quiet(), remoting{w.options("n2")}};
  spawn<worker>(two, "worker", "n2", notes);
  raw_peer peer{w.two, frame_of(guest)};
  REQUIRE(peer.next().first == frame_kind::welcome);
  peer.send(ask_of_guest<work>(1));
  REQUIRE(notes->wait_for("n2 begins"));
  peer.send(frame_of(wire::cancel{99}) + ask_of_guest<hello>(2));
  CHECK(two.events().count(event_kind::dead_letter) == 0);
  CHECK(notes->count("n2 ends") == 0);
  peer.send(frame_of(wire::cancel{1}) + frame_of(wire::cancel{1}));
  CHECK(notes->wait_for("n2 ends"));
  // What was cancelled is not answered; what waited behind it is.
  const auto answer = peer.next();
  REQUIRE(answer.first == frame_kind::reply);
  CHECK(wire::reply::decode(answer.second).value().request == 2);
  peer.send(frame_of(wire::cancel{2}) + ask_of_guest<hello>(3));
  const auto another = peer.next();
  REQUIRE(another.first == frame_kind::reply);
  CHECK(wire::reply::decode(another.second).value().request == 3);
}

TEST_CASE(
    "IN8, R8: a second request of a number that is open ends the connection, and with it what is open") {
  const world w;
  auto notes = std::make_shared<journal>(), lost = std::make_shared<journal>();
  troupe::system two{node_test::quiet(), remoting{w.options("n2")}};
  two.events().subscribe([lost](const event& e) {
    if (e.kind == event_kind::connection_lost) lost->note(e.reason);
  });
  spawn<worker>(two, "worker", "n2", notes);
  raw_peer peer{w.two, frame_of(guest) + ask_of_guest<work>(1)};
  REQUIRE(notes->wait_for("n2 begins"));
  peer.send(ask_of_guest<work>(1));
  CHECK(lost->wait_for("request 1 came while it was open"));
  CHECK(notes->wait_for("n2 ends"));
  CHECK(notes->count("n2 begins") == 1);
}

}  // namespace node_cancel_test
