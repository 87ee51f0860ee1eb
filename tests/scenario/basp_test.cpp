// A troupe system and programs on stock CAF, each in a process of its own (basp_peer): both directions, and what becomes of it when a program is
// killed, stands still, or asks without end while the system goes down.
#include <doctest/doctest.h>
#include <signal.h>

#include <chrono>

#include "scenario/process.hpp"
#include "unit/basp/world.hpp"

namespace scenario_basp_test {

using namespace basp_test;
using scenario::process;

namespace {

/// Notes the end of who it watches.
struct watch_it {
  plain_ref who;
  using reply = bool;
};
class watcher : public troupe::actor<watch_it> {
 public:
  explicit watcher(life::journal_ptr to) : to_(std::move(to)) {}
  bool on(const watch_it& m) {
    watch(m.who);
    return true;
  }
  void on_terminated(const troupe::terminated& t) override {
    to_->note("gone " + std::string{troupe::to_string(t.kind())});
  }

 private:
  life::journal_ptr to_;
};

std::vector<std::string> peer(std::initializer_list<std::string> arguments) {
  std::vector<std::string> out{BASP_PEER};
  out.insert(out.end(), arguments);
  return out;
}

/// The port that a peer which serves has said.
std::uint16_t port_of(process& p) {
  p.wait_for_output(".\n");
  const std::string said = p.output();
  return static_cast<std::uint16_t>(std::stoi(said.substr(said.find("port ") + 5)));
}

/// A peer that serves, found and watched.
struct stage {
  explicit stage(troupe::basp_options o = options()) : w(std::move(o)) {
    REQUIRE(sees.ask(watch_it{far}, 20s).get().value());
  }
  world w;
  process p{peer({"serve"})};
  plain_ref far = w.connect(port_of(p));
  troupe::ref<watcher> sees = troupe::spawn<watcher>(w.sys, "watcher", w.j);
};

}  // namespace

TEST_CASE("BP1: a program on stock CAF finds a troupe actor, asks it, watches it, and hears how it ends") {
  world w;
  process p{peer({"visit", std::to_string(w.publish()), "50"})};
  p.wait_for_output("total 50\n");
  troupe::stop(w.t);
  p.wait_for_output("down exit_reason(user_shutdown)");
  CHECK(p.wait() == 0);
}

TEST_CASE(
    "BP1: a peer that is killed in the middle of an ask: the ask, its watchers and what comes later hear "
    "unreachable") {
  stage s;
  CHECK(s.far.ask(deposit{"ada", 3}, 20s).get().value() == 3);
  auto held = s.far.ask(hold_on{1}, 20s);
  CHECK(s.far.ask(deposit{"ada", 3}, 20s).get().value() == 6);  // it is there
  s.p.kill();
  const auto why = held.get().error();
  CHECK(why.code == errc::unreachable);
  CHECK(why.text.find(s.far.path()) != std::string::npos);
  CHECK(s.w.j->wait_for("gone unreachable"));
  CHECK(s.far.ask(deposit{"ada", 3}, 20s).get().error().code == errc::unreachable);
  CHECK(s.sees.ask(watch_it{s.far}, 20s).get().value());
  CHECK(s.w.j->wait_for("gone unreachable", 2));
  // Another run of the program is another one.
  process again{peer({"serve"})};
  const auto other = s.w.connect(port_of(again));
  CHECK(other != s.far);
  CHECK(other.ask(deposit{"ada", 4}, 20s).get().value() == 4);
}

TEST_CASE("a peer that stands still is given up after connection_timeout") {
  auto o = options();
  o.heartbeat_interval = 500ms;
  o.connection_timeout = 2s;
  world w{std::move(o)};
  process p{peer({"serve", "500"})};
  const troupe::port::endpoint at{"127.0.0.1", port_of(p)};
  // CAF cuts a connection that is in its handshake when the other side's heartbeat is due.
  auto far = troupe::basp_of(w.sys).connect<deposit, hold_on>(at);
  for (int i = 0; i < 10 && !far; ++i) far = troupe::basp_of(w.sys).connect<deposit, hold_on>(at);
  REQUIRE(far.has_value());
  CHECK(far->ask(deposit{"ada", 3}, 20s).get().value() == 3);
  auto held = far->ask(hold_on{1}, 60s);
  p.stall();
  CHECK(held.get().error().code == errc::unreachable);
  CHECK(far->ask(deposit{"ada", 3}, 20s).get().error().code == errc::unreachable);
}

TEST_CASE("an actor of a peer that ends, with its program, is told with its reason") {
  stage s;
  s.far.tell(leave{static_cast<std::int32_t>(caf::exit_reason::user_shutdown)});
  CHECK(s.w.j->wait_for("gone shutdown"));
  CHECK(s.p.wait() == 0);  // its last actor was the one
}

TEST_CASE("SY2: a system that CAF peers ask without end goes down in time, and they end by themselves") {
  std::chrono::steady_clock::duration took{};
  std::vector<std::unique_ptr<process>> press;
  {
    auto w = std::make_unique<world>();
    const std::string port = std::to_string(w->publish());
    for (int i = 0; i < 2; ++i) {
      press.push_back(std::make_unique<process>(peer({"press", port})));
      press.back()->wait_for_output("presses");
    }
    REQUIRE(w->t.ask(deposit{"ada", 1}, 20s).get().has_value());
    const auto began = std::chrono::steady_clock::now();
    w.reset();
    took = std::chrono::steady_clock::now() - began;
  }
  MESSAGE("went down in " << took / 1ms << " ms");
  CHECK(took < 10s);  // its shutdown.deadline is 15 s
  for (auto& one : press) CHECK(one->wait() == 0);
}

TEST_CASE("BP3: CAF peers and troupe's own nodes, in one process at one time") {
  troupe::node_options here{.name = "here"}, there{.name = "there"};
  there.public_paths = {"/user/teller"};
  const auto j = std::make_shared<life::journal>();
  troupe::system below{life::quiet(), troupe::remoting{there}};
  troupe::spawn<teller>(below, "teller", j);
  here.peers["there"] = below.find_extension<troupe::remoting>()->listens_on();
  troupe::system above{life::quiet(), troupe::remoting{here}, troupe::basp{options()}};
  process p{peer({"serve"})};
  const auto far = troupe::basp_of(above).connect<deposit>({"127.0.0.1", port_of(p)});
  REQUIRE(far.has_value());
  const auto node = troupe::node(above, "there").ref<deposit>("/user/teller");
  const auto end = std::chrono::steady_clock::now() + scenario::patience;
  auto met = node.ask(deposit{"ada", 0}, 20s).get();
  while (!met && std::chrono::steady_clock::now() < end) met = node.ask(deposit{"ada", 0}, 20s).get();
  for (int i = 1; i <= 100; ++i) {
    CHECK(node.ask(deposit{"ada", 1}, 20s).get().value() == i);
    CHECK(far->ask(deposit{"ada", 1}, 20s).get().value() == i);
  }
}

}  // namespace scenario_basp_test
