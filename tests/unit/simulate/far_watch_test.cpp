// Watches across nodes: each watcher hears once of each end, whatever happens to connections and nodes (R3-R5, M9).
#include <doctest/doctest.h>

#include <map>
#include <troupe/simulate/cluster.hpp>
#include <troupe/troupe.hpp>

namespace simulate_far_watch_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace far_watch_test {

struct leave {};
TROUPE_CONTRACT(leave, "far_watch_test.leave", 1)
struct fall {
  std::string why;
};
TROUPE_CONTRACT(fall, "far_watch_test.fall", 1, why)
struct last_words {
  int number = 0;
};
TROUPE_CONTRACT(last_words, "far_watch_test.last_words", 1, number)
struct speak {
  ref<last_words> to;
  int count = 0;
};
TROUPE_CONTRACT(speak, "far_watch_test.speak", 1, to, count)

/// Ends as it is told to.
class guest : public actor<leave, fall, speak> {
 public:
  void on(const leave&) { stop_self(); }
  void on(const fall& m) { throw std::runtime_error{m.why}; }
  void on(const speak& m) {
    for (int i = 1; i <= m.count; ++i) m.to.tell(last_words{i});
    stop_self();
  }
};

/// What a watcher has heard, outside of the simulation.
struct heard {
  std::vector<std::string> ends;
  int words = 0, words_at_end = -1;
  bool looked_away = false;
  int after_that = 0;  ///< ends that were heard then
};

struct look_at {
  ref<guest> who;
};
struct look_away {
  ref<guest> who;
};
struct send_from_here {
  ref<guest> who;
  int count = 0;
};
class keeper : public actor<look_at, look_away, last_words, send_from_here> {
 public:
  explicit keeper(std::shared_ptr<heard> to) : to_(std::move(to)) {}
  void on(const look_at& m) { watch(m.who); }
  void on(const look_away& m) {
    unwatch(m.who);
    to_->looked_away = true;
  }
  void on(const last_words&) { ++to_->words; }
  void on(const send_from_here& m) {
    for (int i = 0; i < m.count; ++i) m.who.tell(fall{"in vain"});
  }
  void on_terminated(const terminated& news) override {
    to_->ends.push_back(news.path() + " " + to_string(news.reason()));
    to_->words_at_end = to_->words;
    to_->after_that += to_->looked_away;
  }

 private:
  std::shared_ptr<heard> to_;
};

/// A keeper on n1 and a guest on each other node.
struct house {
  explicit house(std::uint64_t seed = 1, cluster::tuning tune = {}) : nodes(cluster_options{.seed = seed}) {
    for (const std::string name : {"n1", "n2", "n3"})
      nodes.add(
          name,
          [this, name](troupe::system& sys) -> std::shared_ptr<void> {
            if (name == "n1") {
              keep = spawn<keeper>(sys, "keeper", news = std::make_shared<heard>());
            } else {
              spawn<guest>(sys, "guest");
            }
            return {};
          },
          tune);
    nodes.start();
    nodes.run_for(1s);
  }

  ref<guest> on(const std::string& name) { return nodes.find<guest>("n1", name, "/user/guest"); }
  void look(const std::string& name) {
    keep.tell(look_at{on(name)});
    nodes.run_for(100ms);
  }
  void apply(const std::string& text) { nodes.apply(parse_faults(text).value().front()); }

  std::shared_ptr<heard> news;
  ref<keeper> keep;
  cluster nodes;
};

using lines = std::vector<std::string>;

}  // namespace far_watch_test

using namespace far_watch_test;

TEST_CASE("R3: who watches an actor on another node hears of its end once, with the reason") {
  house h;
  h.look("n2");
  h.look("n3");
  h.look("n3");  // twice is once
  h.on("n2").tell(leave{});
  h.nodes.run_for(1s);  // or they may come in either order
  h.on("n3").tell(fall{"no more wine"});
  h.nodes.run_for(1s);
  CHECK(h.news->ends ==
        lines{"n2:/user/guest normal",
              "n3:/user/guest failed: handler_failed at n3:/user/guest: std::runtime_error: no more wine"});
}

TEST_CASE("M9: news of an end comes behind what the ended actor had sent, from another node too") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    house h{seed};
    h.look("n2");
    h.on("n2").tell(speak{ref<last_words>{h.keep}, 20});
    h.nodes.run_for(1s);
    CHECK(h.news->words_at_end == 20);
    CHECK(h.news->ends.size() == 1);
  }
}

TEST_CASE("L4: who watches an actor on another node that is not there hears so at once") {
  house h;
  h.keep.tell(look_at{h.nodes.find<guest>("n1", "n2", "/user/nobody")});
  h.nodes.run_for(1s);
  CHECK(h.news->ends == lines{"n2:/user/nobody gone"});
}

TEST_CASE("L4: who does not watch any more hears nothing, also when the end is on its way") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    house h{seed};
    h.look("n2");
    h.on("n2").tell(leave{});
    h.nodes.run_for(microseconds{static_cast<std::int64_t>(seed) * 20});
    h.keep.tell(look_away{h.on("n2")});
    h.nodes.run_for(1s);
    CHECK(h.news->looked_away);
    CHECK(h.news->after_that == 0);
  }
}

TEST_CASE("R5: a node that dies takes its actors along: their watchers hear once, and at once") {
  house h;
  h.look("n2");
  h.nodes.crash("n2");
  h.nodes.run_for(200ms);
  REQUIRE(h.news->ends.size() == 1);
  CHECK(h.news->ends.front().starts_with("n2:/user/guest unreachable: unreachable: n2 can't be reached"));
  h.nodes.restart("n2");
  h.nodes.run_for(20s);
  CHECK(h.news->ends.size() == 1);
  h.look("n2");
  h.on("n2").tell(leave{});
  h.nodes.run_for(1s);
  REQUIRE(h.news->ends.size() == 2);
  CHECK(h.news->ends.back() == "n2:/user/guest normal");
}

TEST_CASE("R4: a connection that breaks takes no watch with it, and no end that comes meanwhile") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    house h{seed};
    h.look("n2");
    h.apply("0s partition n1 n2 4s");
    h.nodes.run_for(3s);
    CHECK(h.news->ends.empty());
    h.nodes.find<guest>("n2", "n2", "/user/guest").tell(leave{});
    h.nodes.run_for(8s);
    CHECK(h.news->ends == lines{"n2:/user/guest normal"});
  }
}

TEST_CASE("R5: a node that stays away too long is declared down by both sides, and may come back") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    house h{seed};
    h.look("n2");
    h.apply("0s partition n1 n2 30s");
    h.nodes.run_for(20s);
    REQUIRE(h.news->ends.size() == 1);
    CHECK(h.news->ends.front().find("unreachable") != std::string::npos);
    h.nodes.run_for(20s);
    h.on("n2").tell(leave{});  // the old watch is over: nothing is heard of it
    h.nodes.run_for(5s);
    CHECK(h.news->ends.size() == 1);
    h.look("n2");
    CHECK(h.news->ends.back() == "n2:/user/guest gone");
    CHECK(h.news->ends.size() == 2);
  }
}

TEST_CASE("R5: one way is enough to be declared down by, and both forget what they had of each other") {
  for (const std::string way : {"one_way n1 n2", "one_way n2 n1"}) {
    CAPTURE(way);
    house h;
    h.look("n2");
    h.apply("0s " + way + " 40s");
    h.nodes.run_for(30s);
    CHECK(h.news->ends.size() == 1);
    h.nodes.run_for(30s);
    h.look("n2");
    h.on("n2").tell(leave{});
    h.nodes.run_for(2s);
    REQUIRE(h.news->ends.size() == 2);
    CHECK(h.news->ends.back() == "n2:/user/guest normal");
  }
}

TEST_CASE("R3: a watch of an actor on a node that was declared down ends at once") {
  house h;
  h.nodes.crash("n2");
  h.nodes.run_for(5s);
  h.look("n2");  // declared down: at once
  REQUIRE(h.news->ends.size() == 1);
  CHECK(h.news->ends.front().find("unreachable") != std::string::npos);
}

TEST_CASE("R3: a node that does not know its watcher's node learns of it from the hello, and tells it") {
  house h{1, [](system_options&, node_options& n) {
            if (n.name == "n2") n.peers.clear();
          }};
  h.look("n2");
  h.on("n2").tell(speak{ref<last_words>{h.keep}, 3});
  h.nodes.run_for(1s);
  CHECK(h.news->ends == lines{"n2:/user/guest normal"});
  CHECK(h.news->words_at_end == 3);
}

TEST_CASE("M4: messages that a connection took with it are counted, and told once it goes on") {
  house h;
  std::uint64_t lost = 0;
  h.nodes.at("n1").events().subscribe([&lost](const event& e) {
    if (e.kind == event_kind::messages_lost) lost += e.number;
  });
  for (int i = 0; i < 10; ++i) h.on("n2").tell(leave{});
  h.nodes.run_for(microseconds{1});  // written, and on their way
  h.apply("0s reset n1 n2");
  h.nodes.run_for(10s);
  CHECK(lost == 10);
}

TEST_CASE("M4, PL10: of the messages that were lost last it is said which they were, and from whom") {
  house h;
  std::vector<event> lost;
  h.nodes.at("n1").events().subscribe([&lost](const event& e) {
    if (e.kind == event_kind::messages_lost) lost.push_back(e);
  });
  const auto lose = [&](int leaves, int falls) {
    h.keep.tell(send_from_here{h.on("n2"), falls});
    h.nodes.run_for(microseconds{1});
    for (int i = 0; i < leaves; ++i) h.on("n2").tell(leave{});
    h.nodes.run_for(microseconds{1});  // written, and on their way
    h.apply("0s reset n1 n2");
    h.nodes.run_for(10s);
  };
  lose(0, 3);
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].number == 3);
  CHECK(lost[0].message == "far_watch_test.fall");
  CHECK(lost[0].sender == "/user/keeper");
  lose(50, 2);
  REQUIRE(lost.size() == 2);
  CHECK(lost[1].number == 52);
  CHECK(lost[1].message == "far_watch_test.leave");  // the last 32
  CHECK(lost[1].sender.empty());
  lose(3, 2);
  REQUIRE(lost.size() == 3);
  CHECK(lost[2].number == 5);
  CHECK(lost[2].message == "messages");
  CHECK(lost[2].content == " (2 far_watch_test.fall from /user/keeper, 3 far_watch_test.leave)");
}

}  // namespace simulate_far_watch_test
