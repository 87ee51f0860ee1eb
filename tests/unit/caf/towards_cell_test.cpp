// CAF's vocabulary towards a troupe actor: send, request, monitor, link, exit, typed handles.
#include <doctest/doctest.h>

#include <troupe/tree/supervise.hpp>

#include "unit/caf/world.hpp"

namespace caf_towards_cell_test {

using namespace caf_test;
using namespace life;
using troupe::errc;
using troupe::event_kind;

namespace {

/// What a request came to: `ok N`, or the error as CAF writes it.
template <class... What>
std::string outcome(world& w, const caf::actor& to, What... what) {
  std::string out = "nothing";
  caf::scoped_actor self{w.sys.caf()};
  self->request(to, std::chrono::seconds{20}, what...)
      .receive([&](std::int32_t n) { out = "ok " + std::to_string(n); },
               [&](caf::error& e) { out = caf::to_string(e); });
  return out;
}

/// A CAF actor that notes what it learns of the end of others.
caf::actor spawn_observer(world& w, bool links) {
  const caf::actor subject = w.a.caf();
  const caf::actor made =
      w.sys.caf().spawn([j = w.j, subject, links](caf::event_based_actor* self) -> caf::behavior {
        self->set_down_handler([=](caf::down_msg& m) {
          j->note(m.source == subject.address()
                      ? "down " + std::string{m.reason == caf::exit_reason::user_shutdown ? "user_shutdown"
                                                                                          : "otherwise"}
                      : "down of a stranger");
        });
        self->attach_functor([=] { j->note("observer gone"); });
        if (links)
          self->link_to(subject);
        else
          self->monitor(subject);
        j->note("observes");
        return {[](int) {}};
      });
  REQUIRE(w.j->wait_for("observes"));
  return made;
}

}  // namespace

TEST_CASE("M3: what CAF actors and plain threads send a troupe actor arrives, in order") {
  world w;
  const caf::actor to = w.a.caf();
  CHECK(troupe::from_caf<account>(to) == w.a);
  w.sys.caf().spawn([to](caf::event_based_actor* self) {
    for (int i = 0; i < 100; ++i) self->send(to, note{std::to_string(i)});
  });
  REQUIRE(w.j->wait_for("99"));
  const auto all = w.j->all();
  CHECK(all.size() == 100);
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i] == std::to_string(i));
  caf::anon_send(to, note{"anonymous"});
  CHECK(w.j->wait_for("anonymous"));
}

TEST_CASE("M5: a CAF request is answered with the handler's value, an empty message for none, or its error") {
  world w;
  const caf::actor to = w.a.caf();
  CHECK(outcome(w, to, add{2}) == "ok 2");
  CHECK(outcome(w, to, add{3}) == "ok 5");
  bool empty = false;
  caf::scoped_actor self{w.sys.caf()};
  self->request(to, std::chrono::seconds{20}, note{"noted"})
      .receive([&] { empty = true; }, [](caf::error&) {});
  CHECK(empty);
  const std::string unknown = outcome(w, to, stranger{1});
  CHECK(unknown.find("unexpected_message") != std::string::npos);
  CHECK(w.sys.events().count(event_kind::dead_letter) == 1);
  const std::string failed = outcome(w, to, boom{1});
  CHECK(failed.find("runtime_error") != std::string::npos);
  CHECK(failed.find("asked to") != std::string::npos);
}

TEST_CASE("a typed CAF handle to a troupe actor") {
  using add_handle = caf::typed_actor<caf::replies_to<add>::with<std::int32_t>>;
  world w;
  const auto to = caf::actor_cast<add_handle>(w.a.caf());
  std::int32_t got = 0;
  caf::scoped_actor self{w.sys.caf()};
  self->request(to, std::chrono::seconds{20}, add{7})
      .receive([&](std::int32_t n) { got = n; }, [&](caf::error& e) { FAIL(caf::to_string(e)); });
  CHECK(got == 7);
}

TEST_CASE("L3, M5: CAF requests that wait in the mailbox of a stopping actor, and later ones, are bounced") {
  world w;
  w.hold();
  const caf::actor to = w.a.caf();
  w.sys.caf().spawn([to, j = w.j](caf::event_based_actor* self) {
    for (int i = 0; i < 3; ++i)
      self->request(to, caf::infinite, add{1})
          .then([=](std::int32_t) { j->note("answered"); },
                [=](const caf::error& e) {
                  j->note(e == caf::sec::request_receiver_down ? "bounced" : "other");
                });
    j->note("requested");
  });
  REQUIRE(w.j->wait_for("requested"));
  cell_of(w.a)->request_stop({troupe::exit_kind::shutdown, {}});
  const auto before = w.sys.events().count(event_kind::dead_letter);
  w.g->open();
  CHECK(w.j->wait_for("bounced", 3));
  CHECK(w.j->count("answered") == 0);
  CHECK(w.sys.events().count(event_kind::dead_letter) - before == 3);
  CHECK(outcome(w, to, add{1}).find("request_receiver_down") != std::string::npos);
}

TEST_CASE("L4: a CAF monitor hears of the end of a troupe actor, also of one that has stopped before") {
  world w;
  const caf::actor early =
      spawn_observer(w, false);  // a handle keeps it alive: it has nothing else to wait for
  REQUIRE(stop_and_wait(w.a));
  CHECK(w.j->wait_for("down user_shutdown"));
  const caf::actor late = spawn_observer(w, false);
  CHECK(w.j->wait_for("down user_shutdown", 2));
}

TEST_CASE("a CAF link ends the other side, whichever ends first; a normal exit ends nobody") {
  {
    world w;
    const auto observer = spawn_observer(w, true);
    REQUIRE(stop_and_wait(w.a));
    CHECK(w.j->wait_for("observer gone"));
  }
  {
    world w;
    REQUIRE(stop_and_wait(w.a));
    const auto late = spawn_observer(w, true);
    CHECK(w.j->wait_for("observer gone"));
  }
  {
    world w;
    const auto observer = spawn_observer(w, true);
    caf::anon_send_exit(observer, caf::exit_reason::user_shutdown);
    CHECK(w.j->wait_for("account stopped"));
  }
  {
    world w;
    w.sys.caf().spawn([to = w.a.caf(), j = w.j](caf::event_based_actor* self) {
      self->link_to(to);  // and ends at once, normally
      j->note("linked");
    });
    REQUIRE(w.j->wait_for("linked"));
    CHECK(outcome(w, w.a.caf(), add{1}) == "ok 1");
  }
}

TEST_CASE("CAF's send_exit stops a troupe actor behind what was sent before") {
  world w;
  caf::anon_send(w.a.caf(), note{"before"});
  caf::anon_send_exit(w.a.caf(), caf::exit_reason::user_shutdown);
  REQUIRE(w.j->wait_for("account stopped"));
  CHECK(w.j->count("before") == 1);
}

TEST_CASE(
    "S7: a CAF message that is retried after a failure is whole, and its sender hears of the last one") {
  auto j = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  auto top = troupe::supervise(sys, "top", troupe::one_for_one{.intensity = 10},
                               troupe::child<account>("a", j, g).poison(troupe::poison_policy::retry(2)));
  std::string got;
  caf::scoped_actor self{sys.caf()};
  self->request(top.ref<account>("a").caf(), std::chrono::seconds{20}, boom{42})
      .receive([&](std::int32_t) { got = "ok"; }, [&](caf::error& e) { got = caf::to_string(e); });
  CHECK(got.find("asked to") != std::string::npos);
  CHECK(j->count("boom 42") == 3);
}

TEST_CASE("a ref that leads to no actor of this process has no CAF handle, and says so") {
  world w;
  const auto nobody = troupe::ref_to<account>(w.sys.env(), "/user/nobody");
  CHECK_THROWS_WITH_AS(static_cast<void>(nobody.caf()), doctest::Contains("/user/nobody"), troupe::failed);
  CHECK_THROWS_AS(static_cast<void>(troupe::ref<account>{}.caf()), troupe::failed);
}

}  // namespace caf_towards_cell_test
