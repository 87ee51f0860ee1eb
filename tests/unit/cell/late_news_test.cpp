// What becomes of a `terminated` whose watcher is gone, and of a system's name in its log.
#include <doctest/doctest.h>

#include <troupe/testkit/doctest.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/config/child.hpp"

namespace cell_late_news_test {

using namespace troupe;
using namespace troupe::testkit;

namespace {

struct ping {
  using reply = int;
};

class pupil : public actor<ping> {
 public:
  int on(const ping&) { return 1; }
};

/// Watches its child.
class teacher : public actor<ping> {
 public:
  void on_start() { watch(child_ = spawn<pupil>(spawn_options{.name = "pupil"})); }
  int on(const ping&) { return 2; }
  void on_terminated(const terminated&) override {}

 private:
  ref<pupil> child_;
};

/// Does not handle the news it asked for.
class careless : public actor<ping> {
 public:
  explicit careless(ref<pupil> whom) : whom_(std::move(whom)) {}
  void on_start() { watch(whom_); }
  int on(const ping&) { return 3; }

 private:
  const ref<pupil> whom_;
};

}  // namespace

TEST_CASE(
    "M4: news of children for a parent that is stopped itself is no dead letter, so that a shutdown is "
    "silent") {
  test_system sys{for_doctest({.refuse = unexpected::all()})};
  const auto t = sys.spawn<teacher>("teacher");
  CHECK(sys.expect_reply(t.ask(ping{}, seconds{20})) == 2);
  stop(t);
  sys.settle();
  CHECK(sys.events().count(event_kind::dead_letter) == 0);
}

TEST_CASE("M4: news that its watcher failed on is a dead letter") {
  test_system sys{for_doctest()};
  const auto whom = sys.spawn<pupil>("whom");
  const auto c = sys.spawn<careless>("careless", whom);
  CHECK(sys.expect_reply(c.ask(ping{}, seconds{20})) == 3);
  stop(whom);
  sys.expect_failure("/user/careless");
  sys.settle();
  CHECK(sys.events().count(event_kind::dead_letter) == 1);
}

TEST_CASE("a system without a name logs under its program's") {
  const auto end = config_test::in_child([] {
    {
      troupe::system sys;
      sys.events().log(log_level::info, "here", "hello");
    }
    _exit(0);
  });
  CHECK(end.exit_code == 0);
  CHECK(end.err.find(std::string{" "} + program_invocation_short_name + " info here: hello") !=
        std::string::npos);
}

}  // namespace cell_late_news_test
