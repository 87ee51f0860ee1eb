// Links between actors of ours and plain CAF actors, asked for by `link` (CA4): both ways, by the table of exits (CR1).
#include <doctest/doctest.h>

#include <troupe/testkit/doctest.hpp>

#include "unit/caf/world.hpp"

namespace caf_link_test {

using namespace caf_test;
using namespace life;
using troupe::any_ref;

namespace {

struct join {
  any_ref to;
};
struct part {
  any_ref from;
};
struct crash {};
struct quit {};
struct ping {
  using reply = int;
};

class ours : public troupe::actor<join, part, crash, quit, ping> {
 public:
  explicit ours(journal_ptr to) : to_(std::move(to)) {}
  void on(const join& m) { link(m.to); }
  void on(const part& m) { unlink(m.from); }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  void on(const quit&) { stop_self(); }
  int on(const ping&) { return 1; }

 protected:
  const journal_ptr to_;
};

class trapping : public ours {
 public:
  using ours::ours;
  void on_link_ended(const troupe::link_ended& news) override {
    to_->note("traps " + std::string{to_string(news.kind())});
  }
};

/// A CAF actor that ends when it is told a number, for CAF's reason of that number, and notes its own end.
caf::behavior theirs(caf::event_based_actor* self, const journal_ptr& to, bool traps) {
  self->attach_functor([to](const caf::error& why) { to->note("theirs gone " + caf::to_string(why)); });
  if (traps)
    self->set_exit_handler([to](caf::exit_msg& m) { to->note("theirs traps " + caf::to_string(m.reason)); });
  return {[self](std::int32_t reason) {
    self->quit(reason ? caf::make_error(static_cast<caf::exit_reason>(reason)) : caf::error{});
  }};
}

struct stage {
  explicit stage(bool they_trap = false) {
    handle = sys.caf().spawn(theirs, t, they_trap);
    them = troupe::from_caf<troupe::messages<>>(handle);
  }
  template <class A>
  void link(const troupe::ref<A>& a) {
    a.tell(join{them});
    CHECK(a.ask(ping{}, patience).get().value() == 1);
  }

  journal_ptr j = std::make_shared<journal>();
  journal_ptr t = std::make_shared<journal>();
  journal_ptr ends = std::make_shared<journal>();
  troupe::system sys{quiet()};
  caf::actor handle;
  any_ref them;
};

}  // namespace

TEST_CASE(
    "CA4, CR1: the end of a CAF actor is that of the actor that has linked itself to it, by the table") {
  const std::pair<caf::exit_reason, const char*> table[] = {{caf::exit_reason::user_shutdown, "shutdown"},
                                                            {caf::exit_reason::unreachable, "killed"},
                                                            {caf::exit_reason::kill, "killed"},
                                                            {caf::exit_reason::unknown, "failed"}};
  for (const auto& [reason, kind] : table) {
    CAPTURE(kind);
    stage s;
    const auto a = troupe::spawn<ours>(s.sys, "a", s.j);
    const auto b = troupe::spawn<trapping>(s.sys, "b", s.j);
    note_end(cell_of(a), s.ends);
    s.link(a);
    s.link(a);  // once
    s.link(b);
    caf::anon_send(s.handle, static_cast<std::int32_t>(reason));
    CHECK(s.ends->wait_for(std::string{"gone /user/a "} + kind));
    CHECK(s.j->wait_for(std::string{"traps "} + kind));
    CHECK(cell_of(a)->stop_reason().why.text.starts_with("linked to caf:"));
    CHECK(b.ask(ping{}, patience).get().value() == 1);
  }
}

TEST_CASE(
    "CA4: the end of an actor of ours is that of the CAF actor it has linked itself to, unless that traps "
    "it") {
  for (const bool traps : {false, true}) {
    for (const bool fails : {true, false}) {
      CAPTURE(traps);
      CAPTURE(fails);
      stage s{traps};
      const auto a = troupe::spawn<ours>(s.sys, "a", s.j);
      s.link(a);
      if (fails)
        a.tell(crash{});
      else
        a.tell(quit{});
      if (traps)
        CHECK(s.t->wait_for(fails ? "theirs traps exit_reason(unhandled_exception)" : "theirs traps none"));
      else if (fails)
        CHECK(s.t->wait_for("theirs gone exit_reason(unhandled_exception)"));
      if (!traps && !fails) {  // a normal end is nothing to it
        const auto end = std::make_shared<journal>();
        const troupe::cell_ptr c = cell_of(a);
        note_end(c, end);
        REQUIRE(end->wait_for("gone /user/a normal"));
        caf::scoped_actor self{s.sys.caf()};
        self->send(s.handle, std::int32_t{0});
        REQUIRE(s.t->wait_for("theirs gone none"));
      }
      caf::anon_send_exit(s.handle, caf::exit_reason::kill);
    }
  }
}

TEST_CASE("CA4: unlinked from either side, neither end is told") {
  for (const bool by_caf : {false, true}) {
    CAPTURE(by_caf);
    stage s;
    const auto a = troupe::spawn<trapping>(s.sys, "a", s.j);
    s.link(a);
    if (by_caf) {
      caf::scoped_actor self{s.sys.caf()};
      static_cast<caf::monitorable_actor*>(caf::actor_cast<caf::abstract_actor*>(s.handle))
          ->unlink_from(a.caf());
      CHECK(a.ask(ping{}, patience).get().value() == 1);  // its own half goes in its turn
    } else {
      a.tell(part{s.them});
      CHECK(a.ask(ping{}, patience).get().value() == 1);
    }
    caf::anon_send(s.handle, static_cast<std::int32_t>(caf::exit_reason::user_shutdown));
    REQUIRE(s.t->wait_for("theirs gone exit_reason(user_shutdown)"));
    CHECK(a.ask(ping{}, patience).get().value() == 1);
    CHECK(s.j->all().empty());
  }
}

TEST_CASE("CA4: a link that CAF has made is given up by unlink as well") {
  stage s;
  const auto a = troupe::spawn<ours>(s.sys, "a", s.j);
  static_cast<caf::monitorable_actor*>(caf::actor_cast<caf::abstract_actor*>(s.handle))->link_to(a.caf());
  a.tell(part{s.them});
  CHECK(a.ask(ping{}, patience).get().value() == 1);
  caf::anon_send(s.handle, static_cast<std::int32_t>(caf::exit_reason::unknown));
  REQUIRE(s.t->wait_for("theirs gone exit_reason(unknown)"));
  CHECK(a.ask(ping{}, patience).get().value() == 1);
}

TEST_CASE("CA4: with a CAF actor that has ended already a link is over at once") {
  stage s;
  caf::anon_send(s.handle, static_cast<std::int32_t>(caf::exit_reason::unknown));
  REQUIRE(s.t->wait_for("theirs gone exit_reason(unknown)"));
  const auto late = troupe::spawn<ours>(s.sys, "late", s.j);
  note_end(cell_of(late), s.ends);
  late.tell(join{s.them});
  CHECK(s.ends->wait_for("gone /user/late failed"));
}

TEST_CASE("CA4: of many that end nothing stays with a CAF actor that does not") {
  troupe::testkit::test_system sys{troupe::testkit::for_doctest({.leftovers = false})};
  const auto j = std::make_shared<journal>();
  const caf::actor handle = sys.caf().spawn(theirs, j, false);
  const auto them = troupe::from_caf<troupe::messages<>>(handle);
  sys.settle();
  const auto before = sys.env().cells();
  for (int i = 0; i < 100; ++i) {
    const auto a = troupe::spawn<ours>(sys, std::to_string(i), j);
    a.tell(join{them});
    a.tell(quit{});
  }
  sys.settle();
  CHECK(sys.env().cells() == before);
  caf::anon_send_exit(handle, caf::exit_reason::kill);
}

}  // namespace caf_link_test
