// Plain CAF actors in a hosted system: whose threads they run on, and whose clock wakes them.
#include <doctest/doctest.h>

#include "unit/caf/world.hpp"

namespace caf_hosting_test {

using namespace caf_test;
using namespace life;
using troupe::system_options;

namespace {

using get_atom = caf::atom_constant<caf::atom("get")>;
using inc_atom = caf::atom_constant<caf::atom("inc")>;
using go_atom = caf::atom_constant<caf::atom("go")>;

/// Whether this code runs on a worker of `sys`.
bool on_a_worker_of(troupe::system& sys) {
  const auto* const w = troupe::engine::worker::current();
  return w && &w->owner() == &sys.env().scheduler();
}

/// Sends `what` from this thread and waits for an answer of type `R`.
template <class R, class Handle, class... What>
R answer(troupe::system& sys, const Handle& to, What... what) {
  R out{};
  caf::scoped_actor self{sys.caf()};
  self->request(to, std::chrono::seconds{20}, what...)
      .receive([&](const R& r) { out = r; }, [&](caf::error& e) { FAIL(sys.caf().render(e)); });
  return out;
}

struct counting {
  int n = 0;
};

caf::behavior counter(caf::stateful_actor<counting>* self, troupe::system* sys) {
  return {
      [=](inc_atom, int by) { self->state.n += by; },
      [=](get_atom) { return on_a_worker_of(*sys) ? self->state.n : -1; },
  };
}

using doubler_handle = caf::typed_actor<caf::replies_to<int>::with<int>>;

doubler_handle::behavior_type doubler(doubler_handle::pointer, troupe::system* sys) {
  return {[=](int n) { return on_a_worker_of(*sys) ? 2 * n : -1; }};
}

}  // namespace

TEST_CASE("CM1: event-based, stateful and typed CAF actors run on our workers, one message after the other") {
  troupe::system sys{quiet()};
  const auto plain = sys.caf().spawn([&sys](caf::event_based_actor*) -> caf::behavior {
    return {[&sys](const std::string& text) { return on_a_worker_of(sys) ? text + "!" : "elsewhere"; }};
  });
  CHECK(answer<std::string>(sys, plain, std::string{"hello"}) == "hello!");
  const auto stateful = sys.caf().spawn(counter, &sys);
  for (int i = 0; i < 1000; ++i) caf::anon_send(stateful, inc_atom::value, 1);
  CHECK(answer<int>(sys, stateful, get_atom::value) == 1000);
  CHECK(answer<int>(sys, sys.caf().spawn(doubler, &sys), 21) == 42);
}

TEST_CASE("CM2: what a CAF actor on a worker makes ready runs on our workers too") {
  troupe::system sys{quiet()};
  auto j = std::make_shared<journal>();
  const auto last = sys.caf().spawn([&sys, j](caf::event_based_actor* self) -> caf::behavior {
    return {[&sys, j, self](int n) {
      j->note(on_a_worker_of(sys) ? "worker" : "elsewhere");
      if (n > 0) {
        auto next = self->spawn([&sys, j](caf::event_based_actor*) -> caf::behavior {
          return {[&sys, j](int) { j->note(on_a_worker_of(sys) ? "worker" : "elsewhere"); }};
        });
        self->send(next, n - 1);
        self->send(self, n - 1);
      }
    }};
  });
  caf::anon_send(last, 10);
  CHECK(j->wait_for("worker", 21));
  CHECK(j->count("elsewhere") == 0);
}

TEST_CASE("CAF's delayed sends, request timeouts and receive timeouts come from our clock, and not early") {
  troupe::system sys{quiet()};
  auto j = std::make_shared<journal>();
  troupe::port::clock& clock = sys.platform().clock();
  const auto began = clock.now();
  const auto late_enough = [=, &clock] { return clock.now() - began >= 20ms ? " in time" : " early"; };
  const auto silent = sys.caf().spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[=](int) { return self->make_response_promise<int>(); }};
  });
  const auto waiting = sys.caf().spawn([=](caf::event_based_actor* self) -> caf::behavior {
    self->delayed_send(self, std::chrono::milliseconds{20}, go_atom::value);
    self->request(silent, std::chrono::milliseconds{20}, 1)
        .then([=](int) { j->note("an answer"); },
              [=](const caf::error& e) {
                j->note((e == caf::sec::request_timeout ? "timeout" : "error") + std::string{late_enough()});
              });
    return {[=](go_atom) { j->note("delayed" + std::string{late_enough()}); }};
  });
  const auto idle = sys.caf().spawn([=](caf::event_based_actor* self) -> caf::behavior {
    return {[](int) {}, caf::after(std::chrono::milliseconds{20}) >>
                            [=] {
                              j->note("idle" + std::string{late_enough()});
                              self->quit();
                            }};
  });
  CHECK(j->wait_for("delayed in time"));
  CHECK(j->wait_for("timeout in time"));
  CHECK(j->wait_for("idle in time"));
}

TEST_CASE("CAF groups deliver to plain CAF actors and to troupe actors") {
  world w;
  const caf::group all = w.sys.caf().groups().anonymous();
  const auto plain = w.sys.caf().spawn_in_group(all, [j = w.j](caf::event_based_actor*) -> caf::behavior {
    return {[j](const note& m) { j->note("plain " + m.line); }};
  });
  all->subscribe(caf::actor_cast<caf::strong_actor_ptr>(w.a.caf()));
  caf::anon_send(all, note{"to everybody"});
  CHECK(w.j->wait_for("to everybody"));
  CHECK(w.j->wait_for("plain to everybody"));
}

TEST_CASE("CM4, SY2: systems come and go while their CAF actors are busy") {
  for (int round = 0; round < 60; ++round) {
    troupe::system sys{quiet()};
    auto started = std::make_shared<journal>();
    for (int i = 0; i < 4; ++i)
      sys.caf().spawn([started](caf::event_based_actor* self) -> caf::behavior {
        self->send(self, 0);
        return {[=](int n) {
          if (n == 10) started->note("busy");
          self->send(self, n + 1);  // it never runs out of work
        }};
      });
    REQUIRE(started->wait_for("busy", 4));
    sys.shutdown();
  }
}

}  // namespace caf_hosting_test
