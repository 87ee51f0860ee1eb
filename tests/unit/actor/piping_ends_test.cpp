// What is piped when its actor goes, or its time: restart, stop, deadlines, traces (PI4, PI5).
#include <doctest/doctest.h>

#include <stdexcept>

#include "unit/actor/piping_world.hpp"

namespace actor_piping_ends_test {

using namespace troupe;
using namespace piping;
using life::lines;

namespace {

/// Is there as long as what holds it.
using token = std::shared_ptr<int>;

task<int> waits_for_bank(desk& at, token held) {
  const auto came = co_await at.ask<rate>(at.bank(), very_long, "task");
  at.note("the task went on");
  co_return came.value() + *held;
}

/// Pipes an ask and a task, each with a copy of `held` in what waits.
void pipe_both(desk& at, const token& held) {
  at.pipe(at.ask<rate>(at.bank(), very_long, "ask"), at.self(), [held](result<int> r) { return tell(r); });
  at.pipe(waits_for_bank(at, held), at.self(), [held](result<int> r) { return tell(r); });
}

}  // namespace

TEST_CASE(
    "PI4, S6: a restart ends what is piped: nobody hears of it, whoever was asked is told, nothing is left") {
  stage s;
  auto held = std::make_shared<int>(1);
  s.does([held](desk& at) { pipe_both(at, held); });
  static_cast<void>(s.bank.expect<rate>());
  CHECK(held.use_count() == 4);  // the functions' and the task's
  s.does([](desk&) { throw std::runtime_error{"crash"}; });
  s.sys.expect_failure("/user/top/desk");
  s.sys.settle();
  CHECK(s.d.incarnation() == 1);
  CHECK(held.use_count() == 1);
  CHECK_FALSE(s.bank.reply(7));
  static_cast<void>(s.bank.expect<rate>());
  CHECK_FALSE(s.bank.reply(8));
  CHECK(s.heard().empty());
  // The new one is as good as new.
  s.does([held](desk& at) { pipe_both(at, held); });
  for (int i = 0; i < 2; ++i) {
    static_cast<void>(s.bank.expect<rate>());
    CHECK(s.bank.reply(10));
    s.sys.settle();
  }
  CHECK(s.heard() == lines{"10", "the task went on", "11"});
  CHECK(held.use_count() == 1);
}

TEST_CASE("PI4, L3: a stop ends what is piped in the same way") {
  stage s;
  auto held = std::make_shared<int>(1);
  s.does([held](desk& at) { pipe_both(at, held); });
  static_cast<void>(s.bank.expect<rate>());
  const auto before = s.sys.events().count(event_kind::dead_letter);
  s.top.stop();
  s.sys.settle();
  CHECK(held.use_count() == 1);
  CHECK_FALSE(s.bank.reply(7));
  CHECK(s.heard().empty());
  CHECK(s.sys.events().count(event_kind::dead_letter) == before);  // and no dead letter: nothing was sent
}

TEST_CASE("PI4, WE3: what piped work on another thread comes to after a restart is heard by nobody") {
  stage s;
  const auto g = std::make_shared<life::gate>();
  auto held = std::make_shared<int>(1);
  s.d.tell(act{[g, held, j = s.j](desk& at) {
    at.pipe(
        [g, j] {
          j->note("works");
          g->pass();
          return 7;
        },
        at.self(), [held](result<int> r) { return tell(r); });
  }});
  REQUIRE(s.j->wait_for("works"));
  s.d.tell(act{[](desk&) { throw std::runtime_error{"crash"}; }});
  s.sys.expect_failure("/user/top/desk");
  g->open();  // the restart has waited for the work, as for any child (WE3)
  CHECK(s.heard() == lines{"works"});
  CHECK(held.use_count() == 1);
  CHECK(s.d.incarnation() == 1);
}

TEST_CASE("PI4: an answer that comes with the actor's failure before it is not made into a message") {
  stage s;
  s.does([](desk& at) {
    at.pipe(at.ask<rate>(at.bank(), very_long, "first"), at.self(),
            [](const result<int>&) -> told { throw std::runtime_error{"crash"}; });
    at.pipe(at.ask<rate>(at.bank(), very_long, "second"), at.self(), [&at](result<int> r) {
      at.note("made");
      return tell(r);
    });
  });
  // Both answers are there before the desk looks at either.
  const auto g = std::make_shared<life::gate>();
  const auto held = std::make_shared<life::journal>();
  life::cell_of(s.d)->run_inside([g, held](cell&) {
    held->note("held");
    g->pass();
  });
  REQUIRE(held->wait_for("held"));
  for (int i = 0; i < 2; ++i) {
    static_cast<void>(s.bank.expect<rate>());
    s.bank.reply(i);
  }
  g->open();
  s.sys.expect_failure("/user/top/desk");
  CHECK(s.heard().empty());
  CHECK(s.d.incarnation() == 1);
}

TEST_CASE("PI5, M6: what is piped for a request ends with its deadline, an ask and what a task asks alike") {
  stage s;
  auto asked = s.d.ask(act_for{[](desk& at) {
                         at.pipe(at.ask<rate>(at.bank(), very_long, "ask"), at.self(), tell);
                         at.pipe(at.ask_and_double("task", very_long), at.self(), tell);
                       }},
                       50ms);
  CHECK(s.sys.expect_reply(std::move(asked)) == 1);  // the request is over, what it began goes on
  CHECK(s.heard().empty());
  s.sys.advance(49ms);
  CHECK(s.heard().empty());
  s.sys.advance(2ms);
  CHECK(s.heard() == lines{"timeout", "timeout"});
}

TEST_CASE("PI5: what is piped for a message that nobody asked has its own time only") {
  stage s;
  s.does([](desk& at) {
    at.pipe(at.ask<rate>(at.bank(), 1h, "ask"), at.self(), tell);
    at.pipe(at.ask_and_double("task", 1h), at.self(), tell);
  });
  s.sys.advance(59min);
  CHECK(s.heard().empty());
  s.sys.advance(2min);
  CHECK(s.heard() == lines{"timeout", "timeout"});
}

TEST_CASE("PI5: the asker who gives up does not end what was piped for him") {
  stage s;
  {
    auto asked = s.d.ask(
        act_for{[](desk& at) { at.pipe(at.ask<rate>(at.bank(), very_long, "ask"), at.self(), tell); }},
        very_long);
    static_cast<void>(s.bank.expect<rate>());
    asked.cancel();
  }
  s.sys.settle();
  CHECK(s.bank.reply(7));
  CHECK(s.heard() == lines{"7"});
}

TEST_CASE("PI5, TC1: the function, and what it tells, belong to the trace of the handler that pipes") {
  stage s;
  const trace_context t = s.sys.env().new_trace();
  const auto pipes = [](desk& at) {
    const auto traced = [&at](const result<int>&) {
      at.note(trace_now());
      return told{"trace"};
    };
    at.pipe(at.ask<rate>(at.bank(), very_long, "ask"), at.self(), traced);
    at.pipe(at.ask_and_double("task", very_long), at.self(), traced);
  };
  with_trace(t, [&] { s.d.tell(act{pipes}); });
  for (int i = 0; i < 2; ++i) {
    static_cast<void>(s.bank.expect<rate>());
    s.bank.reply(7);
  }
  const std::string wanted = std::to_string(t.low);
  CHECK(s.heard() == lines{wanted, wanted, wanted, wanted});
}

}  // namespace actor_piping_ends_test
