// How a system goes down: the phases and what happens at the deadline (SY2).
#include <doctest/doctest.h>

#include <caf/all.hpp>
#include <troupe/ref/caf.hpp>

#include "unit/cell/world.hpp"
#include "unit/config/child.hpp"

namespace system_shutdown_test {

using namespace life;
using config_test::child_end;
using config_test::in_child;

namespace {

struct hold_up {};

/// Stays in its handler for ever.
class stuck : public troupe::actor<hold_up> {
 public:
  explicit stuck(journal_ptr to) : to_(std::move(to)) {}
  void on(const hold_up&) {
    to_->note("stuck");
    gate{}.pass();
  }
  void on_stop() override { to_->note("troupe actor stops"); }

 private:
  journal_ptr to_;
};

/// Notes when it is stopped.
class noting_extension final : public troupe::extension {
 public:
  explicit noting_extension(journal_ptr to) : to_(std::move(to)) {}
  void stop(troupe::system&) noexcept override { to_->note("extension stops"); }

 private:
  journal_ptr to_;
};

troupe::system_options in_a_hurry() {
  auto o = quiet();
  o.shutdown_deadline = 300ms;
  return o;
}

/// A plain CAF actor that is kept alive by a handle and does nothing.
caf::behavior idle(caf::event_based_actor* self, journal_ptr j) {
  self->attach_functor([j] { j->note("CAF actor ends"); });
  j->note("idle");
  return {[](int) {}};
}

/// Traps CAF's exit.
class deaf final : public caf::event_based_actor {
 public:
  deaf(caf::actor_config& config, journal_ptr j) : event_based_actor(config), j_(std::move(j)) {}
  const char* name() const override { return "deaf_actor"; }
  caf::behavior make_behavior() override {
    set_exit_handler([](caf::exit_msg&) {});
    j_->note("deaf");
    return {[](int) {}};
  }

 private:
  journal_ptr j_;
};

void check_gave_up(const child_end& end, const std::vector<std::string>& lines) {
  CAPTURE(end.err);
  CHECK(end.exit_code == 70);
  CHECK(end.err.find("shutdown took longer than 300 ms") != std::string::npos);
  for (const auto& line : lines) CHECK(end.err.find(line) != std::string::npos);
}

}  // namespace

TEST_CASE("SY2: the phases come in order: /user, plain CAF actors, extensions") {
  auto j = std::make_shared<journal>();
  caf::actor kept;
  {
    troupe::system sys{quiet(), noting_extension{j}};
    troupe::spawn<stuck>(sys, "a", j);
    kept = sys.caf().spawn(idle, j);
    REQUIRE(j->wait_for("idle"));
    sys.shutdown();
    kept = nullptr;
  }
  CHECK(j->all() == lines{"idle", "troupe actor stops", "CAF actor ends", "extension stops"});
}

TEST_CASE(
    "SY2: CAF actors that others keep alive, that are registered, or that spawn others are told to go") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  std::vector<caf::actor> kept;
  for (int i = 0; i < 10; ++i) kept.push_back(sys.caf().spawn(idle, j));
  REQUIRE(j->wait_for("idle", 10));
  sys.caf().registry().put(caf::atom("known"), sys.caf().spawn<caf::detached>(idle, j));
  auto late = std::make_shared<std::vector<caf::actor>>();
  kept.push_back(sys.caf().spawn([j, late](caf::event_based_actor* self) -> caf::behavior {
    self->set_exit_handler([=](caf::exit_msg& m) {
      late->push_back(self->spawn(idle, j));
      self->quit(m.reason);
    });
    j->note("idle");
    return {[](int) {}};
  }));
  REQUIRE(j->wait_for("idle", 12));
  sys.shutdown();
  CHECK(j->count("CAF actor ends") == 12);
}

TEST_CASE("SY2: past the deadline the report names the actor of /user that holds the shutdown up") {
  const auto end = in_child([] {
    auto j = std::make_shared<journal>();
    troupe::system sys{in_a_hurry()};
    auto a = troupe::spawn<stuck>(sys, "stubborn", j);
    a.tell(hold_up{});
    j->wait_for("stuck");
    sys.shutdown();
  });
  check_gave_up(end, {"it waits for /user", "/user/stubborn (running)"});
}

TEST_CASE("SY2: past the deadline the report names the plain CAF actors that did not go") {
  const auto end = in_child([] {
    auto j = std::make_shared<journal>();
    troupe::system sys{in_a_hurry()};
    auto kept = sys.caf().spawn<deaf>(j);
    j->wait_for("deaf");
    sys.shutdown();
  });
  check_gave_up(end,
                {"it waits for plain CAF actors", "CAF actor deaf_actor#", "CAF counts 1 running actors"});
}

TEST_CASE("SY2: past the deadline a CAF actor with a thread of its own is counted") {
  const auto end = in_child([] {
    troupe::system sys{in_a_hurry()};
    sys.caf().spawn([](caf::blocking_actor* self) { self->receive([](int) {}); });
    sys.shutdown();
  });
  check_gave_up(end,
                {"it waits for plain CAF actors", "CAF counts 1 running actors", "threads of their own"});
}

TEST_CASE(
    "SY2: past the deadline a hidden CAF thread that does not end is reported while CAF's modules stop") {
  const auto end = in_child([] {
    troupe::system sys{in_a_hurry()};
    sys.caf().spawn<caf::hidden>([](caf::blocking_actor* self) { self->receive([](int) {}); });
    sys.shutdown();
  });
  check_gave_up(end, {"it waits for CAF's modules", "1 threads of its own"});
}

}  // namespace system_shutdown_test
