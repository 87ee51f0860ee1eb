// Peers that do with sessions and system frames what no node does: too many numbers with gaps, acknowledgements of nothing, old epochs, two connections
// at once, ends of what nobody watches (R8, DL5, DL6, ST1).
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/delivery/incoming.hpp>
#include <troupe/wire/system_bodies.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_hostile_session_test {

using namespace troupe;
using namespace node_test;
using life::journal;
using life::journal_ptr;
using wire::frame_kind;

namespace {

struct count {
  using reply = int;
};
TROUPE_CONTRACT(count, "hostile_session.count", 1)

class counter : public actor<count> {
 public:
  int on(const count&) { return ++n_; }

 private:
  int n_ = 0;
};

/// n2, with somebody who can be reached, and what it says of connections that it gives up.
struct target {
  world w;
  troupe::system sys{node_test::quiet(), remoting{w.options("n2")}};
  journal_ptr lost = std::make_shared<journal>();
  ref<counter> there = spawn<counter>(sys, "counter");

  target() {
    sys.events().subscribe([out = lost](const event& e) {
      if (e.kind == event_kind::connection_lost) out->note(e.reason);
    });
  }
  bool goes_on() { return there.ask(count{}, 20s).get().has_value(); }
};

wire::hello guest(std::uint64_t epoch = 1) {
  return {.node = "guest", .incarnation = 5, .target = "n2", .heartbeat_interval = 1s, .epoch = epoch};
}

/// What the welcome says that comes next; none: something else came.
std::optional<wire::welcome> welcomed(raw_peer& p) {
  const auto [kind, body] = p.next();
  if (kind != frame_kind::welcome) return {};
  auto out = wire::welcome::decode(body);
  return out ? std::optional{*out} : std::nullopt;
}

/// The number that is acknowledged next; 0: something else came.
std::uint64_t acknowledged(raw_peer& p) {
  const auto [kind, body] = p.next();
  return kind == frame_kind::received ? wire::received::decode(body).value().number : 0;
}

}  // namespace

TEST_CASE(
    "DL5, R8: system frames with more gaps among them than there may be end the connection, with the "
    "reason") {
  target t;
  raw_peer p{t.w.two, frame_of(guest())};
  std::string all;
  std::uint64_t number = 2;
  for (std::size_t i = 0; i <= incoming::runs_max; ++i, number += 2)
    all += frame_of(wire::unwatch{number, 7});
  p.send(all);
  CHECK(t.lost->wait_for("system frame " + std::to_string(number - 2) +
                         " came, and too many before it did not"));
  CHECK(t.goes_on());
}

TEST_CASE(
    "DL5: a system frame that comes again is acknowledged again, and the next connection knows how many "
    "there were") {
  target t;
  {
    raw_peer p{t.w.two, frame_of(guest())};
    REQUIRE(welcomed(p));
    p.send(frame_of(wire::watch{1, 7, "/user/counter"}) + frame_of(wire::watch{2, 8, "/user/nobody"}));
    CHECK(acknowledged(p) == 2);
    p.send(frame_of(wire::watch{1, 7, "/user/counter"}));
    CHECK(acknowledged(p) == 2);
    p.send(frame_of(wire::obituary{3, 99, {exit_kind::normal, {}}}) + frame_of(wire::unwatch{4, 1234}));
    CHECK(acknowledged(p) == 4);
  }
  // It can't be dialled, so nothing is kept of it when it goes (ST2).
  CHECK(t.lost->wait_for("the peer closed the connection"));
  raw_peer again{t.w.two, frame_of(guest())};
  const auto how = welcomed(again);
  REQUIRE(how);
  CHECK(how->system_frames == 0);
  CHECK(how->epoch == 0);
  CHECK(t.goes_on());
}

TEST_CASE("ST1: a second connection of the same run takes the place of the first") {
  target t;
  raw_peer first{t.w.two, frame_of(guest())};
  REQUIRE(welcomed(first));
  first.send(frame_of(wire::unwatch{1, 7}));
  CHECK(acknowledged(first) == 1);
  raw_peer second{t.w.two, frame_of(guest())};
  const auto how = welcomed(second);
  REQUIRE(how);
  CHECK(how->system_frames == 1);
  CHECK(first.next().first == frame_kind::goodbye);  // closed
  CHECK(t.lost->wait_for("the peer has made a new connection"));
}

TEST_CASE("DL6: a hello of an epoch that is over is turned away, one of a new epoch begins from nothing") {
  target t;
  raw_peer first{t.w.two, frame_of(guest(5))};
  REQUIRE(welcomed(first));
  first.send(frame_of(wire::unwatch{1, 7}));
  CHECK(acknowledged(first) == 1);
  raw_peer old{t.w.two, frame_of(guest(4))};
  const auto [kind, body] = old.next();
  REQUIRE(kind == frame_kind::reject);
  CHECK(wire::reject::decode(body).value().code == errc::closed);
  raw_peer anew{t.w.two, frame_of(guest(6))};
  const auto how = welcomed(anew);
  REQUIRE(how);
  CHECK(how->system_frames == 0);
}

TEST_CASE("R8: a hello that says nonsense of its address is let in, and is not dialled") {
  target t;
  auto odd = guest();
  odd.address = "not an address";
  raw_peer p{t.w.two, frame_of(odd)};
  const auto how = welcomed(p);
  REQUIRE(how);
  CHECK(how->epoch == 0);
  CHECK(peers(t.sys).size() == 1);  // n1 alone
  CHECK(t.goes_on());
}

TEST_CASE("R8: who acknowledges what was never sent is cut off") {
  const world w;
  const raw_listener as_n2{w.two};
  const journal_ptr news = std::make_shared<journal>();
  troupe::system here{node_test::quiet(), remoting{w.options("n1")}};
  here.events().subscribe([news](const event& e) {
    if (e.kind == event_kind::peer_unreachable) news->note(e.reason);
  });
  raw_peer p{as_n2.accept()};
  REQUIRE(p.next().first == frame_kind::hello);
  p.send(frame_of(wire::welcome{.node = "n2", .incarnation = 3, .heartbeat_interval = 1s}) +
         frame_of(wire::received{1}));
  CHECK(news->wait_for("the connection to n2 has ended: a system frame was acknowledged that was not sent"));
}

}  // namespace node_hostile_session_test
