// Children that do not stop in their time, or are given none (S5, L3): OTP's cases, and what their supervisor does next.
#include <doctest/doctest.h>

#include <troupe/testkit/doctest.hpp>
#include "unit/cell/hanging.hpp"

namespace tree_forced_stop_test {

using namespace hanging;

TEST_CASE(
    "sup_stop_timeout, S5: a child that overruns its time is killed: its ref answers, its watchers hear, "
    "once") {
  auto j = std::make_shared<journal>();
  auto end = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  troupe::system sys{workers(3)};
  auto events = listen(sys);
  auto top =
      supervise(sys, "top", one_for_one{}, child<worker_actor>("hung", j, g, std::string{}).shutdown(20ms),
                child<worker_actor>("well", j, g, std::string{}).shutdown(20s));
  const cell_ptr hung = sys.env().resolve("/user/top/hung");
  for (const char* path : {"/user/top/hung", "/user/top/well", "/user/top"})
    note_end(sys.env().resolve(path), end);
  const ref<worker_actor> exact{address_ptr{hung}};
  exact.tell(hang{});
  REQUIRE(j->wait_for("hangs"));
  auto waits = exact.ask(ping{}, patience);
  top.stop();
  REQUIRE(end->wait_for("gone /user/top shutdown"));
  const auto answer = waits.get();
  CHECK(answer.error().code == errc::stopped);
  CHECK(end->all() ==
        lines{"gone /user/top/well shutdown", "gone /user/top/hung killed", "gone /user/top shutdown"});
  CHECK(hung->stop_reason().why.text == "it did not stop within 20 ms and was killed");
  CHECK(events->count("shutdown_slow /user/top/hung") == 1);
  CHECK(events->count("actor_killed /user/top/hung") == 1);
  // The name is free: the same tree again, while the old child hangs.
  auto again = supervise(sys, "top", one_for_one{}, child<worker_actor>("hung", j, g, std::string{}));
  CHECK(again.ref<ping>("hung").ask(ping{}, patience).get().value() == 1);
  g->open();
  CHECK(j->wait_for("destroyed", 2));
  CHECK(end->all().size() == 3);
}

TEST_CASE(
    "sup_stop_timeout_dynamic, S5: dynamic children that overrun share one time, and all of them are "
    "killed") {
  auto j = std::make_shared<journal>();
  auto end = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  auto o = workers(1);
  o.blocking_threads = 8;
  troupe::system sys{std::move(o)};
  auto top = supervise(sys, "top", one_for_one{}, child_supervisor("many", dynamic{}));
  const cell_ptr many = sys.env().resolve("/user/top/many");
  note_end(sys.env().resolve("/user/top"), end);
  const auto with = [&] {
    child_spec spec = child<worker_actor>("", j, g, std::string{}).temporary().blocking().shutdown(20ms);
    return spec;
  };
  for (int i = 0; i < 4; ++i) REQUIRE(top.admin("many").ask(start_child{with()}, patience).get().has_value());
  const std::vector<cell_ptr> all = many->children();
  REQUIRE(all.size() == 4);
  for (const auto& c : all) note_end(c, end);
  for (std::size_t i = 0; i < 3; ++i) ref<hang>{address_ptr{all[i]}}.tell(hang{});
  REQUIRE(j->wait_for("hangs", 3));
  top.stop();
  REQUIRE(end->wait_for("gone /user/top shutdown"));
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(end->count("gone " + all[i]->path() + (i < 3 ? " killed" : " shutdown")) == 1);
  g->open();
  CHECK(j->wait_for("destroyed", 4));
}

TEST_CASE(
    "sup_stop_brutal_kill, S5: a shutdown time of 0 kills at once, without on_stop, whatever the child "
    "does") {
  auto j = std::make_shared<journal>();
  auto end = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  troupe::system sys{workers(3)};
  auto events = listen(sys);
  auto top =
      supervise(sys, "top", one_for_one{}, child<worker_actor>("idle", j, g, std::string{}).shutdown(0ms),
                child<worker_actor>("hung", j, g, std::string{}).shutdown(0ms));
  for (const char* path : {"/user/top/hung", "/user/top/idle", "/user/top"})
    note_end(sys.env().resolve(path), end);
  top.ref<hang>("hung").tell(hang{});
  REQUIRE(j->wait_for("hangs"));
  top.stop();
  REQUIRE(end->wait_for("gone /user/top shutdown"));
  CHECK(end->all() ==
        lines{"gone /user/top/hung killed", "gone /user/top/idle killed", "gone /user/top shutdown"});
  CHECK(events->count("shutdown_slow /user/top/hung") == 0);  // nobody has wanted to wait
  g->open();
  CHECK(j->wait_for("destroyed", 2));
  CHECK(j->count("on_stop") == 0);
}

TEST_CASE("sup_stop_brutal_kill_dynamic, S5: dynamic children with a shutdown time of 0 are killed at once") {
  auto j = std::make_shared<journal>();
  auto end = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  troupe::system sys{workers(2)};
  auto top = supervise(sys, "top", one_for_one{}, child_supervisor("many", dynamic{}));
  note_end(sys.env().resolve("/user/top"), end);
  for (int i = 0; i < 10; ++i) {
    child_spec spec =
        child<worker_actor>("", j, g, std::string{"nothing, and is counted"}).temporary().shutdown(0ms);
    top.admin("many").tell(start_child{std::move(spec)});
  }
  REQUIRE(j->wait_for("made", 10));
  top.stop();
  REQUIRE(end->wait_for("gone /user/top shutdown"));
  CHECK(j->wait_for("destroyed", 10));
  CHECK(j->count("on_stop") == 0);
  CHECK(sys.events().count(event_kind::actor_killed) == 10);
}

TEST_CASE("L4, S5: a parent that restarts and watches a child that overruns hears of its end once") {
  auto j = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  struct watching : actor<begin, ping> {
    watching(journal_ptr j, gate_ptr g) : j_(std::move(j)), g_(std::move(g)) {}
    void on_start() {
      if (incarnation() != 0) return j_->note("again");
      auto c = spawn<worker_actor>(spawn_options{.name = "child", .shutdown_time = 20ms}, j_, g_);
      watch(c);
      c.tell(hang{});
    }
    void on(const begin&) { throw std::runtime_error{"crash"}; }
    int on(const ping&) { return terminated_; }
    void on_terminated(const terminated& t) override {
      ++terminated_;
      j_->note("terminated " + std::string{to_string(t.kind())});
    }
    journal_ptr j_;
    gate_ptr g_;
    int terminated_ = 0;
  };
  troupe::system sys{workers(3)};
  auto top = supervise(sys, "top", one_for_one{}, child<watching>("w", j, g));
  REQUIRE(j->wait_for("hangs"));
  top.ref<begin>("w").tell(begin{});
  REQUIRE(j->wait_for("again"));
  CHECK(j->wait_for("terminated killed"));
  g->open();
  REQUIRE(j->wait_for("destroyed"));
  CHECK(top.ref<ping>("w").ask(ping{}, patience).get().value() == 1);
}

}  // namespace tree_forced_stop_test
