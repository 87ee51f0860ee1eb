// Groups of children on real threads: who goes down and comes up with whom, in which order, and with what is left in their mailboxes
// (S1, S2, S5, S6).
#include <doctest/doctest.h>

#include "unit/tree/noted.hpp"

namespace tree_strategies_test {

using namespace troupe;
using namespace life;
using namespace noting;

namespace {

/// What the journal says from its line `from` on, without messages and crashes.
lines lives(const journal_ptr& j, std::size_t from = 0) {
  lines out;
  const lines all = j->all();
  for (std::size_t i = from; i < all.size(); ++i)
    if (all[i].ends_with(" start") || all[i].ends_with(" stop") || all[i].ends_with(" made"))
      out.push_back(all[i]);
  return out;
}

}  // namespace

TEST_CASE("S1, S6: one_for_all: all go down, the others in reverse, and come up in order, in their cells") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto top = supervise(sys, "top", one_for_all{}, noted("a", j), noted("b", j), noted("c", j));
  std::vector<cell_ptr> before;
  for (const char* id : {"a", "b", "c"}) before.push_back(sys.env().resolve(std::string{"/user/top/"} + id));
  const std::size_t from = j->all().size();
  top.ref<crash>("b").tell(crash{});
  REQUIRE(j->wait_for("c start", 2));
  CHECK(lives(j, from) ==
        lines{"b stop", "c stop", "a stop", "a made", "a start", "b made", "b start", "c made", "c start"});
  std::size_t at = 0;
  for (const char* id : {"a", "b", "c"}) {
    CHECK(top.ref<ping>(id).ask(ping{}, patience).get().value() == 1);
    CHECK(sys.env().resolve(std::string{"/user/top/"} + id) == before[at]);
    CHECK(before[at++]->incarnation() == 1);
  }
}

TEST_CASE("S1: rest_for_one: those started before the one that failed do not notice") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto top = supervise(sys, "top", rest_for_one{}, noted("a", j), noted("b", j), noted("c", j));
  const std::size_t from = j->all().size();
  top.ref<crash>("b").tell(crash{});
  REQUIRE(j->wait_for("c start", 2));
  CHECK(lives(j, from) == lines{"b stop", "c stop", "b made", "b start", "c made", "c start"});
}

TEST_CASE("S6: what a sibling gets while its group is down waits for it, in order, before and after") {
  auto j = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  auto top = supervise(sys, "top", one_for_all{}, noted("a", j, {}, g), noted("b", j));
  auto b = top.ref<say>("b");
  // `a` fails only when its gate is open; `b` is kept busy by nobody: its messages are run before or after, none is lost or twice.
  top.ref<crash>("a").tell(crash{});
  REQUIRE(j->wait_for("a crash"));
  std::thread sender{[&] {
    for (int i = 0; i < 2000; ++i) b.tell(say{i});
  }};
  g->open();
  sender.join();
  REQUIRE(j->wait_for("b 1999"));
  REQUIRE(j->wait_for("b start", 2));
  lines said, wanted;
  for (const auto& line : j->all())
    if (line.starts_with("b ") && line.find_first_of("0123456789") != std::string::npos) said.push_back(line);
  for (int i = 0; i < 2000; ++i) wanted.push_back("b " + std::to_string(i));
  CHECK(said == wanted);
}

TEST_CASE("L6: a sibling's handler that waits is ended with its group, and who asked hears `restarted`") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  spawn<silent>(sys, "silent");
  auto top = supervise(sys, "top", one_for_all{}, noted("a", j), noted("b", j));
  auto answer = top.ref<slow>("b").ask(slow{}, 60s);
  REQUIRE(j->wait_for("b waits"));
  top.ref<crash>("a").tell(crash{});
  CHECK(answer.get().error().code == errc::restarted);
}

TEST_CASE("S1: temporaries that go down with their group are gone; a transient that had stopped comes back") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto top = supervise(sys, "top", one_for_all{}, noted("a", j), noted("t", j).transient(),
                       noted("x", j).temporary());
  top.ref<quit>("t").tell(quit{});
  REQUIRE(j->wait_for("t stop"));
  CHECK(top.ref<ping>("t").ask(ping{}, patience).get().error().code == errc::stopped);
  top.ref<crash>("a").tell(crash{});
  REQUIRE(j->wait_for("t start", 2));
  CHECK(top.ref<ping>("t").ask(ping{}, patience).get().value() == 1);
  CHECK(top.ref<ping>("x").ask(ping{}, patience).get().error().code == errc::stopped);
  const auto all = top.admin().ask(which_children{}, patience).get().value();
  REQUIRE(all.size() == 2);
  CHECK(all[0].id == "a");
  CHECK(all[1].id == "t");
}

TEST_CASE("S3: the restart of a group is one restart; one whose start fails again and again uses them up") {
  auto j = std::make_shared<journal>();
  auto bad = number(0);
  troupe::system sys{quiet()};
  auto events = listen(sys);
  auto top = supervise(sys, "top", one_for_all{.intensity = 3, .period = 60s}, noted("a", j),
                       noted("b", j, bad), noted("c", j));
  top.ref<crash>("a").tell(crash{});
  REQUIRE(j->wait_for("c start", 2));
  bad->store(1);
  top.ref<crash>("c").tell(crash{});  // b fails once while it is started again: 3 of 3
  REQUIRE(j->wait_for("c start", 3));
  CHECK(events->count("escalated /user/top") == 0);
  auto end = std::make_shared<journal>();
  note_end(sys.env().resolve("/user/top"), end);
  top.ref<crash>("a").tell(crash{});
  REQUIRE(end->wait_for("gone /user/top failed"));
  CHECK(events->count("escalated /user/top") == 1);
}

TEST_CASE("S5, SU6: a sibling that does not go down in time is given up; a new cell takes its place") {
  auto j = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  auto events = listen(sys);
  auto top =
      supervise(sys, "top", one_for_all{.intensity = 3}, noted("a", j), noted("h", j, {}, g).shutdown(20ms));
  const cell_ptr before = sys.env().resolve("/user/top/h");
  top.ref<crash>("h").tell(crash{});  // it holds its worker
  REQUIRE(j->wait_for("h crash"));
  top.ref<crash>("a").tell(crash{});
  REQUIRE(j->wait_for("h start", 2));
  CHECK(events->count("shutdown_slow /user/top/h") == 1);
  CHECK(sys.env().resolve("/user/top/h") != before);
  CHECK(top.ref<ping>("h").ask(ping{}, patience).get().value() == 1);
  g->open();
}

TEST_CASE(
    "S4: a group whose member fails while it starts for the first time is down again when that is said") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  CHECK_THROWS_AS(
      supervise(sys, "top", rest_for_one{}, noted("a", j), noted("b", j, number(1)), noted("c", j)), failed);
  CHECK(lives(j) == lines{"a made", "a start", "b made", "a stop"});
}

TEST_CASE(
    "S3, S4: a limit that is used up while the last child starts: that it comes up then changes nothing") {
  // The supervisor hears of the failure first, and is held there until the last child is up: the news of that waits behind it.
  struct last : actor<ping> {
    last(journal_ptr j, gate_ptr g) : j_(std::move(j)), g_(std::move(g)) {}
    void on_start() {
      find<crash>("/user/top/a").tell(crash{});
      g_->pass();
      j_->note("last is up");
    }
    int on(const ping&) { return 1; }
    journal_ptr j_;
    gate_ptr g_;
  };
  for (int i = 0; i < 20; ++i) {
    auto j = std::make_shared<journal>();
    auto g = std::make_shared<gate>();
    auto o = quiet();
    o.workers = 3;
    troupe::system sys{std::move(o)};
    sys.events().subscribe([j, g](const event& e) {
      if (e.kind != event_kind::actor_failed || e.path != "/user/top/a") return;
      g->open();
      j->wait_for("last is up");
    });
    CHECK_THROWS_AS(
        supervise(sys, "top", one_for_one{.intensity = 0}, noted("a", j), child<last>("last", j, g)), failed);
  }
}

TEST_CASE("S2: auto_shutdown: a significant child that ends by itself takes its supervisor along") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  const auto ended = [&](const supervision& s) {
    auto end = std::make_shared<journal>();
    s.when_ended([end](const exit_reason& why) { end->note(std::string{to_string(why.kind)}); });
    return end;
  };
  SUBCASE("any: with the first") {
    auto top =
        supervise(sys, "top", one_for_one{.auto_shutdown = auto_shutdown::any_significant}, noted("a", j),
                  noted("s", j).transient().significant(), noted("r", j).transient().significant());
    auto end = ended(top);
    top.ref<quit>("s").tell(quit{});
    CHECK(end->wait_for("shutdown"));
  }
  SUBCASE("all: with the last") {
    auto top =
        supervise(sys, "top", one_for_one{.auto_shutdown = auto_shutdown::all_significant}, noted("a", j),
                  noted("s", j).transient().significant(), noted("r", j).temporary().significant());
    auto end = ended(top);
    top.ref<quit>("s").tell(quit{});
    REQUIRE(j->wait_for("s stop"));
    CHECK(top.ref<ping>("a").ask(ping{}, patience).get().value() == 1);
    top.ref<crash>("r").tell(crash{});
    CHECK(end->wait_for("shutdown"));
  }
  SUBCASE("a failure that is put right, and an administrator's stop, do not count") {
    auto top = supervise(sys, "top", one_for_one{.auto_shutdown = auto_shutdown::any_significant},
                         noted("a", j), noted("s", j).transient().significant());
    top.ref<crash>("s").tell(crash{});
    REQUIRE(j->wait_for("s start", 2));
    CHECK(top.admin().ask(terminate_child{"s"}, patience).get().value().phase == child_phase::down);
    CHECK(top.ref<ping>("a").ask(ping{}, patience).get().value() == 1);
  }
}

TEST_CASE("every mistake in a tree is told at once, with the path of the child") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  try {
    supervise(sys, "top", one_for_one{}, noted("a", j).significant(), noted("a", j),
              noted("b", j).temporary().backoff({}),
              child_supervisor("in", one_for_all{.period = 0s}, noted("c/d", j),
                               noted("e", j).transient().significant(), noted("f", j).backoff({.min = 0s})));
    FAIL("it has started");
  } catch (const failed& e) {
    const std::string& text = e.why().text;
    for (const char* part : {"/user/top/a: it is permanent, so it can't be significant",
                             "/user/top/a: there are two of that name", "/user/top/b: it is temporary",
                             "/user/top/in: the restart period", "/user/top/in/c/d: 'c/d' is no name",
                             "/user/top/in/e: it is significant, but", "/user/top/in/f: backoff: min"}) {
      CAPTURE(part);
      CHECK(text.find(part) != std::string::npos);
    }
  }
  CHECK(j->all().empty());
}

}  // namespace tree_strategies_test
