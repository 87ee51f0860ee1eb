// The time limit of a start (L2): who hears of one that takes too long.
#include <doctest/doctest.h>

#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace tree_start_time_test {

using namespace troupe;
using namespace life;

namespace {

struct crash {};
struct ping {
  using reply = int;
};

/// Its start waits for the gate, in the incarnation it is told to.
class slow_starter : public actor<crash, ping> {
 public:
  slow_starter(journal_ptr to, gate_ptr held_by, std::uint64_t in)
      : to_(std::move(to)), gate_(std::move(held_by)), in_(in) {}
  void on_start() {
    to_->note("starts");
    if (incarnation() == in_) gate_->pass();
    to_->note("started");
  }
  void on_stop() override { to_->note("stopped"); }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  int on(const ping&) { return 1; }

 private:
  journal_ptr to_;
  gate_ptr gate_;
  std::uint64_t in_;
};

/// The reasons of all failures, as journal lines.
journal_ptr failures(troupe::system& sys) {
  auto out = std::make_shared<journal>();
  sys.events().subscribe([out](const event& e) {
    if (e.kind == event_kind::actor_failed)
      out->note(e.path + (e.reason.find("did not end within 30 ms (L2)") != std::string::npos ? " too slow"
                                                                                              : " failed"));
  });
  return out;
}

struct stage {
  journal_ptr j = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  ~stage() { g->open(); }
};

}  // namespace

TEST_CASE("L2, S4: a start that takes too long fails supervise, which names the child and the limit") {
  stage s;
  const auto start = [&] {
    supervise(s.sys, "top", one_for_one{},
              child<slow_starter>("slow", s.j, s.g, 0u).blocking().start_time(30ms).shutdown(1ms));
  };
  CHECK_THROWS_WITH_AS(
      start(), doctest::Contains("child 'slow' failed to start: its start did not end within 30 ms"), failed);
  CHECK(s.j->count("started") == 0);
}

TEST_CASE(
    "L2: a restart that takes too long is one more failure; the actor serves again once it gets through") {
  stage s;
  auto events = failures(s.sys);
  auto top = supervise(s.sys, "top", one_for_one{.intensity = 10},
                       child<slow_starter>("slow", s.j, s.g, 1u).blocking().start_time(30ms));
  auto a = top.ref<slow_starter>("slow");
  a.tell(crash{});
  REQUIRE(events->wait_for("/user/top/slow too slow"));
  s.g->open();
  CHECK(a.ask(ping{}, patience).get().value() == 1);
  CHECK(events->count("/user/top/slow too slow") == 1);
}

TEST_CASE("L2: without a supervisor an actor that starts too slowly is stopped") {
  stage s;
  auto events = failures(s.sys);
  auto a =
      spawn<slow_starter>(s.sys, spawn_options{.name = "slow", .dispatcher = "blocking", .start_time = 30ms},
                          s.j, s.g, std::uint64_t{0});
  auto ended = std::make_shared<journal>();
  note_end(cell_of(a), ended);
  REQUIRE(s.j->wait_for("starts"));
  auto answer = a.ask(ping{}, patience);
  events->wait_for("/user/slow too slow");
  s.g->open();
  CHECK(ended->wait_for("gone /user/slow failed"));
  CHECK(answer.get().error().code == errc::stopped);
}

TEST_CASE("L2: a start that ends in time is no failure, and a limit of nothing is a mistake in the spec") {
  stage s;
  s.g->open();
  auto events = failures(s.sys);
  auto top =
      supervise(s.sys, "top", one_for_one{}, child<slow_starter>("quick", s.j, s.g, 0u).start_time(10s));
  CHECK(top.ref<slow_starter>("quick").ask(ping{}, patience).get().value() == 1);
  CHECK(events->all().empty());
  CHECK_THROWS_WITH_AS(
      supervise(s.sys, "other", one_for_one{}, child<slow_starter>("never", s.j, s.g, 0u).start_time(0s)),
      doctest::Contains("its start time must be more than 0"), failed);
}

}  // namespace tree_start_time_test
