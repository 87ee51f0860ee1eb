// Two runs of a peer at a time: one that the node was connected with, and one that has come since and that it can't dial (ST6, K10, PL18, R3).
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/contract/pack.hpp>
#include <troupe/wire/system_bodies.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_two_runs_test {

using namespace troupe;
using namespace node_test;
using life::journal;
using life::journal_ptr;
using wire::frame_kind;

namespace {

struct are_you_there {
  using reply = int;
};
TROUPE_CONTRACT(are_you_there, "node_two_runs_test.are_you_there", 1)
struct look_at {
  any_ref who;
};

class keeper : public actor<are_you_there, look_at> {
 public:
  explicit keeper(journal_ptr to = {}) : to_(std::move(to)) {}
  int on(const are_you_there&) { return 1; }
  void on(const look_at& m) { watch(m.who); }
  void on_terminated(const terminated& news) override { to_->note(news.path()); }

 private:
  const journal_ptr to_;
};

/// n1, which was connected with run 3 of n2; nobody answers there any more.
struct lonely {
  explicit lonely(const std::function<void(node_options&)>& change) : options(w.options("n1")) {
    change(options);
    as_n2.emplace(w.two);
    here.emplace(node_test::quiet(), remoting{options});
    here->events().subscribe([out = news](const event& e) {
      if (e.kind == event_kind::peer_down) out->note("down " + std::to_string(e.number) + ": " + e.reason);
      if (e.kind == event_kind::peer_unreachable) out->note("unreachable " + e.reason);
      if (e.kind == event_kind::connection_lost) out->note("lost " + e.reason);
    });
    one = spawn<keeper>(*here, "one");
    raw_peer dialled{as_n2->accept()};
    REQUIRE(dialled.next().first == frame_kind::hello);
    dialled.send(
        frame_of(wire::welcome{.node = "n2", .incarnation = 3, .heartbeat_interval = 1s, .epoch = 1}));
    REQUIRE(wait_for_peer(*here, true));
    as_n2.reset();
  }
  /// That run of n2 dials n1, and is let in.
  std::unique_ptr<raw_peer> run(std::uint64_t incarnation) const {
    auto p = std::make_unique<raw_peer>(
        w.one,
        frame_of(wire::hello{
            .node = "n2", .incarnation = incarnation, .target = "n1", .heartbeat_interval = 1s, .epoch = 1}));
    const auto [kind, body] = p->next();
    REQUIRE(kind == frame_kind::welcome);
    return p;
  }
  std::uint64_t down() { return here->events().count(event_kind::peer_down); }

  const world w;
  node_options options;
  const journal_ptr news = std::make_shared<journal>();
  std::optional<raw_listener> as_n2;
  std::optional<troupe::system> here;
  ref<keeper> one;
};

/// What the goodbye says that comes next but what is acknowledged; empty: the connection has ended without.
std::string goodbye(raw_peer& p) {
  for (;;) {
    const auto [kind, body] = p.next();
    if (kind == frame_kind::received) continue;
    const auto said = wire::goodbye::decode(body);
    return kind == frame_kind::goodbye && said ? said->text : "";
  }
}

}  // namespace

TEST_CASE("ST6, R3: a run that can't be dialled back is cut off with the one before, and told why") {
  lonely n1{[](node_options& o) { o.down_after = 200ms; }};
  const auto later = n1.run(5);
  later->send(frame_of(wire::watch{1, 7, "/user/one"}));
  const std::string said = goodbye(*later);
  CAPTURE(said);
  CHECK(said.starts_with("declared down here: n2 has not come back within 200 ms: n2 can't be reached"));
  CHECK(n1.news->wait_for("lost the peer was declared down"));
  CHECK(n1.down() == 1);
  // It is in a new epoch, so the run learns from the next welcome that its watches are over.
  raw_peer again{n1.w.one,
                 frame_of(wire::hello{
                     .node = "n2", .incarnation = 5, .target = "n1", .heartbeat_interval = 1s, .epoch = 1})};
  const auto [kind, body] = again.next();
  REQUIRE(kind == frame_kind::welcome);
  const auto how = wire::welcome::decode(body);
  REQUIRE(how.has_value());
  CHECK(how->epoch == 2);
  CHECK(how->system_frames == 0);
}

TEST_CASE(
    "PL18, R8: what waits for a run that is not reached is bounded, and past that the peer is given up") {
  lonely n1{[](node_options& o) {
    o.unsent_max = 100'000;
    o.down_after = 1h;
  }};
  const auto later = n1.run(5);
  const std::string nobody = "/user/" + std::string(10'000, 'x');
  std::string all;
  for (std::uint64_t i = 1; i <= 20; ++i) all += frame_of(wire::watch{i, i, nobody});
  later->send(all);
  const std::string said = goodbye(*later);
  CHECK(said ==
        "declared down here: 10 system messages wait for a run of n2 that this node has not reached yet");
  CHECK(n1.news->wait_for(
      "down 3: 10 system messages wait for a run of n2 that this node has not reached yet"));
}

TEST_CASE("PL18: what waits for a run goes with its session") {
  lonely n1{[](node_options& o) {
    o.unsent_max = 100'000;
    o.down_after = 1h;
  }};
  const std::string nobody = "/user/" + std::string(10'000, 'x');
  std::vector<std::unique_ptr<raw_peer>> each;
  for (const std::uint64_t epoch : {1, 2, 3}) {
    each.push_back(std::make_unique<raw_peer>(
        n1.w.one,
        frame_of(wire::hello{
            .node = "n2", .incarnation = 5, .target = "n1", .heartbeat_interval = 1s, .epoch = epoch})));
    raw_peer& p = *each.back();
    REQUIRE(p.next().first == frame_kind::welcome);
    std::string all;
    for (std::uint64_t i = 1; i <= 5; ++i) all += frame_of(wire::watch{i, i, nobody});
    p.send(all);
    while (wire::received::decode(p.next().second).value().number < 5) {
    }
  }
  CHECK(n1.down() == 0);
}

TEST_CASE(
    "K9: a peer of which one run goes while another has a connection to us is not declared down for it") {
  lonely n1{[](node_options& o) { o.down_after = 1h; }};
  auto before = n1.run(3);
  auto later = n1.run(5);
  before.reset();
  CHECK(n1.news->wait_for("lost the peer closed the connection"));
  const std::string empty = pack(are_you_there{});
  later->send(frame_of(wire::ask{.request = 1,
                                 .time_left = 20s,
                                 .path = "/user/one",
                                 .type_hash = message_type_of<are_you_there>.hash,
                                 .payload = empty}));
  CHECK(later->next().first == frame_kind::reply);
  CHECK(n1.down() == 0);
  later.reset();
  CHECK(n1.news->wait_for("down 3: n2 can't be reached: connection refused"));
}

}  // namespace node_two_runs_test
