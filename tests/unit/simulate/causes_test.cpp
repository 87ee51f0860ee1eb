// What led to what in a simulation (WI1, WI2), and the chains of it (VW5).
#include <doctest/doctest.h>

#include <map>
#include <troupe/cell/environment.hpp>
#include <troupe/simulate/simulate.hpp>
#include <troupe/simulate/views.hpp>
#include <troupe/troupe.hpp>

namespace simulate_causes_test {

namespace {

using namespace troupe;

/// Goes along a list of actors, each of which sends it to the next one.
struct baton {
  std::vector<ref<baton>> to;
  int number = 0;
  bool fails = false;
};
TROUPE_CONTRACT(baton, "causes.baton", 1, to, number, fails)
struct ping {
  using reply = int;
};
TROUPE_CONTRACT(ping, "causes.ping", 1)

class runner : public actor<baton, ping> {
 public:
  explicit runner(bool waits = false) : waits_(waits) {}
  task<void> on(baton m) {
    if (waits_) co_await sleep(milliseconds{10});
    if (m.to.empty()) {
      if (m.fails) throw std::runtime_error{"nobody takes it"};
      co_return;
    }
    const ref<baton> next = m.to.front();
    m.to.erase(m.to.begin());
    next.tell(std::move(m));
  }
  int on(const ping&) const { return 1; }

 private:
  bool waits_;
};

/// Sends a baton of itself, later, once it has heard a first one.
class late : public actor<baton> {
 public:
  explicit late(ref<baton> to) : to_(std::move(to)) {}
  void on(const baton& m) { launch(send(m.number)); }

 private:
  task<void> send(int number) {
    co_await sleep(milliseconds{50});
    to_.tell(baton{{}, number});
  }
  ref<baton> to_;
};

/// The lines of a run of two nodes, n1 with /user/a, b (which waits) and late, n2 with /user/c and d (which waits).
std::vector<sim::line> recorded(const std::function<void(cluster&)>& play, std::uint64_t seed = 1) {
  std::vector<sim::line> lines;
  simulation what{.first_seed = seed, .last_seed = seed};
  what.world.lines_to = [&](const sim::line& l) { lines.push_back(l); };
  const auto out = simulate(what, [&](cluster& c) {
    for (const std::string name : {"n1", "n2"})
      c.add(name, [name](troupe::system& sys) -> std::shared_ptr<void> {
        spawn<runner>(sys, name == "n1" ? "a" : "c");
        spawn<runner>(sys, name == "n1" ? "b" : "d", true);
        if (name == "n1") spawn<late>(sys, "late", ref_to<baton>(sys.env(), "/user/a"));
        return {};
      });
    c.start();
    c.run_for(seconds{1});
    play(c);
    c.run_for(seconds{1});
  });
  CHECK(out.failures.empty());
  return lines;
}

ref<baton> of(cluster& c, const std::string& path) {
  const auto colon = path.find(':');
  return colon == std::string::npos ? c.find<baton>("n1", "n1", path)
                                    : c.find<baton>("n1", path.substr(0, colon), path.substr(colon + 1));
}

/// The places of a chain: `n1/user/a`, with a ~ before a loose one.
std::string places(const std::vector<causal_link>& chain) {
  std::string out;
  for (const auto& one : chain)
    out += (out.empty() ? "" : " ") + std::string{one.loosely ? "~" : ""} + one.what.about.host +
           one.what.about.actor + (one.what.about.kind == sim::line_kind::ended ? "!" : "");
  return out;
}

}  // namespace

TEST_CASE(
    "WI1, VW5: a chain goes from a failure over waits and nodes to the message that nobody's message led "
    "to") {
  const auto lines = recorded([](cluster& c) {
    of(c, "/user/a")
        .tell(baton{{of(c, "/user/b"), of(c, "n2:/user/c"), of(c, "n2:/user/d"), of(c, "/user/a")}, 1, true});
  });
  const auto chain = why(lines, "n1:/user/a");
  CHECK(places(chain) == "n1/user/a n1/user/b n2/user/c n2/user/d n1/user/a n1/user/a!");
  CHECK(chain.back().what.what.find("nobody takes it") != std::string::npos);
  CHECK(places(why(lines, "/user/d")) == "n1/user/a n1/user/b n2/user/c n2/user/d");  // it has not failed
  CHECK(places(why(lines, "n2:/user/a")) == "");
  CHECK(places(why(lines, "/user/a", 2)) == "n1/user/a n1/user/a!");
}

TEST_CASE(
    "WI1: a message from another host names its sender there, and one that no actor sent names nobody") {
  const auto lines = recorded([](cluster& c) {
    of(c, "/user/b").tell(baton{{of(c, "n2:/user/c")}, 1});
    of(c, "n2:/user/d").tell(baton{{}, 2});
  });
  std::map<std::string, std::string> from;
  for (const auto& l : lines)
    if (l.about.kind == sim::line_kind::handles) from[l.about.host + l.about.actor] = l.about.from;
  CHECK(from == std::map<std::string, std::string>{
                    {"n1/user/b", ""}, {"n2/user/c", "n1:/user/b"}, {"n2/user/d", ""}});
}

TEST_CASE("WI1: two batons that cross do not mix: each message names the handling in which it was sent") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto lines = recorded(
        [](cluster& c) {
          for (int n = 1; n <= 5; ++n)
            of(c, "/user/a").tell(baton{{of(c, "/user/b"), of(c, "n2:/user/c"), of(c, "n2:/user/d")}, n});
        },
        seed);
    // By its number, which is in the text: of each handling the cause is one of the same baton.
    const auto number_of = [](const sim::line& l) {
      const auto at = l.what.find("number: ");
      return at == std::string::npos ? std::string{} : l.what.substr(at, 9);
    };
    int linked = 0;
    for (const auto& l : lines) {
      if (l.about.kind != sim::line_kind::handles || l.about.cause == 0) continue;
      ++linked;
      const sim::line& cause = lines.at(l.about.cause - 1);
      CHECK(number_of(cause) == number_of(l));
      CHECK(!number_of(l).empty());
    }
    CHECK(linked == 15);
  }
}

TEST_CASE(
    "WI1: what is sent of itself names the last message that was handled, loosely; what a thread sends "
    "nothing") {
  const auto lines = recorded([](cluster& c) { of(c, "/user/late").tell(baton{{}, 3}); });
  CHECK(places(why(lines, "/user/a")) == "~n1/user/late n1/user/a");
  const auto first = std::find_if(lines.begin(), lines.end(),
                                  [](const sim::line& l) { return l.about.actor == "/user/late"; });
  CHECK(first->about.cause == 0);
  CHECK(!first->about.loosely);
}

TEST_CASE("WI1, UW3: in a trace what is launched knows its cause exactly") {
  const auto lines = recorded([](cluster& c) {
    const auto late = of(c, "/user/late");
    with_trace(c.at("n1").env().new_trace(), [&] {
      late.tell(baton{{}, 3});
      late.tell(baton{{}, 4});
    });
  });
  std::vector<std::string> causes;
  for (const auto& l : lines)
    if (l.about.actor == "/user/a" && l.about.kind == sim::line_kind::handles) {
      CHECK(!l.about.loosely);
      causes.push_back(lines.at(l.about.cause - 1).what);
    }
  REQUIRE(causes.size() == 2);
  CHECK(causes[0].find("number: 3") != std::string::npos);
  CHECK(causes[1].find("number: 4") != std::string::npos);
}

TEST_CASE("WI2: causes are the same in each run of a seed, and not in the hash") {
  const auto play = [](cluster& c) {
    of(c, "/user/a").tell(baton{{of(c, "/user/b"), of(c, "n2:/user/c")}, 1});
  };
  const auto first = recorded(play), second = recorded(play);
  REQUIRE(first.size() == second.size());
  for (std::size_t i = 0; i < first.size(); ++i) CHECK(as_json(first[i]) == as_json(second[i]));
  sim::record with, without;
  with.add(time_point{}, "x", {.host = "n1", .cause = 7});
  without.add(time_point{}, "x");
  CHECK(with.hash() == without.hash());
}

TEST_CASE("VW4: bytes that arrive carry what their sender knew, so answers order the clocks of hosts too") {
  const auto lines = recorded([](cluster& c) {
    CHECK(c.find<runner>("n1", "n2", "/user/c").ask(ping{}, seconds{1}).get().value() == 1);
  });
  bool is_found = false;
  for (const auto& l : lines) {
    if (l.about.kind != sim::line_kind::arrives || l.about.cause == 0) continue;
    const sim::line& cause = lines.at(l.about.cause - 1);
    CHECK(cause.about.host != l.about.host);
    is_found |=
        l.about.host == "n1" && cause.about.message == "causes.ping";  // the answer, behind the handling
  }
  CHECK(is_found);
}

}  // namespace simulate_causes_test
