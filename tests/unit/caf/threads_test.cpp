// CAF actors with threads of their own, and CAF's output.
#include <doctest/doctest.h>

#include "unit/caf/world.hpp"
#include "unit/config/child.hpp"

namespace caf_threads_test {

using namespace caf_test;
using namespace life;

TEST_CASE("CM3: blocking CAF actors keep their threads; what they send and ask reaches troupe actors") {
  world w;
  w.sys.caf().spawn([to = w.a.caf(), j = w.j](caf::blocking_actor* self) {
    j->note(troupe::engine::worker::current() ? "on a worker" : "own thread");
    self->send(to, note{"from a blocking actor"});
    self->request(to, std::chrono::seconds{20}, add{4})
        .receive([&](std::int32_t n) { j->note("answer " + std::to_string(n)); },
                 [&](caf::error& e) { j->note(caf::to_string(e)); });
  });
  CHECK(w.j->wait_for("own thread"));
  CHECK(w.j->wait_for("from a blocking actor"));
  CHECK(w.j->wait_for("answer 4"));
}

TEST_CASE("CM3: detached CAF actors keep their threads and talk to troupe actors both ways") {
  world w;
  const auto detached =
      w.sys.caf().spawn<caf::detached>([j = w.j](caf::event_based_actor* self) -> caf::behavior {
        return {
            [=](const note& m) {
              j->note(m.line + (troupe::engine::worker::current() ? " on a worker" : " on its own thread"));
            },
            [=](const caf::actor& to) {
              self->request(to, std::chrono::seconds{20}, add{6}).then([=](std::int32_t n) {
                j->note("answer " + std::to_string(n));
                self->quit();
              });
            }};
      });
  troupe::from_caf<note>(detached).tell(note{"hi"});
  CHECK(w.j->wait_for("hi on its own thread"));
  caf::anon_send(detached, w.a.caf());
  CHECK(w.j->wait_for("answer 6"));
}

TEST_CASE("aout prints whole lines of CAF actors, all of them before the system is gone") {
  const auto end = config_test::in_child([] {
    {
      troupe::system sys{quiet()};
      for (int i = 0; i < 3; ++i)
        sys.caf().spawn([i](caf::event_based_actor* self) {
          caf::aout(self) << "line " << i << " is whole" << std::endl;
          caf::aout(self) << "unfinished " << i;
        });
      sys.caf().await_all_actors_done();
    }
    std::cout.flush();
    _exit(0);
  });
  CHECK(end.exit_code == 0);
  for (const char* line : {"line 0 is whole\n", "line 1 is whole\n", "line 2 is whole\n", "unfinished 2"})
    CHECK(end.out.find(line) != std::string::npos);
}

}  // namespace caf_threads_test
