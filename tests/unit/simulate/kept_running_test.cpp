// The actors that a node runs itself fail in the middle of their work, and go on with what there is (GU1, NS11, SX9).
#include <doctest/doctest.h>

#include <algorithm>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/environment.hpp>
#include <troupe/cell/names.hpp>
#include <troupe/node/spawner.hpp>
#include <troupe/pattern/receptionist.hpp>
#include <troupe/services/shared_services.hpp>

#include "unit/cell/world.hpp"
#include "unit/simulate/far_accounts.hpp"

namespace simulate_kept_running_test {

using namespace far_accounts;
using life::journal;
using life::journal_ptr;

namespace {

cell_ptr at(troupe::system& sys, const std::string& path) { return sys.env().resolve(path); }

/// Hears what becomes of the actors that nodes run.
journal_ptr listen(troupe::system& sys) {
  const auto to = std::make_shared<journal>();
  sys.events().subscribe([to](const event& e) {
    if (e.kind == event_kind::actor_failed || e.kind == event_kind::actor_restarted)
      to->note(std::string{to_string(e.kind)} + " " + e.path + ": " + e.action);
  });
  return to;
}

/// Has accounts of its own opened, and leaves.
struct open_bound {
  peer_node where;
  std::string name;
};
class owner : public actor<open_bound, leave> {
 public:
  task<void> on(open_bound m) {
    const auto made = co_await m.where.spawn<account>(5s, spawn_there{m.name}.bound_to(self()), m.name, 7);
    if (!made) stop_self();
  }
  void on(const leave&) { stop_self(); }
};

}  // namespace

TEST_CASE(
    "GU1, NS11: a spawner that fails on a request does it once it is back, and what it has made lives on") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    town t{seed};
    const auto said = listen(t.nodes.at("n2"));
    const auto ada = t.at("n2").spawn<account>(5s, "ada", "ada", 100).get().value();
    ada.tell(deposit{20});
    t.nodes.run_for(100ms);
    t.apply("0s throws n2 /user/spawned troupe.spawn.request #1 5s");
    const auto bob = t.at("n2").spawn<account>(5s, "bob", "bob", 1).get();
    REQUIRE(bob.has_value());
    CHECK(bob->ask(balance{}, 1s).get().value() == 1);
    CHECK(ada.ask(balance{}, 1s).get().value() == 120);  // the same one
    CHECK(at(t.nodes.at("n2"), "/user/spawned")->incarnation() == 1);
    CHECK(said->all() == lines{"actor_failed /user/spawned: restarting it: 1 of 5 restarts in 10 s (GU1)",
                               "actor_restarted /user/spawned: serves again in its old cell (S6)"});
    CHECK(t.living("n2") == lines{"/user/spawned/n1/ada", "/user/spawned/n1/bob"});
    stop(ada);
    t.nodes.run_for(1s);
    CHECK(t.at("n2").spawn<account>(5s, "ada", "ada", 3).get().value().ask(balance{}, 1s).get().value() == 3);
  }
}

TEST_CASE(
    "NS11: the end of a lease that a spawner has not heard of is heard by the next, and ends what hangs on "
    "it") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    town t{seed};
    const auto who = spawn<owner>(t.nodes.at("n1"), "owner");
    who.tell(open_bound{t.at("n2"), "ada"});
    t.nodes.run_for(1s);
    REQUIRE(t.living("n2").size() == 1);
    // Its watches of leases are gone, as if it had failed on what they brought.
    auto& here = t.nodes.at("n1");
    auto& there = t.nodes.at("n2");
    const cell_ptr spawned = at(there, "/user/spawned");
    for (const cell_ptr& one : at(here, "/user")->children()) {
      const address_ptr far = there.env().names().address_of(here.env().names().token_of(*one));
      spawned->run_inside([far](cell& c) { c.unwatch(far, 0); });
    }
    t.nodes.run_for(100ms);
    who.tell(leave{});
    t.nodes.run_for(3s);
    REQUIRE(t.living("n2").size() == 1);
    spawned->fail({errc::handler_failed, "broken on purpose"}, nullptr);
    t.nodes.run_for(3s);
    CHECK(spawned->incarnation() == 1);
    CHECK(t.living("n2").empty());
    for (int i = 0; i < 3; ++i)  // and no place is taken by what has gone
      CHECK(t.at("n2").spawn<account>(5s, "", "x", 1).get().has_value());
  }
}

TEST_CASE(
    "NS11: news of a start that a spawner failed on is found out by the next, and its asker is answered") {
  const std::string news{type_name_of<troupe::detail::spawn_began>};
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    town t{seed};
    t.apply("0s throws n2 /user/spawned " + news + " 100% 100ms");
    const auto ada = t.at("n2").spawn<account>(5s, "ada", "ada", 100).get();
    REQUIRE(ada.has_value());
    CHECK(ada->ask(balance{}, 1s).get().value() == 100);
    CHECK(at(t.nodes.at("n2"), "/user/spawned")->incarnation() >= 1);
    CHECK(t.living("n2").size() == 1);
  }
}

TEST_CASE("NS11: what lives below a spawner and nobody knows of is ended when it begins anew") {
  town t;
  const auto ada = t.at("n2").spawn<account>(5s, "ada", "ada", 100).get().value();
  auto& there = t.nodes.at("n2");
  const auto stray =
      cell::spawn(there.env(), at(there, "/user/spawned/n1"),
                  props_of<account>(there.env(), {.name = "stray"}, std::string{"stray"}, std::int64_t{1}))
          .value();
  t.nodes.run_for(100ms);
  CHECK(t.living("n2").size() == 2);
  at(there, "/user/spawned")->fail({errc::handler_failed, "broken on purpose"}, nullptr);
  t.nodes.run_for(1s);
  CHECK(stray->has_ended());
  CHECK(t.living("n2") == lines{"/user/spawned/n1/ada"});
  CHECK(ada.ask(balance{}, 1s).get().value() == 100);
}

TEST_CASE(
    "GU1: past its restarts it stays down for a while, keeps what waits and what it has made, and serves "
    "again") {
  town t;
  const auto said = listen(t.nodes.at("n2"));
  const auto ada = t.at("n2").spawn<account>(5s, "ada", "ada", 100).get().value();
  t.apply("0s throws n2 /user/spawned troupe.spawn.request 100% 2s");
  for (int i = 0; i < 4; ++i) CHECK_FALSE(t.at("n2").spawn<account>(300ms, "", "x", 1).get().has_value());
  CHECK(at(t.nodes.at("n2"), "/user/spawned")->status() == cell_status::held);
  const auto all = said->all();
  CHECK(std::count_if(all.begin(), all.end(), [](const std::string& one) {
          return one ==
                 "actor_failed /user/spawned: not restarted for 10 s: 6 of 5 restarts in 10 s are used up "
                 "(GU1)";
        }) == 1);
  CHECK(ada.ask(balance{}, 1s).get().value() == 100);
  t.nodes.run_for(2s);
  const auto bob = t.at("n2").spawn<account>(20s, "bob", "bob", 1).get();  // waits until it is back
  REQUIRE(bob.has_value());
  CHECK(bob->ask(balance{}, 1s).get().value() == 1);
  CHECK(ada.ask(balance{}, 1s).get().value() == 100);
  CHECK(t.living("n2").size() == 2);
}

TEST_CASE("GU1: a node whose spawner is down goes down in peace") {
  town t;
  static_cast<void>(t.at("n2").spawn<account>(5s, "ada", "ada", 100).get());
  t.apply("0s throws n2 /user/spawned troupe.spawn.request 100% 2s");
  for (int i = 0; i < 4; ++i) static_cast<void>(t.at("n2").spawn<account>(300ms, "", "x", 1).get());
  REQUIRE(at(t.nodes.at("n2"), "/user/spawned")->status() == cell_status::held);
  // The end of the town is that of its nodes, which wait for all that they run.
}

// ---- services

namespace {

struct whose {
  using reply = std::string;
};
TROUPE_CONTRACT(whose, "kept_running.whose", 1)
inline const service_key<whose> desk{"desk"};

class clerk : public actor<whose, leave> {
 public:
  explicit clerk(std::string name) : name_(std::move(name)) {}
  std::string on(const whose&) { return name_; }
  void on(const leave&) { stop_self(); }

 private:
  const std::string name_;
};

struct offices {
  explicit offices(std::uint64_t seed) : nodes(cluster_options{.seed = seed}) {
    for (const std::string name : {"n1", "n2"})
      nodes.add(
          name,
          [name](troupe::system& sys) -> std::shared_ptr<void> {
            receptionist_of(sys).enlist(desk, spawn<clerk>(sys, "a", name + " a"));
            return {};
          },
          [](system_options&, node_options& n) { n.services = {"desk"}; });
    nodes.start();
    nodes.run_for(2s);
  }
  lines found(const std::string& on) {
    lines out;
    for (const auto& r : receptionist_of(nodes.at(on)).find_now(desk, 1s).value()) out.push_back(r.path());
    return out;
  }
  void fail(const std::string& on) {
    at(nodes.at(on), "/user/services")->fail({errc::handler_failed, "broken on purpose"}, nullptr);
  }

  cluster nodes;
};

}  // namespace

TEST_CASE("SX9: an exchange that has failed tells and hears again, of all that there is and of each once") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    offices o{seed};
    REQUIRE(o.found("n1") == lines{"/user/a", "n2:/user/a"});
    // News that waits for the old one is not told twice by the new one.
    receptionist_of(o.nodes.at("n1")).enlist(desk, spawn<clerk>(o.nodes.at("n1"), "b", std::string{"n1 b"}));
    o.nodes.run_for(microseconds{static_cast<std::int64_t>(seed) * 3});
    o.fail("n1");
    receptionist_of(o.nodes.at("n1")).enlist(desk, spawn<clerk>(o.nodes.at("n1"), "c", std::string{"n1 c"}));
    o.nodes.run_for(1s);
    CHECK(o.found("n1") == lines{"/user/a", "/user/b", "/user/c", "n2:/user/a"});
    CHECK(o.found("n2") == lines{"/user/a", "n1:/user/a", "n1:/user/b", "n1:/user/c"});
    const auto shared = shared_services_now(o.nodes.at("n2"), 1s).value().at(0);
    CHECK(shared == shared_with{"n1", true, 3, {}, true});
    ref_to<clerk>(o.nodes.at("n1").env(), "/user/b").tell(leave{});
    receptionist_of(o.nodes.at("n2")).delist(desk, ref_to<clerk>(o.nodes.at("n2").env(), "/user/a"));
    o.nodes.run_for(1s);
    CHECK(o.found("n1") == lines{"/user/a", "/user/c"});
    CHECK(o.found("n2") == lines{"n1:/user/a", "n1:/user/c"});
  }
}

TEST_CASE("SX9: of a peer that was lost while an exchange was down nobody stays listed") {
  offices o{1};
  o.nodes.apply(parse_faults("0s throws n1 /user/services * 100% 500ms").value().front());
  o.nodes.crash("n2");
  o.fail("n1");
  o.nodes.run_for(20s);
  CHECK(o.found("n1") == lines{"/user/a"});
  o.nodes.restart("n2");
  o.nodes.run_for(30s);
  CHECK(o.found("n1") == lines{"/user/a", "n2:/user/a"});
  CHECK(o.found("n2") == lines{"/user/a", "n1:/user/a"});
}

}  // namespace simulate_kept_running_test
