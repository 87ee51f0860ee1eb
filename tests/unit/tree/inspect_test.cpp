// What is said of a living tree, and who is told of its end.
#include <doctest/doctest.h>

#include <troupe/tree/inspect.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace tree_inspect_test {

using namespace troupe;
using namespace life;

namespace {

struct hold {};
struct crash {};
struct ping {
  using reply = int;
};

/// Waits at a gate or fails, as told.
class held_up : public actor<hold, crash, ping> {
 public:
  held_up(gate_ptr g, journal_ptr to) : gate_(std::move(g)), to_(std::move(to)) {}
  void on(const hold&) {
    to_->note("holds");
    gate_->pass();
  }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  int on(const ping&) { return 1; }

 private:
  gate_ptr gate_;
  journal_ptr to_;
};

}  // namespace

TEST_CASE("M8, L5: the tree says of each actor its path, state, restarts and how many messages wait") {
  auto g = std::make_shared<gate>();
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto top = supervise(sys, "top", one_for_one{.intensity = 10},
                       child_supervisor("inner", one_for_one{.intensity = 10}, {child<held_up>("a", g, j)}),
                       child<held_up>("b", g, j));
  auto a = top.ref<held_up>("inner/a");
  for (int i = 0; i < 2; ++i) a.tell(crash{});
  REQUIRE(a.ask(ping{}, patience).get().value() == 1);
  a.tell(hold{});
  REQUIRE(j->wait_for("holds"));
  for (int i = 0; i < 3; ++i) a.tell(hold{});
  CHECK(to_text(inspect(sys.env(), "/user/top"), false) ==
        "/user/top running restarts=0 mailbox=0\n"
        "  /user/top/inner running restarts=0 mailbox=0\n"
        "    /user/top/inner/a running restarts=2 mailbox=3\n"
        "  /user/top/b running restarts=0 mailbox=0\n");
  auto end = std::make_shared<journal>();
  note_end(sys.env().resolve("/user/top/b"), end);
  top.stop();
  REQUIRE(end->wait_for("gone /user/top/b shutdown"));
  const auto stopping = to_text(inspect(sys.env(), "/user/top"));
  CHECK(stopping.find("/user/top stopping ") != std::string::npos);
  CHECK(stopping.find("/user/top/b") == std::string::npos);
  g->open();
}

TEST_CASE("S3: who asked for it is told once that a tree has given up, and why") {
  auto g = std::make_shared<gate>();
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto top = supervise(sys, "top", one_for_one{.intensity = 0}, child<held_up>("a", g, j));
  top.when_ended([j](const exit_reason& why) {
    j->note("ended " + std::string{to_string(why.kind)} +
            (why.why.text.find("too many restarts") == std::string::npos ? "" : ": too many restarts"));
  });
  top.ref<held_up>("a").tell(crash{});
  CHECK(j->wait_for("ended failed: too many restarts"));
  top.when_ended([j](const exit_reason& why) { j->note("late " + std::string{to_string(why.kind)}); });
  CHECK(j->wait_for("late failed"));
  CHECK(j->count("ended failed: too many restarts") == 1);
}

TEST_CASE("a program that waits for a signal goes on when it is ended, with the exit code it was given") {
  troupe::system before{quiet()};
  before.end(7);
  CHECK(before.run_until_signal() == 7);
  troupe::system sys{quiet()};
  auto g = std::make_shared<gate>();
  auto top =
      supervise(sys, "top", one_for_one{.intensity = 0}, child<held_up>("a", g, std::make_shared<journal>()));
  top.when_ended([&sys](const exit_reason& why) {
    if (why.kind == exit_kind::failed) sys.end(3);
  });
  top.ref<held_up>("a").tell(crash{});
  CHECK(sys.run_until_signal() == 3);
}

}  // namespace tree_inspect_test
