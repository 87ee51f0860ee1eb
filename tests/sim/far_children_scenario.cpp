// Remote children, two of each node on the other two, while nodes crash, are cut off and come back: once the nodes can talk again one actor lives for each
// child, it answers, and nothing of the others is left.
#include <map>
#include <set>
#include <troupe/children/remote_child.hpp>
#include <troupe/tree/inspect.hpp>
#include <troupe/tree/messages.hpp>
#include <troupe/troupe.hpp>

#include "sim/scenarios.hpp"

namespace simulations {

namespace far_children {

using namespace troupe;

struct fall {};
TROUPE_CONTRACT(fall, "sim.far_children.fall", 1)
struct finish {};
TROUPE_CONTRACT(finish, "sim.far_children.finish", 1)
struct name_of {
  using reply = std::string;
};
TROUPE_CONTRACT(name_of, "sim.far_children.name_of", 1)
struct act {};

class worker : public actor<fall, finish, name_of> {
 public:
  explicit worker(std::string name) : name_(std::move(name)) {}
  void on(const fall&) { throw std::runtime_error{"told to"}; }
  void on(const finish&) { stop_self(); }
  std::string on(const name_of&) { return name_; }

 private:
  const std::string name_;
};
TROUPE_SPAWNABLE(worker, "sim.far_children.worker", 1, std::string)

/// Starts the children of its node, and has them fail.
class keeper : public actor<act> {
 public:
  keeper(std::string own, std::vector<std::string> others)
      : own_(std::move(own)), others_(std::move(others)) {}

  void on_start() {
    random_ = prng{ports().entropy().next()};
    for (const std::string id : {"a", "b"}) launch(start(id));
  }
  void on(const act&) {
    const auto one = find<worker>(random_.below(2) ? "/user/top/a" : "/user/top/b");
    if (random_.below(4) == 0)
      one.tell(finish{});
    else
      one.tell(fall{});
  }

 private:
  task<void> start(std::string id) {
    const auto top = find<start_child>("/user/top");
    const std::vector<std::string> back{others_.rbegin(), others_.rend()};
    node_choice where = id == "a" ? on_nodes(others_) : on_nodes(back).next_after_failure();
    start_child wish{remote_child<worker>(id, std::move(where).patience(seconds{2}), own_ + "." + id)
                         .backoff({.min = milliseconds{50}, .max = seconds{1}})};
    for (;;) {
      const auto done = co_await ask<start_child>(top, minutes{1}, wish.spec);
      if (done || done.error().code == errc::already_exists) co_return;
      co_await sleep(milliseconds{300});
    }
  }

  const std::string own_;
  const std::vector<std::string> others_;
  prng random_{0};
};

/// The workers that live anywhere, by what their place says: `n1 top.a`.
std::map<std::string, std::vector<std::string>> living(cluster& c, const std::vector<std::string>& all) {
  std::map<std::string, std::vector<std::string>> out;
  for (const std::string& on : all)
    for (const std::string& of : all)
      for (const tree_node& one : inspect(c.at(on).env(), "/user/spawned/" + of).children)
        out[of + " " + one.path.substr(one.path.rfind('/') + 1)].push_back(on);
  return out;
}

void run(cluster& c) {
  const std::vector<std::string> all{"n1", "n2", "n3"};
  const auto prepare = [](system_options&, node_options& n) {
    n.down_after = milliseconds{2500};
    n.types.add<worker>();
    n.spawnable = {"sim.far_children.*"};
  };
  for (const std::string& name : all)
    c.add(
        name,
        [=](troupe::system& sys) -> std::shared_ptr<void> {
          std::vector<std::string> others;
          for (const std::string& other : all)
            if (other != name) others.push_back(other);
          auto top = std::make_shared<supervision>(supervise(sys, "top", one_for_one{.intensity = 1000}));
          spawn<keeper>(sys, "keeper", name, others);
          return top;
        },
        prepare);
  c.start();
  for (int n = 0; n < 300; ++n) {
    const std::string& name = all[static_cast<std::size_t>(n) % all.size()];
    if (c.is_up(name)) c.find<act>(name, name, "/user/keeper").tell(act{});
    c.run_for(milliseconds{30});
  }
  c.run_past_faults();
  c.run_for(seconds{40});  // longer than it takes to declare somebody down, to come back, and to be placed
  const auto there = living(c, all);
  c.expect(there.size() == 2 * all.size(), "each child has an actor, and nobody else has");
  for (const auto& [child, where] : there)
    c.expect(where.size() == 1, child + " has one actor, not " + std::to_string(where.size()));
  for (const std::string& name : all)
    for (const std::string id : {"a", "b"}) {
      const auto who = c.find<worker>(name, name, "/user/top/" + id).ask(name_of{}, seconds{5}).get();
      c.expect(who && *who == name + "." + id, "the actor of " + name + "'s child " + id + " answers");
    }
}

}  // namespace far_children

troupe::scenario remote_children() {
  return [](troupe::cluster& c) { far_children::run(c); };
}

}  // namespace simulations
