// Remote children (FC1-FC6): one actor for each child, wherever it lives, restarted and stopped by the rules of its supervisor.
#include <doctest/doctest.h>

#include "unit/simulate/far_accounts.hpp"

namespace simulate_far_child_test {

using namespace far_accounts;

namespace {

/// A bank on n1 whose account is on n2, or elsewhere.
supervision open_bank(town& t, node_choice where, backoff_settings waits = {.min = 100ms, .max = 1s}) {
  return supervise(t.nodes.at("n1"), "bank", one_for_one{},
                   remote_child<account>("ada", std::move(where), "ada", 100).backoff(waits));
}

std::string lives_at(town& t, const supervision& bank) {
  const auto all = bank.admin().ask(which_children{}, 1s).get().value();
  t.nodes.run_for(1ms);
  return all.at(0).lives_at;
}

/// What is not zero, or why.
std::string cents_of(const supervision& bank) {
  const auto got = bank.ref<account>("ada").ask(balance{}, 5s).get();
  return got ? std::to_string(*got) : std::string{to_string(got.error().code)};
}

}  // namespace

TEST_CASE("FC1, FC2: a child lives on another node, and what is sent to it here is handed on in order") {
  town t;
  const auto bank = open_bank(t, on_node("n2"));
  CHECK(t.living("n2") == lines{"/user/spawned/n1/bank.ada"});
  const auto ada = bank.ref<account>("ada");
  for (int i = 0; i < 10; ++i) ada.tell(deposit{1});
  CHECK(cents_of(bank) == "110");
  CHECK(lives_at(t, bank) == "n2:/user/spawned/n1/bank.ada");
  const std::string view = to_text(inspect(t.nodes.at("n1").env(), "/user/bank"));
  CHECK(view.find("/user/bank/ada running restarts=0 mailbox=0 at n2:/user/spawned/n1/bank.ada") !=
        std::string::npos);
  // From a third node too: the child's path is its own.
  CHECK(t.nodes.find<account>("n3", "n1", "/user/bank/ada").ask(balance{}, 1s).get().value() == 110);
}

TEST_CASE("FC3, S6: an actor that fails there is put back by its supervisor here, and what waits is kept") {
  town t;
  const auto bank = open_bank(t, on_node("n2"));
  const auto ada = bank.ref<account>("ada");
  ada.tell(break_down{});
  t.nodes.run_for(50ms);  // it waits for its restart
  ada.tell(deposit{5});
  auto later = ada.ask(balance{}, 5s);
  CHECK(later.get().value() == 105);
  t.nodes.run_for(1s);
  CHECK(t.living("n2").size() == 1);
  CHECK(inspect(t.nodes.at("n1").env(), "/user/bank/ada").restarts == 1);
}

TEST_CASE("FC3: the failure that its supervisor judges says what was thrown, and where") {
  town t;
  std::vector<std::string> reasons;
  t.nodes.at("n1").events().subscribe([&](const event& e) {
    if (e.kind == event_kind::actor_failed) reasons.push_back(e.path + ": " + e.reason);
  });
  const auto bank = open_bank(t, on_node("n2"));
  bank.ref<account>("ada").tell(break_down{});
  t.nodes.run_for(1s);
  REQUIRE(reasons.size() == 1);
  CHECK(reasons[0] ==
        "/user/bank/ada: handler_failed at n2:/user/spawned/n1/bank.ada: std::runtime_error: the books are "
        "wrong");
}

TEST_CASE("FC3: one that ends normally ends its child so, and by its restart type it comes back or not") {
  town t;
  const auto bank = supervise(t.nodes.at("n1"), "bank", one_for_one{},
                              remote_child<account>("ada", on_node("n2"), "ada", 100).transient(),
                              remote_child<account>("bob", on_node("n2"), "bob", 100));
  bank.ref<account>("ada").tell(leave{});
  bank.ref<account>("bob").tell(leave{});
  t.nodes.run_for(2s);
  CHECK(t.living("n2") == lines{"/user/spawned/n1/bank.bob"});
}

TEST_CASE("PC2: a child moves on when its node dies, and one actor is left when that has come back") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    town t{seed};
    const auto bank = open_bank(t, on_nodes({"n2", "n3"}));
    CHECK(lives_at(t, bank).starts_with("n2:"));
    t.nodes.crash("n2");
    t.nodes.run_for(3s);
    CHECK(lives_at(t, bank).starts_with("n3:"));
    CHECK(cents_of(bank) == "100");
    t.nodes.restart("n2");
    t.nodes.run_for(10s);
    CHECK(t.living("n2").empty());
    CHECK(t.living("n3").size() == 1);
  }
}

TEST_CASE("FC4: of a child whose node was cut off one actor is left as soon as the nodes can talk again") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    town t{seed};
    const auto bank = open_bank(t, on_nodes({"n2", "n3"}));
    t.apply("0s partition n1 n2 40s");
    t.nodes.run_for(30s);
    CHECK(lives_at(t, bank).starts_with("n3:"));
    CHECK(t.living("n2").empty());  // n2 has declared n1 down as well
    t.nodes.run_for(30s);
    CHECK(t.living() == 1);
    CHECK(cents_of(bank) == "100");
  }
}

TEST_CASE("FC4: one way is enough: whoever can't be told of the end hears of it when the nodes meet anew") {
  for (const std::string way : {"one_way n1 n2", "one_way n2 n1"}) {
    CAPTURE(way);
    town t;
    const auto bank = open_bank(t, on_nodes({"n2", "n3"}));
    t.apply("0s " + way + " 40s");
    t.nodes.run_for(80s);
    CHECK(t.living() == 1);
    CHECK(cents_of(bank) == "100");
  }
}

TEST_CASE("FC4: what a node had made whose answer was lost is ended when the child has gone elsewhere") {
  std::size_t twice = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    town t{seed};
    const auto bank = supervise(t.nodes.at("n1"), "bank", one_for_one{});
    bank.admin().tell(
        start_child{remote_child<account>("ada", on_nodes({"n2", "n3"}).patience(2s), "ada", 100)});
    t.nodes.run_for(microseconds{static_cast<std::int64_t>(seed) * 20});
    t.apply("0s partition n1 n2 6s");  // too short for either to declare the other down
    t.nodes.run_for(5s);
    twice += t.living() == 2;
    t.nodes.run_for(15s);
    CHECK(t.living() == 1);
    CHECK(cents_of(bank) == "100");
  }
  CHECK(twice > 0);
}

TEST_CASE("FC4: a child whose supervisor's node dies leaves no actor behind") {
  town t;
  open_bank(t, on_node("n2"));
  t.nodes.crash("n1");
  t.nodes.run_for(30s);
  CHECK(t.living("n2").empty());
  t.nodes.restart("n1");
  t.nodes.run_for(2s);
  open_bank(t, on_node("n2"));
  CHECK(t.living("n2").size() == 1);
}

TEST_CASE("NS7: the child of a later run takes the place of the one before, which is ended first") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    town t{seed};
    open_bank(t, on_node("n2"));
    t.nodes.crash("n1");
    t.nodes.restart("n1");  // before n2 has noticed
    t.nodes.run_for(10ms);
    open_bank(t, on_node("n2"));
    t.nodes.run_for(20s);
    CHECK(t.living("n2") == lines{"/user/spawned/n1/bank.ada"});
  }
}

TEST_CASE("FC5, S5: a supervisor that stops has its remote child stopped, and waits for that") {
  town t;
  auto bank = open_bank(t, on_node("n2"));
  bool over = false;
  std::size_t left = 1;
  bank.when_ended([&](const exit_reason&) {
    over = true;
    left = t.living("n2").size();
  });
  bank.stop();
  t.nodes.run_for(1s);
  CHECK(over);
  CHECK(left == 0);
}

TEST_CASE("FC5: one that can't be told to stop is given up in time, by name, and ends when it hears of it") {
  town t;
  std::vector<std::string> slow;
  t.nodes.at("n1").events().subscribe([&](const event& e) {
    if (e.kind == event_kind::shutdown_slow) slow.push_back(e.path + ": " + e.reason);
  });
  auto bank = open_bank(t, on_node("n2"));
  t.apply("0s partition n1 n2 8s");
  t.nodes.run_for(1s);
  const time_point began = t.nodes.world().now();
  time_point ended = never;
  bank.when_ended([&](const exit_reason&) { ended = t.nodes.world().now(); });
  bank.stop();
  t.nodes.run_for(6s);
  REQUIRE(ended != never);
  CHECK(ended - began < 5s);
  CHECK(slow == lines{"/user/bank/ada: the end of its actor n2:/user/spawned/n1/bank.ada was not heard of "
                      "within 4500 ms"});
  CHECK(t.living("n2").size() == 1);
  t.nodes.run_for(10s);
  CHECK(t.living("n2").empty());
}

TEST_CASE("S4: a tree whose remote child can't be made does not start, and says why of each node") {
  town t{1, [](system_options&, node_options& n) {
           if (n.name == "n3") n.spawnable = {};
         }};
  t.nodes.crash("n2");
  t.nodes.run_for(2s);
  try {
    open_bank(t, on_nodes({"n2", "n3"}));
    FAIL("it has started");
  } catch (const failed& e) {
    CAPTURE(e.what());
    CHECK(e.why().text.find("child 'ada' failed to start: it can't be placed: nothing was spawned on n2: ") !=
          std::string::npos);
    CHECK(e.why().text.find("node n1 may have no 'far_accounts.account' spawned on n3") != std::string::npos);
  }
  CHECK(t.left_here() == 0);
  CHECK(t.living() == 0);
}

TEST_CASE("S1: a remote child goes down and up with its group") {
  town t;
  const auto bank = supervise(t.nodes.at("n1"), "bank", one_for_all{.intensity = 5},
                              remote_child<account>("ada", on_node("n2"), "ada", 100),
                              remote_child<account>("bob", on_node("n3"), "bob", 200));
  bank.ref<account>("ada").tell(deposit{1});
  bank.ref<account>("bob").tell(break_down{});
  t.nodes.run_for(2s);
  CHECK(cents_of(bank) == "100");
  CHECK(bank.ref<account>("bob").ask(balance{}, 1s).get().value() == 200);
  CHECK(t.living("n2").size() == 1);
  CHECK(t.living("n3").size() == 1);
}

TEST_CASE("PC2: a child that says so goes to the next node after each failure") {
  town t;
  const auto bank = open_bank(t, on_nodes({"n2", "n3"}).next_after_failure());
  for (const char* next : {"n3:", "n2:", "n3:"}) {
    bank.ref<account>("ada").tell(break_down{});
    t.nodes.run_for(2s);
    CHECK(lives_at(t, bank).starts_with(next));
    CHECK(t.living() == 1);
  }
}

TEST_CASE("FC3: a child is put elsewhere when its node goes down in peace") {
  town t;
  const auto bank = open_bank(t, on_nodes({"n2", "n3"}));
  // What a node does first when it goes down.
  t.nodes.at("n2").user_root()->child("spawned")->request_stop(exit_kind::shutdown);
  t.nodes.run_for(5s);
  CHECK(lives_at(t, bank).starts_with("n3:"));
}

TEST_CASE("L4: who watches a remote child watches its place: restarts are no end, the supervisor's stop is") {
  struct watching : actor<leave> {
    watching(troupe::ref<account> who, std::shared_ptr<lines> heard) : who_(who), heard_(std::move(heard)) {}
    void on_start() { watch(who_); }
    void on(const leave&) {}
    void on_terminated(const terminated& news) override {
      heard_->push_back(news.path() + " " + std::string{to_string(news.kind())});
    }
    troupe::ref<account> who_;
    std::shared_ptr<lines> heard_;
  };
  town t;
  auto bank = open_bank(t, on_node("n2"));
  const auto heard = std::make_shared<lines>();
  spawn<watching>(t.nodes.at("n1"), "watching", bank.ref<account>("ada"), heard);
  t.nodes.run_for(10ms);
  bank.ref<account>("ada").tell(break_down{});
  t.nodes.run_for(2s);
  CHECK(heard->empty());
  bank.stop();
  t.nodes.run_for(2s);
  CHECK(*heard == lines{"/user/bank/ada shutdown"});
}

}  // namespace simulate_far_child_test
