// What CAF's own monitors and links learn of a troupe actor that is restarted: nothing, until it ends for good (S6, L4).
#include <doctest/doctest.h>

#include <troupe/tree/supervise.hpp>

#include "unit/caf/world.hpp"

namespace caf_restarts_test {

using namespace caf_test;
using namespace life;

TEST_CASE(
    "L4, S6: a CAF monitor and a CAF link see the final stop of a supervised actor once, its restarts "
    "never") {
  const auto j = std::make_shared<journal>();
  const auto g = std::make_shared<gate>();
  g->open();
  troupe::system sys{quiet()};
  auto top = troupe::supervise(sys, "top", troupe::one_for_one{.intensity = 10},
                               troupe::child<account>("account", j, g));
  const troupe::ref<account> exact{troupe::address_ptr{sys.env().resolve("/user/top/account")}};
  const caf::actor observer =
      sys.caf().spawn([j, subject = exact.caf()](caf::event_based_actor* self) -> caf::behavior {
        self->set_down_handler([j](caf::down_msg&) { j->note("down"); });
        self->set_exit_handler([j](caf::exit_msg&) { j->note("exit"); });
        self->monitor(subject);
        self->link_to(subject);
        j->note("observes");
        return {[j](int n) { j->note("alive " + std::to_string(n)); }};
      });
  REQUIRE(j->wait_for("observes"));
  for (int i = 1; i <= 5; ++i) {
    caf::scoped_actor self{sys.caf()};
    bool failed = false;
    self->request(exact.caf(), std::chrono::seconds{20}, boom{1})
        .receive([](std::int32_t) {}, [&](caf::error&) { failed = true; });
    CHECK(failed);
    // It serves again, in the same handle.
    self->request(exact.caf(), std::chrono::seconds{20}, add{i})
        .receive([](std::int32_t) {}, [&](caf::error& e) { FAIL(caf::to_string(e)); });
  }
  CHECK(sys.env().resolve("/user/top/account")->incarnation() == 5);
  caf::anon_send(observer, 1);  // behind all that it would have been told
  REQUIRE(j->wait_for("alive 1"));
  CHECK(j->count("down") == 0);
  CHECK(j->count("exit") == 0);
  top.stop();
  REQUIRE(j->wait_for("down"));
  REQUIRE(j->wait_for("exit"));
  caf::anon_send(observer, 2);
  REQUIRE(j->wait_for("alive 2"));
  CHECK(j->count("down") == 1);
  CHECK(j->count("exit") == 1);
  caf::anon_send_exit(observer, caf::exit_reason::kill);
}

}  // namespace caf_restarts_test
