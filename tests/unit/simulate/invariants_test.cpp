// One invariant in a simulation and in production (CL2, IV1, ME4), and those about mailboxes.
#include <doctest/doctest.h>

#include <troupe/observe/metrics.hpp>
#include <troupe/ref/mailbox_under.hpp>
#include <troupe/simulate/simulate.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/troupe.hpp>

namespace simulate_invariants_test {

namespace {

using namespace troupe;

struct parcel {
  int number = 0;
};
TROUPE_CONTRACT(parcel, "invariants_test.parcel", 1, number)

/// Takes parcels, and a second for each.
class desk : public actor<parcel> {
 public:
  task<void> on(parcel) { co_await sleep(seconds{1}); }
};

struct nothing {};

/// Sends `at_once` parcels every ten seconds.
class sender : public actor<nothing> {
 public:
  sender(ref<parcel> to, int at_once) : to_(std::move(to)), at_once_(at_once) {}
  void on_start() {
    at_fixed_rate(seconds{10}, [this] {
      for (int n = 0; n < at_once_; ++n) to_.tell(parcel{n});
    });
  }
  void on(const nothing&) {}

 private:
  ref<parcel> to_;
  int at_once_;
};

/// What a main of this service does, in a simulation and elsewhere.
ref<desk> start_service(troupe::system& sys) {
  const auto d = spawn<desk>(sys, "desk");
  sys.events().invariants().add(mailbox_under(d, 5));
  return d;
}

scenario post(int at_once) {
  return [at_once](cluster& c) {
    c.add("n1", [at_once](troupe::system& sys) -> std::shared_ptr<void> {
      spawn<sender>(sys, "sender", ref<parcel>{start_service(sys)}, at_once);
      return {};
    });
    c.add("n2", {});
    c.start();
    c.run_for(minutes{1});
  };
}

}  // namespace

TEST_CASE(
    "CL2: what a node's program says of its own system is looked at before each step, and names the node") {
  CHECK(simulate({.last_seed = 5}, post(4)).failures.empty());
  const auto out = simulate({.last_seed = 1}, post(7));
  REQUIRE(out.failures.size() == 1);
  CHECK(out.failures.front().why == "it does not hold that the mailbox of /user/desk is under 5, on n1");
}

TEST_CASE("CL2: what a node says of itself is over when it is down, and said again by the next one") {
  const auto crash = std::vector<fault>{{seconds{5}, fault_kind::crash, "n1", "", seconds{5}}};
  int looked = 0, starts = 0;
  bool broken = false;
  const auto play = [&](cluster& c) {
    starts = 0;
    broken = false;
    c.add("n1", [&](troupe::system& sys) -> std::shared_ptr<void> {
      const int mine = ++starts;
      sys.events().invariants().add({"all is well", [&looked, &broken, &starts, mine] {
                                       CHECK(mine == starts);  // nobody looks at what has crashed
                                       ++looked;
                                       return !broken;
                                     }});
      return {};
    });
    c.add("n2", {});
    c.start();
    c.run_for(seconds{20});
    broken = true;
    c.run_for(seconds{1});
  };
  const auto out = simulate({.faults = crash, .shrink_runs_max = 0}, play);
  CHECK(looked > 20);
  REQUIRE(out.failures.size() == 1);
  CHECK(starts == 2);
  CHECK(out.failures.front().why == "it does not hold that all is well, on n1");
}

TEST_CASE(
    "CL2: an invariant is an object: the same one at each step, at quiet moments, and by its name in a "
    "metric") {
  const auto down = std::make_shared<bool>(false);
  const invariant one{"it is up", [down] { return !*down; }};
  for (const bool each_step : {true, false}) {
    const auto out = simulate({.last_seed = 1}, [&](cluster& c) {
      *down = false;
      c.add("n1", {});
      if (each_step)
        c.always(one);
      else
        c.at_quiet(one);
      c.start();
      *down = true;
      c.run_for(seconds{1});
    });
    REQUIRE(out.failures.size() == 1);
    CHECK(out.failures.front().why == "it does not hold that it is up");
  }
  hub h;
  h.invariants().add(one);
  CHECK(metrics{h}.text().find("troupe_invariant_holds{name=\"it is up\"} 0") != std::string::npos);
}

TEST_CASE(
    "M8, ME4: a mailbox that is too full shows when somebody scrapes, and is right again once it is empty") {
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual, .leftovers = false})};
  const metrics m{sys.events()};
  const auto d = start_service(sys);
  const auto holds = [&m](int n) {
    return m.text().find("troupe_invariant_holds{name=\"the mailbox of /user/desk is under 5\"} " +
                         std::to_string(n)) != std::string::npos;
  };
  CHECK(holds(1));
  for (int n = 0; n < 6; ++n) d.tell(parcel{n});
  sys.settle();  // one is in hand, five wait
  CHECK(holds(0));
  sys.advance(seconds{1});
  CHECK(holds(1));
  CHECK(m.text().find("violations_total{name=\"the mailbox of /user/desk is under 5\"} 1") !=
        std::string::npos);
}

TEST_CASE("RF4: an invariant about the mailbox of nobody is refused when it is made") {
  CHECK_THROWS_WITH_AS(mailbox_under(any_ref{}, 5),
                       "invalid: mailbox_under: an empty ref has no mailbox: name the actor that is meant",
                       failed);
}

}  // namespace simulate_invariants_test
