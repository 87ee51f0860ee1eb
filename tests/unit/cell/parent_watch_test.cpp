// A parent that watches its child: the commonest watcher, which the child knows without a list (L4).
#include <doctest/doctest.h>

#include "unit/cell/world.hpp"

namespace cell_parent_watch_test {

using namespace troupe;
using namespace life;

namespace {

struct ping {
  using reply = int;
};
struct watch_child {
  bool yes = true;
  using reply = int;
};
struct hold_up {};

class child : public actor<ping> {
 public:
  int on(const ping&) { return 1; }
};

/// Has one child, and notes what it hears of it.
class parent : public actor<ping, watch_child, hold_up> {
 public:
  parent(journal_ptr to, gate_ptr held_by) : to_(std::move(to)), gate_(std::move(held_by)) {}
  void on_start() { child_ = spawn<child>(spawn_options{.name = "child"}); }
  int on(const ping&) { return 1; }
  int on(const watch_child& m) {
    if (m.yes)
      watch(child_);
    else
      unwatch(child_);
    return 1;
  }
  void on(const hold_up&) {
    to_->note("holds");
    gate_->pass();
  }
  void on_terminated(const terminated& t) override {
    to_->note("hears " + t.path() + " " + to_string(t.reason()) + " " +
              (t.number() == number_of_child() ? "its" : "another"));
  }

 private:
  std::uint64_t number_of_child() const { return child_.address()->here()->number(); }

  journal_ptr to_;
  gate_ptr gate_;
  ref<child> child_;
};

struct household {
  journal_ptr j = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  ref<parent> top = troupe::spawn<parent>(sys, "top", j, g);

  int ask(bool watches) { return top.ask(watch_child{watches}, patience).get().value(); }
  cell_ptr child_cell() {
    CHECK(top.ask(ping{}, patience).get().value() == 1);
    return cell_of(top)->child("child");
  }
  // Ends the child, and waits until the parent has run all that the end brought it.
  void end(exit_reason why) {
    const cell_ptr c = child_cell();
    const auto seen = std::make_shared<journal>();
    note_end(c, seen);
    const std::string gone = "gone /user/top/child " + std::string{to_string(why.kind)};
    c->request_stop(std::move(why));
    CHECK(seen->wait_for(gone));
    CHECK(top.ask(ping{}, patience).get().value() == 1);
  }
};

}  // namespace

TEST_CASE("L3, L4: a parent that watches its child hears of its end once, beside any other watcher") {
  household h;
  CHECK(h.ask(true) == 1);
  CHECK(h.ask(true) == 1);  // twice is once
  h.end({exit_kind::shutdown, {}});
  CHECK(h.j->all() == lines{"hears /user/top/child shutdown its"});
}

TEST_CASE("L4: the text of why a child failed reaches the parent that watches it") {
  household h;
  CHECK(h.ask(true) == 1);
  h.end({exit_kind::failed, {errc::handler_failed, "no paper left"}});
  CHECK(h.j->all() == lines{"hears /user/top/child failed: handler_failed: no paper left its"});
}

TEST_CASE("L4: a parent that watches its child no longer hears nothing, and may watch it again") {
  household h;
  CHECK(h.ask(true) == 1);
  CHECK(h.ask(false) == 1);
  SUBCASE("") {
    h.end({exit_kind::shutdown, {}});
    CHECK(h.j->all().empty());
  }
  SUBCASE("again") {
    CHECK(h.ask(true) == 1);
    h.end({exit_kind::shutdown, {}});
    CHECK(h.j->all().size() == 1);
  }
}

TEST_CASE("L4: a parent that unwatches its child does not hear what waits already") {
  household h;
  const cell_ptr c = h.child_cell();
  CHECK(h.ask(true) == 1);
  h.top.tell(hold_up{});
  REQUIRE(h.j->wait_for("holds"));
  auto unwatched = h.top.ask(watch_child{false}, patience);  // waits before the news
  const auto seen = std::make_shared<journal>();
  note_end(c, seen);
  c->request_stop({exit_kind::shutdown, {}});
  REQUIRE(seen->wait_for("gone /user/top/child shutdown"));
  h.g->open();
  CHECK(unwatched.get().value() == 1);
  CHECK(h.top.ask(ping{}, patience).get().value() == 1);
  CHECK(h.j->all() == lines{"holds"});
}

TEST_CASE("L4: a parent that watches a child that has stopped is told at once") {
  household h;
  h.end({exit_kind::shutdown, {}});
  CHECK(h.ask(true) == 1);
  CHECK(h.j->wait_for("hears /user/top/child shutdown its"));
}

}  // namespace cell_parent_watch_test
