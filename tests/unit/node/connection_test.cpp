// Connections that end, or do not begin: each is an event with its reason (R8, M4).
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/contract/pack.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_connection_test {

using namespace troupe;
using namespace node_test;
using life::journal;
using life::journal_ptr;

namespace {

/// The events of one kind, by their reasons.
journal_ptr reasons(troupe::system& sys, event_kind kind) {
  auto out = std::make_shared<journal>();
  sys.events().subscribe([out, kind](const event& e) {
    if (e.kind == kind) out->note(e.reason.starts_with("nothing was heard for ") ? "silence" : e.reason);
  });
  return out;
}

const wire::hello guest{.node = "guest", .incarnation = 5, .target = "n2", .heartbeat_interval = 1s};

struct nothing {
  using reply = int;
};
TROUPE_CONTRACT(nothing, "node_test.nothing", 1)

/// Notes what it is told.
class noting_slot final : public engine::reply_slot {
 public:
  explicit noting_slot(journal_ptr to) : reply_slot(message_type_of<int>), to_(std::move(to)) {}

 private:
  void settled() noexcept override {
    const auto what = take();
    const auto* const why = std::get_if<error>(&what);
    to_->note(why ? "told " + std::string{to_string(why->code)} : "answered");
  }

  journal_ptr to_;
};

}  // namespace

TEST_CASE("R8: a frame that does not decode closes the connection and is an event that says so") {
  const world w;
  troupe::system there{node_test::quiet(), remoting{w.options("n2")}};
  auto lost = reasons(there, event_kind::connection_lost);
  std::string bad_ask = "....\x07garbage";
  bad_ask.replace(0, 4, std::string{"\x07\0\0\0", 4});
  CHECK(raw_talk(w.two, frame_of(guest) + bad_ask) != "(still open)");
  auto other = guest;  // the first one's session may be ending still
  other.node = "other";
  CHECK(raw_talk(w.two, frame_of(other) + frame_of(other)) != "(still open)");
  CHECK(lost->wait_for("a hello came from the side that dialled"));
  REQUIRE(lost->all().size() == 2);
  CHECK_FALSE(lost->all()[0].empty());
  CHECK(there.events().count(event_kind::connection_lost) == 2);
}

TEST_CASE("IN5, R8: a peer that falls silent is cut off, and one that just goes away is noted") {
  const world w;
  auto options = w.options("n2");
  options.heartbeat_interval = 10ms;
  options.heartbeat_limit = 50ms;
  troupe::system there{node_test::quiet(), remoting{options}};
  auto lost = reasons(there, event_kind::connection_lost);
  {
    const raw_peer silent{w.two, frame_of(guest)};
    CHECK(lost->wait_for("silence"));
  }
  { const raw_peer gone{w.two, ""}; }
  CHECK(lost->wait_for("the peer closed the connection"));
}

TEST_CASE("IN7: a goodbye is no loss") {
  const world w;
  troupe::system there{node_test::quiet(), remoting{w.options("n2")}};
  CHECK(raw_talk(w.two, frame_of(guest) + frame_of(wire::goodbye{"done"})) != "(still open)");
  CHECK(there.events().count(event_kind::connection_lost) == 0);
}

TEST_CASE("ST5, R8: peers past inbound_max are refused, and each is an event that names the setting") {
  const world w;
  auto options = w.options("n2");
  options.inbound_max = 1;
  troupe::system there{node_test::quiet(), remoting{options}};
  auto refused = reasons(there, event_kind::peer_refused);
  auto lost = reasons(there, event_kind::connection_lost);
  const std::string why = "node n2 has 1 connections of peers already (node.inbound_max)";
  auto other = guest;
  other.node = "other";
  {
    raw_peer first{w.two, frame_of(guest)};
    REQUIRE(first.next().first == wire::frame_kind::welcome);
    raw_peer second{w.two, frame_of(other)};
    const auto [kind, body] = second.next();
    REQUIRE(kind == wire::frame_kind::reject);
    CHECK(wire::reject::decode(body).value().text == why);
    CHECK(refused->wait_for(why));
  }
  REQUIRE(lost->wait_for("the peer closed the connection"));
  raw_peer third{w.two, frame_of(other)};
  CHECK(third.next().first == wire::frame_kind::welcome);
}

TEST_CASE("N9, R6: strangers who say nothing keep nobody out: the one that has been there longest goes") {
  const world w;
  auto options = w.options("n2");
  options.inbound_max = 1;
  options.strangers_max = 2;
  troupe::system there{node_test::quiet(), remoting{options}};
  auto refused = reasons(there, event_kind::peer_refused);
  raw_peer first{w.two, ""}, second{w.two, frame_of(guest).substr(0, 5)};
  raw_peer peer{w.two, frame_of(guest)};
  CHECK(peer.next().first == wire::frame_kind::welcome);
  CHECK(first.next().first == wire::frame_kind::goodbye);  // closed, without a word
  CHECK(refused->wait_for(
      "2 connections have not said yet who they are (node.strangers_max): the oldest goes"));
  // Whoever is let in gives his place at the door back.
  const raw_peer third{w.two, ""};
  second.send(frame_of(guest).substr(5));
  CHECK(second.next().first == wire::frame_kind::welcome);
  CHECK(there.events().count(event_kind::peer_refused) == 1);
}

TEST_CASE("M4, M5: a message to a peer that is away is counted as a dead letter before its asker is told") {
  const world w;
  troupe::system here{node_test::quiet(), remoting{w.options("n1")}};
  auto order = std::make_shared<journal>();
  here.events().subscribe([order](const event& e) {
    if (e.kind == event_kind::dead_letter) order->note("counted");
  });
  auto e = engine::make_envelope<nothing>(message_type_of<nothing>);
  e->reply = new noting_slot{order};
  node(here, "n2").ref<nothing>("/user/counter").address()->post(std::move(e));
  REQUIRE(order->wait_for("told unreachable"));
  CHECK(order->all() == life::lines{"counted", "told unreachable"});
}

TEST_CASE(
    "L6, PL7: an answer whose asker has given up is passed over, on a node as in one; it is no dead letter") {
  const world w;
  const raw_listener as_n2{w.two};
  troupe::system here{node_test::quiet(), remoting{w.options("n1")}};
  raw_peer n2{as_n2.accept()};
  REQUIRE(n2.next().first == wire::frame_kind::hello);
  n2.send(frame_of(wire::welcome{.node = "n2", .incarnation = 3, .heartbeat_interval = 1s, .epoch = 1}));
  REQUIRE(wait_for_peer(here, true));
  const auto far = node(here, "n2").ref<nothing>("/user/counter");
  CHECK(far.ask(nothing{}, 10ms).get().error().code == errc::timeout);
  const auto [kind, body] = n2.next();
  REQUIRE(kind == wire::frame_kind::ask);
  const std::uint64_t number = wire::ask::decode(body)->request;
  const std::string seven = pack(7);
  const wire::reply answer{number, message_type_of<int>.hash, seven};
  n2.send(frame_of(answer) + frame_of(wire::failure{number, {errc::stopped, "too late"}}) +
          frame_of(wire::reply{number + 1000, message_type_of<int>.hash, seven}));
  // The connection goes on, and the next one is answered.
  auto next = far.ask(nothing{}, 20s);
  const auto [again, asked] = n2.next();
  REQUIRE(again == wire::frame_kind::ask);
  n2.send(frame_of(wire::reply{wire::ask::decode(asked)->request, message_type_of<int>.hash, seven}));
  CHECK(next.get().value() == 7);
  CHECK(here.events().count(event_kind::dead_letter) == 0);
}

}  // namespace node_connection_test
