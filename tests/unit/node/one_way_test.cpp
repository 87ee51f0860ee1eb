// Peers that can be reached by their own connection only (N6, PL17): whoever can be told of no ends hears that at once, and why.
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/contract/pack.hpp>
#include <troupe/wire/link_bodies.hpp>
#include <troupe/wire/system_bodies.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_one_way_test {

using namespace troupe;
using namespace node_test;
using life::journal;
using life::journal_ptr;
using wire::frame_kind;

namespace {

struct look_at {
  any_ref who;
};
struct join {
  any_ref to;
};
struct are_you_there {
  using reply = int;
};
TROUPE_CONTRACT(are_you_there, "node_one_way_test.are_you_there", 1)

class keeper : public actor<look_at, join, are_you_there> {
 public:
  explicit keeper(journal_ptr to) : to_(std::move(to)) {}
  void on(const look_at& m) { watch(m.who); }
  void on(const join& m) { link(m.to); }
  int on(const are_you_there&) { return 1; }
  void on_terminated(const terminated& news) override {
    to_->note("watch " + news.path() + " " + to_string(news.reason()));
  }
  void on_link_ended(const link_ended& news) override {
    to_->note("link " + news.path() + " " + to_string(news.reason()));
  }

 private:
  const journal_ptr to_;
};

const std::string why =
    " unreachable: unreachable: node n2 can't dial this node, so it can't tell of ends: set node.advertise "
    "here, or "
    "name n1 in node.peers there";

/// What a node says of peers that it can't reach.
journal_ptr not_reached(troupe::system& sys) {
  auto out = std::make_shared<journal>();
  sys.events().subscribe([out](const event& e) {
    if (e.kind == event_kind::peer_unreachable) out->note(e.path + ": " + e.reason + "; " + e.action);
  });
  return out;
}

const std::string set = "; set node.advertise there, or name it in node.peers here";
const std::string then = "; watches and links from there end at once (N6)";

wire::hello guest(std::string name, std::string address) {
  return {.node = std::move(name),
          .incarnation = 5,
          .target = "n2",
          .heartbeat_interval = 1s,
          .epoch = 1,
          .address = std::move(address)};
}

}  // namespace

TEST_CASE(
    "R3, N6: of two nodes of which one can't dial the other, both say so, and nobody waits for an end in "
    "vain") {
  const world w;
  auto below = w.options("n2"), above = w.options("n1");
  below.peers.clear();
  above.listen.host = "0.0.0.0";  // which is no address to dial, and there is no other
  above.insecure = true;
  troupe::system there{node_test::quiet(), remoting{below}};
  const journal_ptr lost = not_reached(there);
  const auto one = spawn<keeper>(there, "one", std::make_shared<journal>());
  troupe::system here{node_test::quiet(), remoting{above}};
  const journal_ptr told = std::make_shared<journal>();
  const auto two = spawn<keeper>(here, "two", told);
  const auto far = node(here, "n2").ref<keeper>("/user/one");
  two.tell(look_at{far});  // before the nodes have met, perhaps
  REQUIRE(wait_for_peer(here, true));
  CHECK(told->wait_for("watch n2:/user/one" + why));
  two.tell(join{far});
  CHECK(told->wait_for("link n2:/user/one" + why));
  two.tell(look_at{far});
  CHECK(far.ask(are_you_there{}, 20s).get() == result<int>{1});
  CHECK(lost->wait_for("n1: it says no address where it can be dialled" + set + then));
  CHECK(peers(there).empty());
  stop(one);
  // Behind the first of these its last watch has been refused, behind the second it has heard of that.
  for (int i = 0; i < 2; ++i) CHECK(two.ask(are_you_there{}, 20s).get() == result<int>{1});
  CHECK(told->all() ==
        life::lines{"watch n2:/user/one" + why, "link n2:/user/one" + why, "watch n2:/user/one" + why});
}

TEST_CASE(
    "PL17: a peer whose welcome has the epoch 0 is sent neither watches nor links, and one with another is") {
  for (const std::uint64_t epoch : {0, 1}) {
    CAPTURE(epoch);
    const world w;
    const raw_listener as_n2{w.two};
    troupe::system here{node_test::quiet(), remoting{w.options("n1")}};
    const journal_ptr told = std::make_shared<journal>();
    const auto one = spawn<keeper>(here, "one", told);
    const auto far = node(here, "n2").ref<keeper>("/user/two");
    one.tell(look_at{far});
    one.tell(join{far});
    CHECK(one.ask(are_you_there{}, 20s).get() == result<int>{1});
    raw_peer n2{as_n2.accept()};
    REQUIRE(n2.next().first == frame_kind::hello);
    n2.send(frame_of(wire::welcome{.capabilities = wire::can_link,
                                   .node = "n2",
                                   .incarnation = 3,
                                   .heartbeat_interval = 1s,
                                   .epoch = epoch}));
    REQUIRE(wait_for_peer(here, true));
    if (epoch == 0) {
      CHECK(told->wait_for("watch n2:/user/two" + why));
      CHECK(told->wait_for("link n2:/user/two" + why));
      far.tell(are_you_there{});
      CHECK(n2.next().first == frame_kind::tell);
    } else {
      CHECK(n2.next().first == frame_kind::watch);
      CHECK(n2.next().first == frame_kind::link);
      CHECK(told->all().empty());
    }
  }
}

TEST_CASE(
    "N6, R8: an address that can't be dialled, or must not be, is told with what is wrong, and the peer is "
    "served") {
  const world w;
  troupe::system there{node_test::quiet(), remoting{w.options("n2")}};
  spawn<keeper>(there, "one", std::make_shared<journal>());
  const journal_ptr lost = not_reached(there);
  const std::string empty = pack(are_you_there{});
  const auto served = [&](const wire::hello& m) {
    raw_peer p{w.two, frame_of(m)};
    const auto [kind, body] = p.next();
    REQUIRE(kind == frame_kind::welcome);
    CHECK(wire::welcome::decode(body)->epoch == 0);
    p.send(frame_of(wire::ask{.request = 1,
                              .time_left = 20s,
                              .path = "/user/one",

                              .type_hash = message_type_of<are_you_there>.hash,
                              .payload = empty}));
    const auto [answer, what] = p.next();
    CAPTURE(wire::failure::decode(what)->why.text);
    CHECK(answer == frame_kind::reply);
  };
  served(guest("none", ""));
  CHECK(lost->wait_for("none: it says no address where it can be dialled" + set + then));
  served(guest("wrong", "nowhere"));
  CHECK(lost->wait_for(
      "wrong: its address can't be dialled: 'nowhere' is no host:port, for example 127.0.0.1:7000" + set +
      then));
  // Without certificates nobody is dialled over a network, whoever says so (R7).
  served(guest("far", "10.0.0.5:7000"));
  CHECK(lost->wait_for_part(
      "far: its address can't be dialled: this node has neither certificates (node.tls)"));
  served(guest("local", "unix:/run/other.sock"));
  CHECK(lost->wait_for("local: its address can't be dialled: that means this machine here" + set + then));
}

TEST_CASE("KP2, N6: a peer for which there is no place is served, and the event names the setting") {
  const world w;
  auto options = w.options("n2");
  options.inbound_max = 1;
  troupe::system there{node_test::quiet(), remoting{options}};
  const journal_ptr lost = not_reached(there);
  const std::uint16_t port = free_port();
  const raw_listener silent{port};  // whose peer is waited for: it has a place
  const auto epoch_of = [&](const std::string& name) {
    for (;;) {
      raw_peer p{w.two, frame_of(guest(name, "127.0.0.1:" + std::to_string(port)))};
      const auto [kind, body] = p.next();
      // The connection before has its place until its end has been noticed.
      if (kind == frame_kind::welcome) return wire::welcome::decode(body)->epoch;
    }
  };
  CHECK(epoch_of("a") == 1);
  CHECK(epoch_of("b") == 0);
  CHECK(lost->wait_for("b: as many peers are known by their hello only as may be (node.inbound_max): 1" +
                       then));
  CHECK(epoch_of("a") == 1);
}

}  // namespace node_one_way_test
