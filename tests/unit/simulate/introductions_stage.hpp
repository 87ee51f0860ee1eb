// What the tests of introductions share: a person who talks to whoever it is given a ref to, and nodes that know only the first of them.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <troupe/simulate/cluster.hpp>
#include <troupe/simulate/simulate.hpp>
#include <troupe/troupe.hpp>

#include "unit/cell/world.hpp"

namespace introductions_stage {

using namespace troupe;
using namespace std::chrono_literals;
using life::journal;
using life::journal_ptr;
using life::lines;

struct say {
  std::int32_t n = 0;
};
TROUPE_CONTRACT(say, "introductions.say", 1, n)
struct count {
  std::int32_t n = 0;
  using reply = std::int32_t;
};
TROUPE_CONTRACT(count, "introductions.count", 1, n)
struct leave {};
TROUPE_CONTRACT(leave, "introductions.leave", 1)
/// The ref of who gets this.
struct yours {
  using reply = troupe::ref<say, count, leave>;
};
TROUPE_CONTRACT(yours, "introductions.yours", 1)
using other = ref<say, count, leave>;

/// Say 1 to 3 to him, ask him, and say 5.
struct talk_to {
  troupe::ref<say, count, leave> whom;
  using reply = std::string;
};
TROUPE_CONTRACT(talk_to, "introductions.talk_to", 1, whom)
/// Have that one do that.
struct pass_on {
  troupe::ref<talk_to> by;
  troupe::ref<say, count, leave> whom;
  using reply = std::string;
};
TROUPE_CONTRACT(pass_on, "introductions.pass_on", 1, by, whom)
/// Keep it, and no other one.
struct keep {
  troupe::ref<say, count, leave> whom;
};
TROUPE_CONTRACT(keep, "introductions.keep", 1, whom)
/// Talk to the one who was kept.
struct talk {
  using reply = std::string;
};
TROUPE_CONTRACT(talk, "introductions.talk", 1)
/// Say 7 to the one who was kept.
struct say_it {};
TROUPE_CONTRACT(say_it, "introductions.say_it", 1)
struct look_at_kept {};
TROUPE_CONTRACT(look_at_kept, "introductions.look_at_kept", 1)
struct link_to_kept {};
TROUPE_CONTRACT(link_to_kept, "introductions.link_to_kept", 1)
/// Ask him for his own ref's like, and talk to that.
struct fetch {
  troupe::ref<yours> from;
  using reply = std::string;
};
TROUPE_CONTRACT(fetch, "introductions.fetch", 1, from)

/// Say 1 to n to the one who was kept, then ask him.
struct say_all {
  std::int32_t n = 0;
  using reply = std::string;
};
TROUPE_CONTRACT(say_all, "introductions.say_all", 1, n)

inline std::string words(const error& e) { return std::string{to_string(e.code)} + ": " + e.text; }

/// Does what it is told with refs, and notes what it hears.
class person : public actor<say, count, leave, yours, talk_to, pass_on, keep, talk, say_it, look_at_kept,
                            link_to_kept, fetch, say_all> {
 public:
  explicit person(journal_ptr to) : to_(std::move(to)) {}
  void on(const say& m) { to_->note(std::to_string(m.n)); }
  std::int32_t on(const count& m) {
    to_->note("asked " + std::to_string(m.n));
    return m.n + 1;
  }
  void on(const leave&) { stop_self(); }
  other on(const yours&) { return kept_ ? kept_ : other{self()}; }
  task<std::string> on(talk_to m) { return talking(m.whom); }
  task<std::string> on(pass_on m) {
    const auto told = co_await ask<talk_to>(m.by, 30s, m.whom);
    co_return told ? *told : words(told.error());
  }
  void on(const keep& m) { kept_ = m.whom; }
  task<std::string> on(talk) { return talking(kept_); }
  void on(const say_it&) { kept_.tell(say{7}); }
  task<std::string> on(say_all m) {
    for (std::int32_t n = 1; n <= m.n; ++n) kept_.tell(say{n});
    const auto got = co_await ask<count>(kept_, 30s, m.n);
    co_return got ? std::to_string(*got) : words(got.error());
  }
  void on(const look_at_kept&) { watch(kept_); }
  void on(const link_to_kept&) { link(kept_); }
  void on_link_ended(const link_ended& news) {
    to_->note("link " + news.path() + " " + to_string(news.reason()));
  }
  void on_terminated(const terminated& news) override {
    to_->note(news.path() + " " + to_string(news.reason()));
  }
  task<std::string> on(fetch m) {
    const auto got = co_await ask<yours>(m.from, 30s);
    if (!got) co_return words(got.error());
    auto all = talking(*got);
    co_return co_await std::move(all);
  }

 private:
  task<std::string> talking(other whom) {
    for (const std::int32_t n : {1, 2, 3}) whom.tell(say{n});
    auto asked = ask<count>(whom, 30s, 4);
    whom.tell(say{5});
    const auto got = co_await std::move(asked);
    co_return got ? std::to_string(*got) : words(got.error());
  }

  const journal_ptr to_;
  other kept_;
};

inline const lines all_said{"1", "2", "3", "asked 4", "5"};

/// n1 knows n2, n3 and so on; these know n1 only.
struct star {
  using tuning = std::function<void(const std::string& name, node_options&)>;

  explicit star(
      int nodes, const tuning& change = [](const std::string&, node_options&) {}) {
    for (int i = 1; i <= nodes; ++i) {
      const std::string name = "n" + std::to_string(i);
      told[name] = std::make_shared<journal>();
      world.add(
          name,
          [to = told[name]](troupe::system& sys) -> std::shared_ptr<void> {
            spawn<person>(sys, "one", to);
            return {};
          },
          [name, change](system_options&, node_options& n) {
            if (name != "n1") std::erase_if(n.peers, [](const auto& one) { return one.first != "n1"; });
            change(name, n);
          });
    }
    world.start();
    world.run_for(1s);
  }
  ref<person> one(const std::string& from, const std::string& on) {
    return world.find<person>(from, on, "/user/one");
  }
  /// What comes of an ask; empty: nothing within a minute.
  template <class M>
  std::string asks(const ref<person>& who, M m) {
    auto got = std::make_shared<std::string>();
    who.ask(std::move(m), 60s).then([got](const auto& r) { *got = r ? *r : words(r.error()); });
    world.run_until([got] { return !got->empty(); }, 60s);
    return *got;
  }
  /// The exact ref to the person on that node, as n1 has it.
  other exact(const std::string& on) {
    other out;
    one("n1", on).ask(yours{}, 5s).then([&out](const result<other>& r) { out = r.value(); });
    world.run_for(1s);
    REQUIRE(out);
    return out;
  }
  /// The names of those that a node lists, but n1.
  lines listed(const std::string& on) {
    lines out;
    for (const auto& p : peers(world.at(on)))
      if (p.name != "n1") out.push_back(p.name);
    return out;
  }

  std::map<std::string, journal_ptr> told;
  cluster world{cluster_options{}};
};

}  // namespace introductions_stage
