// Peers that are known by their hello come and go, are forgotten and disconnected (KP1-KP5, N7, NS10), on simulated nodes.
#include <doctest/doctest.h>

#include <troupe/node/far_spawn.hpp>
#include <troupe/simulate/cluster.hpp>
#include <troupe/sys/sys.hpp>
#include <troupe/tree/inspect.hpp>
#include <troupe/troupe.hpp>

#include "unit/cell/world.hpp"

namespace simulate_known_peers_test {

using namespace troupe;
using namespace std::chrono_literals;
using life::journal;
using life::journal_ptr;
using life::lines;

namespace {

struct ping {
  using reply = int;
};
TROUPE_CONTRACT(ping, "known_peers_test.ping", 1)
struct look_at {
  any_ref who;
};
struct leave {};
TROUPE_CONTRACT(leave, "known_peers_test.leave", 1)

class keeper : public actor<ping, look_at, leave> {
 public:
  explicit keeper(journal_ptr to = std::make_shared<journal>()) : to_(std::move(to)) {}
  int on(const ping&) { return 7; }
  void on(const look_at& m) { watch(m.who); }
  void on(const leave&) { stop_self(); }
  void on_terminated(const terminated& news) override {
    to_->note(news.path() + " " + to_string(news.reason()));
  }

 private:
  const journal_ptr to_;
};

class tent : public actor<ping, leave> {
 public:
  int on(const ping&) { return 2; }
  void on(const leave&) { stop_self(); }
};
TROUPE_SPAWNABLE(tent, "known_peers.tent", 1)

/// A hub that knows nobody, and others, n1 and so on, which know it.
struct hub {
  explicit hub(
      int others, const std::function<void(node_options&)>& change = [](node_options&) {}) {
    nodes.add("hub", program("hub"), [change](system_options&, node_options& n) {
      n.peers.clear();
      change(n);
    });
    for (int i = 1; i <= others; ++i) {
      const std::string name = "n" + std::to_string(i);
      nodes.add(name, program(name), [](system_options&, node_options& n) {
        std::erase_if(n.peers, [](const auto& one) { return one.first != "hub"; });
      });
    }
    nodes.start();
  }
  cluster::program program(const std::string& name) {
    told[name] = std::make_shared<journal>();
    return [this, name](troupe::system& sys) -> std::shared_ptr<void> {
      spawn<keeper>(sys, "one", told[name]);
      if (name == "hub")
        sys.events().subscribe([this](const event& e) {
          if (e.kind == event_kind::peer_unreachable && e.reason.starts_with("as many"))
            full->note(e.path + ": " + e.reason);
        });
      return {};
    };
  }
  ref<keeper> find(const std::string& from, const std::string& on) {
    return nodes.find<keeper>(from, on, "/user/one");
  }
  /// The names of those that the hub lists.
  lines listed() {
    lines out;
    for (const auto& one : peers(nodes.at("hub"))) out.push_back(one.name);
    return out;
  }
  bool answers(const ref<keeper>& who) {
    std::optional<bool> told_so;
    who.ask(ping{}, 1s).then([&](const result<int>& r) { told_so = r.has_value(); });
    nodes.run_for(1s);
    return told_so == true;
  }

  std::map<std::string, journal_ptr> told;
  journal_ptr full = std::make_shared<journal>();
  cluster nodes{cluster_options{}};
};

}  // namespace

TEST_CASE(
    "KP3: a peer that is known by its hello and has died is not listed; a ref to it works when it is back") {
  hub h{2};
  h.nodes.run_for(1s);
  CHECK(h.listed() == lines{"n1", "n2"});
  const auto one = h.find("hub", "n1");
  CHECK(h.answers(one));
  h.find("hub", "hub").tell(look_at{one});
  h.nodes.run_for(1s);
  h.nodes.crash("n1");
  h.nodes.run_for(60s);
  CHECK(h.listed() == lines{"n2"});
  CHECK(h.told["hub"]->all().size() == 1);
  CHECK_FALSE(h.answers(one));
  CHECK_THROWS_AS(h.find("hub", "n1"), failed);
  h.nodes.restart("n1");
  h.nodes.run_for(2s);
  CHECK(h.listed() == lines{"n1", "n2"});
  CHECK(h.answers(one));
  CHECK(h.told["hub"]->all().size() == 1);
}

TEST_CASE(
    "KP3, L5: one that was cut off for long, and is the same run, is reached again by the refs to its "
    "actors") {
  hub h{1};
  h.nodes.run_for(1s);
  const auto exact = h.nodes.find<keeper>("hub", "n1", "/user/one");
  h.nodes.world().network().partition("hub", "n1", true);
  h.nodes.run_for(60s);
  CHECK(h.listed().empty());
  h.nodes.world().network().partition("hub", "n1", false);
  h.nodes.run_for(90s);
  CHECK(h.listed() == lines{"n1"});
  CHECK(h.answers(exact));
}

TEST_CASE(
    "KP2: so many are known by their hello at a time; one more is told so, and has a place when others have "
    "gone") {
  hub h{3, [](node_options& n) { n.inbound_max = 2; }};
  h.nodes.run_for(3s);
  // Connections are counted too, so one of the three is at the door.
  CHECK(h.listed().size() == 2);
  const lines first = h.listed();
  h.nodes.crash(first[0]);
  h.nodes.crash(first[1]);
  h.nodes.run_for(90s);
  CHECK(h.listed().size() == 1);
  CHECK(h.listed() != lines{first[0]});
}

TEST_CASE(
    "KP3, KP5: hundreds of peers of different names come and go, and the last is known like the first") {
  hub h{40, [](node_options& n) { n.inbound_max = 5; }};
  for (int i = 1; i <= 40; ++i) h.nodes.crash("n" + std::to_string(i));
  h.nodes.run_for(30s);
  CHECK(h.listed().empty());
  for (int i = 1; i <= 40; ++i) {
    const std::string name = "n" + std::to_string(i);
    CAPTURE(name);
    h.nodes.restart(name);
    h.nodes.run_for(3s);
    CHECK(h.listed() == lines{name});
    // It can be told of ends.
    spawn<keeper>(h.nodes.at("hub"), "guest" + name, std::make_shared<journal>());
    const auto there = h.nodes.find<keeper>(name, "hub", "/user/guest" + name);
    h.find(name, name).tell(look_at{there});
    h.nodes.run_for(1s);
    there.tell(leave{});
    h.nodes.run_for(1s);
    CHECK(h.told[name]->all() == lines{"hub:/user/guest" + name + " normal"});
    h.nodes.crash(name);
    h.nodes.run_for(3s);
  }
  CHECK(h.full->all().empty());
}

TEST_CASE("N7: a peer that is disconnected is down at once on both sides, and both begin anew") {
  hub h{1};
  h.nodes.run_for(1s);
  h.find("hub", "hub").tell(look_at{h.find("hub", "n1")});
  h.find("n1", "n1").tell(look_at{h.find("n1", "hub")});
  h.nodes.run_for(
      1200ms);  // no ping is under way: it would meet a closed connection before the goodbye is read
  CHECK(disconnect(h.nodes.at("hub"), "n1"));
  h.nodes.run_for(5s);
  CHECK(h.told["hub"]->all() ==
        lines{"n1:/user/one unreachable: unreachable: hub was told to disconnect from n1"});
  CHECK(h.told["n1"]->all() == lines{"hub:/user/one unreachable: unreachable: hub said goodbye: declared "
                                     "down here: hub was told to disconnect "
                                     "from n1"});
  CHECK(h.listed() == lines{"n1"});  // which has dialled again
  CHECK(h.answers(h.find("hub", "n1")));
  CHECK(h.answers(h.find("n1", "hub")));
  CHECK_FALSE(disconnect(h.nodes.at("hub"), "n9"));
}

TEST_CASE("N7: a peer that is forgotten is neither dialled nor listed, until it says hello") {
  cluster nodes{cluster_options{}};
  for (const std::string name : {"n1", "n2"})
    nodes.add(name, [](troupe::system& sys) -> std::shared_ptr<void> {
      spawn<keeper>(sys, "one");
      return {};
    });
  nodes.start();
  nodes.run_for(1s);
  nodes.crash("n2");
  nodes.run_for(60s);
  CHECK(peers(nodes.at("n1")).size() == 1);
  CHECK(forget_peer(nodes.at("n1"), "n2"));
  CHECK(peers(nodes.at("n1")).empty());
  CHECK_FALSE(forget_peer(nodes.at("n1"), "n2"));
  CHECK_THROWS_AS(node(nodes.at("n1"), "n2").ref<keeper>("/user/one"), failed);
  nodes.restart("n2");
  nodes.run_for(5s);
  REQUIRE(peers(nodes.at("n1")).size() == 1);
  CHECK(peers(nodes.at("n1"))[0].reachable);
  // It knows n1 and says hello again at once: so it comes back from being forgotten while it lives, under a new epoch.
  CHECK(forget_peer(nodes.at("n1"), "n2"));
  CHECK(peers(nodes.at("n1")).empty());
  nodes.run_for(5s);
  CHECK(peers(nodes.at("n1")).size() == 1);
}

TEST_CASE(
    "NS10: places of nodes that have nothing here any more are given to others, and they get one again") {
  hub h{4, [](node_options& n) {
          n.types.add<tent>();
          n.spawnable = {"known_peers.*"};
          n.spawned_max = 2;
        }};
  h.nodes.run_for(1s);
  for (const std::string name : {"n1", "n2", "n3", "n4", "n1", "n3"}) {
    CAPTURE(name);
    const auto made = node(h.nodes.at(name), "hub").spawn<tent>(5s, "green").get();
    CAPTURE((made ? "made" : to_string(made.error())));
    REQUIRE(made.has_value());
    CHECK(inspect(h.nodes.at("hub").env(), "/user/spawned").children.size() <= 2);
    made->tell(leave{});
    h.nodes.run_for(1s);
  }
}

TEST_CASE("NS10: a node that asks while its place is being stopped has what it asks for made behind that") {
  hub h{3, [](node_options& n) {
          n.types.add<tent>();
          n.spawnable = {"known_peers.*"};
          n.spawned_max = 2;
        }};
  h.nodes.run_for(1s);
  for (const std::string name : {"n1", "n2"}) {
    node(h.nodes.at(name), "hub").spawn<tent>(5s, "green").get().value().tell(leave{});
    h.nodes.run_for(1s);
  }
  // Both requests are there when the spawner looks: that of n3, for which the place of n1 has to go, and that of n1.
  const auto spawner = sys::of(ref_to<ping>(h.nodes.at("hub").env(), "/user/spawned"));
  REQUIRE(spawner.ask(sys::suspend{}, 1s).get().value());
  auto third = node(h.nodes.at("n3"), "hub").spawn<tent>(5s, "green").as_future();
  h.nodes.run_for(100ms);
  auto first = node(h.nodes.at("n1"), "hub").spawn<tent>(5s, "green").as_future();
  h.nodes.run_for(100ms);
  REQUIRE(spawner.ask(sys::resume{}, 1s).get().value());
  CHECK(third.get().has_value());
  const auto made = first.get();
  CAPTURE((made ? "made" : to_string(made.error())));
  CHECK(made.has_value());
}

}  // namespace simulate_known_peers_test
