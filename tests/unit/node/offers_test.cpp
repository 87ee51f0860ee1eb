// Offers to actors of another node, on real sockets (M8, OG1-OG4, IN15).
#include <doctest/doctest.h>

#include <troupe/actor/offer_queued.hpp>
#include <troupe/wire/routed_bodies.hpp>

#include "unit/node/offers.hpp"
#include "unit/node/world.hpp"

namespace node_offers_test {

using namespace troupe;
using namespace node_test;
using namespace offers_test;
using life::journal;
using life::journal_ptr;
using life::lines;
using life::stop_and_wait;
using wire::frame_kind;

namespace {

/// A store on n2, in whose mailbox two rows have room, and a feeder for it on n1.
struct depot {
  explicit depot(mailbox_choice mailbox = bounded(2, overflow::push_back)) {
    there = spawn<store>(*two, spawn_options{.name = "store", .mailbox = mailbox}, stored);
    REQUIRE(wait_for_peer(one, true));
    far = node(one, "n2").ref<store>("/user/store");
    feeds = spawn<feeder>(one, "feeder", ref<row>{far}, notes);
  }
  void suspend() { REQUIRE(sys::of(there).ask(sys::suspend{}, 20s).get().value()); }
  void resume() { CHECK(sys::of(there).ask(sys::resume{}, 20s).get().value()); }
  /// What was sent to n2 before has arrived.
  void settle() { CHECK(node(one, "n2").ref<rows>("/user/nobody").ask(rows{}, 20s).get().has_error()); }

  world w;
  journal_ptr notes = std::make_shared<journal>(), stored = std::make_shared<journal>();
  troupe::system one{node_test::quiet(), remoting{w.options("n1")}};
  std::unique_ptr<troupe::system> two =
      std::make_unique<troupe::system>(node_test::quiet(), remoting{w.options("n2")});
  ref<store> there, far;
  ref<feeder> feeds;
};

const wire::hello stranger{.capabilities = wire::can_cancel | wire::can_offer,
                           .node = "stranger",
                           .incarnation = 5,
                           .target = "n2",
                           .heartbeat_interval = 1s};

/// The frames of an offer of a row.
std::string offer_of(std::uint64_t request, std::int32_t n) {
  std::string payload;
  {
    const row message{n};
    byte_writer to{payload};
    message_type_of<row>.encode(&message, to);
  }
  return frame_of(wire::offer{}) + frame_of(wire::ask{.request = request,
                                                      .path = "/user/store",
                                                      .type_hash = message_type_of<row>.hash,
                                                      .payload = payload});
}

}  // namespace

TEST_CASE(
    "M8: an offer to an actor of another node waits for room there; rows arrive in order, all of them") {
  depot d;
  d.suspend();
  d.feeds.tell(feed{0, 100});
  REQUIRE(d.notes->wait_for("2 offered"));
  d.settle();
  CHECK(d.notes->all() == lines{"0 offered", "0 queued", "1 offered", "1 queued", "2 offered"});
  CHECK(d.there.address()->waiting() == 2);
  d.resume();
  REQUIRE(d.notes->wait_for("99 queued"));
  CHECK(d.far.ask(rows{}, 20s).get().has_value());
  REQUIRE(d.stored->wait_for("row 99"));
  const lines all = d.stored->all();
  REQUIRE(all.size() == 100);
  for (std::size_t n = 0; n < 100; ++n) CHECK(all[n] == "row " + std::to_string(n));
}

TEST_CASE("OF1: while an offer of another node waits, what is told is rejected: room belongs to who waits") {
  depot d;
  auto dead = std::make_shared<journal>();
  d.two->events().subscribe([dead](const event& e) {
    if (e.kind == event_kind::dead_letter) dead->note(e.message + " " + e.reason);
  });
  d.suspend();
  d.feeds.tell(feed{0, 3});
  REQUIRE(d.notes->wait_for("2 offered"));
  d.far.tell(row{7});
  CHECK(dead->wait_for("offers_test.row mailbox_full"));
  d.resume();
  CHECK(d.stored->wait_for("row 2"));
  CHECK(d.stored->all() == lines{"row 0", "row 1", "row 2"});
}

TEST_CASE("OG3, IN15: whose sender gives up is taken back on the other node") {
  depot d;
  d.suspend();
  d.feeds.tell(feed{0, 4});
  REQUIRE(d.notes->wait_for("2 offered"));
  d.settle();
  CHECK(stop_and_wait(d.feeds));
  d.settle();  // and heard of there
  d.resume();
  CHECK(d.stored->wait_for("row 1"));
  CHECK(d.far.ask(rows{}, 20s).get().value() == 2);
  CHECK(d.stored->all() == lines{"row 0", "row 1"});
}

TEST_CASE("OG2: to a mailbox that does not push back an offer is answered at once, by its rules") {
  for (const auto& [mailbox, third] : {std::pair{mailbox_choice{}, "queued"},
                                       {bounded(2), "overloaded"},
                                       {bounded(2, overflow::drop_oldest), "queued"}}) {
    depot d{mailbox};
    d.suspend();
    d.feeds.tell(feed{0, 3});
    CHECK(d.notes->wait_for(std::string{"2 "} + third));
    d.resume();
  }
}

TEST_CASE(
    "OG2, OG4: an offer to nobody, to who stops, or over a connection that ends completes with the reason") {
  depot d;
  const auto lost = spawn<feeder>(d.one, "lost", node(d.one, "n2").ref<row>("/user/nobody"), d.notes);
  lost.tell(feed{0, 1});
  CHECK(d.notes->wait_for("0 stopped"));
  d.suspend();
  d.feeds.tell(feed{10, 13});
  REQUIRE(d.notes->wait_for("12 offered"));
  d.settle();
  SUBCASE("the recipient stops") {
    CHECK(stop_and_wait(d.there));
    CHECK(d.notes->wait_for("12 stopped"));
  }
  SUBCASE("its node goes") {
    d.two.reset();
    CHECK((d.notes->wait_for_part("12 stopped") || d.notes->count("12 unreachable") == 1));
    d.feeds.tell(feed{20, 21});
    REQUIRE(wait_for_peer(d.one, false));
    d.feeds.tell(feed{30, 31});
    CHECK(d.notes->wait_for("30 unreachable"));
  }
}

TEST_CASE("OG4: an offer leaves as one, by a route too, and not at all for a node that takes none") {
  for (const std::uint64_t can :
       {wire::can_offer, wire::can_offer | wire::can_route, wire::can_route, wire::can_cancel}) {
    CAPTURE(can);
    const world w;
    auto notes = std::make_shared<journal>();
    const raw_listener port{w.two};
    troupe::system one{node_test::quiet(), remoting{w.options("n1")}};
    raw_peer peer{port.accept()};
    const auto first = peer.next();
    REQUIRE(first.first == frame_kind::hello);
    CHECK((wire::hello::decode(first.second).value().capabilities & wire::can_offer) != 0);
    peer.send(frame_of(
        wire::welcome{.capabilities = can, .node = "n2", .incarnation = 9, .heartbeat_interval = 1s}));
    REQUIRE(wait_for_peer(one, true));
    const auto far = node(one, "n2").ref<row>("/user/store");
    const auto f = spawn<feeder>(one, "feeder", far, notes);
    f.tell(feed{0, 4});
    if ((can & wire::can_offer) == 0) {
      CHECK(notes->wait_for("3 invalid"));
      f.tell(tell_one{7});
      frame_kind next = peer.next().first;
      if (next == frame_kind::route) next = peer.next().first;
      CHECK((next == frame_kind::tell || next == frame_kind::routed_tell));
      continue;
    }
    std::string done;
    {
      const detail::offer_queued value;
      byte_writer to{done};
      message_type_of<detail::offer_queued>.encode(&value, to);
    }
    bool routed = false;
    for (int n = 0; n < 4; ++n) {
      auto next = peer.next();
      if (next.first == frame_kind::route) next = peer.next();
      CHECK(next.first == frame_kind::offer);
      next = peer.next();
      std::uint64_t request = 0;
      if (next.first == frame_kind::routed_ask) {
        routed = true;
        request = wire::routed_ask::decode(next.second).value().request;
      } else {
        REQUIRE(next.first == frame_kind::ask);
        request = wire::ask::decode(next.second).value().request;
      }
      CHECK(notes->count(std::to_string(n) + " queued") == 0);
      peer.send(frame_of(wire::reply{request, message_type_of<detail::offer_queued>.hash, done}));
      CHECK(notes->wait_for(std::to_string(n) + " queued"));
    }
    CHECK(routed == ((can & wire::can_route) != 0));
  }
}

TEST_CASE("IN15, R8: a peer that offers without end has so many waiting and no more") {
  constexpr std::uint64_t waiting_max = 1024;
  depot d;
  d.suspend();
  raw_peer peer{d.w.two, frame_of(stranger)};
  REQUIRE(peer.next().first == frame_kind::welcome);
  std::string all;
  for (std::uint64_t i = 1; i <= 2 + waiting_max + 1; ++i) all += offer_of(i, static_cast<std::int32_t>(i));
  peer.send(all);
  for (std::uint64_t i = 1; i <= 2; ++i) {
    const auto queued = peer.next();
    REQUIRE(queued.first == frame_kind::reply);
    CHECK(wire::reply::decode(queued.second).value().request == i);
  }
  const auto refused = peer.next();
  REQUIRE(refused.first == frame_kind::failure);
  CHECK(wire::failure::decode(refused.second).value().request == 2 + waiting_max + 1);
  CHECK(wire::failure::decode(refused.second).value().why.code == errc::overloaded);
  // One that is taken back makes room for another.
  peer.send(frame_of(wire::cancel{3}) + offer_of(5000, 5000) + offer_of(5001, 5001));
  const auto again = peer.next();
  REQUIRE(again.first == frame_kind::failure);
  CHECK(wire::failure::decode(again.second).value().request == 5001);
  d.resume();
  CHECK(d.stored->wait_for("row 5000"));
  CHECK(d.stored->count("row 3") == 0);
  CHECK(d.far.ask(rows{}, 20s).get().value() == static_cast<std::int32_t>(2 + waiting_max));
}

TEST_CASE("IN15: what waits of a peer goes with its connection; its rows are never stored") {
  depot d;
  d.suspend();
  auto ended = std::make_shared<journal>();
  d.two->events().subscribe([ended](const event& e) {
    if (e.kind == event_kind::connection_lost) ended->note(e.path);
  });
  {
    raw_peer peer{d.w.two, frame_of(stranger)};
    REQUIRE(peer.next().first == frame_kind::welcome);
    peer.send(offer_of(1, 1) + offer_of(2, 2) + offer_of(3, 3));
    REQUIRE(peer.next().first == frame_kind::reply);
    REQUIRE(peer.next().first == frame_kind::reply);
    // The third has been handled when this is answered.
    peer.send(frame_of(wire::ask{.request = 4, .path = "/user/nobody"}));
    REQUIRE(peer.next().first == frame_kind::failure);
  }
  REQUIRE(ended->wait_for("stranger"));
  d.settle();
  d.resume();
  CHECK(d.stored->wait_for("row 2"));
  CHECK(d.far.ask(rows{}, 20s).get().value() == 2);
}

}  // namespace node_offers_test
