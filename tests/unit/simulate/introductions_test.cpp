// Refs to actors of nodes that the receiver does not know: whoever sends them introduces the node (IT1-IT4, KP6, K12, PL24, PL23, R1), on simulated
// nodes.
#include <doctest/doctest.h>

#include <algorithm>
#include <troupe/simulate/cluster.hpp>
#include <troupe/simulate/simulate.hpp>
#include <troupe/troupe.hpp>

#include "unit/cell/world.hpp"

namespace simulate_introductions_test {

using namespace troupe;
using namespace std::chrono_literals;
using life::journal;
using life::journal_ptr;
using life::lines;

namespace {

struct say {
  std::int32_t n = 0;
};
TROUPE_CONTRACT(say, "introductions.say", 1, n)
struct count {
  std::int32_t n = 0;
  using reply = std::int32_t;
};
TROUPE_CONTRACT(count, "introductions.count", 1, n)
struct leave {};
TROUPE_CONTRACT(leave, "introductions.leave", 1)
/// The ref of who gets this.
struct yours {
  using reply = troupe::ref<say, count, leave>;
};
TROUPE_CONTRACT(yours, "introductions.yours", 1)
using other = ref<say, count, leave>;

/// Say 1 to 3 to him, ask him, and say 5.
struct talk_to {
  troupe::ref<say, count, leave> whom;
  using reply = std::string;
};
TROUPE_CONTRACT(talk_to, "introductions.talk_to", 1, whom)
/// Have that one do that.
struct pass_on {
  troupe::ref<talk_to> by;
  troupe::ref<say, count, leave> whom;
  using reply = std::string;
};
TROUPE_CONTRACT(pass_on, "introductions.pass_on", 1, by, whom)
/// Keep it, and no other one.
struct keep {
  troupe::ref<say, count, leave> whom;
};
TROUPE_CONTRACT(keep, "introductions.keep", 1, whom)
/// Talk to the one who was kept.
struct talk {
  using reply = std::string;
};
TROUPE_CONTRACT(talk, "introductions.talk", 1)
/// Say 7 to the one who was kept.
struct say_it {};
TROUPE_CONTRACT(say_it, "introductions.say_it", 1)
struct look_at_kept {};
TROUPE_CONTRACT(look_at_kept, "introductions.look_at_kept", 1)
struct link_to_kept {};
TROUPE_CONTRACT(link_to_kept, "introductions.link_to_kept", 1)
/// Ask him for his own ref's like, and talk to that.
struct fetch {
  troupe::ref<yours> from;
  using reply = std::string;
};
TROUPE_CONTRACT(fetch, "introductions.fetch", 1, from)

std::string words(const error& e) { return std::string{to_string(e.code)} + ": " + e.text; }

/// Does what it is told with refs, and notes what it hears.
class person : public actor<say, count, leave, yours, talk_to, pass_on, keep, talk, say_it, look_at_kept,
                            link_to_kept, fetch> {
 public:
  explicit person(journal_ptr to) : to_(std::move(to)) {}
  void on(const say& m) { to_->note(std::to_string(m.n)); }
  std::int32_t on(const count& m) {
    to_->note("asked " + std::to_string(m.n));
    return m.n + 1;
  }
  void on(const leave&) { stop_self(); }
  other on(const yours&) { return kept_ ? kept_ : other{self()}; }
  task<std::string> on(talk_to m) { return talking(m.whom); }
  task<std::string> on(pass_on m) {
    const auto told = co_await ask<talk_to>(m.by, 30s, m.whom);
    co_return told ? *told : words(told.error());
  }
  void on(const keep& m) { kept_ = m.whom; }
  task<std::string> on(talk) { return talking(kept_); }
  void on(const say_it&) { kept_.tell(say{7}); }
  void on(const look_at_kept&) { watch(kept_); }
  void on(const link_to_kept&) { link(kept_); }
  void on_link_ended(const link_ended& news) {
    to_->note("link " + news.path() + " " + to_string(news.reason()));
  }
  void on_terminated(const terminated& news) override {
    to_->note(news.path() + " " + to_string(news.reason()));
  }
  task<std::string> on(fetch m) {
    const auto got = co_await ask<yours>(m.from, 30s);
    if (!got) co_return words(got.error());
    auto all = talking(*got);
    co_return co_await std::move(all);
  }

 private:
  task<std::string> talking(other whom) {
    for (const std::int32_t n : {1, 2, 3}) whom.tell(say{n});
    auto asked = ask<count>(whom, 30s, 4);
    whom.tell(say{5});
    const auto got = co_await std::move(asked);
    co_return got ? std::to_string(*got) : words(got.error());
  }

  const journal_ptr to_;
  other kept_;
};

const lines all_said{"1", "2", "3", "asked 4", "5"};

/// n1 knows n2, n3 and so on; these know n1 only.
struct star {
  using tuning = std::function<void(const std::string& name, node_options&)>;

  explicit star(
      int nodes, const tuning& change = [](const std::string&, node_options&) {}) {
    for (int i = 1; i <= nodes; ++i) {
      const std::string name = "n" + std::to_string(i);
      told[name] = std::make_shared<journal>();
      world.add(
          name,
          [to = told[name]](troupe::system& sys) -> std::shared_ptr<void> {
            spawn<person>(sys, "one", to);
            return {};
          },
          [name, change](system_options&, node_options& n) {
            if (name != "n1") std::erase_if(n.peers, [](const auto& one) { return one.first != "n1"; });
            change(name, n);
          });
    }
    world.start();
    world.run_for(1s);
  }
  ref<person> one(const std::string& from, const std::string& on) {
    return world.find<person>(from, on, "/user/one");
  }
  /// What comes of an ask; empty: nothing within a minute.
  template <class M>
  std::string asks(const ref<person>& who, M m) {
    auto got = std::make_shared<std::string>();
    who.ask(std::move(m), 60s).then([got](const auto& r) { *got = r ? *r : words(r.error()); });
    world.run_until([got] { return !got->empty(); }, 60s);
    return *got;
  }
  /// The exact ref to the person on that node, as n1 has it.
  other exact(const std::string& on) {
    other out;
    one("n1", on).ask(yours{}, 5s).then([&out](const result<other>& r) { out = r.value(); });
    world.run_for(1s);
    REQUIRE(out);
    return out;
  }
  /// The names of those that a node lists, but n1.
  lines listed(const std::string& on) {
    lines out;
    for (const auto& p : peers(world.at(on)))
      if (p.name != "n1") out.push_back(p.name);
    return out;
  }

  std::map<std::string, journal_ptr> told;
  cluster world{cluster_options{}};
};

}  // namespace

TEST_CASE(
    "R1, IT1, PL24: a ref to an actor of a node that the receiver does not know works, from the first "
    "message on") {
  for (const bool by_path : {false, true}) {
    CAPTURE(by_path);
    star s{3};
    CHECK(s.listed("n2").empty());
    const other third = by_path ? other{s.one("n1", "n3")} : s.exact("n3");
    CHECK(s.asks(s.one("n1", "n2"), talk_to{third}) == "5");
    CHECK(s.told["n3"]->all() == all_said);  // M3: in order, and nothing is lost
    CHECK(s.listed("n2") == lines{"n3"});
    s.world.run_for(1s);
    CHECK(s.listed("n3") == lines{"n2"});  // it was told where n2 can be dialled
  }
}

TEST_CASE("IT1, PL23: a ref in an answer introduces its node as one in a message does") {
  star s{3};
  s.one("n1", "n1").tell(keep{s.exact("n3")});
  CHECK(s.asks(s.one("n2", "n2"), fetch{s.one("n2", "n1")}) == "5");
  CHECK(s.told["n3"]->all() == all_said);
}

TEST_CASE(
    "IT1: who was told of a node introduces it to others, over as many nodes as there are, and though it has "
    "not used it") {
  // n1 knows all; n2 hears of n3 and n4 and passes the ref to n3 on to n4, whom it reaches in the same way.
  star s{4};
  CHECK(s.asks(s.one("n1", "n2"), pass_on{ref<talk_to>{s.one("n1", "n4")}, s.exact("n3")}) == "5");
  CHECK(s.told["n3"]->all() == all_said);
  CHECK(s.listed("n4") == lines{"n2", "n3"});
  CHECK(s.listed("n2") == lines{"n4"});
}

TEST_CASE("IT2: a node that a message names is not dialled before its ref is used") {
  star s{3};
  s.one("n1", "n2").tell(keep{s.exact("n3")});
  s.world.run_for(60s);
  CHECK(s.listed("n2").empty());
  CHECK(s.listed("n3").empty());
  CHECK(s.asks(s.one("n1", "n2"), talk{}) == "5");
}

TEST_CASE("PL24, L4, L7: a watch and a link have the node dialled as a message does, and hear of the end") {
  star s{3};
  s.one("n1", "n2").tell(keep{s.exact("n3")});
  s.one("n1", "n2").tell(look_at_kept{});
  s.world.run_for(2s);
  CHECK(s.listed("n2") == lines{"n3"});
  s.one("n1", "n3").tell(leave{});
  s.world.run_for(2s);
  CHECK(s.told["n2"]->all() == lines{"n3:/user/one normal"});

  star t{3};
  t.one("n1", "n2").tell(keep{t.exact("n3")});
  t.one("n1", "n2").tell(link_to_kept{});
  t.world.run_for(2s);
  CHECK(t.listed("n2") == lines{"n3"});
  t.one("n1", "n3").tell(leave{});
  t.world.run_for(2s);
  CHECK(t.told["n2"]->all() == lines{"link n3:/user/one normal"});
}

TEST_CASE("PL24, M9: the end of who has sent comes behind what waited for the node") {
  star s{3};
  s.one("n1", "n2").tell(keep{s.exact("n3")});
  s.one("n1", "n2").tell(link_to_kept{});
  for (int i = 0; i < 3; ++i) s.one("n1", "n2").tell(say_it{});
  s.one("n1", "n2").tell(leave{});
  s.world.run_for(5s);
  std::string heard;
  for (const std::string& line : s.told["n3"]->all()) heard += line + "; ";
  CHECK(heard == "7; 7; 7; link n2:/user/one normal; ");
}

TEST_CASE(
    "K12, PL24, M5: where nobody answers all that waits fails with the reason, and who watches hears; later "
    "it is tried again") {
  star s{3};
  s.one("n1", "n2").tell(keep{other{s.one("n1", "n3")}});
  s.world.run_for(1s);
  s.world.crash("n3");
  s.world.run_for(1s);
  s.one("n1", "n2").tell(look_at_kept{});
  const std::string why = s.asks(s.one("n1", "n2"), talk{});
  CAPTURE(why);
  CHECK(why.starts_with("unreachable: n3 can't be reached: connect to 127.0.0.1:7003: connection refused"));
  CHECK(
      why.find("its address is from node n1: set node.advertise on node n3, or name it in node.peers here") !=
      std::string::npos);
  s.world.run_for(1s);
  REQUIRE(s.told["n2"]->all().size() == 1);
  CHECK(s.told["n2"]->all()[0].starts_with("n3:/user/one unreachable: unreachable: n3 can't be reached"));
  s.world.restart("n3");
  s.world.run_for(10s);
  CHECK(s.asks(s.one("n1", "n2"), talk{}) == "5");
  CHECK(s.told["n3"]->all() == all_said);
  // It is a new run: of it the exact ref of before is none.
}

TEST_CASE("L5, PL6: an exact ref to a run that is over is refused when the node is met, and tells so") {
  star s{3};
  s.one("n1", "n2").tell(keep{s.exact("n3")});
  s.world.run_for(1s);
  s.world.crash("n3");
  s.world.run_for(1s);
  s.world.restart("n3");
  s.world.run_for(5s);
  const std::string why = s.asks(s.one("n1", "n2"), talk{});
  CHECK(why.starts_with("stopped: the actor lived in an earlier run of node n3"));
  CHECK(s.told["n3"]->all().empty());
}

TEST_CASE("IT4: at a wrong address another node answers; it is told nothing, and the ref says what to set") {
  star s{3, [](const std::string& name, node_options& n) {
           if (name == "n3") n.advertise = port::endpoint{"127.0.0.1", 7001};  // n1's
         }};
  const std::string why = s.asks(s.one("n1", "n2"), talk_to{other{s.one("n1", "n3")}});
  CAPTURE(why);
  CHECK(why.starts_with("unreachable: n3 refused this node: not_found: "));
  CHECK(why.find("its address is from node n1") != std::string::npos);
  CHECK(s.told["n3"]->all().empty());
  CHECK(s.told["n1"]->all().empty());
}

TEST_CASE("KP6: an address of node.peers is not replaced by what others say") {
  star s{3, [](const std::string& name, node_options& n) {
           if (name == "n3") n.advertise = port::endpoint{"127.0.0.1", 7001};
           if (name == "n2") n.peers["n3"].port = 7003;
         }};
  CHECK(s.listed("n2") == lines{"n3"});
  CHECK(s.asks(s.one("n1", "n2"), talk_to{other{s.one("n1", "n3")}}) == "5");
}

TEST_CASE("PL24: of several who say where a node is each is tried, one at each attempt") {
  // n1 has never reached n3, and dials where nobody is. n4 knows better.
  star s{4, [](const std::string& name, node_options& n) {
           if (name == "n1") n.peers["n3"].port = 7009;
           if (name == "n2") n.peers["n4"].port = 7004;
           if (name == "n3") n.peers.clear();
           if (name == "n4") n.peers["n3"].port = 7003;
         }};
  s.world.run_for(2s);
  CHECK(s.asks(s.one("n1", "n2"), talk_to{other{s.one("n1", "n3")}}).starts_with("unreachable"));
  s.one("n4", "n2").tell(keep{other{s.one("n4", "n3")}});
  s.world.run_for(6s);
  CHECK(s.asks(s.one("n1", "n2"), talk{}) == "5");
  CHECK(s.told["n3"]->all() == all_said);
}

TEST_CASE(
    "IT1, W10: a node that hears of no others, or is of an older release, is told of none, and its refs say "
    "what is missing") {
  for (const std::string deaf : {"n1", "n2"}) {
    CAPTURE(deaf);
    star s{3, [deaf](const std::string& name, node_options& n) {
             if (name == deaf) n.introduced_max = 0;
           }};
    CHECK(s.asks(s.one("n1", "n2"), talk_to{s.exact("n3")}) ==
          "unreachable: the actor lives on node 'n3', and node 'n2' knows no peer of that name: add it to "
          "node.peers");
    CHECK(s.listed("n2").empty());
  }
}

TEST_CASE(
    "KP6, R8: there are so many nodes that are known by that alone; one whose ref is dropped makes room") {
  star s{4, [](const std::string& name, node_options& n) {
           if (name == "n2") n.introduced_max = 1;
           // So they do not get to be known by their hello.
           if (name == "n3" || name == "n4") n.inbound_max = 1;
         }};
  const other third = s.exact("n3"), fourth = s.exact("n4");
  s.one("n1", "n2").tell(keep{third});
  s.world.run_for(1s);
  const std::string why = s.asks(s.one("n1", "n2"), talk_to{fourth});
  CHECK(why ==
        "unreachable: the actor lives on node 'n4', and node 'n2' knows no peer of that name, but for the "
        "word of "
        "node 'n1', and knows as many like that as may be (node.introduced_max): 1: add it to node.peers");
  s.one("n1", "n2").tell(keep{});
  s.world.run_for(1s);
  const std::string then = s.asks(s.one("n1", "n2"), talk_to{fourth});
  CHECK(then.find("node.introduced_max") == std::string::npos);
}

TEST_CASE("IT2: what was said goes with its connection, and on the next one it is said again") {
  star s{3};
  const other third = s.exact("n3");
  s.one("n1", "n2").tell(keep{third});
  s.world.run_for(1s);
  s.one("n1", "n2").tell(keep{});
  s.world.run_for(1s);
  for (int i = 0; i < 3; ++i) {
    s.world.apply({.kind = fault_kind::reset, .host = "n1", .other = "n2"});
    s.world.run_for(3s);
    s.one("n1", "n2").tell(keep{third});
    s.world.run_for(1s);
    s.one("n1", "n2").tell(keep{});
    s.world.run_for(1s);
  }
  CHECK(s.asks(s.one("n1", "n2"), talk_to{third}) == "5");
}

TEST_CASE("R1, R5: an introduced node that is lost and comes back is reached again by whoever uses its ref") {
  star s{3};
  s.one("n1", "n2").tell(keep{other{s.one("n1", "n3")}});
  CHECK(s.asks(s.one("n1", "n2"), talk{}) == "5");
  for (int i = 2; i <= 4; ++i) {
    s.world.crash("n3");
    s.world.run_for(60s);
    CHECK(s.listed("n2").empty());
    s.world.restart("n3");  // which knows nothing of n2
    s.world.run_for(5s);
    CHECK(s.listed("n2").empty());
    CHECK(s.asks(s.one("n1", "n2"), talk{}) == "5");
    CHECK(s.listed("n2") == lines{"n3"});
    CHECK(std::ssize(s.told["n3"]->all()) == 5 * i);
  }
}

TEST_CASE(
    "PL24, D2: whatever happens to the network while nodes meet, each ask is answered and what arrives is in "
    "order") {
  fault_plan plan;
  plan.until = 12s;
  plan[fault_kind::crash] = {.every = 3s, .min = 50ms, .max = 2s};
  plan[fault_kind::partition] = {.every = 3s, .min = 100ms, .max = 3s};
  plan[fault_kind::reset] = {.every = 2s};
  plan[fault_kind::slow] = {.every = 4s, .min = 500ms, .max = 3s};
  const auto out = simulate({.first_seed = 1, .last_seed = 20, .plan = plan}, [](cluster& c) {
    std::map<std::string, journal_ptr> told;
    for (int i = 1; i <= 4; ++i) {
      const std::string name = "n" + std::to_string(i);
      told[name] = std::make_shared<journal>();
      c.add(
          name,
          [to = told[name]](troupe::system& sys) -> std::shared_ptr<void> {
            spawn<person>(sys, "one", to);
            return {};
          },
          [name](system_options&, node_options& n) {
            if (name != "n1") std::erase_if(n.peers, [](const auto& one) { return one.first != "n1"; });
          });
    }
    c.start();
    int asked = 0;
    auto answered = std::make_shared<int>(0);
    for (int round = 0; round < 30; ++round) {
      c.run_for(500ms);
      const std::string by = "n" + std::to_string(2 + round % 3),
                        whom = "n" + std::to_string(2 + (round + 1) % 3);
      if (!c.is_up("n1")) continue;
      ++asked;
      c.find<person>("n1", by, "/user/one")
          .ask(talk_to{other{c.find<person>("n1", whom, "/user/one")}}, 60s)
          .then([answered](const auto&) { ++*answered; });
    }
    c.run_past_faults();
    c.run_for(90s);
    c.expect(*answered <= asked, "nobody is answered twice");
    // Now that all is well everybody reaches everybody.
    for (const std::string by : {"n2", "n3", "n4"})
      for (const std::string whom : {"n2", "n3", "n4"}) {
        if (by == whom) continue;
        auto got = std::make_shared<std::string>();
        c.find<person>("n1", by, "/user/one")
            .ask(talk_to{other{c.find<person>("n1", whom, "/user/one")}}, 60s)
            .then([got](const auto& r) { *got = r ? *r : words(r.error()); });
        c.run_until([got] { return !got->empty(); }, 60s);
        c.expect(*got == "5", by + " reaches " + whom + ": " + *got);
        const lines all = told[whom]->all();
        c.expect(all.size() >= 5 && std::equal(all_said.begin(), all_said.end(), all.end() - 5),
                 "all arrives in order");
      }
  });
  CAPTURE((out.failures.empty() ? "" : out.failures[0].report));
  CHECK(out.failures.empty());
  CHECK(out.seeds == 20);
}

}  // namespace simulate_introductions_test
