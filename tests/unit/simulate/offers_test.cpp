// Offers over nodes under every order of events (M8, OG2-OG4, IN15, M7).
#include <doctest/doctest.h>

#include <map>
#include <set>
#include <troupe/pattern/group.hpp>
#include <troupe/simulate/cluster.hpp>
#include <troupe/troupe.hpp>

#include "unit/node/offers.hpp"

namespace simulate_offers_test {

using namespace troupe;
using namespace offers_test;
using life::journal;
using life::journal_ptr;
using life::lines;

namespace {

constexpr std::uint64_t seeds = 20;
constexpr auto a_moment = milliseconds{20};  // far longer than a way there and back takes

struct push {
  ref<row> to;
};

/// Offers three rows to another, and lets nobody in meanwhile.
class stubborn : public actor<row, push> {
 public:
  explicit stubborn(journal_ptr notes) : notes_(std::move(notes)) {}
  void on(const row&) {}
  task<void> on(push m) {
    for (int n = 0; n < 3; ++n) {
      const auto how = co_await offer<row>(m.to, n);
      notes_->note(how ? "queued" : std::string{to_string(how.error().code)});
    }
    notes_->note("done");
  }

 private:
  journal_ptr notes_;
};

/// A store on n2, with room for two; feeders on n1 and n3.
struct depots {
  explicit depots(std::uint64_t seed) : nodes(cluster_options{.seed = seed}) {
    for (const std::string name : {"n1", "n2", "n3"})
      nodes.add(name, [this, name](troupe::system& sys) -> std::shared_ptr<void> {
        if (name == "n2")
          spawn<store>(sys, spawn_options{.name = "store", .mailbox = bounded(2, overflow::push_back)},
                       stored);
        else
          spawn<feeder>(sys, "feeder", node(sys, "n2").ref<row>("/user/store"), notes[name]);
        return {};
      });
    nodes.start();
    nodes.run_for(seconds{1});
  }

  ref<feeder> on(const std::string& name) { return nodes.find<feeder>(name, name, "/user/feeder"); }
  sys::handle side() { return sys::of(nodes.find<store>("n2", "n2", "/user/store")); }
  void suspend() { CHECK(side().ask(sys::suspend{}, seconds{1}).get().value()); }
  void resume() { CHECK(side().ask(sys::resume{}, seconds{1}).get().value()); }
  void fault(const std::string& text) { nodes.apply(parse_faults(text).value().front()); }
  /// Each row that is said to be queued was stored once, and none twice.
  void check_stored() {
    const lines rows_stored = stored->all();
    CHECK(std::set<std::string>(rows_stored.begin(), rows_stored.end()).size() == rows_stored.size());
    for (const auto& [name, of] : notes)
      for (const std::string& line : of->all())
        if (line.ends_with(" queued")) CHECK(stored->count("row " + line.substr(0, line.find(' '))) == 1);
  }

  journal_ptr stored = std::make_shared<journal>();
  std::map<std::string, journal_ptr> notes{{"n1", std::make_shared<journal>()},
                                           {"n3", std::make_shared<journal>()}};
  cluster nodes;
};

}  // namespace

TEST_CASE("M8: who offers from several nodes is let in one after the other, and each row is stored once") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    depots d{seed};
    d.on("n1").tell(feed{0, 100});
    d.on("n3").tell(feed{100, 200});
    d.nodes.run_for(seconds{10});
    CHECK(d.notes["n1"]->count("99 queued") == 1);
    CHECK(d.notes["n3"]->count("199 queued") == 1);
    CHECK(d.stored->all().size() == 200);
    d.check_stored();
    const auto rank = [all = d.stored->all()](int n) {
      return std::find(all.begin(), all.end(), "row " + std::to_string(n)) - all.begin();
    };
    for (int n = 1; n < 200; ++n)
      if (n != 100) CHECK(rank(n - 1) < rank(n));
  }
}

TEST_CASE("OG3: an offer that is given up while it is let in is stored at most once, and never later") {
  int stored = 0, taken_back = 0;
  for (std::uint64_t seed = 1; seed <= 3 * seeds; ++seed) {
    CAPTURE(seed);
    depots d{seed};
    d.suspend();
    d.on("n1").tell(feed{0, 3});
    d.nodes.run_for(a_moment);
    CHECK(d.notes["n1"]->all().back() == "2 offered");
    // The feeder ends about when the store goes on.
    stop(d.on("n1"));
    d.nodes.run_for(microseconds{static_cast<std::int64_t>(seed) * 25});
    d.resume();
    d.nodes.run_for(a_moment);
    const auto now = d.stored->all();
    CHECK(now.size() >= 2);
    ++(now.size() == 3 ? stored : taken_back);
    d.on("n3").tell(feed{10, 11});
    d.nodes.run_for(a_moment);
    CHECK(d.stored->all().size() == now.size() + 1);  // nothing is in the line any more
    d.check_stored();
  }
  CHECK(stored > 0);
  CHECK(taken_back > 0);
}

TEST_CASE(
    "RO5, OG4: an offer to a router waits at the member that it chose, on another node, and is taken back "
    "there") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    const auto stored = std::make_shared<journal>(), notes = std::make_shared<journal>();
    cluster nodes{cluster_options{.seed = seed}};
    for (const std::string name : {"n1", "n2"})
      nodes.add(name, [&, name](troupe::system& sys) -> std::shared_ptr<void> {
        if (name == "n2")
          spawn<store>(sys, spawn_options{.name = "store", .mailbox = bounded(2, overflow::push_back)},
                       stored);
        return {};
      });
    nodes.start();
    nodes.run_for(seconds{1});
    // When they have met: a member whose node is down is none.
    troupe::system& one = nodes.at("n1");
    const auto all = spawn_group(one, {.name = "stores"}, round_robin{},
                                 std::vector{node(one, "n2").ref<row>("/user/store")});
    for (const char* const name : {"feeder", "other"}) spawn<feeder>(one, name, ref<row>{all}, notes);
    nodes.run_for(a_moment);
    const auto feeds = [&](const std::string& name) {
      return nodes.find<feeder>("n1", "n1", "/user/" + name);
    };
    const auto side = [&] { return sys::of(nodes.find<store>("n2", "n2", "/user/store")); };
    CHECK(side().ask(sys::suspend{}, seconds{1}).get().value());
    feeds("feeder").tell(feed{0, 3});
    nodes.run_for(a_moment);
    CHECK(notes->all() == lines{"0 offered", "0 queued", "1 offered", "1 queued", "2 offered"});
    CHECK(side().ask(sys::resume{}, seconds{1}).get().value());
    nodes.run_for(a_moment);
    CHECK(stored->all() == lines{"row 0", "row 1", "row 2"});

    CHECK(side().ask(sys::suspend{}, seconds{1}).get().value());
    feeds("other").tell(feed{20, 23});
    nodes.run_for(a_moment);
    CHECK(notes->all().back() == "22 offered");
    stop(feeds("other"));
    nodes.run_for(a_moment);
    CHECK(side().ask(sys::resume{}, seconds{1}).get().value());
    nodes.run_for(a_moment);
    CHECK(stored->count("row 21") == 1);
    CHECK(stored->count("row 22") == 0);
  }
}

TEST_CASE("OG4: a connection that is cut ends what waits: `unreachable` here, taken back there") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    for (const std::string how : {"reset", "partition"}) {
      CAPTURE(seed);
      CAPTURE(how);
      depots d{seed};
      d.suspend();
      d.on("n1").tell(feed{0, 3});
      d.nodes.run_for(a_moment);
      d.fault(how == "reset" ? "0s reset n1 n2" : "0s partition n1 n2 60s");
      d.nodes.run_for(seconds{50});
      CHECK(d.notes["n1"]->count("2 unreachable") == 1);
      d.resume();
      d.nodes.run_for(seconds{1});
      CHECK(d.stored->all() == lines{"row 0", "row 1"});
      d.nodes.run_for(seconds{40});
      d.on("n1").tell(feed{5, 6});
      d.nodes.run_for(seconds{1});
      CHECK(d.notes["n1"]->count("5 queued") == 1);
      d.check_stored();
    }
  }
}

TEST_CASE("OG4: a node that crashes ends the offers to it, and those that it made") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    depots d{seed};
    d.suspend();
    d.on("n1").tell(feed{0, 3});
    d.nodes.run_for(a_moment);
    d.on("n3").tell(feed{100, 101});
    d.nodes.run_for(a_moment);
    d.nodes.crash("n1");
    d.nodes.run_for(seconds{1});
    d.resume();
    d.nodes.run_for(seconds{1});
    CHECK(d.stored->all() == lines{"row 0", "row 1", "row 100"});
    d.suspend();
    d.on("n3").tell(feed{200, 203});
    d.nodes.run_for(a_moment);
    d.nodes.crash("n2");
    d.nodes.run_for(seconds{1});
    CHECK(d.notes["n3"]->count("202 unreachable") == 1);
  }
}

TEST_CASE("M7: two who offer to each other over nodes, and have no room: one of them hears of the cycle") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    const auto notes = std::make_shared<journal>();
    cluster nodes{cluster_options{.seed = seed}};
    for (const std::string name : {"n1", "n2"})
      nodes.add(name, [&, name](troupe::system& sys) -> std::shared_ptr<void> {
        spawn<stubborn>(sys, spawn_options{.name = "stubborn", .mailbox = bounded(1, overflow::push_back)},
                        notes);
        return {};
      });
    nodes.start();
    nodes.run_for(seconds{1});
    for (const auto& [name, other] : {std::pair{"n1", "n2"}, {"n2", "n1"}})
      nodes.find<stubborn>(name, name, "/user/stubborn")
          .tell(push{nodes.find<stubborn>(name, other, "/user/stubborn")});
    nodes.run_for(seconds{5});
    CHECK(notes->count("done") == 2);
    CHECK(notes->count("cycle") >= 1);
    CHECK(notes->count("queued") + notes->count("cycle") == 6);
  }
}

}  // namespace simulate_offers_test
