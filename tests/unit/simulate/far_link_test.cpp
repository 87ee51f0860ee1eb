// Links across nodes (L7, LK1-LK3, LB1-LB3): either side's end is the other's, once, whatever happens to connections and nodes (R4, R5, M9).
#include <doctest/doctest.h>

#include <map>
#include <troupe/cell/cell.hpp>
#include <troupe/simulate/cluster.hpp>
#include <troupe/troupe.hpp>

namespace simulate_far_link_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

struct words {
  int number = 0;
};
TROUPE_CONTRACT(words, "far_link_test.words", 1, number)
struct who {
  using reply = ref<words>;
};
TROUPE_CONTRACT(who, "far_link_test.who", 1)
/// Says so much to somebody and ends so.
struct leave {
  exit_kind how = exit_kind::normal;
  ref<words> to = {};
  int count = 0;
};
struct join {
  any_ref to;
};
struct part {
  any_ref from;
};
/// Both in one turn.
struct part_and_join {
  any_ref with;
};

/// What an actor has seen, outside of the simulation.
struct seen {
  std::vector<std::string> ends;  ///< of others, as it has trapped them
  std::string end;                ///< its own, and empty until then
  int words = 0;
  int starts = 0;
};
using seen_ptr = std::shared_ptr<seen>;

/// An OTP process that does not trap exits.
class bound : public actor<words, who, leave, join, part, part_and_join> {
 public:
  explicit bound(seen_ptr to) : to_(std::move(to)) { ++to_->starts; }
  void on(const words&) { ++to_->words; }
  ref<words> on(const who&) { return self(); }
  void on(const leave& m) {
    for (int i = 1; i <= m.count; ++i) m.to.tell(words{i});
    if (m.how == exit_kind::failed) throw std::runtime_error{"told to"};
    m.how == exit_kind::normal ? stop_self() : own_cell().stop_self({m.how, {}});
  }
  void on(const join& m) { link(m.to); }
  void on(const part& m) { unlink(m.from); }
  void on(const part_and_join& m) {
    unlink(m.with);
    link(m.with);
  }

 protected:
  const seen_ptr& see() const { return to_; }

 private:
  const seen_ptr to_;
};

/// One that does.
class free_one : public bound {
 public:
  using bound::bound;
  void on_link_ended(const link_ended& news) override {
    see()->ends.push_back(news.path() + " " + std::string{to_string(news.kind())} + " " +
                          std::to_string(see()->words));
  }
};

/// Notes ends of actors of its node.
class coroner : public actor<join> {
 public:
  explicit coroner(std::map<std::string, seen_ptr>* all) : all_(all) {}
  void on(const join& m) { watch(m.to); }
  void on_terminated(const terminated& news) override {
    (*all_)[news.path().substr(6)]->end = to_string(news.kind());
  }

 private:
  std::map<std::string, seen_ptr>* const all_;
};

/// On each of n1 and n2 a bound one (b1, b2) and a free one (f1, f2).
struct pair_of_nodes {
  explicit pair_of_nodes(std::uint64_t seed = 1, cluster::tuning tune = {})
      : nodes(cluster_options{.seed = seed}) {
    for (const std::string n : {"1", "2"})
      nodes.add(
          "n" + n,
          [this, n](troupe::system& sys) -> std::shared_ptr<void> {
            const auto watching = spawn<coroner>(sys, "coroner", &all);
            all["b" + n] = std::make_shared<seen>();
            all["f" + n] = std::make_shared<seen>();
            watching.tell(join{spawn<bound>(sys, "b" + n, all["b" + n])});
            watching.tell(join{spawn<free_one>(sys, "f" + n, all["f" + n])});
            return {};
          },
          tune);
    nodes.start();
    nodes.run_for(1s);
  }

  /// The actor of that name, for the test.
  ref<bound> at(const std::string& name) {
    const std::string node{"n", 1};
    return nodes.find<bound>(node + name[1], node + name[1], "/user/" + name);
  }
  /// As one on the other node sees it, by its path.
  ref<bound> far(const std::string& name) {
    const std::string other = name[1] == '1' ? "n2" : "n1";
    return nodes.find<bound>(other, std::string{"n"} + name[1], "/user/" + name);
  }
  /// The same, exact.
  any_ref exact(const std::string& name) { return far(name).ask(who{}, 1s).get().value(); }
  void link(const std::string& from, const std::string& to) {
    at(from).tell(join{far(to)});
    nodes.run_for(100ms);
  }
  void end(const std::string& name, exit_kind how) {
    at(name).tell(leave{how, {}, 0});
    nodes.run_for(1s);
  }
  void apply(const std::string& text) { nodes.apply(parse_faults(text).value().front()); }
  const std::vector<std::string>& ends(const std::string& name) { return all.at(name)->ends; }
  const std::string& own_end(const std::string& name) { return all.at(name)->end; }

  std::map<std::string, seen_ptr> all;
  cluster nodes;
};

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("L7: the end of an actor is that of one on another node that it is linked to, whoever asked") {
  for (const bool other_asks : {false, true})
    for (const auto& [how, follows] : {std::pair{exit_kind::failed, "failed"},
                                       {exit_kind::shutdown, "shutdown"},
                                       {exit_kind::normal, ""}}) {
      CAPTURE(other_asks);
      CAPTURE(to_string(how));
      pair_of_nodes p;
      p.link(other_asks ? "b2" : "b1", other_asks ? "b1" : "b2");
      p.link(other_asks ? "b2" : "f1", other_asks ? "f1" : "b2");
      p.end("b2", how);
      CHECK(p.own_end("b2") == to_string(how));
      CHECK(p.own_end("b1") == follows);
      CHECK(p.ends("f1") == lines{"n2:/user/b2 " + std::string{to_string(how)} + " 0"});
      CHECK(p.own_end("f1").empty());
    }
}

TEST_CASE("L7: one that was killed takes those along that are linked to it from another node, as killed") {
  pair_of_nodes p;
  p.link("b1", "b2");
  p.link("f1", "b2");
  CHECK(p.at("b2").address()->here()->kill());
  p.nodes.run_for(1s);
  CHECK(p.own_end("b1") == "killed");
  CHECK(p.ends("f1") == lines{"n2:/user/b2 killed 0"});
}

TEST_CASE("LK1: a link that both ask for at the same time, however often, is one") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    pair_of_nodes p{seed};
    const any_ref exact = p.exact("f2");
    p.at("f1").tell(join{p.far("f2")});
    p.at("f1").tell(join{exact});
    p.at("f1").tell(join{p.far("f2")});
    p.nodes.run_for(microseconds{static_cast<std::int64_t>(seed % 10) * 20});
    p.at("f2").tell(join{p.far("f1")});
    p.at("f2").tell(join{p.far("f1")});
    p.nodes.run_for(500ms);
    if (seed % 2 == 0) {  // either gives it up, by whatever ref
      if (seed % 4 == 0)
        p.at("f1").tell(part{seed % 8 == 0 ? exact : any_ref{p.far("f2")}});
      else
        p.at("f2").tell(part{p.far("f1")});
      p.nodes.run_for(500ms);
    }
    p.end(seed % 3 == 0 ? "f1" : "f2", exit_kind::failed);
    const std::string other = seed % 3 == 0 ? "f2" : "f1";
    CHECK(p.ends(other).size() == (seed % 2 == 0 ? 0 : 1));
  }
}

TEST_CASE(
    "LK2: an unlink and a link that cross an end of the link before, or each other, leave both sides alike") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    pair_of_nodes p{seed};
    p.link("f1", "f2");
    const auto soon = [&] { p.nodes.run_for(microseconds{static_cast<std::int64_t>(seed * 7 % 100)}); };
    p.at("f1").tell(part_and_join{p.far("f2")});
    soon();
    p.at("f2").tell(seed % 2 == 0 ? part_and_join{p.far("f1")} : part_and_join{p.exact("f1")});
    soon();
    p.at("f1").tell(part{p.far("f2")});
    p.nodes.run_for(500ms);
    // Whether they are linked now is a matter of who came first: both think the same of it.
    auto q = std::make_unique<pair_of_nodes>(seed);
    q->link("f1", "f2");
    const auto soon_too = [&] { q->nodes.run_for(microseconds{static_cast<std::int64_t>(seed * 7 % 100)}); };
    q->at("f1").tell(part_and_join{q->far("f2")});
    soon_too();
    q->at("f2").tell(seed % 2 == 0 ? part_and_join{q->far("f1")} : part_and_join{q->exact("f1")});
    soon_too();
    q->at("f1").tell(part{q->far("f2")});
    q->nodes.run_for(500ms);
    p.end("f1", exit_kind::failed);
    q->end("f2", exit_kind::failed);
    CHECK(p.ends("f2").size() == q->ends("f1").size());
    CHECK(p.ends("f2").size() <= 1);
  }
}

TEST_CASE("L7: who has given a link up hears nothing of it, also when the end is on its way") {
  unsigned heard_before = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    pair_of_nodes p{seed};
    p.link(seed % 2 ? "f1" : "f2", seed % 2 ? "f2" : "f1");
    p.at("f2").tell(leave{exit_kind::failed, {}, 0});
    p.nodes.run_for(microseconds{static_cast<std::int64_t>(seed) * 10});
    const std::size_t before = p.ends("f1").size();
    heard_before += static_cast<unsigned>(before);
    p.at("f1").tell(part{p.far("f2")});
    p.nodes.run_for(1ms);
    const std::size_t then = p.ends("f1").size();
    p.nodes.run_for(2s);
    CHECK(p.ends("f1").size() == then);
  }
  CHECK(heard_before < 60);
}

TEST_CASE("M9: the end by a link comes behind what the ended actor had sent, from another node too") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    pair_of_nodes p{seed};
    p.link("f1", "b2");
    p.at("b2").tell(leave{exit_kind::failed, p.far("f1").ask(who{}, 1s).get().value(), 20});
    p.nodes.run_for(1s);
    CHECK(p.ends("f1") == lines{"n2:/user/b2 failed 20"});
  }
}

TEST_CASE("L7: whoever is linked to an actor on another node that is not there hears so, or fails, at once") {
  pair_of_nodes p;
  for (const std::string name : {"b1", "f1"})
    p.at(name).tell(join{p.nodes.find<bound>("n1", "n2", "/user/nobody")});
  p.nodes.run_for(1s);
  CHECK(p.ends("f1") == lines{"n2:/user/nobody gone 0"});
  CHECK(p.own_end("b1") == "failed");
}

TEST_CASE("L7: with one that has ended a link by an exact ref is over at once") {
  pair_of_nodes p;
  const any_ref exact = p.exact("b2");
  p.end("b2", exit_kind::normal);
  p.at("f1").tell(join{exact});
  p.nodes.run_for(1s);
  CHECK(p.ends("f1") == lines{"n2:/user/b2 gone 0"});
}

TEST_CASE("R5: a node that dies ends the links to its actors, once and at once, and links can be made anew") {
  pair_of_nodes p;
  p.link("f1", "b2");
  p.link("b2", "b1");
  p.nodes.crash("n2");
  p.nodes.run_for(200ms);
  CHECK(p.ends("f1") == lines{"n2:/user/b2 unreachable 0"});
  CHECK(p.own_end("b1") == "failed");
  p.nodes.restart("n2");
  p.nodes.run_for(20s);
  CHECK(p.ends("f1").size() == 1);
  p.link("f1", "b2");
  p.end("b2", exit_kind::failed);
  CHECK(p.ends("f1").size() == 2);
  CHECK(p.ends("f1").back() == "n2:/user/b2 failed 0");
}

TEST_CASE("R4: a connection that breaks takes no link with it, and no end that comes meanwhile") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    pair_of_nodes p{seed};
    p.link("f1", "b2");
    p.link("b2", "b1");
    p.apply("0s partition n1 n2 4s");
    p.nodes.run_for(3s);
    CHECK(p.ends("f1").empty());
    CHECK(p.own_end("b1").empty());
    p.end("b2", exit_kind::failed);
    p.nodes.run_for(8s);
    CHECK(p.ends("f1") == lines{"n2:/user/b2 failed 0"});
    CHECK(p.own_end("b1") == "failed");
  }
}

TEST_CASE(
    "LB3: a link that is asked for while the peer can't be reached waits, and so does who ends meanwhile") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    pair_of_nodes p{seed};
    p.apply("0s partition n1 n2 7s");
    p.nodes.run_for(6s);
    p.link("f1", "b2");
    p.link("b1", "f2");
    p.end("b1", exit_kind::failed);
    CHECK(p.ends("f1").empty());
    CHECK(p.ends("f2").empty());
    p.nodes.run_for(8s);
    CHECK(p.ends("f2") == lines{"n1:/user/b1 failed 0"});
    p.end("b2", exit_kind::shutdown);
    CHECK(p.ends("f1") == lines{"n2:/user/b2 shutdown 0"});
  }
}

TEST_CASE(
    "R5: both sides of a link hear once of a node that stays away too long, also when one way is cut only") {
  for (const std::string way : {"partition n1 n2", "one_way n1 n2", "one_way n2 n1"}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      CAPTURE(way);
      CAPTURE(seed);
      pair_of_nodes p{seed};
      p.link("f1", "f2");
      p.link("b2", "b1");
      p.link("f1", "b2");
      p.apply("0s " + way + " 40s");
      p.nodes.run_for(35s);
      CHECK(p.ends("f1").size() == 2);
      CHECK(p.ends("f2").size() == 1);
      CHECK(p.own_end("b1") == "failed");
      CHECK(p.own_end("b2") == "failed");
      p.nodes.run_for(30s);
      CHECK(p.ends("f1").size() == 2);  // nothing of the old link is left
      CHECK(p.ends("f2") == lines{"n1:/user/f1 unreachable 0"});
      p.link("f2", "f1");
      p.end("f1", exit_kind::failed);
      CHECK(p.ends("f2").back() == "n1:/user/f1 failed 0");
      CHECK(p.ends("f2").size() == 2);
    }
  }
}

TEST_CASE("LB2: links by path and by an exact ref to one that can't be reached any more end once") {
  pair_of_nodes p;
  const any_ref exact = p.exact("f2");
  p.apply("0s partition n1 n2 40s");
  p.nodes.run_for(6s);
  p.at("f1").tell(join{p.far("f2")});
  p.at("f1").tell(join{exact});
  p.nodes.run_for(30s);
  CHECK(p.ends("f1") == lines{"n2:/user/f2 unreachable 0"});
}

TEST_CASE(
    "LB2: a link by path, by an exact ref and from there, given up from there, leaves nothing: it can be "
    "made anew") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    pair_of_nodes p{seed};
    const any_ref exact = p.exact("f2");
    p.at("f1").tell(join{p.far("f2")});
    p.at("f2").tell(join{p.far("f1")});
    p.at("f1").tell(join{exact});
    p.nodes.run_for(100ms);
    p.at("f2").tell(part{p.far("f1")});
    p.nodes.run_for(100ms);
    p.link("f1", "f2");
    p.end(seed % 2 == 0 ? "f1" : "f2", exit_kind::failed);
    CHECK(p.ends(seed % 2 == 0 ? "f2" : "f1").size() == 1);
  }
}

TEST_CASE(
    "M9: the end by a link overtakes nothing, in whatever lane the messages of the ended actor travel") {
  for (const bool bulk : {false, true}) {
    CAPTURE(bulk);
    pair_of_nodes p{1, [bulk](system_options&, node_options& n) {
                      if (bulk) n.bulk = {"/user/f1"};
                    }};
    p.link("f1", "b2");
    p.at("b2").tell(leave{exit_kind::failed, p.far("f1").ask(who{}, 1s).get().value(), 20'000});
    p.nodes.run_for(5s);
    CHECK(p.ends("f1") == lines{"n2:/user/b2 failed 20000"});
  }
}

TEST_CASE("L7: a node that does not know its linker's node learns of it from the hello") {
  pair_of_nodes p{1, [](system_options&, node_options& n) {
                    if (n.name == "n2") n.peers.clear();
                  }};
  p.link("f1", "b2");
  p.end("b2", exit_kind::failed);
  CHECK(p.ends("f1") == lines{"n2:/user/b2 failed 0"});
}

TEST_CASE(
    "L7: a restart is no end for one on another node, and who follows one there is put back by its parent") {
  pair_of_nodes p;
  const auto child = std::make_shared<seen>();
  auto top =
      supervise(p.nodes.at("n1"), "top", one_for_one{.intensity = 9}, troupe::child<bound>("kept", child));
  p.nodes.run_for(100ms);
  const auto kept = p.nodes.find<bound>("n1", "n1", "/user/top/kept");
  kept.tell(join{p.far("f2")});
  p.nodes.run_for(100ms);
  kept.tell(leave{exit_kind::failed, {}, 0});
  p.nodes.run_for(1s);
  CHECK(child->starts == 2);
  CHECK(p.ends("f2").empty());
  p.end("f2", exit_kind::failed);
  CHECK(child->starts == 3);  // it has followed, and is back
  kept.tell(join{p.far("b2")});
  p.nodes.run_for(100ms);
  p.nodes.crash("n2");
  p.nodes.run_for(1s);
  CHECK(child->starts == 4);
}

}  // namespace simulate_far_link_test
