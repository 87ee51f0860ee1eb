// Refs to actors of nodes that the receiver does not know: whoever sends them introduces the node (IT1-IT4, KP6, K12, PL24, PL23, R1), on simulated
// nodes.
#include "unit/simulate/introductions_stage.hpp"

namespace simulate_introductions_test {

using namespace introductions_stage;

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

TEST_CASE("PL24: an attempt that fails is followed by one at the next address that was said before") {
  star s{4, [](const std::string& name, node_options& n) {
           if (name == "n1") n.peers["n3"].port = 7009;  // where nobody is
           if (name == "n2") n.peers["n4"].port = 7004;
           if (name == "n3") n.peers.clear();
           if (name == "n4") n.peers["n3"].port = 7003;
         }};
  s.world.run_for(2s);
  s.one("n1", "n2").tell(keep{other{s.one("n1", "n3")}});
  s.world.run_for(1s);
  s.one("n4", "n2").tell(keep{other{s.one("n4", "n3")}});
  s.world.run_for(1s);
  CHECK(s.asks(s.one("n1", "n2"), talk{}).starts_with("unreachable"));
  s.world.run_for(6s);
  CHECK(s.asks(s.one("n1", "n2"), talk{}) == "5");
  CHECK(s.told["n3"]->all() == all_said);
}

TEST_CASE(
    "PL24, R8: of what waits for a node to be met there is so much; more is refused, the rest arrives in "
    "order") {
  star s{3, [](const std::string& name, node_options& n) {
           if (name == "n2") n.unsent_max = 64u << 10;
         }};
  s.one("n1", "n2").tell(keep{s.exact("n3")});
  s.world.run_for(1s);
  CHECK(s.asks(s.one("n1", "n2"), say_all{10'000}) ==
        "overloaded: more than 65536 bytes wait for node n3, which is being dialled");
  s.world.run_for(5s);
  const lines heard = s.told["n3"]->all();
  CHECK(heard.size() > 10);
  CHECK(heard.size() < 10'000);
  for (std::size_t i = 0; i < heard.size(); ++i) CHECK(heard[i] == std::to_string(i + 1));
  CHECK(s.asks(s.one("n1", "n2"), talk{}) == "5");  // there is room again
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
