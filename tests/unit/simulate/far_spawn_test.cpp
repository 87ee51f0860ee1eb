// Actors that are spawned on other nodes (NS1-NS8, SO1-SO6): made once, whatever becomes of connections, and refused with what is missing.
#include <doctest/doctest.h>

#include "unit/simulate/far_accounts.hpp"

namespace simulate_far_spawn_test {

using namespace far_accounts;

namespace {

struct open_account {
  peer_node where;
  std::string name;
  bool bound = false;
};

/// Has accounts opened, and says what has come of it.
class clerk : public actor<open_account, leave> {
 public:
  explicit clerk(std::shared_ptr<lines> said) : said_(std::move(said)) {}
  task<void> on(open_account m) {
    spawn_there how{m.name};
    if (m.bound) how = spawn_there{m.name}.bound_to(self());
    const auto made = co_await m.where.spawn<account>(5s, how, m.name, 7);
    if (!made) {
      said_->push_back(to_string(made.error()));
      co_return;
    }
    const auto cents = co_await ask<balance>(*made, 1s);
    said_->push_back(made->path() + " " + std::to_string(cents.value()));
  }
  void on(const leave&) { stop_self(); }

 private:
  std::shared_ptr<lines> said_;
};

std::string text_of(const error& e) { return std::string{to_string(e.code)} + ": " + e.text; }

template <class A, class... Args>
std::string refusal(town& t, const std::string& where, spawn_there how, Args... args) {
  const auto made = t.at(where).spawn<A>(2s, std::move(how), args...).get();
  return made ? "made" : text_of(made.error());
}

}  // namespace

TEST_CASE("NS2: an actor is made on another node, under the name of the node that asked, and used like any") {
  town t;
  const auto ada = t.at("n2").spawn<account>(5s, "ada", "ada", 100).get().value();
  CHECK(ada.path() == "n2:/user/spawned/n1/ada");
  ada.tell(deposit{20});
  CHECK(ada.ask(balance{}, 1s).get().value() == 120);
  const auto nameless = t.at("n2").spawn<account>(5s, "", "bob", 1).get().value();
  CHECK(nameless.path().starts_with("n2:/user/spawned/n1/$"));
  t.nodes.run_for(1s);
  CHECK(t.living("n2").size() == 2);
  CHECK(t.left_here() == 0);  // nothing is left of the requests
}

TEST_CASE("SO4: an actor awaits one that is made on another node") {
  town t;
  const auto said = std::make_shared<lines>();
  const auto who = spawn<clerk>(t.nodes.at("n1"), "clerk", said);
  who.tell(open_account{t.at("n2"), "ada"});
  who.tell(open_account{t.at("n2"), "ada"});
  t.nodes.run_for(2s);
  REQUIRE(said->size() == 2);
  CHECK((*said)[0] == "n2:/user/spawned/n1/ada 7");
  CHECK((*said)[1].find("already_exists") != std::string::npos);
  CHECK((*said)[1].find("/user/spawned/n1 has a child named 'ada' already") != std::string::npos);
}

TEST_CASE("NS4: what is not made is refused with what is missing, and nothing is left of it") {
  town t{1, [](system_options&, node_options& n) {
           if (n.name == "n3") n.types = {};
         }};
  CHECK(refusal<vault>(t, "n2", "v") ==
        "refused: node n1 may have no 'vault' spawned on n2: name it in node.spawnable there");
  CHECK(refusal<unknown_account>(t, "n2", "u") ==
        "not_found: node n2 makes no 'far_accounts.unknown': its program has to add the type to "
        "node_options::types");
  CHECK(refusal<later_account>(t, "n2", "l", "l", 1) ==
        "invalid: node n2 makes version 1 of 'far_accounts.account', and n1 asks for version 2: run the same "
        "release on both");
  CHECK(
      refusal<other_account>(t, "n2", "o", "o") ==
      "invalid: version 1 of 'far_accounts.account' is made of tuple<string,i64> on n2, and of tuple<string> "
      "on n1: other arguments need another version");
  CHECK(refusal<account>(t, "n2", "d", "dora", -1) ==
        "start_failed: the 'far_accounts.account' on n2 failed to start: dora begins with debts");
  CHECK(refusal<account>(t, "n2", "a/b", "ada", 1) ==
        "invalid: 'a/b' is no actor name: 1 to 255 bytes without '/', not beginning with '$'");
  CHECK(refusal<account>(t, "n3", "a", "ada", 1) ==
        "not_found: node n3 spawns nothing for others: its program has added no actor types to "
        "node_options::types, it is going down, or it is of an older release");
  CHECK_THROWS_AS(static_cast<void>(t.at("n4").spawn<account>(1s, "a", "ada", 1)), failed);
  for (const std::string name : {"a", "b", "c"}) CHECK(refusal<account>(t, "n2", name, name, 1) == "made");
  CHECK(refusal<account>(t, "n2", "d", "d", 1) ==
        "overloaded: node n2 has 3 actors of other nodes already (node.spawned_max)");
  t.nodes.run_for(1s);
  CHECK(t.living("n2").size() == 3);
  CHECK(t.left_here() == 0);
}

TEST_CASE(
    "NS9: what a peer may not have is told in the log of who refuses it, once a second and with a count") {
  lines said;
  town t;
  t.nodes.at("n2").events().subscribe_log(
      [&said](log_level, std::string_view who, std::string_view line) {
        said.push_back(std::string{who} + ": " + std::string{line});
      },
      log_level::warning);
  for (int i = 0; i < 5; ++i) static_cast<void>(refusal<vault>(t, "n2", "v"));
  t.nodes.run_for(2s);
  static_cast<void>(refusal<vault>(t, "n2", "v"));
  const std::string text =
      "/user/spawned: node n1 may have no 'vault' spawned on n2: name it in node.spawnable there";
  CHECK(said == lines{text, text + "; and 4 more since the last such line"});
}

TEST_CASE("NS5: an actor that has ended makes room for another, and gives its name back") {
  town t;
  for (int i = 0; i < 10; ++i) {
    const auto one = t.at("n2").spawn<account>(5s, "ada", "ada", 1).get().value();
    t.nodes.run_for(100ms);
    one.tell(leave{});
    t.nodes.run_for(100ms);
  }
  CHECK(t.living("n2").empty());
}

TEST_CASE("NS3, SO1: a request that is sent again because a connection was cut is done once") {
  std::size_t again = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    town t{seed};
    auto asked = t.at("n2").spawn<account>(10s, "", "ada", 1);
    t.nodes.run_for(microseconds{static_cast<std::int64_t>(seed) * 10});
    again += t.living("n2").size();
    t.apply("0s reset n1 n2");
    CHECK(asked.get().has_value());
    t.nodes.run_for(5s);
    CHECK(t.living("n2").size() == 1);
    CHECK(t.left_here() == 0);
  }
  CHECK(again > 0);  // in some it had been made, and the answer was lost
  CHECK(again < 60);
}

TEST_CASE("SO5: who gives it up leaves no actor behind, whenever that is") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    town t{seed};
    {
      const auto dropped = t.at("n2").spawn<account>(10s, "ada", "ada", 1);
      t.nodes.run_for(microseconds{static_cast<std::int64_t>(seed) * 20});
    }
    t.nodes.run_for(2s);
    CHECK(t.living("n2").empty());
    CHECK(t.left_here() == 0);
  }
}

TEST_CASE("SO5: one whose time is over while the nodes can't talk is ended when they can again") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    town t{seed};
    auto asked = t.at("n2").spawn<account>(3s, "ada", "ada", 1);
    t.nodes.run_for(microseconds{static_cast<std::int64_t>(seed) * 25});
    t.apply("0s partition n1 n2 5s");
    const auto made = asked.get();
    t.nodes.run_for(20s);
    // Where the answer had come before the cut there is one, else none.
    CHECK(t.living("n2").size() == std::size_t{made.has_value()});
    CHECK(t.left_here() == 0);
  }
}

TEST_CASE("SO6: an actor goes on without the node that had it made, and one that is bound does not") {
  town t;
  const auto said = std::make_shared<lines>();
  const auto who = spawn<clerk>(t.nodes.at("n1"), "clerk", said);
  who.tell(open_account{t.at("n2"), "free"});
  who.tell(open_account{t.at("n2"), "bound", true});
  t.nodes.run_for(2s);
  CHECK(t.living("n2").size() == 2);
  SUBCASE("when the node crashes") { t.nodes.crash("n1"); }
  SUBCASE("when it is cut off for too long") { t.apply("0s partition n1 n2 60s"); }
  SUBCASE("when the actor ends") { who.tell(leave{}); }
  t.nodes.run_for(30s);
  CHECK(t.living("n2") == lines{"/user/spawned/n1/free"});
}

TEST_CASE("SO6: nothing of who is bound is left behind on either node when the actor ends by itself") {
  town t;
  const auto said = std::make_shared<lines>();
  const auto who = spawn<clerk>(t.nodes.at("n1"), "clerk", said);
  who.tell(open_account{t.at("n2"), "ada", true});
  t.nodes.run_for(1s);
  CHECK(t.left_here() == 2);  // the clerk, and what keeps the bond
  t.nodes.find<account>("n1", "n2", "/user/spawned/n1/ada").tell(break_down{});
  t.nodes.run_for(1s);
  CHECK(t.living("n2").empty());
  CHECK(t.left_here() == 1);
}

TEST_CASE("R4: a node that was not met yet is asked when it can be, for as long as the time lasts") {
  town t;
  t.nodes.crash("n2");
  t.nodes.run_for(5s);
  auto late = t.at("n2").spawn<account>(2s, "ada", "ada", 1).get();
  REQUIRE(!late.has_value());
  CHECK(late.error().code == errc::unreachable);
  CHECK(late.error().text.starts_with("nothing was spawned on n2: "));
  auto asked = t.at("n2").spawn<account>(10s, "ada", "ada", 1);
  t.nodes.run_for(1s);
  t.nodes.restart("n2");
  CHECK(asked.get().has_value());
}

}  // namespace simulate_far_spawn_test
