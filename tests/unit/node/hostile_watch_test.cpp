// Peers that watch as no node does: one number twice, and more than they may (R8, FS3).
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/wire/system_bodies.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_hostile_watch_test {

using namespace troupe;
using namespace node_test;
using life::journal;
using life::journal_ptr;
using wire::frame_kind;

namespace {

struct leave {};
TROUPE_CONTRACT(leave, "hostile_watch.leave", 1)

class host : public actor<leave> {
 public:
  void on(const leave&) { stop_self(); }
};

/// n1, with a host, and the test as n2, which both dials and is dialled.
struct inn {
  explicit inn(std::size_t watches_max = 1000)
      : here(node_test::quiet(), remoting{options(watches_max)}), dialled(as_n2.accept()) {
    here.events().subscribe([out = lost](const event& e) {
      if (e.kind == event_kind::connection_lost) out->note(e.reason);
    });
    REQUIRE(dialled.next().first == frame_kind::hello);
    dialled.send(
        frame_of(wire::welcome{.node = "n2", .incarnation = 3, .heartbeat_interval = 1s, .epoch = 1}));
    wait_for_peer(here, true);
    dials.emplace(w.one,
                  frame_of(wire::hello{
                      .node = "n2", .incarnation = 3, .target = "n1", .heartbeat_interval = 1s, .epoch = 1}));
    REQUIRE(dials->next().first == frame_kind::welcome);
  }
  node_options options(std::size_t watches_max) const {
    node_options o = w.options("n1");
    o.watches_max = watches_max;
    return o;
  }
  void watch(std::uint64_t id) { dials->send(frame_of(wire::watch{++sent, id, "/user/host"})); }
  void unwatch(std::uint64_t id) { dials->send(frame_of(wire::unwatch{++sent, id})); }
  /// All that was said of watches has been handled.
  void wait_until_heard() {
    for (;;) {
      const auto [kind, body] = dials->next();
      REQUIRE(kind == frame_kind::received);
      if (wire::received::decode(body).value().number == sent) return;
    }
  }
  /// The next obituary: `ID KIND CODE`.
  std::string buried() {
    const auto [kind, body] = dialled.next();
    if (kind != frame_kind::obituary) return std::string{to_string(kind)};
    const auto one = wire::obituary::decode(body).value();
    dialled.send(frame_of(wire::received{++heard}));
    text = one.reason.why.text;
    return std::to_string(one.id) + " " + std::string{to_string(one.reason.kind)} + " " +
           std::string{to_string(one.reason.why.code)};
  }

  const world w;
  const raw_listener as_n2{w.two};
  const journal_ptr lost = std::make_shared<journal>();
  troupe::system here;
  const ref<host> who = spawn<host>(here, "host");
  raw_peer dialled;  // what n1 has to say
  std::optional<raw_peer> dials;
  std::uint64_t sent = 0, heard = 0;
  std::string text;
};

}  // namespace

TEST_CASE("FS3, R8: a watch with the number of one that is there ends the connection, and adds no watcher") {
  inn n1;
  n1.watch(7);
  n1.watch(7);
  CHECK(n1.lost->wait_for("watch 7 came while there was one of that number"));
  n1.who.tell(leave{});
  CHECK(n1.buried().starts_with("7 normal"));
  // Its next word is about something else.
  n1.dials.emplace(
      n1.w.one, frame_of(wire::hello{
                    .node = "n2", .incarnation = 3, .target = "n1", .heartbeat_interval = 1s, .epoch = 1}));
  REQUIRE(n1.dials->next().first == frame_kind::welcome);
  n1.watch(8);
  CHECK(n1.buried() == "8 gone stopped");
}

TEST_CASE("FS3: the number of a watch that is over may come again, if never so of a node") {
  inn n1;
  n1.watch(7);
  n1.unwatch(7);
  n1.watch(7);
  n1.wait_until_heard();
  n1.who.tell(leave{});
  CHECK(n1.buried().starts_with("7 normal"));
  CHECK(n1.lost->all().empty());
}

TEST_CASE("FS3, R8: a peer hears at once of a watch that is one too many, and of the setting") {
  inn n1{2};
  n1.watch(1);
  n1.watch(2);
  n1.watch(3);
  CHECK(n1.buried() == "3 unreachable overloaded");
  CHECK(n1.text == "its node has 2 watches of this one already (node.watches_max)");
  n1.unwatch(1);
  n1.watch(4);
  n1.watch(5);
  CHECK(n1.buried() == "5 unreachable overloaded");
  n1.who.tell(leave{});
  CHECK(n1.buried().starts_with("2 normal"));
  CHECK(n1.buried().starts_with("4 normal"));
}

}  // namespace node_hostile_watch_test
