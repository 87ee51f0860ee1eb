// What survives a restart on request, and who hears of one (AC5, S8); and what operators see of it (ME1-ME3).
#include <doctest/doctest.h>

#include <troupe/observe/metrics.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/tree/messages.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace tree_survives_test {

using namespace troupe;
using namespace life;

namespace {

struct add {
  int n;
  using reply = int;
};
struct crash {};
struct refuse_state {
  bool restoring;
};

/// Keeps its sum; may refuse to give it, or to take it.
class keeper : public actor<add, crash, refuse_state> {
 public:
  explicit keeper(journal_ptr j) : j_(std::move(j)) {}
  void on_start() { j_->note("start " + std::to_string(sum_)); }
  void on_stop() override { j_->note("stop"); }
  int on(const add& m) { return sum_ += m.n; }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  void on(const refuse_state& m) { (m.restoring ? bad_state_ : refuses_) = true; }

  struct carried {
    int sum;
    bool bad;
  };
  carried snapshot() {
    j_->note("snapshot");
    if (refuses_) throw std::runtime_error{"no"};
    return {sum_, bad_state_};
  }
  void restore(carried c) {
    if (c.bad) throw std::runtime_error{"bad state"};
    sum_ = c.sum;
  }

 private:
  journal_ptr j_;
  int sum_ = 0;
  bool refuses_ = false, bad_state_ = false;
};

/// Watches another's restarts.
class observer : public actor<> {
 public:
  observer(any_ref whom, journal_ptr j) : whom_(std::move(whom)), j_(std::move(j)) {}
  void on_start() {
    watch(whom_);
    watch_restarts(whom_);
  }
  void on_restarted(const restarted& news) override {
    j_->note("restarted " + news.path() + " " + std::to_string(news.incarnation()));
    if (news.incarnation() == 2) unwatch_restarts(whom_);
  }
  void on_terminated(const terminated& news) override { j_->note("terminated " + news.path()); }

 private:
  any_ref whom_;
  journal_ptr j_;
};

struct stage {
  journal_ptr j = std::make_shared<journal>();
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual, .leftovers = false})};
  metrics figures{sys.events()};
  supervision top = supervise(sys, "top", one_for_one{.intensity = 9}, child<keeper>("a", j));
  ref<keeper> a = top.ref<keeper>("a");

  int added(int n) { return sys.expect_reply(a.ask(add{n}, 1s)); }
  void crash_it() {
    a.tell(crash{});
    sys.settle();
  }
};

}  // namespace

TEST_CASE("AC5: a snapshot is taken before on_stop and given to the new object before its on_start") {
  stage s;
  CHECK(s.added(5) == 5);
  s.crash_it();
  CHECK(s.added(1) == 6);
  CHECK(s.j->all() == lines{"start 0", "snapshot", "stop", "start 5"});
}

TEST_CASE("AC5: one that gives none begins anew; a state that can't be taken is tried once") {
  stage s;
  CHECK(s.added(5) == 5);
  SUBCASE("it throws") { s.a.tell(refuse_state{false}); }
  SUBCASE("the new one can't take it") { s.a.tell(refuse_state{true}); }
  s.crash_it();
  CHECK(s.added(1) == 1);
}

TEST_CASE("AC5: a final stop keeps nothing") {
  stage s;
  CHECK(s.added(5) == 5);
  s.sys.expect_reply(s.top.admin().ask(terminate_child{"a"}, 1s));
  s.sys.expect_reply(s.top.admin().ask(restart_child{"a"}, 1s));
  CHECK(s.added(1) == 1);
  CHECK(s.j->count("snapshot") == 0);
}

TEST_CASE("S8: who asks for it hears of each restart, and nobody else; the end is told once") {
  stage s;
  auto seen = std::make_shared<journal>();
  s.sys.spawn<observer>("observer", any_ref{ref<keeper>{address_ptr{s.sys.env().resolve("/user/top/a")}}},
                        seen);
  s.sys.settle();
  for (int i = 0; i < 3; ++i) s.crash_it();
  CHECK(seen->all() == lines{"restarted /user/top/a 1", "restarted /user/top/a 2"});
  s.top.stop();
  s.sys.settle();
  CHECK(seen->all().back() == "terminated /user/top/a");
  CHECK(seen->all().size() == 3);
}

TEST_CASE("ME: restarts are counted by supervisor, class and exception") {
  stage s;
  for (int i = 0; i < 2; ++i) s.crash_it();
  const std::string text = s.figures.text();
  CAPTURE(text);
  const std::string type{actor_class_of<keeper>::value.name};
  CHECK(text.find("troupe_restarts_total{child_type=\"" + type +
                  "\",reason=\"std::runtime_error\",supervisor=\"/user/top\"} 2") != std::string::npos);
  CHECK(text.find("troupe_failures_total{actor_type=\"" + type + "\",reason=\"std::runtime_error\"} 2") !=
        std::string::npos);
  CHECK(text.find("troupe_events_total{kind=\"actor_restarted\"} 2") != std::string::npos);
}

TEST_CASE("ME, S9: how long restarts took, from the failure until the actor served again, is a histogram") {
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual, .leftovers = false})};
  const metrics figures{sys.events()};
  auto top = supervise(
      sys, "top", one_for_one{.intensity = 9},
      child<keeper>("a", std::make_shared<journal>()).backoff({.min = 2s, .max = 2s, .jitter = 0.0}));
  for (int i = 0; i < 2; ++i) {
    top.ref<keeper>("a").tell(crash{});
    sys.settle();
    const std::string text = figures.text();
    CAPTURE(text);
    const std::string before = "troupe_restart_seconds_count{supervisor=\"/user/top\"} " + std::to_string(i);
    CHECK((text.find(before) != std::string::npos) == (i != 0));  // it is down still
    sys.advance(2s);
    sys.settle();
  }
  const std::string text = figures.text();
  CAPTURE(text);
  for (const std::string series :
       {"count{supervisor=\"/user/top\"} 2\n", "sum{supervisor=\"/user/top\"} 4\n",
        "bucket{supervisor=\"/user/top\",le=\"1\"} 0\n", "bucket{supervisor=\"/user/top\",le=\"10\"} 2\n"})
    CHECK(text.find("troupe_restart_seconds_" + series) != std::string::npos);
}

TEST_CASE("ME2: labels past the maximum are counted as other") {
  hub events;
  metrics figures{events};
  for (std::size_t i = 0; i < metrics::series_max + 10; ++i) {
    event e{event_kind::actor_failed, {}, "/user/" + std::to_string(i) + "/x"};
    e.cause = "cause " + std::to_string(i);
    events.publish(e);
  }
  const std::string text = figures.text();
  CHECK(text.find("troupe_failures_total{actor_type=\"other\",reason=\"other\"} 10") != std::string::npos);
  CHECK(text.size() < 200 * metrics::series_max);
}

}  // namespace tree_survives_test
