// Exits that come from CAF, through links and send_exit, and what they mean for an actor of ours (CR1).
#include <doctest/doctest.h>

#include <troupe/tree/supervise.hpp>

#include "unit/caf/world.hpp"

namespace caf_exits_test {

using namespace caf_test;
using namespace life;
using troupe::errc;

namespace {

struct stage {
  journal_ptr j = std::make_shared<journal>();
  journal_ptr end = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  journal_ptr events = listen(sys);
  troupe::supervision top = troupe::supervise(sys, "top", troupe::one_for_one{.intensity = 3},
                                              troupe::child<account>("account", j, g).transient());
  troupe::cell_ptr subject = sys.env().resolve("/user/top/account");
  troupe::ref<account> exact{troupe::address_ptr{subject}};

  stage() { note_end(subject, end); }

  /// A CAF actor that is linked to the account ends for that reason.
  void linked_ends(caf::error why) {
    sys.caf().spawn([why, to = exact.caf()](caf::event_based_actor* self) {
      self->link_to(to);
      self->quit(why);
    });
  }
};

}  // namespace

TEST_CASE(
    "CR1: the failure of a linked CAF actor is the actor's own: its supervisor puts it back, in its cell") {
  stage s;
  CHECK(s.exact.ask(add{5}, patience).get().value() == 5);
  for (const auto reason :
       {caf::exit_reason::unhandled_exception, caf::exit_reason::remote_link_unreachable}) {
    const auto before = s.exact.incarnation();
    s.linked_ends(caf::make_error(reason));
    REQUIRE(s.events->wait_for("actor_restarted /user/top/account", static_cast<std::ptrdiff_t>(before) + 1));
    CHECK(s.exact.incarnation() == before + 1);
  }
  CHECK(s.exact.ask(add{1}, patience).get().value() == 1);
  CHECK(s.end->all().empty());
}

TEST_CASE("CR1: user_shutdown stops an actor that is linked, or sent it, and kill kills it") {
  const std::pair<caf::exit_reason, const char*> table[] = {{caf::exit_reason::user_shutdown, "shutdown"},
                                                            {caf::exit_reason::kill, "killed"},
                                                            {caf::exit_reason::unreachable, "killed"}};
  for (const auto& [reason, kind] : table) {
    for (const bool links : {true, false}) {
      CAPTURE(kind);
      CAPTURE(links);
      stage s;
      if (links)
        s.linked_ends(caf::make_error(reason));
      else
        caf::anon_send_exit(s.exact.caf(), reason);
      CHECK(s.end->wait_for(std::string{"gone /user/top/account "} + kind));
      CHECK(s.subject->stop_reason().why.text.find("exit_reason") != std::string::npos);
    }
  }
}

TEST_CASE("CR1: the normal end of a linked CAF actor changes nothing") {
  stage s;
  CHECK(s.exact.ask(add{5}, patience).get().value() == 5);
  const auto gone = std::make_shared<journal>();
  const auto linked = s.sys.caf().spawn([gone, to = s.exact.caf()](caf::event_based_actor* self) {
    self->attach_functor([gone] { gone->note("gone"); });
    self->link_to(to);
  });
  REQUIRE(gone->wait_for("gone"));
  CHECK(s.exact.ask(add{1}, patience).get().value() == 6);
  CHECK(s.end->all().empty());
}

}  // namespace caf_exits_test
