// Simulated nodes: remoting as it is, over a network that a seed delays, cuts and breaks (NW1-NW5, SW5).
#include <doctest/doctest.h>

#include <map>
#include <troupe/sim/witness.hpp>
#include <troupe/sim/world.hpp>
#include <troupe/troupe.hpp>

namespace sim_nodes_test {

namespace {

using namespace troupe;

struct deposit {
  int cents = 0;
  using reply = int;
};
TROUPE_CONTRACT(deposit, "sim_test.deposit", 1, cents)

class account : public actor<deposit> {
 public:
  int on(const deposit& m) { return sum_ += m.cents; }

 private:
  int sum_ = 0;
};

/// Two nodes that know each other, on hosts of the same names.
struct pair_of_nodes {
  explicit pair_of_nodes(std::uint64_t seed) : w(seed) {
    for (const char* const name : {"n1", "n2"}) start(name);
  }
  ~pair_of_nodes() { systems.clear(); }

  void start(const std::string& name) {
    node_options o;
    o.name = name;
    trust_all_peers(o);
    for (std::uint16_t i = 1; i <= 2; ++i) {
      const std::string peer = "n" + std::to_string(i);
      const port::endpoint at{.port = static_cast<std::uint16_t>(7000 + i)};
      if (peer == name)
        o.listen = at;
      else
        o.peers[peer] = at;
    }
    auto seen = std::make_shared<sim::witness>(w, name);
    system_options s;
    s.name = name;
    s.workers = 1;
    s.interceptors.push_back(seen);
    s.log_to = seen->log();
    auto& made = systems[name] = std::make_unique<troupe::system>(std::move(s), w.boot(name), remoting{o});
    spawn<account>(*made, "account");
  }
  void crash(const std::string& name) {
    w.crash(name);
    systems.erase(name);
  }

  result<int> put(const std::string& from, const std::string& to, int cents, duration timeout = seconds{5}) {
    return node(*systems.at(from), to).ref<account>("/user/account").ask(deposit{cents}, timeout).get();
  }
  bool sees(const std::string& from) { return peers(*systems.at(from)).at(0).reachable; }

  sim::world w;
  std::map<std::string, std::unique_ptr<troupe::system>> systems;
};

}  // namespace

TEST_CASE("SW4, NW1: two nodes find each other and ask each other, in virtual time") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    pair_of_nodes p{seed};
    p.w.run_for(seconds{1});
    REQUIRE(p.sees("n1"));
    REQUIRE(p.sees("n2"));
    CHECK(p.put("n1", "n2", 5).value() == 5);
    CHECK(p.put("n2", "n1", 7).value() == 7);
    CHECK(p.put("n1", "n2", 5).value() == 10);
  }
}

TEST_CASE("SW5, R2: a node that crashes is unreachable until it is back, and has forgotten") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    pair_of_nodes p{seed};
    p.w.run_for(seconds{1});
    CHECK(p.put("n1", "n2", 5).value() == 5);
    p.crash("n2");
    p.w.run_for(seconds{3});
    CHECK(!p.sees("n1"));
    CHECK(p.put("n1", "n2", 5).error().code == errc::unreachable);
    p.start("n2");
    p.w.run_for(seconds{30});
    CHECK(p.sees("n1"));
    CHECK(p.put("n1", "n2", 6).value() == 6);
  }
}

TEST_CASE("NW2: a way that is cut makes a node unreachable, and one that heals brings it back") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    pair_of_nodes p{seed};
    p.w.run_for(seconds{1});
    p.w.network().partition("n1", "n2", true);
    p.w.run_for(seconds{5});
    CHECK(!p.sees("n1"));
    CHECK(!p.sees("n2"));
    p.w.network().partition("n1", "n2", false);
    p.w.run_for(seconds{90});
    CHECK(p.sees("n1"));
    CHECK(p.sees("n2"));
    CHECK(p.put("n1", "n2", 1).has_value());
  }
}

TEST_CASE("D1: what nodes do to each other under a crash and a cut is the same each time for a seed") {
  const auto run = [](std::uint64_t seed) {
    pair_of_nodes p{seed};
    p.w.run_for(seconds{1});
    p.w.network().partition("n1", "n2", true);
    p.w.run_for(seconds{3});
    p.w.network().partition("n1", "n2", false);
    p.w.run_for(seconds{10});
    p.crash("n1");
    p.w.run_for(seconds{1});
    p.start("n1");
    p.w.run_for(seconds{20});
    return std::pair{p.w.record().hash(), p.w.record().count()};
  };
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    CHECK(run(seed) == run(seed));
  }
  CHECK(run(1) != run(2));
}

}  // namespace sim_nodes_test
