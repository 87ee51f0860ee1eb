// Links and supervisors (L7, S6, S8, S11): a restart is no end, and an end by a link is a failure like any other.
#include <doctest/doctest.h>

#include "unit/cell/linked.hpp"

namespace tree_link_test {

using namespace linked;

namespace {

/// Makes a child at each start and is linked to it.
class family_man : public friendly {
 public:
  using friendly::friendly;
  void on_start() {
    note("start " + std::to_string(incarnation()));
    friendly::link(spawn<friendly>(spawn_options{.name = "child"}, "child", notes(), gate_ptr{}));
  }
};

child_builder a_child(stage& s, const char* id) { return child<friendly>(id, id, s.j, gate_ptr{}); }

}  // namespace

TEST_CASE(
    "L7, S6: a restart is no end: the other side hears nothing of it, and the link is there afterwards") {
  stage s;
  const auto top = supervise(s.sys, "top", rest_for_one{.intensity = 3}, a_child(s, "a"), a_child(s, "b"));
  const auto a = top.ref<friendly>("a");
  const auto b = s.make<trapping>("outside");
  s.link(a, b);
  const cell_ptr cell_a = cell_of(a);
  a.tell(crash{});
  s.sys.settle();
  CHECK(cell_of(a) == cell_a);
  CHECK(a.incarnation() == 1);
  CHECK(s.sys.expect_reply(b.ask(ping{}, patience)) == 1);
  CHECK(s.j->count("outside traps /user/top/a shutdown") == 0);
  cell_a->request_stop(exit_kind::shutdown);
  s.sys.settle();
  CHECK(s.j->count("outside traps /user/top/a shutdown") == 1);  // what comes back is another cell
  b.tell(crash{});
  s.sys.settle();
  CHECK(a.incarnation() == 0);
  CHECK(s.sys.expect_reply(a.ask(ping{}, patience)) == 1);
}

TEST_CASE(
    "L7, S11: the failure of one is the other's own: its supervisor puts it back, in its cell, and the "
    "mailbox stays") {
  stage s;
  const auto top = supervise(s.sys, "top", one_for_one{.intensity = 3}, a_child(s, "a").transient(),
                             a_child(s, "b").temporary());
  const auto a = top.ref<friendly>("a");
  const auto b = top.ref<friendly>("b");
  s.link(a, b);
  const cell_ptr cell_a = cell_of(a);
  b.tell(crash{});
  s.sys.settle();
  CHECK(cell_of(a) == cell_a);
  CHECK(a.incarnation() == 1);
  CHECK(s.sys.events().count(event_kind::actor_restarted) == 1);
  CHECK(s.sys.expect_failure("/user/top/a").cause == link_cause);
}

TEST_CASE(
    "L7, S2: who is stopped with another stays down when it is transient, and comes back when it is "
    "permanent") {
  for (const bool permanent : {true, false}) {
    stage s;
    const auto top =
        supervise(s.sys, "top", one_for_one{.intensity = 3},
                  permanent ? a_child(s, "a") : a_child(s, "a").transient(), a_child(s, "b").temporary());
    const auto a = top.ref<friendly>("a");
    s.link(a, top.ref<friendly>("b"));
    const cell_ptr cell_a = cell_of(a);
    cell_of(top.ref<friendly>("b"))->request_stop(exit_kind::shutdown);
    s.sys.settle();
    CHECK(cell_a->has_ended());
    CHECK((s.sys.env().resolve("/user/top/a") != nullptr) == permanent);
    CHECK(s.j->count("a start") == (permanent ? 2 : 1));
  }
}

TEST_CASE(
    "L7, S6: the children that a restart stops do not take the new object along, nor does one that had ended "
    "before") {
  stage s;
  const auto top =
      supervise(s.sys, "top", one_for_one{.intensity = 3}, child<family_man>("a", "a", s.j, gate_ptr{}));
  const auto a = top.ref<friendly>("a");
  s.sys.settle();
  for (int restarts = 1; restarts <= 2; ++restarts) {
    a.tell(crash{});
    s.sys.settle();
    CHECK(a.incarnation() == static_cast<std::uint64_t>(restarts));
  }
  CHECK(s.sys.events().count(event_kind::actor_restarted) == 2);
  // The new object's child is linked to it: its failure is the third one.
  ref_to<crash>(s.sys.env(), "/user/top/a/child").tell(crash{});
  s.sys.settle();
  CHECK(s.sys.events().count(event_kind::actor_restarted) == 3);
  CHECK(s.sys.expect_reply(a.ask(ping{}, patience)) == 1);
}

TEST_CASE(
    "L7: who is linked to a supervisor ends with it, and a supervisor outlives those that are linked to it") {
  stage s;
  auto top = supervise(s.sys, "top", one_for_one{}, a_child(s, "b"));
  const auto admin = find<which_children>(s.sys, "/user/top");
  const auto a = s.make("a");
  const auto c = s.make("c");
  s.link(a, admin);
  s.link(c, admin);
  a.tell(crash{});
  s.sys.settle();
  CHECK(s.lives(admin));
  CHECK(s.sys.expect_reply(top.ref<friendly>("b").ask(ping{}, patience)) == 1);
  s.sys.env().resolve("/user/top")->request_stop(exit_kind::shutdown);
  CHECK(s.ended() == lines{"gone /user/a failed", "gone /user/c shutdown"});
}

}  // namespace tree_link_test
