// The parts of an actor used where there is none: each says which call it was and what to do instead, and nothing is broken by it.
#include <doctest/doctest.h>

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <troupe/pattern/circuit_breaker.hpp>
#include <troupe/pattern/rate_limiter.hpp>
#include <troupe/pattern/receptionist.hpp>
#include <troupe/pattern/retrying.hpp>
#include <troupe/pattern/service_group.hpp>
#include <troupe/pattern/topic.hpp>
#include <troupe/testkit/doctest.hpp>

#include "unit/pattern/workers.hpp"

namespace pattern_outside_test {

using namespace routed;

namespace {

struct lookup {
  using reply = std::string;
};
struct price {
  int cents = 0;
};
const service_key<lookup> directory{"directory"};

/// A coroutine of nobody, which runs as far as it can.
struct stray {
  struct promise_type {
    stray get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

template <class Make>
stray await_it(Make& make, std::string& how) {
  try {
    static_cast<void>(co_await make());
    how = "nothing was thrown";
  } catch (const failed& e) {
    how = to_string(e.why());
  }
}

/// A call that succeeds at once.
struct at_once {
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  result<int> await_resume() const { return 1; }
};

/// What `co_await make()` throws outside of actors.
template <class Make>
std::string awaited(Make make) {
  std::string how = "it waits";
  await_it(make, how);
  return how;
}

/// What `f` throws.
template <class F>
std::string called(F f) {
  try {
    f();
  } catch (const failed& e) {
    return to_string(e.why());
  }
  return "nothing was thrown";
}

constexpr const char* breaker_text =
    "invalid: circuit_breaker: it is used in the turns of the actor that it is part of (CI1); others ask "
    "that "
    "actor";
constexpr const char* limiter_text =
    "invalid: rate_limiter: tokens are taken in the turns of the actor that it is part of (RL1); others ask "
    "that actor";

using lent_permit = std::shared_ptr<std::optional<circuit_breaker::permit>>;

/// Takes a permit and gives it away, which nobody should.
struct lend {
  lent_permit to;
  using reply = bool;
};
struct look {
  using reply = std::string;
};
struct trip_it {};

class lender : public actor<lend, look, trip_it> {
 public:
  result<bool> on(const lend& m) {
    auto mine = breaker_.enter();
    if (!mine) return mine.error();
    m.to->emplace(std::move(*mine));
    return true;
  }
  void on(const trip_it&) { breaker_.trip("for the test"); }
  std::string on(const look&) {
    const auto& c = breaker_.counts();
    return std::string{to_string(breaker_.phase())} + ", " + std::to_string(c.succeeded) + " succeeded, " +
           std::to_string(c.given_up) + " given up";
  }

 private:
  circuit_breaker breaker_{{.name = "db", .reset_timeout = {.min = 5s, .max = 5s, .jitter = 0}}};
};

}  // namespace

TEST_CASE("CI1: a circuit breaker outside of actors says so at each call, and stays as it was") {
  circuit_breaker b{{.name = "db", .failures_max = 1}};
  CHECK(called([&] { static_cast<void>(b.enter()); }) == breaker_text);
  CHECK(called([&] { b.trip("why not"); }) == breaker_text);
  CHECK(called([&] { b.reset("why not"); }) == breaker_text);
  CHECK(awaited([&] { return b.ask<who>(ref<who>{}, 1); }) == breaker_text);
  CHECK(awaited([&] { return b.call([] { return at_once{}; }); }) == breaker_text);
  CHECK(b.phase() == breaker_phase::closed);
  CHECK(b.counts() == breaker_counts{});
}

TEST_CASE(
    "CI1, CB3: a permit that is ended outside of its actor is not ended; when it goes it was given up") {
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  const auto a = sys.spawn<lender>("a");
  const auto how_it_is = [&] { return sys.expect_reply(a.ask(look{}, 1h)); };
  const auto mine = std::make_shared<std::optional<circuit_breaker::permit>>();
  a.tell(trip_it{});
  sys.advance(6s);
  REQUIRE(sys.expect_reply(a.ask(lend{mine}, 1h)));  // the one call that tries
  CHECK(called([&] { (*mine)->succeeded(); }) == breaker_text);
  CHECK(called([&] { (*mine)->failed({errc::io, "broken"}); }) == breaker_text);
  CHECK(how_it_is() == "half_open, 0 succeeded, 0 given up");
  mine->reset();
  CHECK(how_it_is() == "open, 0 succeeded, 1 given up");
  CHECK(sys.expect_reply(a.ask(lend{mine}, 1h)));  // CB3: the next one tries
  CHECK(how_it_is() == "half_open, 0 succeeded, 1 given up");
  mine->reset();
}

TEST_CASE("RL1: a rate limiter outside of actors says so, and gives no token away") {
  rate_limiter l{{.rate = {.tokens = 1, .per = 1h}}};
  CHECK(called([&] { l.try_acquire(); }) == limiter_text);
  CHECK(awaited([&] { return l.acquire(); }) == limiter_text);
  CHECK(awaited([&] { return l.acquire(2); }) == limiter_text);  // more than it ever has
  CHECK(l.waiting() == 0);
}

TEST_CASE("RT1: retrying outside of actors says so, and calls nothing") {
  int calls = 0;
  CHECK(awaited([&] {
          return retrying({}, [&calls] {
            ++calls;
            return at_once{};
          });
        }) == "invalid: retrying is awaited by coroutines of an actor: a plain thread asks such an actor");
  CHECK(calls == 0);
  CHECK(awaited([] { return detail::pause(1s); }) == "invalid: a pause is for coroutines of an actor");
}

TEST_CASE("RC1: what a receptionist has for actors says so on a plain thread, and names what to use there") {
  CHECK(called([] { receptionist_here(); }) ==
        "invalid: receptionist_here is for actors; elsewhere use receptionist_of");
  testkit::test_system sys{testkit::for_doctest(), receptionist_extension{}};
  const auto desk = receptionist_of(sys);
  CHECK(awaited([&] { return desk.find(directory, 1s); }) ==
        "invalid: receptionist_ref::find is for actors; a plain thread uses find_now");
  CHECK(awaited([&] { return desk.enlist_and_wait(directory, ref<lookup>{}, 1s); }) ==
        "invalid: receptionist_ref::enlist_and_wait is for actors; a plain thread uses enlist_now");
  CHECK(desk.services_now(patience).value().empty());
}

TEST_CASE(
    "L1: what is to start as a child needs an actor; the error names the call and the one for a system") {
  const auto text = [](const std::string& call) {
    return "invalid: " + call + " outside of an actor: there is no parent; give the system first, as in " +
           call + "(sys, ...)";
  };
  const auto j = std::make_shared<journal>();
  const auto g = std::make_shared<gate>();
  CHECK(called([&] { spawn_pool<worker>({.name = "x"}, round_robin{}, j, g); }) == text("spawn_pool"));
  CHECK(called([&] { spawn_group({.name = "x"}, round_robin{}, std::vector<ref<work>>{}); }) ==
        text("spawn_group"));
  CHECK(called([&] { spawn_group({.name = "x"}, round_robin{}, directory); }) == text("spawn_group"));
  CHECK(called([&] { spawn_topic<price>(); }) == text("spawn_topic"));
}

}  // namespace pattern_outside_test
