// A running supervisor is administrated by messages (AD1-AD3, SU7).
#include <doctest/doctest.h>

#include <troupe/testkit/doctest.hpp>

#include "unit/tree/noted.hpp"

namespace tree_admin_test {

using namespace troupe;
using namespace life;
using namespace noting;

namespace {

struct stage {
  journal_ptr j = std::make_shared<journal>();
  std::shared_ptr<std::atomic<int>> bad = number(0);
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual, .leftovers = false})};

  template <class M>
  reply_of<M> ask(const supervision& of, M m) {
    return sys.expect_reply(of.admin().ask(std::move(m), 1s));
  }
  template <class M>
  error refused(const supervision& of, M m, errc code) {
    return sys.expect_error(of.admin().ask(std::move(m), 1s), code);
  }
  /// What `what_if` says of that child, or of one below.
  std::string would(const supervision& of, const char* id) { return ask(of, what_if{id}).text; }
  std::string ids(const supervision& of) {
    std::string out;
    for (const child_info& c : ask(of, which_children{}))
      out += c.id + (c.phase == child_phase::up ? "+ " : c.phase == child_phase::down ? "- " : "? ");
    return out;
  }
};

}  // namespace

TEST_CASE("AD2: start_child adds a child behind the others, and says when it has started") {
  stage s;
  auto top = supervise(s.sys, "top", rest_for_one{.intensity = 9}, noted("a", s.j));
  const child_info b = s.ask(top, start_child{noted("b", s.j)});
  CHECK(b.path == "/user/top/b");
  CHECK(b.phase == child_phase::up);
  CHECK(s.ids(top) == "a+ b+ ");
  top.ref<crash>("a").tell(crash{});
  s.sys.settle();
  CHECK(s.j->count("b start") == 2);  // S1: it was started after `a`
  CHECK(s.refused(top, start_child{noted("b", s.j)}, errc::already_exists).text.find("runs") !=
        std::string::npos);
  CHECK(s.refused(top, start_child{noted("a/b", s.j)}, errc::invalid).text.find("/user/top/a/b") !=
        std::string::npos);
  s.bad->store(1);
  CHECK(s.refused(top, start_child{noted("c", s.j, s.bad)}, errc::start_failed).text.find("bad start") !=
        std::string::npos);
  CHECK(s.ids(top) == "a+ b+ ");
  CHECK(s.ask(top, start_child{noted("c", s.j, s.bad)}).phase == child_phase::up);  // nothing was kept of it
}

TEST_CASE("SU7: terminate, restart and delete: nobody else is touched, nothing is counted") {
  stage s;
  auto top = supervise(s.sys, "top", one_for_all{.intensity = 0}, noted("a", s.j), noted("b", s.j),
                       noted("x", s.j).temporary());
  CHECK(s.ask(top, terminate_child{"b"}).phase == child_phase::down);
  CHECK(s.ids(top) == "a+ b- x+ ");
  CHECK(s.ask(top, terminate_child{"b"}).phase == child_phase::down);  // it is down already
  CHECK(s.refused(top, start_child{noted("b", s.j)}, errc::already_exists).text.find("is down") !=
        std::string::npos);
  CHECK(s.refused(top, delete_child{"a"}, errc::invalid).text.find("is not down: it is up") !=
        std::string::npos);
  s.refused(top, restart_child{"a"}, errc::invalid);
  s.refused(top, restart_child{"nobody"}, errc::not_found);
  s.refused(top, terminate_child{"nobody"}, errc::not_found);
  CHECK(s.ask(top, restart_child{"b"}).phase == child_phase::up);
  CHECK(s.j->count("a start") == 1);
  s.ask(top, terminate_child{"b"});
  s.ask(top, delete_child{"b"});
  s.ask(top, terminate_child{"x"});
  CHECK(s.ids(top) == "a+ ");
  const child_counts counts = s.ask(top, count_children{});
  CHECK(counts.specs == 1);
  CHECK(counts.active == 1);
  CHECK(counts.workers == 1);
}

TEST_CASE("AD2: restart_child of one that does not start answers so, and it stays down") {
  stage s;
  auto top = supervise(s.sys, "top", one_for_one{.intensity = 0}, noted("a", s.j, s.bad));
  s.ask(top, terminate_child{"a"});
  s.bad->store(1);
  s.refused(top, restart_child{"a"}, errc::start_failed);
  CHECK(s.ids(top) == "a- ");
  CHECK(s.ask(top, restart_child{"a"}).phase == child_phase::up);
}

TEST_CASE("replace_child: another child in the same place; a ref by name goes on to it") {
  stage s;
  auto top = supervise(s.sys, "top", rest_for_one{.intensity = 9}, noted("a", s.j), noted("b", s.j),
                       noted("c", s.j));
  auto b = top.ref<ping>("b");
  CHECK(s.ask(top, replace_child{child<worker_actor>("b", "new", s.j)}).phase == child_phase::up);
  CHECK(s.ids(top) == "a+ b+ c+ ");
  CHECK(s.sys.expect_reply(b.ask(ping{}, 1s)) == 1);
  CHECK(s.j->count("b stop") == 1);
  CHECK(s.j->count("c start") == 1);
  top.ref<crash>("a").tell(crash{});
  s.sys.settle();
  CHECK(s.j->count("new start") == 2);
  CHECK(s.j->count("b start") == 1);
  s.bad->store(1);
  s.refused(top, replace_child{noted("b", s.j, s.bad)}, errc::start_failed);
  CHECK(s.ids(top) == "a+ b- c+ ");
  s.refused(top, replace_child{noted("nobody", s.j)}, errc::not_found);
}

TEST_CASE("another limit and another strategy hold from the next failure on") {
  stage s;
  auto top = supervise(s.sys, "top", one_for_one{.intensity = 0}, noted("a", s.j), noted("b", s.j));
  s.refused(top, set_restart_limit{1, 0s}, errc::invalid);
  s.refused(top, set_strategy{strategy::dynamic}, errc::invalid);
  CHECK(s.ask(top, set_restart_limit{2, 60s}));
  CHECK(s.ask(top, set_strategy{strategy::one_for_all}));
  top.ref<crash>("b").tell(crash{});
  s.sys.settle();
  CHECK(s.j->count("a start") == 2);
  CHECK(s.ask(top, set_restart_limit{1, 60s}));  // what has been counted stays
  top.ref<crash>("b").tell(crash{});
  s.sys.settle();
  CHECK(s.sys.env().resolve("/user/top") == nullptr);
}

TEST_CASE("what_if says what a failure would do, and does nothing") {
  stage s;
  auto top = supervise(s.sys, "top", rest_for_one{.intensity = 1}, noted("a", s.j), noted("b", s.j),
                       noted("x", s.j).temporary(), noted("c", s.j));
  CHECK(s.would(top, "b") ==
        "if /user/top/b failed now:\n  goes down: b\n  go down after it: c x\n  are started, in this order: "
        "b c\n"
        "  are gone for good: x\n");
  CHECK(s.would(top, "x") == "if /user/top/x failed now:\n  it is temporary, so it would stay down (S2)\n");
  top.ref<crash>("c").tell(crash{});
  s.sys.settle();
  CHECK(s.would(top, "b") ==
        "if /user/top/b failed now:\n  1 of 1 restarts are used up (S3), so /user/top would fail to its "
        "parent\n"
        "  with it, in this order: c x b a\n");
  CHECK(s.ids(top) == "a+ b+ x+ c+ ");
}

TEST_CASE("S2: what_if knows whose end ends the supervisor") {
  stage s;
  const auto any = supervise(s.sys, "any", one_for_one{.auto_shutdown = auto_shutdown::any_significant},
                             noted("a", s.j), noted("b", s.j).temporary().significant());
  CHECK(s.would(any, "b") ==
        "if /user/any/b failed now:\n  it is temporary, so it would stay down (S2); it is significant "
        "(any_significant), so /user/any would shut itself down\n  with it, in this order: b a\n");
  const auto all =
      supervise(s.sys, "all", one_for_one{.auto_shutdown = auto_shutdown::all_significant},
                noted("a", s.j).temporary().significant(), noted("b", s.j).temporary().significant());
  CHECK(s.would(all, "b").ends_with("it is significant, and others of those still run\n"));
  all.ref<crash>("a").tell(crash{});
  s.sys.settle();
  CHECK(s.would(all, "b").ends_with("so /user/all would shut itself down\n  with it, in this order: b\n"));
  all.ref<crash>("b").tell(crash{});
  s.sys.settle();
  CHECK(s.sys.env().resolve("/user/all") == nullptr);
}

TEST_CASE("S3: what_if of a path says what each floor would do of the end of the one below") {
  stage s;
  const auto top = supervise(
      s.sys, "top", one_for_one{.intensity = 1}, noted("a", s.j),
      child_supervisor("m", rest_for_one{.intensity = 1}, noted("b", s.j),
                       child_supervisor("n", one_for_all{.intensity = 0}, noted("c", s.j), noted("d", s.j)),
                       noted("e", s.j)),
      child_supervisor("t", one_for_one{.auto_shutdown = auto_shutdown::any_significant},
                       noted("f", s.j).temporary().significant())
          .transient());
  const std::string n_fails =
      "if /user/top/m/n/d failed now:\n  0 of 0 restarts are used up (S3), so /user/top/m/n would fail to "
      "its parent\n"
      "  with it, in this order: d c\n";
  CHECK(s.would(top, "m/n/d") == n_fails +
                                     "as /user/top/m/n would fail:\n  goes down: n\n  go down after it: e\n"
                                     "  are started, in this order: n e\n");
  CHECK(!s.ask(top, what_if{"m/n/d"}).supervisor_ends);
  CHECK(s.sys.expect_reply(top.admin("m/n").ask(what_if{"d"}, 1s)).supervisor_ends == exit_kind::failed);
  // Its one restart is used up: it would be the next floor's.
  top.ref<crash>("m/n/c").tell(crash{});
  s.sys.settle();
  CHECK(s.would(top, "m/n/d") ==
        n_fails +
            "as /user/top/m/n would fail:\n  1 of 1 restarts are used up (S3), so /user/top/m "
            "would fail to its parent\n  with it, in this order: e n b\n"
            "as /user/top/m would fail:\n  it alone would be restarted\n");
  CHECK(s.would(top, "t/f")
            .ends_with("so /user/top/t would shut itself down\n  with it, in this order: f\n"
                       "as /user/top/t would shut itself down:\n"
                       "  it is transient, so it would stay down (S2)\n"));
  CHECK(s.j->count("d start") == 2);  // nothing was done
  // What is no path.
  CHECK(s.refused(top, what_if{"m/n/x"}, errc::not_found).text.find("/user/top/m/n has no child 'x'") !=
        std::string::npos);
  CHECK(s.refused(top, what_if{"x/y"}, errc::not_found).text.find("/user/top has no child 'x'") !=
        std::string::npos);
  CHECK(s.refused(top, what_if{"a/b"}, errc::invalid).text.find("'a' of /user/top is no supervisor") !=
        std::string::npos);
  s.refused(top, what_if{"m/"}, errc::not_found);
  s.ask(top, terminate_child{"m"});
  CHECK(s.refused(top, what_if{"m/n/d"}, errc::stopped).text.find("'m' of /user/top is down") !=
        std::string::npos);
}

TEST_CASE("S9: what_if knows when the failures in a row are used up, and uses none itself") {
  stage s;
  const auto top = supervise(s.sys, "top", one_for_one{},
                             noted("a", s.j).backoff({.min = milliseconds{10}, .max = seconds{1}}, 1));
  for (int i = 0; i < 3; ++i)
    CHECK(s.would(top, "a") ==
          "if /user/top/a failed now:\n  after a wait of its own (S9)\n  it alone would be restarted\n");
  top.ref<crash>("a").tell(crash{});
  s.sys.settle();
  s.sys.advance(milliseconds{20});
  CHECK(s.would(top, "a").find("its failures in a row are used up (S9), so /user/top would fail") !=
        std::string::npos);
}

TEST_CASE("S1: dynamic: children of one pattern, by number or by name, up to a maximum") {
  stage s;
  auto top = supervise(s.sys, "top", one_for_one{},
                       child_supervisor("d", troupe::dynamic{.intensity = 9, .children_max = 3},
                                        child_template<worker_actor>("w", s.j).transient()));
  const auto make = top.children<worker_actor>("d");
  const child_info one = s.sys.expect_reply(make.start_and_tell(1s, std::string{"one"}, s.j));
  CHECK(one.id.starts_with("$"));
  CHECK(one.restart == restart_type::transient);  // the pattern's
  ref_to<crash>(s.sys.env(), one.path).tell(crash{});
  s.sys.settle();
  CHECK(s.j->count("one start") == 2);
  const auto admin = top.admin("d");
  const child_info two = s.sys.expect_reply(admin.ask(start_from_pattern{}, 1s));
  CHECK(s.j->count("w start") == 1);
  CHECK(s.sys.expect_reply(admin.ask(start_child{noted("named", s.j)}, 1s)).path == "/user/top/d/named");
  CHECK(s.sys.expect_error(admin.ask(start_from_pattern{}, 1s), errc::overloaded).text.find("3 children") !=
        std::string::npos);
  CHECK(s.sys.expect_reply(admin.ask(count_children{}, 1s)).active == 3);
  ref_to<quit>(s.sys.env(), two.path).tell(quit{});
  s.sys.settle();
  CHECK(s.sys.expect_reply(admin.ask(terminate_child{one.id}, 1s)).phase == child_phase::down);
  CHECK(s.sys.expect_reply(admin.ask(which_children{}, 1s)).size() == 1);
  CHECK(s.sys.expect_error(admin.ask(restart_child{one.id}, 1s), errc::not_found).text.find(one.id) !=
        std::string::npos);
  CHECK(s.sys.expect_error(admin.ask(delete_child{"named"}, 1s), errc::invalid).text.find("dynamic") !=
        std::string::npos);
}

TEST_CASE("AD1: an administrator is answered while a restart fails again and again") {
  stage s;
  auto top = supervise(s.sys, "top", one_for_all{.intensity = 1'000'000'000}, noted("a", s.j, s.bad),
                       noted("b", s.j));
  s.bad->store(2'000'000'000);
  top.ref<crash>("b").tell(crash{});
  REQUIRE(s.j->wait_for("a made", 20));
  CHECK(top.admin().ask(which_children{}, patience).get().value().size() == 2);
  CHECK(top.admin().ask(terminate_child{"a"}, patience).get().value().phase == child_phase::down);
  s.sys.settle();
  CHECK(s.ids(top) == "a- b+ ");
}

}  // namespace tree_admin_test
