// Services that nodes share, over simulated nodes: found, listed and used elsewhere; ends, cuts, crashes and restarts; who is told what, and what
// is believed of whom (SX1-SX8, RC6, RI11).
#include <doctest/doctest.h>

#include <algorithm>
#include <troupe/pattern/pool.hpp>
#include <troupe/pattern/service_group.hpp>
#include <troupe/services/shared_services.hpp>
#include <troupe/simulate/cluster.hpp>
#include <troupe/troupe.hpp>

#include "unit/cell/world.hpp"

namespace simulate_services_test {

using namespace troupe;
using namespace std::chrono_literals;
using life::journal;
using life::journal_ptr;
using life::lines;

namespace {

struct whose {
  using reply = std::string;
};
TROUPE_CONTRACT(whose, "far_services.whose", 1)
struct leave {};
TROUPE_CONTRACT(leave, "far_services.leave", 1)
/// Fails.
struct fall {};

inline const service_key<whose> bank{"bank"};
inline const service_key<leave> not_bank{"bank"};

/// Says where it lives and what it is called: `n2 a`.
class teller : public actor<whose, leave, fall> {
 public:
  explicit teller(std::string name) : name_(std::move(name)) {}
  std::string on(const whose&) { return name_; }
  void on(const leave&) { stop_self(); }
  void on(const fall&) { throw std::runtime_error{"told to"}; }

 private:
  const std::string name_;
};

/// Notes each listing.
class reader : public actor<listing<whose>> {
 public:
  explicit reader(journal_ptr to) : to_(std::move(to)) {}
  void on_start() { receptionist_here().listen(bank, ref<listing<whose>>{self()}); }
  void on(const listing<whose>& m) {
    std::string line;
    for (const auto& each : m.all) line += (line.empty() ? "" : " ") + each.path();
    to_->note(line);
  }

 private:
  const journal_ptr to_;
};

using change = std::function<void(const std::string& node, node_options&)>;

/// Three nodes that share `bank` and nothing else; each has the tellers that it is told to have, again when it is restarted.
struct town {
  explicit town(std::uint64_t seed = 1, const change& tune = {}) : nodes(cluster_options{.seed = seed}) {
    for (const std::string name : {"n1", "n2", "n3"})
      nodes.add(
          name,
          [this, name](troupe::system& sys) -> std::shared_ptr<void> {
            for (const std::string& one : has[name]) put(sys, name, one);
            sys.events().subscribe([to = told[name]](const event& e) {
              if (e.kind == event_kind::not_permitted) to->note(e.sender + ": " + e.reason);
            });
            return {};
          },
          [=](system_options&, node_options& n) {
            n.public_paths.clear();
            n.rights.clear();
            n.services = {"bank"};
            n.down_after = 3s;
            if (tune) tune(name, n);
          });
  }

  static ref<teller> put(troupe::system& sys, const std::string& node, const std::string& name,
                         const std::string& service = "bank") {
    const auto made = spawn<teller>(sys, name, node + " " + name);
    receptionist_of(sys).enlist(service_key<whose>{service}, made);
    return made;
  }
  ref<teller> put(const std::string& node, const std::string& name, const std::string& service = "bank") {
    return put(nodes.at(node), node, name, service);
  }
  ref<teller> at(const std::string& node, const std::string& name) {
    return ref_to<teller>(nodes.at(node).env(), "/user/" + name);
  }
  void start() {
    nodes.start();
    nodes.run_for(2s);
  }
  void fault(const std::string& text) { nodes.apply(parse_faults(text).value().front()); }
  /// Who is found on that node.
  lines found(const std::string& on, const std::string& service = "bank") {
    lines out;
    for (const auto& r : receptionist_of(nodes.at(on)).find_now(service_key<whose>{service}, 1s).value())
      out.push_back(r.path());
    return out;
  }
  /// The answers of those who are, sorted.
  lines answers(const std::string& on) {
    lines out;
    for (const auto& r : receptionist_of(nodes.at(on)).find_now(bank, 1s).value()) {
      const auto said = r.ask(whose{}, 2s).get();
      out.push_back(said ? *said : std::string{to_string(said.error().code)});
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  shared_with shared(const std::string& on, const std::string& with) {
    for (const auto& one : shared_services_now(nodes.at(on), 1s).value())
      if (one.peer == with) return one;
    return {};
  }

  std::map<std::string, lines> has;
  std::map<std::string, journal_ptr> told{{"n1", std::make_shared<journal>()},
                                          {"n2", std::make_shared<journal>()},
                                          {"n3", std::make_shared<journal>()}};
  cluster nodes;
};

}  // namespace

TEST_CASE("RC6, SX1: who is enlisted on a node is found on its peers, behind those from there, and answers") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    town t{seed};
    t.has = {{"n1", {"a"}}, {"n2", {"b", "a"}}, {"n3", {"c"}}};
    t.start();
    CHECK(t.found("n1") == lines{"/user/a", "n2:/user/b", "n2:/user/a", "n3:/user/c"});
    CHECK(t.found("n2") == lines{"/user/b", "/user/a", "n1:/user/a", "n3:/user/c"});
    CHECK(t.found("n3") == lines{"/user/c", "n1:/user/a", "n2:/user/b", "n2:/user/a"});
    for (const std::string on : {"n1", "n2", "n3"})
      CHECK(t.answers(on) == lines{"n1 a", "n2 a", "n2 b", "n3 c"});  // RI7: nothing is public here
    t.put("n1", "late");
    t.nodes.run_for(500ms);
    CHECK(t.found("n3") == lines{"/user/c", "n1:/user/a", "n1:/user/late", "n2:/user/b", "n2:/user/a"});
  }
}

TEST_CASE("SX6: who stops or is delisted is listed nowhere any more; listeners hear of all of it") {
  town t;
  t.has = {{"n1", {"a"}}, {"n2", {"b", "c"}}};
  t.start();
  const auto heard = std::make_shared<journal>();
  spawn<reader>(t.nodes.at("n3"), "reader", heard);
  t.nodes.run_for(500ms);
  t.at("n2", "b").tell(leave{});
  t.nodes.run_for(500ms);
  receptionist_of(t.nodes.at("n1")).delist(bank, t.at("n1", "a"));
  t.nodes.run_for(500ms);
  receptionist_of(t.nodes.at("n1")).enlist(bank, t.at("n1", "a"));
  t.nodes.run_for(500ms);
  CHECK(heard->all() == lines{"n1:/user/a n2:/user/b n2:/user/c", "n1:/user/a n2:/user/c", "n2:/user/c",
                              "n1:/user/a n2:/user/c"});
  CHECK(t.found("n1") == lines{"/user/a", "n2:/user/c"});
}

TEST_CASE("SG1, SX6: a group over a shared service has the members of all nodes, as they come and go") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    town t{seed};
    t.has = {{"n1", {"a"}}, {"n2", {"a"}}, {"n3", {"a"}}};
    t.start();
    const auto any = spawn_group(t.nodes.at("n1"), {.name = "any"}, round_robin{}, bank);
    t.nodes.run_for(500ms);
    const auto asked = [&](int times) {
      lines out;
      for (int i = 0; i < times; ++i) {
        const auto said = any.ask(whose{}, 1s).get();
        out.push_back(said ? *said : "-");
      }
      std::sort(out.begin(), out.end());
      return out;
    };
    CHECK(asked(6) == lines{"n1 a", "n1 a", "n2 a", "n2 a", "n3 a", "n3 a"});
    t.nodes.crash("n2");
    t.nodes.run_for(1s);
    CHECK(asked(4) == lines{"n1 a", "n1 a", "n3 a", "n3 a"});
    t.nodes.restart("n2");
    t.nodes.run_for(5s);
    CHECK(asked(6) == lines{"n1 a", "n1 a", "n2 a", "n2 a", "n3 a", "n3 a"});
  }
}

TEST_CASE("SX6: while nodes have lost each other they do not list each other's, and then they do again") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    for (const std::string lasts : {"2s", "30s"}) {  // the second is long enough to be declared down
      CAPTURE(seed);
      CAPTURE(lasts);
      town t{seed, [](const std::string&, node_options& n) { n.heartbeat_limit = 1s; }};
      t.has = {{"n1", {"a"}}, {"n2", {"b"}}, {"n3", {"c"}}};
      t.start();
      t.fault("0s partition n1 n2 " + lasts);
      t.nodes.run_for(lasts == "2s" ? 1500ms : 10s);
      CHECK(t.found("n1") == lines{"/user/a", "n3:/user/c"});
      CHECK(t.found("n2") == lines{"/user/b", "n3:/user/c"});
      CHECK(t.found("n3") == lines{"/user/c", "n1:/user/a", "n2:/user/b"});
      CHECK_FALSE(t.shared("n1", "n2").listed);
      CHECK(t.shared("n1", "n2").offers == (lasts == "2s" ? 1u : 0u));
      CHECK_FALSE(t.shared("n1", "n2").why_not.empty());
      t.put("n2", "meanwhile");
      t.at("n1", "a").tell(leave{});
      t.nodes.run_for(40s);
      CHECK(t.found("n1") == lines{"n2:/user/b", "n2:/user/meanwhile", "n3:/user/c"});
      CHECK(t.found("n2") == lines{"/user/b", "/user/meanwhile", "n3:/user/c"});
      CHECK(t.shared("n1", "n2") == shared_with{"n2", true, 2, {}, true});
    }
  }
}

TEST_CASE("SX6: a connection that breaks takes nothing along for long, however often") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    town t{seed};
    t.has = {{"n1", {"a"}}, {"n2", {"b"}}};
    t.start();
    for (int n = 0; n < 5; ++n) {
      t.fault("0s reset n1 n2");
      t.put("n2", "more" + std::to_string(n));
      t.nodes.run_for(microseconds{static_cast<std::int64_t>(seed) * 137});
    }
    t.nodes.run_for(3s);
    CHECK(t.found("n1") == lines{"/user/a", "n2:/user/b", "n2:/user/more0", "n2:/user/more1",
                                 "n2:/user/more2", "n2:/user/more3", "n2:/user/more4"});
    CHECK(t.found("n2").back() == "n1:/user/a");
  }
}

TEST_CASE("SX2, R2: of a node that was restarted its new run's actors are listed, and none of before") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    town t{seed};
    t.has = {{"n1", {"a"}}, {"n2", {"b", "c"}}};
    t.start();
    const auto before = receptionist_of(t.nodes.at("n1")).find_now(bank, 1s).value().back();
    t.nodes.crash("n2");
    t.has["n2"] = {"c"};
    if (seed % 2 == 0) t.nodes.run_for(1s);  // else nobody has noticed yet
    t.nodes.restart("n2");
    t.nodes.run_for(8s);
    CHECK(t.found("n1") == lines{"/user/a", "n2:/user/c"});
    CHECK(t.answers("n1") == lines{"n1 a", "n2 c"});
    CHECK(before.path() == "n2:/user/c");
    CHECK(before.ask(whose{}, 1s).get().error().code == errc::stopped);  // L5: another actor
  }
}

TEST_CASE("SX4: what a node has heard from one peer it does not tell another") {
  town t{1, [](const std::string& node, node_options& n) {
           n.services.clear();
           for (const std::string peer : {"n1", "n2", "n3"})
             if (peer != node && (peer == "n2" || node == "n2")) n.rights[peer].services = {"bank"};
         }};
  t.has = {{"n1", {"a"}}, {"n2", {"b"}}, {"n3", {"c"}}};
  t.start();
  CHECK(t.found("n1") == lines{"/user/a", "n2:/user/b"});
  CHECK(t.found("n2") == lines{"/user/b", "n1:/user/a", "n3:/user/c"});
  CHECK(t.found("n3") == lines{"/user/c", "n2:/user/b"});
  // Nor what somebody here has enlisted of it by hand.
  const auto far = receptionist_of(t.nodes.at("n2")).find_now(bank, 1s).value().back();
  receptionist_of(t.nodes.at("n2")).enlist(bank, far);
  t.nodes.run_for(1s);
  CHECK(t.found("n1") == lines{"/user/a", "n2:/user/b"});
}

TEST_CASE("RI11: only services of the names that are shared are told, and believed") {
  town t{1, [](const std::string& node, node_options& n) {
           if (node == "n1") n.services = {"bank", "post*"};
           if (node == "n2") n.services = {"*"};
         }};
  t.start();
  for (const std::string service : {"bank", "post", "post.office", "vault"}) {
    t.put("n1", "one-" + service, service);
    t.put("n2", "two-" + service, service);
    t.put("n3", "three-" + service, service);
  }
  t.nodes.run_for(1s);
  CHECK(t.found("n1", "post.office") == lines{"/user/one-post.office", "n2:/user/two-post.office"});
  CHECK(t.found("n2", "post") == lines{"/user/two-post", "n1:/user/one-post"});
  CHECK(t.found("n1", "vault") == lines{"/user/one-vault"});  // n2 tells of it, and n1 does not want to know
  CHECK(t.found("n2", "vault") == lines{"/user/two-vault"});
  CHECK(t.found("n3", "post") == lines{"/user/three-post"});
  CHECK(t.found("n3") == lines{"/user/three-bank", "n1:/user/one-bank", "n2:/user/two-bank"});
  CHECK(t.shared("n1", "n2").offers == 3);
}

TEST_CASE("RI11, PG2: who shares nothing is not asked twice, and says what to set; he asks nobody") {
  for (const bool with_others : {true, false}) {
    CAPTURE(with_others);
    town t{1, [=](const std::string& node, node_options& n) {
             if (node != "n2") return;
             n.services.clear();
             if (with_others) n.rights["n3"].services = {"bank"};
           }};
    t.has = {{"n1", {"a"}}};
    t.start();
    t.nodes.run_for(60s);
    CHECK_FALSE(t.shared("n1", "n2").listed);
    CHECK(t.shared("n1", "n2").why_not ==
          (with_others ? "node n2 shares no services with n1: name them in node.services or "
                         "node.rights.n1.services there"
                       : "node n1 may not hear of services on node n2; to let it, add their names to "
                         "node.services or node.rights.n1.services there"));
    CHECK(t.told["n2"]->all().size() == (with_others ? 0u : 2u));  // n1 and n3, once each
    CHECK_FALSE(t.shared("n1", "n2").asks);
    if (!with_others) CHECK_THROWS_AS(static_cast<void>(receptionist_of(t.nodes.at("n2"))), failed);
  }
}

TEST_CASE("RC6, RC2: nodes that mean different messages by one name are told so, and keep what is theirs") {
  town t;
  t.has = {{"n1", {"a"}}};
  t.start();
  const auto other = spawn<teller>(t.nodes.at("n2"), "other", std::string{"n2 other"});
  // n2 has nobody of its own yet: it hears what n1 means by the name.
  CHECK(receptionist_of(t.nodes.at("n2")).find_now(not_bank, 1s).error().text ==
        "service 'bank' is there for the messages (far_services.whose) on node n1, not for "
        "(far_services.leave)");
  CHECK(receptionist_of(t.nodes.at("n2")).enlist_now(not_bank, other, 1s).value());
  t.nodes.run_for(1s);
  CHECK(receptionist_of(t.nodes.at("n2")).find_now(not_bank, 1s).value().size() == 1);
  CHECK(t.found("n1") == lines{"/user/a"});
  CHECK(t.found("n3") == lines{"n1:/user/a"});
  CHECK(receptionist_of(t.nodes.at("n3")).find_now(not_bank, 1s).value().size() == 1);
}

TEST_CASE(
    "SX5, HO3: more than a node takes of a peer is left out and told of; when it fits again it is there") {
  town t{1, [](const std::string&, node_options& n) { n.services_max = 5; }};
  for (int n = 0; n < 8; ++n) t.has["n2"].push_back("t" + std::to_string(n));
  t.has["n3"] = {"c"};
  t.start();
  CHECK(t.found("n1") ==
        lines{"n2:/user/t0", "n2:/user/t1", "n2:/user/t2", "n2:/user/t3", "n2:/user/t4", "n3:/user/c"});
  CHECK(t.told["n1"]->count("n2: node n2 offers more services than the 5 that are taken of it: 3 are not "
                            "listed (node.services_max)") == 1);
  CHECK(t.found("n2").size() == 9);  // its own have no limit
  for (const std::string one : {"t0", "t6"}) t.at("n2", one).tell(leave{});
  t.nodes.run_for(1s);
  CHECK(t.found("n1").size() == 5);
  t.at("n2", "t1").tell(leave{});
  t.nodes.run_for(1s);
  CHECK(t.found("n1") ==
        lines{"n2:/user/t2", "n2:/user/t3", "n2:/user/t4", "n2:/user/t5", "n2:/user/t7", "n3:/user/c"});
}

TEST_CASE("OL2, SX7: thousands of offers come in pages, and a burst of changes in few listings") {
  town t;
  t.start();
  const auto heard = std::make_shared<journal>();
  spawn<reader>(t.nodes.at("n2"), "reader", heard);
  std::vector<ref<teller>> all;
  for (int n = 0; n < 2000; ++n) all.push_back(t.put("n1", "t" + std::to_string(n)));
  t.nodes.run_for(3s);
  CHECK(t.found("n2").size() == 2000);
  CHECK(t.found("n3") == t.found("n2"));
  CHECK(heard->all().size() < 40);
  for (int n = 0; n < 2000; n += 2) all[static_cast<std::size_t>(n)].tell(leave{});
  t.nodes.run_for(3s);
  CHECK(t.found("n2").size() == 1000);
  CHECK(t.found("n2").front() == "n1:/user/t1");
  const std::size_t before = heard->all().size();
  for (int n = 0; n < 500; ++n) {
    t.put("n1", "more" + std::to_string(n));
    t.nodes.run_for(1ms);
  }
  t.nodes.run_for(100ms);
  CHECK(heard->all().size() - before <= 30);  // in half a second, each 20 ms one
  CHECK(t.found("n2").size() == 1500);
}

TEST_CASE(
    "SX6: when the exchange of a peer ends nothing of it is listed, and it is asked again now and then") {
  town t;
  t.has = {{"n1", {"a"}}, {"n2", {"b"}}};
  t.start();
  stop(ref_to<list_shared>(t.nodes.at("n2").env(), "/user/services"));
  t.nodes.run_for(1s);
  CHECK(t.found("n1") == lines{"/user/a"});
  CHECK(t.found("n2") == lines{"/user/b"});  // RC6: what it had brought went with it
  CHECK_FALSE(t.shared("n1", "n2").listed);
  t.nodes.run_for(60s);
  CHECK(t.shared("n1", "n2").why_not == "no actor lives there");
  t.nodes.crash("n2");
  t.nodes.restart("n2");
  t.nodes.run_for(10s);
  CHECK(t.found("n1") == lines{"/user/a", "n2:/user/b"});
}

TEST_CASE("SX1: a question that stays open for hours is asked anew, and nothing flickers") {
  town t;
  t.has = {{"n1", {"a"}}, {"n2", {"b"}}};
  t.start();
  const auto heard = std::make_shared<journal>();
  spawn<reader>(t.nodes.at("n1"), "reader", heard);
  t.nodes.run_for(150min);
  t.put("n2", "c");
  t.nodes.run_for(1s);
  CHECK(heard->all() == lines{"/user/a n2:/user/b", "/user/a n2:/user/b n2:/user/c"});
}

TEST_CASE("SX4: actors that can't be named elsewhere are not told of") {
  town t;
  t.start();
  const auto hidden =
      cell::spawn(t.nodes.at("n1").env(), t.nodes.at("n1").system_root(),
                  props_of<teller>(t.nodes.at("n1").env(), {.name = "hidden"}, std::string{"h"}));
  REQUIRE(hidden.has_value());
  receptionist_of(t.nodes.at("n1")).enlist(bank, ref<teller>{address_ptr{*hidden}});
  receptionist_of(t.nodes.at("n1")).enlist(service_key<fall>{"bank.inside"}, t.put("n1", "seen"));
  t.nodes.run_for(1s);
  CHECK(t.found("n1") == lines{"/system/hidden", "/user/seen"});
  CHECK(t.found("n2") == lines{"n1:/user/seen"});
}

TEST_CASE(
    "SX4, L5, S6: a supervisor's child and a router are told of as well; a restart is no end, a final stop "
    "is") {
  town t;
  t.start();
  auto& sys = t.nodes.at("n2");
  const auto top = supervise(sys, "top", one_for_one{.intensity = 10},
                             child<teller>("child", std::string{"n2 child"}).transient());
  const auto desk = receptionist_of(sys);
  desk.enlist(bank, top.ref<teller>("child"));
  const auto pool =
      spawn_pool<teller>(sys, {.name = "pool", .size = 2}, round_robin{}, std::string{"n2 pooled"});
  desk.enlist(bank, pool);
  t.nodes.run_for(1s);
  CHECK(t.found("n1") == lines{"n2:/user/top/child", "n2:/user/pool"});
  CHECK(t.answers("n1") == lines{"n2 child", "n2 pooled"});
  top.ref<teller>("child").tell(fall{});
  t.nodes.run_for(1s);
  CHECK(t.answers("n1") == lines{"n2 child", "n2 pooled"});
  top.ref<teller>("child").tell(leave{});
  t.nodes.run_for(1s);
  CHECK(t.found("n1") == lines{"n2:/user/pool"});
}

}  // namespace simulate_services_test
