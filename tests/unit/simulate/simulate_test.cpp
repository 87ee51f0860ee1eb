// Scenarios, their faults, and what is made of a seed that fails (SI1-SI3, CL1-CL3, FT1, FT2).
#include <doctest/doctest.h>

#include <set>
#include <troupe/config/parse.hpp>
#include <troupe/simulate/simulate.hpp>
#include <troupe/troupe.hpp>

namespace simulate_test {

namespace {

using namespace troupe;

struct put {
  int value = 0;
  using reply = int;
};
TROUPE_CONTRACT(put, "simulate_test.put", 1, value)

/// Remembers the largest value, in memory only.
class cellar : public actor<put> {
 public:
  explicit cellar(const std::shared_ptr<int>& starts) { ++*starts; }
  int on(const put& m) { return largest_ = std::max(largest_, m.value); }

 private:
  int largest_ = 0;
};

fault_plan crashes_and_cuts() {
  fault_plan p;
  p.until = seconds{20};
  p[fault_kind::crash] = {.every = seconds{4}, .min = milliseconds{100}, .max = seconds{2}};
  p[fault_kind::partition] = {.every = seconds{5}, .min = milliseconds{100}, .max = seconds{3}};
  return p;
}

/// Three nodes; a client on n1 that asks n2. Fails once n2 has forgotten something.
void forgetful(cluster& c) {
  const auto starts = std::make_shared<int>(0);
  for (const char* const name : {"n1", "n2", "n3"})
    c.add(name, [starts](troupe::system& sys) -> std::shared_ptr<void> {
      spawn<cellar>(sys, "cellar", starts);
      return {};
    });
  c.start();
  int acknowledged = 0;
  for (int value = 1; value <= 20; ++value) {
    c.run_for(seconds{1});
    if (!c.is_up("n1")) continue;
    const auto got =
        c.find<cellar>("n1", "n2", "/user/cellar").ask(put{value % 2 ? value : 0}, seconds{2}).get();
    if (!got) continue;
    c.expect(*got >= acknowledged, "an acknowledged value is kept");
    acknowledged = *got;
  }
}

}  // namespace

TEST_CASE("FT2: a fault's text is read back, and what is none is quoted with the reason") {
  const auto plan = [] {
    fault_plan p;
    for (const auto kind : fault_kinds) p[kind] = {.every = seconds{3}};
    return p;
  }();
  const auto all = plan.expand(5, {"n1", "n2", "n3"});
  std::set<fault_kind> kinds;
  for (const auto& f : all) kinds.insert(f.kind);
  CHECK(kinds.size() == fault_kinds.size());
  CHECK(parse_faults(to_string(all)).value() == all);
  CHECK(parse_faults("").value().empty());
  for (const auto& [text, why] : std::map<std::string, std::string>{
           {"crash n1 2s", "it begins with its time"},
           {"1s explode n1 2s", "there is no kind 'explode'"},
           {"1s crash", "it has no host"},
           {"1s partition n1", "it is about two hosts"},
           {"1s crash n1", "it ends with how long it lasts"},
           {"1s throws n1 user * #1 2s", "the actors 'user': expected the path"},
           {"1s throws n1 /user/a*/** * #1 2s", "the actors '/user/a*/**'"},
           {"1s throws n1 /user/** k*t #1 2s", "the messages 'k*t'"},
           {"1s throws n1 /user/** * 2s", "it says when with '#3' or '5%'"},
           {"1s throws n1 /user/** * 101% 2s", "it says when with '#3' or '5%'"},
           {"1s no_memory n1 /user/** * #0 2s", "it says when with '#3' or '5%'"},
           {"1s no_memory n1 /user/** * #1", "it ends with how long it lasts"},
           {"1s truncate n1 n2 2s", "there is more than a fault in it"},
           {"1s reset n1 n2 3s", "there is more than a fault in it"}}) {
    const auto got = parse_faults(text);
    REQUIRE(got.has_error());
    CHECK(got.error().text.starts_with("fault '" + text + "': " + why));
  }
}

TEST_CASE("FT2, FT3: a fault inside of handlers says whose handlers, at which messages, and when") {
  const auto f =
      parse_faults("4s throws n1 /user/bank/* bank.deposit #3 2s, 5s no_memory n2 /user/** kv.* 7% 1s")
          .value();
  REQUIRE(f.size() == 2);
  CHECK(f[0] ==
        fault{seconds{4}, fault_kind::throws, "n1", "", seconds{2}, {"/user/bank/*", "bank.deposit", 3, 0}});
  CHECK(f[1] == fault{seconds{5}, fault_kind::no_memory, "n2", "", seconds{1}, {"/user/**", "kv.*", 0, 7}});
  CHECK(to_string(f) == "4s throws n1 /user/bank/* bank.deposit #3 2s, 5s no_memory n2 /user/** kv.* 7% 1s");
}

TEST_CASE("FT3: a path stands for a name with *, and for all below with /**; a type for its end with *") {
  const auto meant = [](const char* actors, const char* messages, const char* path, const char* type) {
    return matches({actors, messages}, path, type);
  };
  CHECK(meant("/user/bank", "*", "/user/bank", "bank.deposit"));
  CHECK(!meant("/user/bank", "*", "/user/bank/a", "bank.deposit"));
  CHECK(meant("/user/*/a", "*", "/user/bank/a", "bank.deposit"));
  CHECK(meant("/user/bank/**", "*", "/user/bank/a", "x"));
  CHECK(meant("/user/bank/**", "*", "/user/bank/a/b", "x"));
  CHECK(!meant("/user/bank/**", "*", "/user/bank", "x"));
  CHECK(!meant("/user/bank/**", "*", "/user/bar/a/b", "x"));
  CHECK(meant("/user/*/**", "*", "/user/bank/a", "x"));
  CHECK(!meant("/user/**", "*", "/system/a", "x"));
  CHECK(meant("/user/**", "bank.*", "/user/a", "bank.deposit"));
  CHECK(!meant("/user/**", "bank.*", "/user/a", "ban"));
  CHECK(!meant("/user/**", "bank.deposit", "/user/a", "bank.deposits"));
  CHECK(!meant("/user/**", "bank.deposit", "/user/a", "bank.depos"));
}

TEST_CASE("FT1, FT3: a plan's file says whose handlers, and the seed picks which of the messages it is") {
  const auto read = [](const std::string& toml) {
    config_schema schema = fault_plan::schema();
    return parse_config({.arguments = {}, .file = config_file{"plan.toml", toml}}, schema);
  };
  const auto c = read(
      "[faults.throws]\nevery = \"1s\"\nactors = \"/user/bank/**\"\nmessages = \"bank.*\"\nnth = 5\n"
      "[faults.no_memory]\nevery = \"1s\"\npercent = 7\n");
  REQUIRE(c.has_value());
  auto plan = fault_plan::from_config(*c);
  std::set<unsigned> picked;
  for (std::uint64_t seed = 1; seed <= 5; ++seed)
    for (const auto& f : plan.expand(seed, {"n1"})) {
      if (f.kind == fault_kind::no_memory) CHECK(f.in == handler_choice{"/user/**", "*", 0, 7});
      if (f.kind != fault_kind::throws) continue;
      CHECK(f.in.actors == "/user/bank/**");
      CHECK(f.in.messages == "bank.*");
      picked.insert(f.in.nth);
    }
  CHECK(picked == std::set<unsigned>{1, 2, 3, 4, 5});
  const auto wrong = read("[faults.throws]\nactors = \"bank\"\n");
  REQUIRE(wrong.has_error());
  REQUIRE(wrong.error().lines.size() == 1);
  CHECK(wrong.error().lines[0].find("the actors 'bank'") != std::string::npos);
  CHECK(read("[faults.no_memory]\npercent = 101\n").has_error());
}

TEST_CASE(
    "FT1: a seed makes the same faults each time, sorted, within the plan, and one kind changes no other") {
  auto plan = crashes_and_cuts();
  const auto first = plan.expand(3, {"n1", "n2"});
  CHECK(plan.expand(3, {"n1", "n2"}) == first);
  CHECK(plan.expand(4, {"n1", "n2"}) != first);
  REQUIRE(!first.empty());
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(first[i].at >= plan.from);
    CHECK(first[i].at < plan.until);
    if (i > 0) CHECK(first[i - 1].at <= first[i].at);
    if (is_between(first[i].kind)) CHECK(first[i].host != first[i].other);
  }
  plan[fault_kind::partition].every = duration::zero();
  std::vector<fault> only_crashes;
  for (const auto& f : first)
    if (f.kind == fault_kind::crash) only_crashes.push_back(f);
  CHECK(plan.expand(3, {"n1", "n2"}) == only_crashes);
}

TEST_CASE("SI1, SI2: a state that is kept in memory only is found out, and one crash is what it takes") {
  const auto out = simulate({.last_seed = 50, .plan = crashes_and_cuts()}, forgetful);
  REQUIRE(out.failures.size() == 1);
  const auto& f = out.failures.front();
  CHECK(f.why == "it does not hold that an acknowledged value is kept");
  CHECK(f.same_again);
  CHECK(f.faults_before > 1);
  REQUIRE(f.faults.size() == 1);
  CHECK(f.faults.front().kind == fault_kind::crash);
  CHECK(f.faults.front().host == "n2");
  CHECK(f.report.find("again: the test --seeds " + std::to_string(f.seed) + "-" + std::to_string(f.seed) +
                      " --faults '" + to_string(f.faults) + "'") != std::string::npos);
  // What the report says brings it back.
  const auto again = simulate({.first_seed = f.seed, .last_seed = f.seed, .faults = f.faults}, forgetful);
  REQUIRE(again.failures.size() == 1);
  CHECK(again.failures.front().event == f.event);
  // No faults at all is a choice as well.
  CHECK(simulate({.first_seed = f.seed,
                  .last_seed = f.seed,
                  .plan = crashes_and_cuts(),
                  .faults = std::vector<fault>{}},
                 forgetful)
            .failures.empty());
}

TEST_CASE("SI1: without faults it does not fail, and SI3: the same seeds give the same hash") {
  const auto one = simulate({.last_seed = 10}, forgetful);
  CHECK(one.failures.empty());
  CHECK(one.seeds == 10);
  CHECK(simulate({.last_seed = 10}, forgetful).hash == one.hash);
  CHECK(simulate({.first_seed = 2, .last_seed = 11}, forgetful).hash != one.hash);
  CHECK(one.summary().starts_with("sim: 10 seeds, 0 failures, 0.0 cluster-hours, "));
}

TEST_CASE("CL2: an invariant that does not hold ends the run, at the step, or at the first quiet moment") {
  for (const bool each_step : {true, false}) {
    int handled = 0;
    const auto out = simulate({.last_seed = 1}, [&](cluster& c) {
      handled = 0;
      c.add("n1", [&](troupe::system& sys) -> std::shared_ptr<void> {
        struct counter : actor<put> {
          explicit counter(int* to) : to_(to) {}
          int on(const put&) { return ++*to_; }
          int* to_;
        };
        const auto at = spawn<counter>(sys, "counter", &handled);
        for (int i = 0; i < 10; ++i) at.tell(put{i});
        return {};
      });
      const auto below_five = [&] { return handled < 5; };
      each_step ? c.always("fewer than five are handled", below_five)
                : c.at_quiet("fewer than five are handled", below_five);
      c.start();
      c.run_for(seconds{1});
    });
    REQUIRE(out.failures.size() == 1);
    CHECK(out.failures.front().why == "it does not hold that fewer than five are handled");
    CHECK(out.failures.front().faults.empty());
    if (!each_step) CHECK(handled == 10);
  }
}

TEST_CASE(
    "CL2: an invariant that breaks while a node starts again ends the run, and is not taken for a start that "
    "failed") {
  int starts = 0;
  const auto made =
      std::make_shared<int>(0);  // CL1: what is left of a node may count when the scenario has ended
  bool half_started = false;
  const auto out = simulate(
      {.faults = std::vector<fault>{{seconds{1}, fault_kind::crash, "n1", "", seconds{1}}}}, [&](cluster& c) {
        starts = 0;
        half_started = false;
        c.add("n1", [&](troupe::system& sys) -> std::shared_ptr<void> {
          struct halfway {
            ~halfway() { flag = false; }
            bool& flag;
          } during{half_started};
          during.flag = ++starts == 2;
          supervise(sys, "tree", one_for_one{}, child<cellar>("cellar", made));  // lets the world go on
          return {};
        });
        c.always("nobody is half started", [&] { return !half_started; });
        c.start();
        c.run_for(seconds{5});
      });
  REQUIRE(out.failures.size() == 1);
  CHECK(out.failures.front().why == "it does not hold that nobody is half started");
}

TEST_CASE(
    "CL3: a clock that drifts is a tenth too fast while it lasts, one that is put back is behind; neither "
    "ever goes back") {
  const auto out = simulate(
      {.faults = parse_faults("1s clock_drift n1 10s, 20s clock_back n1 3s").value()}, [](cluster& c) {
        for (const char* const name : {"n1", "n2"}) c.add(name, {});
        c.start();
        const auto off = [&c] {
          const auto of = [&c](const char* name) { return c.at(name).platform().clock().now(); };
          return duration_cast<milliseconds>(of("n1") - of("n2"));
        };
        time_point last{};
        c.always("the clock of n1 does not go back", [&] {
          if (!c.is_up("n1")) return true;
          return c.at("n1").platform().clock().now() >=
                 std::exchange(last, c.at("n1").platform().clock().now());
        });
        c.run_for(seconds{6});
        c.expect(off() >= milliseconds{490} && off() <= milliseconds{510},
                 "half of the drift is there, off by " + std::to_string(off().count()));
        c.run_for(seconds{9});
        c.expect(off() == seconds{1}, "all of it is");
        c.run_past_faults();
        c.run_for(seconds{5});
        c.expect(off() == -seconds{2}, "it is behind then");
      });
  for (const auto& f : out.failures) FAIL(f.report);
}

TEST_CASE("SI2: what is left of the faults comes earlier and lasts less, while it fails in no more steps") {
  // Fails two seconds into any crash of n2.
  const auto play = [](cluster& c) {
    for (const char* const name : {"n1", "n2"}) c.add(name, {});
    time_point down{};
    c.always("n2 is down for less than two seconds", [&] {
      if (!c.is_up("n2") && down == time_point{}) down = c.world().now();
      if (c.is_up("n2")) down = {};
      return down == time_point{} || c.world().now() - down < seconds{2};
    });
    c.start();
    c.run_for(minutes{2});
  };
  const auto faults = parse_faults("4s pause n1 100ms, 60s crash n2 16s").value();
  const auto given = simulate({.faults = faults}, play);
  REQUIRE(given.failures.size() == 1);
  // No plan: nothing comes before the first one did.
  REQUIRE(given.failures[0].faults.size() == 1);
  CHECK(given.failures[0].faults[0].at == seconds{60});
  CHECK(given.failures[0].faults[0].lasts <= seconds{4});
  CHECK(given.failures[0].faults[0].lasts >= seconds{2});
  fault_plan p;
  p.until = seconds{60};
  p[fault_kind::crash] = {.every = seconds{20}, .min = seconds{10}, .max = seconds{20}};
  const auto planned = simulate({.last_seed = 5, .plan = p}, play);
  REQUIRE(planned.failures.size() == 1);
  REQUIRE(planned.failures[0].faults.size() == 1);
  const fault& least = planned.failures[0].faults[0];
  CHECK(least.at < seconds{2});
  CHECK(least.at >= p.from);
  CHECK(least.lasts < seconds{5});
  // No more runs than it may.
  unsigned runs = 0;
  simulate({.last_seed = 5, .plan = p, .shrink_runs_max = 3}, [&](cluster& c) {
    ++runs;
    play(c);
  });
  CHECK(runs <= 5 + 1 + 3);
}

TEST_CASE("RC3: that a cluster is taken apart is no part of its record") {
  std::vector<std::string> lines;
  simulation what{.last_seed = 1};
  what.world.lines_to = [&lines](const sim::line& l) { lines.push_back(l.what); };
  simulate(what, [](cluster& c) {
    c.add("n1", {});
    c.start();
    c.run_for(seconds{1});
    c.world().note("the end");
  });
  REQUIRE(!lines.empty());
  CHECK(lines.back() == "the end");
}

TEST_CASE("CL3: a fault of a node that there is not is an error that names both") {
  const auto out = simulate({.faults = parse_faults("1s crash n7 2s").value()}, [](cluster& c) {
    c.add("n1", {});
    c.start();
  });
  REQUIRE(out.failures.size() == 1);
  CHECK(out.failures.front().why == "not_found: fault '1s crash n7 2s': this cluster has no node 'n7'");
}

TEST_CASE("CL1: a node that is added too late, or twice, ends the scenario with an error that names it") {
  const auto why = [](auto scenario) {
    const auto out = simulate({}, scenario);
    return out.failures.size() == 1 ? out.failures.front().why : "no failure";
  };
  CHECK(why([](cluster& c) {
          c.add("n1", {});
          c.start();
          c.add("n2", {});
        }) == "invalid: node 'n2' is added to a cluster that has been started: add it before");
  CHECK(why([](cluster& c) {
          c.add("n1", {});
          c.add("n1", {});
        }) == "already_exists: this cluster has a node 'n1' already");
}

TEST_CASE("SI2: a scenario that depends on more than its seed is called so") {
  int runs = 0;
  const auto out = simulate(
      {.last_seed = 1}, [&](cluster& c) { c.expect(false, "run " + std::to_string(++runs) + " is good"); });
  REQUIRE(out.failures.size() == 1);
  CHECK(!out.failures.front().same_again);
  CHECK(out.failures.front().report.find("depends on more than the seed") != std::string::npos);
}

}  // namespace simulate_test
