// Who waits for an answer with `.get()`, and where (SW4, SP2).
#include <doctest/doctest.h>

#include <troupe/sim/witness.hpp>
#include <troupe/sim/world.hpp>
#include <troupe/simulate/simulate.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/troupe.hpp>

namespace sim_waiting_test {

using namespace troupe;

namespace {

struct question {
  using reply = int;
};
struct ask_around {
  using reply = int;
};
struct ask_elsewhere {
  using reply = int;
};

class knows : public actor<question> {
 public:
  int on(const question&) const { return 42; }
};

/// Waits where it must not.
class waits : public actor<ask_around, ask_elsewhere> {
 public:
  explicit waits(ref<question> whom) : whom_(std::move(whom)) {}
  int on(const ask_around&) { return whom_.ask(question{}, seconds{5}).get().value(); }
  task<result<int>> on(ask_elsewhere) {
    const auto wait_there = [](ref<question> whom) { return whom.ask(question{}, seconds{5}).get().value(); };
    co_return co_await run_blocking(wait_there, whom_);
  }

 private:
  ref<question> whom_;
};

constexpr const char* what_is_wrong =
    "/user/waits waits for an answer inside of a turn. A simulation has one thread, and nobody else can run "
    "before the turn ends: write co_await ask<M>(...)";

/// A node on which somebody waits, on that dispatcher.
scenario waiting_on(std::string dispatcher, std::string* answer) {
  return [=](cluster& c) {
    c.add("n1", [=](troupe::system& sys) -> std::shared_ptr<void> {
      const auto k = spawn<knows>(sys, "knows");
      spawn<waits>(sys, {.name = "waits", .dispatcher = dispatcher}, ref<question>{k});
      return {};
    });
    c.start();
    const auto got = c.find<waits>("n1", "n1", "/user/waits").ask(ask_around{}, seconds{9}).get();
    *answer = got ? "an answer" : to_string(got.error());
    c.run_for(seconds{1});
  };
}

}  // namespace

TEST_CASE(
    "SW4: a handler that waits with get() ends the run, whatever its dispatcher, with its name and what to "
    "write instead") {
  for (const char* const dispatcher : {"default", "blocking", "pinned"}) {
    CAPTURE(dispatcher);
    std::string answer;
    const auto out = simulate({.last_seed = 3, .failures_max = 3}, waiting_on(dispatcher, &answer));
    CHECK(out.failures.size() == 3);
    for (const auto& f : out.failures) {
      CHECK(f.why.find(what_is_wrong) != std::string::npos);
      CHECK(f.same_again);
    }
    CHECK(answer.empty());  // the run was over before it
  }
}

TEST_CASE("SW4: it is the handler's failure as well, so that its frames end as in any other") {
  sim::world w{1};
  troupe::system sys{{.name = "n1"}, w.boot("n1")};
  const auto k = spawn<knows>(sys, "knows");
  const auto a = spawn<waits>(sys, "waits", ref<question>{k});
  std::optional<result<int>> came;
  a.ask(ask_around{}, seconds{9}).then([&came](result<int> what) { came = std::move(what); });
  CHECK_THROWS_WITH_AS(w.run_for(seconds{1}), doctest::Contains(what_is_wrong), sim::misuse);
  w.run_for(seconds{1});  // said once
  REQUIRE(came);
  REQUIRE(came->has_error());
  CHECK(came->error().code == errc::handler_failed);
  CHECK(came->error().text.find(what_is_wrong) != std::string::npos);
  // From outside it lets the world go on.
  CHECK(k.ask(question{}, seconds{1}).get().value() == 42);
}

TEST_CASE("SW4: what run_blocking does must not wait in a simulation either") {
  sim::world w{1};
  troupe::system sys{{.name = "n1"}, w.boot("n1")};
  const auto k = spawn<knows>(sys, "knows");
  const auto a = spawn<waits>(sys, "waits", ref<question>{k});
  auto answer = a.ask(ask_elsewhere{}, seconds{9});
  CHECK_THROWS_WITH_AS(w.run_for(seconds{1}),
                       doctest::Contains("waits for an answer inside of a turn. A simulation has one thread"),
                       sim::misuse);
  const auto came = answer.get();
  REQUIRE(came.has_error());
  CHECK(came.error().text.find("inside of a turn") != std::string::npos);
}

TEST_CASE("SW4: a node that starts again in the middle of a run may wait: its program is no turn") {
  const auto out = simulate(
      {.faults = std::vector<fault>{{seconds{1}, fault_kind::crash, "n1", "", seconds{1}}}}, [](cluster& c) {
        int answers = 0;
        c.add("n1", [&](troupe::system& sys) -> std::shared_ptr<void> {
          answers += spawn<knows>(sys, "knows").ask(question{}, seconds{1}).get().has_value() ? 1 : 0;
          return {};
        });
        c.start();
        c.run_for(seconds{5});
        c.expect(answers == 2, "both lives had an answer");
      });
  CHECK(out.failures.empty());
}

TEST_CASE("SW4: a node that waits in a turn while it starts again is no start that has failed") {
  const auto out = simulate(
      {.faults = std::vector<fault>{{seconds{1}, fault_kind::crash, "n1", "", seconds{1}}}}, [](cluster& c) {
        int starts = 0;
        c.add("n1", [&](troupe::system& sys) -> std::shared_ptr<void> {
          if (++starts == 1) return {};
          const auto k = spawn<knows>(sys, "knows");
          static_cast<void>(spawn<waits>(sys, "waits", ref<question>{k}).ask(ask_around{}, seconds{1}).get());
          return {};
        });
        c.start();
        c.run_for(seconds{5});
      });
  REQUIRE(out.failures.size() == 1);
  CHECK(out.failures.front().why.find(what_is_wrong) != std::string::npos);
}

TEST_CASE(
    "a get() in a handler on a worker is that actor's failure, with its name and what to write; on a "
    "dispatcher that is made for waiting it waits") {
  testkit::test_system sys{testkit::for_doctest({.leftovers = false})};
  const auto k = sys.spawn<knows>("knows");
  const auto bad = sys.spawn<waits>("waits", ref<question>{k});
  const auto no = sys.expect_error(bad.ask(ask_around{}, seconds{9}), errc::handler_failed);
  CHECK(no.text.find("/user/waits waits for an answer with future::get on a worker, which might starve what "
                     "it waits for: write "
                     "co_await ask<M>(...), or run it on a dispatcher that is made for waiting") !=
        std::string::npos);
  const auto good =
      sys.spawn<waits>(spawn_options{.name = "may", .dispatcher = "blocking"}, ref<question>{k});
  CHECK(sys.expect_reply(good.ask(ask_around{}, seconds{9})) == 42);
}

}  // namespace sim_waiting_test
