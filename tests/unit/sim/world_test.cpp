// A world of simulated hosts: real systems on one thread (SW1-SW5, D1, D2).
#include <doctest/doctest.h>

#include <caf/all.hpp>
#include <troupe/engine/scheduler.hpp>
#include <troupe/sim/witness.hpp>
#include <troupe/sim/world.hpp>
#include <troupe/troupe.hpp>

#include <set>

namespace sim_world_test {

using namespace troupe;

namespace {

struct add {
  int n = 0;
};
struct sum {
  using reply = int;
};
struct fail_now {};

class adder : public actor<add, sum, fail_now> {
 public:
  void on(const add& m) { sum_ += m.n; }
  int on(const sum&) const { return sum_; }
  void on(const fail_now&) { throw std::runtime_error("as asked"); }

 private:
  int sum_ = 0;
};

struct go {};

/// Tells somebody a number, again and again.
class teller : public actor<go> {
 public:
  teller(ref<add> to, int n, int times) : to_(std::move(to)), n_(n), times_(times) {}
  void on(const go&) {
    if (times_-- == 0) return;
    to_.tell(add{n_});
    ref<go>{self()}.tell(go{});
  }

 private:
  ref<add> to_;
  int n_;
  int times_;
};

/// Notes the order in which numbers come.
class listener : public actor<add> {
 public:
  explicit listener(std::string* to) : to_(to) {}
  void on(const add& m) { *to_ += static_cast<char>('a' + m.n); }

 private:
  std::string* to_;
};

system_options watched(sim::world& w, const std::string& name) {
  auto seen = std::make_shared<sim::witness>(w, name);
  system_options o{.name = name, .workers = 1};
  o.interceptors.push_back(seen);
  o.log_to = seen->log();
  return o;
}

/// The order in which the messages of two senders come, and the hash of all that happened.
std::pair<std::string, std::uint64_t> race(std::uint64_t seed) {
  std::string heard;
  sim::world w{seed};
  {
    troupe::system sys{watched(w, "n1"), w.boot("n1")};
    const auto at = spawn<listener>(sys, "listener", &heard);
    for (int n = 0; n < 2; ++n)
      spawn<teller>(sys, "teller" + std::to_string(n), ref<add>{at}, n, 5).tell(go{});
    w.run_for(seconds{1});
  }
  return {heard, w.record().hash()};
}

}  // namespace

TEST_CASE("SW4: a system on a simulated host is asked, supervises and shuts down without a thread") {
  sim::world w{1};
  troupe::system sys{watched(w, "n1"), w.boot("n1")};
  auto tree = supervise(sys, "tree", one_for_one{}, child<adder>("adder"));
  const auto a = tree.ref<adder>("adder");
  a.tell(add{1});
  a.tell(fail_now{});
  a.tell(add{4});
  CHECK(a.ask(sum{}, seconds{1}).get().value() == 4);
  CHECK(w.steps() > 5);
}

TEST_CASE("SW2: time is virtual: an hour of timers passes at once, and none fires early") {
  struct tick_counter : actor<sum> {
    void on_start() {
      at_fixed_rate(minutes{1}, [this] { ++count_; });
    }
    int on(const sum&) const { return count_; }
    int count_ = 0;
  };
  sim::world w{2};
  troupe::system sys{watched(w, "n1"), w.boot("n1")};
  const auto t = spawn<tick_counter>(sys, "ticks");
  const time_point before = w.now();
  w.run_for(minutes{59} + seconds{59});
  CHECK(t.ask(sum{}, seconds{1}).get().value() == 59);
  w.run_for(seconds{2});
  CHECK(t.ask(sum{}, seconds{1}).get().value() == 60);
  CHECK(w.now() - before >= hours{1});
  CHECK(w.now() - before < hours{1} + seconds{2});
}

TEST_CASE("SW1: the order of what two actors send differs from seed to seed, and the order of each never") {
  std::set<std::string> orders;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const auto [heard, hash] = race(seed);
    REQUIRE(heard.size() == 10);
    CHECK(std::count(heard.begin(), heard.end(), 'a') == 5);
    orders.insert(heard);
  }
  CHECK(orders.size() > 12);
}

TEST_CASE("SW1: of three actors that wait any may be the first, and the second: all six orders come") {
  std::set<std::string> orders;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    std::string heard;
    sim::world w{seed};
    troupe::system sys{watched(w, "n1"), w.boot("n1")};
    std::vector<ref<listener>> three;
    for (int n = 0; n < 3; ++n) three.push_back(spawn<listener>(sys, "l" + std::to_string(n), &heard));
    w.run_for(seconds{1});  // they have started
    for (int n = 0; n < 3; ++n) three[static_cast<std::size_t>(n)].tell(add{n});
    w.run_for(seconds{1});
    orders.insert(heard);
  }
  CHECK(orders == std::set<std::string>{"abc", "acb", "bac", "bca", "cab", "cba"});
}

TEST_CASE("P11: a stepped scheduler runs what was queued before its end, and nothing afterwards") {
  struct counted final : engine::runnable {
    void run_turn() override { ++turns; }
    int turns = 0;
  } early, late;
  sim::world w{1};
  auto ports = w.boot("n1");
  engine::scheduler s{*ports, 1};
  s.start();
  s.submit(early);
  CHECK(early.turns == 0);
  s.stop();
  CHECK(early.turns == 1);
  s.submit(late);
  CHECK(!w.step());
  CHECK(late.turns == 0);
}

TEST_CASE("D1, SW3: a seed gives the same record each time, another seed another") {
  const auto first = race(7);
  CHECK(race(7) == first);
  CHECK(race(7) == first);
  CHECK(race(8).second != first.second);
}

TEST_CASE("SW4: a wait for what can never come is an error that says for what") {
  sim::world w{3};
  troupe::system sys{watched(w, "n1"), w.boot("n1")};
  CHECK_THROWS_WITH_AS(
      w.wait([] { return false; }, never, "godot"),
      doctest::Contains("the simulation waits for godot, and nothing is left that could happen"), failed);
}

TEST_CASE("SW1: plain CAF actors run in it, with their timers") {
  sim::world w{4};
  troupe::system sys{watched(w, "n1"), w.boot("n1")};
  int heard = 0;
  const caf::actor c = sys.caf().spawn([&heard](caf::event_based_actor* self) -> caf::behavior {
    self->delayed_send(self, std::chrono::seconds(5), 2);
    return {[&heard, self](int n) {
      heard = n;
      self->quit();
    }};
  });
  w.run_for(seconds{4});
  CHECK(heard == 0);
  w.run_for(seconds{2});
  CHECK(heard == 2);
}

TEST_CASE("HO3: a clock that is put back stands still until it is made up for, and timers wait for it") {
  sim::world w{5};
  troupe::system sys{watched(w, "n1"), w.boot("n1")};
  const auto time = [&sys] { return sys.platform().clock().now(); };
  w.run_for(seconds{1});
  const time_point before = time();
  w.skew_clock("n1", -seconds{3});
  w.run_for(seconds{2});
  CHECK(time() == before);
  w.run_for(seconds{2});
  CHECK(time() == before + seconds{1});
  w.nudge_clock("n1", seconds{1});
  CHECK(time() == before + seconds{2});
}

}  // namespace sim_world_test
