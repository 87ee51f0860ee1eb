// Routers, topics and a receptionist on n1 whose members live on n2 and n3: who is taken out when, and that the others go on (GR1, TP3, RC3,
// R3-R5).
#include <doctest/doctest.h>

#include <troupe/pattern/group.hpp>
#include <troupe/pattern/receptionist.hpp>
#include <troupe/pattern/topic.hpp>
#include <troupe/simulate/cluster.hpp>
#include <troupe/troupe.hpp>

#include "unit/node/crew.hpp"

namespace simulate_patterns_test {

using namespace troupe;
using namespace crew_test;
using life::journal;
using life::journal_ptr;
using life::lines;

namespace {

constexpr std::uint64_t seeds = 10;

inline const service_key<hand> crew_service{"crew"};

/// Two hands on each of n2 and n3, one on n1.
struct shipyard {
  explicit shipyard(std::uint64_t seed) : nodes(cluster_options{.seed = seed}) {
    for (const std::string name : {"n1", "n2", "n3"})
      nodes.add(name, [this, name](troupe::system& sys) -> std::shared_ptr<void> {
        spawn<hand>(sys, "a", name + "a", notes);
        if (name != "n1") spawn<hand>(sys, "b", name + "b", notes);
        return {};
      });
    nodes.start();
    nodes.run_for(seconds{1});
  }

  troupe::system& one() { return nodes.at("n1"); }
  ref<hand> on(const std::string& node, const std::string& name = "a") {
    return nodes.find<hand>("n1", node, "/user/" + name);
  }
  std::vector<ref<hand>> all() { return {on("n1"), on("n2"), on("n3"), on("n2", "b"), on("n3", "b")}; }
  void fault(const std::string& text) { nodes.apply(parse_faults(text).value().front()); }
  /// The answers to so many asks, one after the other; `-` for one that failed.
  lines asked(const ref<who>& whom, int times, duration patience = seconds{2}) {
    lines out;
    for (int i = 0; i < times; ++i) {
      const auto what = whom.ask(who{"key " + std::to_string(i)}, patience).get();
      out.push_back(what ? *what : "-");
    }
    return out;
  }

  journal_ptr notes = std::make_shared<journal>();
  cluster nodes;
};

lines in_order(lines of) {
  std::sort(of.begin(), of.end());
  return of;
}

/// How many of `of` are `what`.
std::ptrdiff_t count(const lines& of, const std::string& what) {
  return std::count(of.begin(), of.end(), what);
}

}  // namespace

TEST_CASE("GR1: a router over members on other nodes spreads messages over them as over its own") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    shipyard y{seed};
    const auto turns = spawn_group(y.one(), {.name = "turns"}, round_robin{}, y.all());
    CHECK(in_order(y.asked(turns, 10)) ==
          lines{"n1a", "n1a", "n2a", "n2a", "n2b", "n2b", "n3a", "n3a", "n3b", "n3b"});
    const auto crowd = spawn_group(y.one(), {.name = "crowd"}, broadcast{}, y.all());
    for (int n = 1; n <= 3; ++n) crowd.tell(news{n});
    y.nodes.run_for(seconds{1});
    for (const std::string name : {"n1a", "n2a", "n2b", "n3a", "n3b"}) {
      lines heard = y.notes->all();
      std::erase_if(heard, [&](const std::string& line) { return !line.starts_with(name); });
      CHECK(heard == lines{name + " 1", name + " 2", name + " 3"});  // M3
    }
    // The depth of who is elsewhere is not known: the one that is here is idle, so it is chosen.
    const auto least = spawn_group(y.one(), {.name = "least"}, least_loaded{}, y.all());
    CHECK(count(y.asked(least, 5), "n1a") == 5);
    const auto shards = spawn_group(y.one(), {.name = "shards"}, consistent_hash{[]<class M>(const M& m) {
                                      if constexpr (std::is_same_v<M, who>)
                                        return m.key;
                                      else
                                        return std::string{};
                                    }},
                                    y.all());
    CHECK(y.asked(shards, 20) == y.asked(shards, 20));  // RO2
  }
}

TEST_CASE("GR1, R5: a member whose node dies is taken out, and the router goes on with the others") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    shipyard y{seed};
    const auto turns = spawn_group(y.one(), {.name = "turns"}, round_robin{}, y.all());
    REQUIRE(count(y.asked(turns, 5), "-") == 0);
    CHECK(turns.size() == 5);
    y.nodes.crash("n2");
    y.nodes.run_for(seconds{1});  // its machine refuses: declared down at once
    CHECK(turns.size() == 3);
    CHECK(in_order(y.asked(turns, 6)) == lines{"n1a", "n1a", "n3a", "n3a", "n3b", "n3b"});
    // One that ends itself, and a node that comes back: nobody joins by himself.
    y.on("n3", "b").tell(retire{});
    y.nodes.restart("n2");
    y.nodes.run_for(seconds{5});
    CHECK(turns.size() == 2);
    turns.add(y.on("n2"));
    y.nodes.run_for(seconds{1});
    CHECK(in_order(y.asked(turns, 3)) == lines{"n1a", "n2a", "n3a"});
  }
}

TEST_CASE("GR1, R4: a connection that breaks takes no member out; its turns fail until it is back") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    shipyard y{seed};
    const auto turns =
        spawn_group(y.one(), {.name = "turns"}, round_robin{}, std::vector{y.on("n1"), y.on("n2")});
    y.nodes.run_for(seconds{1});
    y.fault("0s partition n1 n2 4s");
    const lines meanwhile = y.asked(turns, 4, milliseconds{500});
    CHECK(count(meanwhile, "n1a") == 2);
    CHECK(count(meanwhile, "-") == 2);
    y.nodes.run_for(seconds{10});
    CHECK(turns.size() == 2);
    CHECK(in_order(y.asked(turns, 4)) == lines{"n1a", "n1a", "n2a", "n2a"});
    // Away for too long it is declared down.
    y.fault("0s partition n1 n2 60s");
    y.nodes.run_for(seconds{30});
    CHECK(turns.size() == 1);
    CHECK(y.asked(turns, 2) == lines{"n1a", "n1a"});
  }
}

TEST_CASE(
    "RO4: who asks several has the answer of one that lives, though the others' node has died under it") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    shipyard y{seed};
    const std::vector two{y.on("n2"), y.on("n3")};
    const auto all = spawn_group(y.one(), {.name = "all"}, scatter_gather{}, two);
    const auto chops = spawn_group(y.one(), {.name = "chops"}, tail_chopping{milliseconds{50}}, two);
    y.nodes.run_for(seconds{1});
    y.nodes.crash("n2");
    // Nobody knows of it yet.
    auto first = all.ask(who{}, seconds{20}), second = chops.ask(who{}, seconds{20});
    CHECK(first.get().value() == "n3a");
    CHECK(second.get().value() == "n3a");
    y.nodes.crash("n3");
    y.nodes.run_for(seconds{1});
    CHECK(all.size() == 0);
    CHECK(all.ask(who{}, seconds{20}).get().error().code == errc::stopped);  // RO3
  }
}

TEST_CASE("TP1, TP3: subscribers on other nodes get all in order, until they stop or their node dies") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    shipyard y{seed};
    const auto wire = spawn_topic<news>(y.one(), {.name = "wire", .retain = true});
    const auto subscribers = [&] { return wire.ask(count_subscribers{}, seconds{1}).get().value(); };
    wire.publish(news{0});
    for (const auto& each : y.all()) wire.subscribe(each);
    wire.subscribe(y.on("n2"));  // TP3
    CHECK(subscribers() == 5);
    for (int n = 1; n <= 3; ++n) wire.publish(news{n});
    y.nodes.run_for(seconds{1});
    const auto heard = [&](const std::string& name) {
      lines out = y.notes->all();
      std::erase_if(out, [&](const std::string& line) { return !line.starts_with(name); });
      return out;
    };
    for (const std::string name : {"n1a", "n2a", "n2b", "n3a", "n3b"})
      CHECK(heard(name) == lines{name + " 0", name + " 1", name + " 2", name + " 3"});
    y.on("n3", "b").tell(retire{});
    wire.unsubscribe(y.on("n3"));
    y.nodes.run_for(seconds{1});
    CHECK(subscribers() == 3);
    y.nodes.crash("n2");
    y.nodes.run_for(seconds{1});
    CHECK(subscribers() == 1);
    wire.publish(news{4});
    y.nodes.restart("n2");
    y.nodes.run_for(seconds{5});
    CHECK(heard("n1a").back() == "n1a 4");
    CHECK(heard("n3a").back() == "n3a 3");
    wire.subscribe(y.on("n2"));
    y.nodes.run_for(seconds{1});
    CHECK(heard("n2a").back() == "n2a 4");  // TP4
    CHECK(subscribers() == 2);
  }
}

TEST_CASE("TP6: a topic is used from other nodes; who subscribes from there is dropped with its node") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    shipyard y{seed};
    const auto home = spawn_topic<news>(y.one(), {.name = "wire", .retain = true});
    const auto from = [&](const std::string& name) {
      return topic<news>{y.nodes.find<news>(name, "n1", "/user/wire")};
    };
    const auto mine = [&](const std::string& name) { return y.nodes.find<news>(name, name, "/user/a"); };
    from("n2").publish(news{0});
    y.nodes.run_for(seconds{1});
    for (const std::string name : {"n2", "n3"}) {
      from(name).subscribe(mine(name));
      from(name).subscribe(mine(name));  // TP3
    }
    y.nodes.run_for(seconds{1});
    CHECK(from("n3").ask(count_subscribers{}, seconds{1}).get().value() == 2);
    from("n2").publish(news{1});
    y.nodes.run_for(seconds{1});
    from("n2").unsubscribe(mine("n2"));
    from("n2").publish(news{2});
    y.nodes.run_for(seconds{1});
    CHECK(in_order(y.notes->all()) == lines{"n2a 0", "n2a 1", "n3a 0", "n3a 1", "n3a 2"});
    y.nodes.crash("n3");
    y.nodes.run_for(seconds{5});
    CHECK(home.ask(count_subscribers{}, seconds{1}).get().value() == 0);
  }
}

TEST_CASE(
    "TP6, R8: a topic that is sent a ref to itself does not take it: what it published would go round for "
    "ever") {
  shipyard y{1};
  const auto home = spawn_topic<news>(y.one(), {.name = "wire", .retain = true});
  home.publish(news{1});
  home.subscribe(home);
  topic<news>{y.nodes.find<news>("n2", "n1", "/user/wire")}.subscribe(
      y.nodes.find<news>("n2", "n1", "/user/wire"));
  y.nodes.run_for(seconds{1});
  CHECK(home.ask(count_subscribers{}, seconds{1}).get().value() == 0);
}

TEST_CASE("TP6: messages to a topic are named after what it is of, and read what they write") {
  CHECK(type_name_of<subscribe<news>> == "troupe.topic.subscribe<" + std::string{type_name_of<news>} + ">");
  CHECK(type_name_of<unsubscribe<news>> ==
        "troupe.topic.unsubscribe<" + std::string{type_name_of<news>} + ">");
  CHECK(type_hash_of<subscribe<news>> != type_hash_of<unsubscribe<news>>);
  CHECK(type_hash_of<subscribe<news>> != type_hash_of<subscribe<std::int32_t>>);
  std::string bytes;
  byte_writer to{bytes};
  codec<subscribe<news>>::encode(to, subscribe<news>{});
  CHECK(bytes == std::string(1, '\0'));
  subscribe<news> read;
  byte_reader whole{bytes}, nothing{std::string_view{}};
  CHECK(codec<subscribe<news>>::decode(whole, read));
  CHECK_FALSE(codec<subscribe<news>>::decode(nothing, read));
}

TEST_CASE("RC3: a service is offered from other nodes too, by those who live") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    const auto notes = std::make_shared<journal>();
    cluster nodes{cluster_options{.seed = seed}};
    for (const std::string name : {"n1", "n2", "n3"})
      nodes.add(name, [&, name](troupe::system& sys) -> std::shared_ptr<void> {
        spawn<hand>(sys, "a", name + "a", notes);
        return {};
      });
    nodes.start();
    nodes.run_for(seconds{1});
    receptionist_extension{}.start(nodes.at("n1"));  // a cluster's systems have no extension of their own
    const receptionist_ref desk{nodes.at("n1").env()};
    for (const std::string name : {"n1", "n2", "n3"})
      CHECK(desk.enlist_now(crew_service, nodes.find<hand>("n1", name, "/user/a"), seconds{1}).value());
    CHECK_FALSE(desk.enlist_now(crew_service, nodes.find<hand>("n1", "n2", "/user/a"), seconds{1}).value());
    const auto offered = [&] {
      lines out;
      for (const auto& each : desk.find_now(crew_service, seconds{1}).value()) out.push_back(each.path());
      return out;
    };
    nodes.run_for(seconds{1});
    CHECK(offered() == lines{"/user/a", "n2:/user/a", "n3:/user/a"});
    nodes.crash("n2");
    nodes.run_for(seconds{1});
    CHECK(offered() == lines{"/user/a", "n3:/user/a"});
    desk.delist(crew_service, nodes.find<hand>("n1", "n3", "/user/a"));
    CHECK(offered() == lines{"/user/a"});
    nodes.restart("n2");
    nodes.run_for(seconds{5});
    CHECK(desk.enlist_now(crew_service, nodes.find<hand>("n1", "n2", "/user/a"), seconds{1}).value());
    CHECK(offered() == lines{"/user/a", "n2:/user/a"});
  }
}

}  // namespace simulate_patterns_test
