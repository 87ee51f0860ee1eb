// `stop` of actors on other nodes (PL20, PG4): who may, who may not, and what is said when nothing comes of it.
#include <doctest/doctest.h>

#include "unit/simulate/far_accounts.hpp"

namespace simulate_far_stop_test {

using namespace far_accounts;

namespace {

/// Traps the ends of whom it is linked to, and has a son.
class trapping : public actor<deposit, balance> {
 public:
  explicit trapping(std::shared_ptr<lines> said) : said_(std::move(said)) {}
  void on_start() { spawn<account>(spawn_options{.name = "son"}, "son", 1); }
  task<void> on(deposit) {
    said_->push_back("deposit");
    co_await sleep(seconds{3600});
  }
  std::int64_t on(const balance&) { return 1; }
  void on_link_ended(const link_ended& news) override { said_->push_back("linked " + news.path()); }
  void on_stop() { said_->push_back("stops"); }

 private:
  std::shared_ptr<lines> said_;
};

struct look_at {
  any_ref who;
};

/// Notes how those end whom it is given.
class coroner : public actor<look_at> {
 public:
  explicit coroner(std::shared_ptr<lines> said) : said_(std::move(said)) {}
  void on(const look_at& m) { watch(m.who); }
  void on_terminated(const terminated& news) override {
    said_->push_back(news.path() + " " + to_string(news.reason()));
  }

 private:
  std::shared_ptr<lines> said_;
};

/// n1 may have accounts made on n2 and send to what is below /user/public, and nothing else unless `gives` says so.
struct guarded : town {
  explicit guarded(peer_rights gives = {}, std::uint64_t seed = 1)
      : town(seed, [gives](system_options&, node_options& n) {
          if (n.name != "n2") return;
          n.rights.clear();
          n.public_paths = {"/user/public/**", "/user/trap"};
          n.rights["n1"] = gives;
        }) {
    spawn<coroner>(nodes.at("n1"), "coroner", ends);
    trap = spawn<trapping>(nodes.at("n2"), "trap", said);
    for (const std::string n : {"n1", "n2"})
      nodes.at(n).events().subscribe([this, n](const event& e) {
        if (e.kind == event_kind::not_permitted || (e.kind == event_kind::dead_letter && n == "n1"))
          told.push_back(n + " " + std::string{to_string(e.kind)} + " " + e.path + " " + e.message + " " +
                         e.reason);
      });
  }
  void watch(const any_ref& who) {
    nodes.find<coroner>("n1", "n1", "/user/coroner").tell(look_at{who});
    nodes.run_for(100ms);
  }
  any_ref far(const std::string& path) { return nodes.find<trapping>("n1", "n2", path); }
  void end(const any_ref& who) {
    stop(who);
    nodes.run_for(2s);  // what is not permitted is told once a second (RI9)
  }

  std::shared_ptr<lines> ends = std::make_shared<lines>(), said = std::make_shared<lines>();
  ref<trapping> trap;
  lines told;
};

const std::string no_link =
    "node n1 may not link to /user/trap on node n2; to let it, add the path to node.rights.n1.link there";

}  // namespace

TEST_CASE(
    "PG4, SO6: an actor that was spawned on another node is stopped by its ref, without a right to links") {
  guarded t;
  const auto ada = t.at("n2").spawn<account>(5s, "ada", "ada", 100).get().value();
  t.watch(ada);
  t.end(ada);
  CHECK(*t.ends == lines{"n2:/user/spawned/n1/ada shutdown"});
  CHECK(t.living("n2").empty());
  CHECK(t.told.empty());
  t.end(ada);  // it has stopped: nothing is said of it
  CHECK(t.told.empty());
  CHECK(t.at("n2").spawn<account>(5s, "ada", "ada", 1).get().has_value());  // the name is free
}

TEST_CASE("PG4: what was made for another node is not one's own, nor is what stands below it") {
  guarded t;
  const auto of_n3 = node(t.nodes.at("n3"), "n2").spawn<account>(5s, "eve", "eve", 1).get().value();
  t.end(t.far("/user/spawned/n3/eve"));
  t.end(t.far("/user/spawned/n1/ada/son"));
  CHECK(of_n3.ask(balance{}, 1s).get().value() == 1);
  REQUIRE(t.told.size() == 4);
  CHECK(t.told[0].starts_with("n2 not_permitted /user/spawned/n3/eve"));
  CHECK(t.told[1].starts_with(
      "n1 dead_letter n2:/user/spawned/n3/eve troupe::stop not_permitted: node n1 may"));
  CHECK(t.told[3].starts_with("n1 dead_letter n2:/user/spawned/n1/ada/son troupe::stop not_permitted"));
}

TEST_CASE("PL20: who may link to an actor of another node may stop it, busy or trapping ends as it is") {
  guarded t{{.link = {"/user/trap"}}};
  t.watch(t.trap);
  bool by_name = true;
  SUBCASE("by its path") {}
  SUBCASE("by its number") { by_name = false; }
  t.nodes.find<trapping>("n1", "n2", "/user/trap").tell(deposit{});
  t.nodes.find<trapping>("n1", "n2", "/user/trap").tell(deposit{});  // waits behind the one before
  t.nodes.run_for(100ms);
  any_ref whom = t.far("/user/trap");
  if (!by_name) {
    auto& names = t.nodes.at("n1").env().names();
    whom = any_ref{names.address_of(t.nodes.at("n2").env().names().token_of(*t.trap.address()))};
    REQUIRE(whom.address()->number() != 0);
  }
  t.end(whom);
  CHECK(*t.said == lines{"deposit", "stops"});
  REQUIRE(t.ends->size() == 1);
  CHECK(t.ends->front().ends_with("/user/trap shutdown"));
  CHECK(t.told.empty());
}

TEST_CASE("PL12, PL20: who may not link to it can't stop it, though he may send to it; both sides are told") {
  guarded t;
  t.end(t.far("/user/trap"));
  CHECK(t.nodes.find<trapping>("n1", "n2", "/user/trap").ask(balance{}, 1s).get().value() == 1);
  CHECK(t.told == lines{"n2 not_permitted /user/trap  " + no_link,
                        "n1 dead_letter n2:/user/trap troupe::stop not_permitted: " + no_link});
  t.told.clear();
  t.end(t.far("/user/nobody"));  // in the same words, whether it is there or not (PG2)
  REQUIRE(t.told.size() == 2);
  CHECK(t.told[1].starts_with(
      "n1 dead_letter n2:/user/nobody troupe::stop not_permitted: node n1 may not link"));
}

TEST_CASE("R4: what is to be stopped while the nodes can't reach each other is stopped when they can again") {
  guarded t{{.link = {"/user/trap"}}};
  t.apply("0s partition n1 n2 4s");
  t.nodes.run_for(2s);
  stop(t.far("/user/trap"));
  stop(t.far("/user/trap"));
  t.nodes.run_for(500ms);
  CHECK(t.said->empty());
  t.nodes.run_for(8s);
  CHECK(*t.said == lines{"stops"});
  CHECK(t.told.empty());
}

TEST_CASE("R5: what is to be stopped on a node that is declared down then is a dead letter, once") {
  guarded t{{.link = {"/user/trap"}}};
  t.apply("0s partition n1 n2 60s");
  t.nodes.run_for(5s);
  stop(t.far("/user/trap"));
  t.nodes.run_for(500ms);
  CHECK(t.told.empty());
  t.nodes.run_for(20s);
  REQUIRE(t.told.size() == 1);
  CHECK(t.told[0].starts_with("n1 dead_letter n2:/user/trap troupe::stop unreachable: "));
  t.end(t.far("/user/trap"));  // and at once after that
  CHECK(t.told.size() == 2);
  t.nodes.run_for(60s);
  CHECK(t.nodes.find<trapping>("n1", "n2", "/user/trap").ask(balance{}, 1s).get().value() == 1);
  CHECK(t.said->empty());
}

TEST_CASE("L5: an exact ref of an earlier run of its node stops nobody, and that is said") {
  guarded t;
  const auto ada = t.at("n2").spawn<account>(5s, "ada", "ada", 100).get().value();
  t.nodes.crash("n2");
  t.nodes.run_for(1s);
  t.nodes.restart("n2");
  t.nodes.run_for(20s);
  const auto other = t.at("n2").spawn<account>(5s, "ada", "ada", 5).get().value();
  t.told.clear();
  t.end(ada);
  CHECK(other.ask(balance{}, 1s).get().value() == 5);
  CHECK(t.told == lines{"n1 dead_letter n2:/user/spawned/n1/ada troupe::stop stopped: the actor lived in an "
                        "earlier run of node n2"});
}

}  // namespace simulate_far_stop_test
