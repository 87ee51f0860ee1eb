// Actors whose children live on while they are restarted (AC6).
#include <doctest/doctest.h>

#include <troupe/cell/cell.hpp>
#include <troupe/cell/environment.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace tree_keeps_children_test {

using namespace troupe;
using namespace std::chrono_literals;
using life::journal;
using life::journal_ptr;

namespace {

struct count {
  using reply = int;
};
struct fall {};

class helper : public actor<count, fall> {
 public:
  explicit helper(journal_ptr to) : to_(std::move(to)) {}
  ~helper() override { to_->note("helper gone"); }
  int on(const count&) { return ++n_; }
  void on(const fall&) { throw std::runtime_error{"the helper"}; }

 private:
  const journal_ptr to_;
  int n_ = 0;
};

/// Has one helper, the same for all its lives; starts that are to fail are counted down.
class keeper : public actor<count, fall> {
 public:
  static constexpr bool keeps_children = true;
  keeper(journal_ptr to, std::shared_ptr<int> bad) : to_(std::move(to)), bad_(std::move(bad)) {}
  void on_start() {
    if (incarnation() > 0 && *bad_ > 0) {
      --*bad_;
      throw std::runtime_error{"not yet"};
    }
    if (own_cell().children().empty()) spawn<helper>(spawn_options{.name = "helper"}, to_);
    to_->note("start " + std::to_string(own_cell().children().size()));
  }
  int on(const count&) { return static_cast<int>(own_cell().children().size()); }
  void on(const fall&) { throw std::runtime_error{"the keeper"}; }

 private:
  const journal_ptr to_;
  const std::shared_ptr<int> bad_;
};

/// Never starts.
class early : public actor<count> {
 public:
  static constexpr bool keeps_children = true;
  explicit early(journal_ptr to) : to_(std::move(to)) {}
  void on_start() {
    spawn<helper>(to_);
    throw std::runtime_error{"no"};
  }
  int on(const count&) { return 0; }

 private:
  const journal_ptr to_;
};

struct stage {
  journal_ptr j = std::make_shared<journal>();
  std::shared_ptr<int> bad = std::make_shared<int>(0);
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual, .leftovers = false})};

  supervision top(child_builder one) {
    return supervise(sys, "top", one_for_one{.intensity = 100}, std::move(one));
  }
  supervision top() { return top(child<keeper>("k", j, bad)); }
  int helped(const supervision& by) { return sys.expect_reply(by.ref<helper>("k/helper").ask(count{}, 1s)); }
  void fail(const supervision& what, const std::string& id) {
    what.ref<fall>(id).tell(fall{});
    sys.settle();
  }
};

}  // namespace

TEST_CASE(
    "AC6, S6: the children of one that keeps them live on over its restarts, and are the new object's") {
  stage s;
  const auto top = s.top();
  CHECK(s.helped(top) == 1);
  for (int i = 2; i <= 4; ++i) {
    s.fail(top, "k");
    CHECK(s.helped(top) == i);
  }
  CHECK(s.j->count("start 1") == 4);
  CHECK(s.j->count("helper gone") == 0);
  CHECK(s.sys.env().resolve("/user/top/k")->incarnation() == 3);
}

TEST_CASE("AC6: they stay where the start of the new object fails, and while it waits to be made anew") {
  stage s;
  const auto top = s.top(child<keeper>("k", s.j, s.bad).backoff({.min = 1s, .max = 1s, .jitter = 0.0}));
  CHECK(s.helped(top) == 1);
  *s.bad = 2;
  s.fail(top, "k");
  CHECK(s.helped(top) == 2);
  s.sys.advance(1s);
  CHECK(s.helped(top) == 3);
  s.sys.advance(1s);
  CHECK(s.helped(top) == 4);
  CHECK(s.j->count("start 1") == 1);
  s.sys.advance(1s);
  CHECK(s.j->count("start 1") == 2);
  CHECK(s.helped(top) == 5);
}

TEST_CASE("AC6, S11: a child that fails while its keeper is down is stopped, and is not there any more") {
  stage s;
  const auto top = s.top(child<keeper>("k", s.j, s.bad).backoff({.min = 1s, .max = 1s, .jitter = 0.0}));
  s.fail(top, "k");
  s.fail(top, "k/helper");
  CHECK(s.j->count("helper gone") == 1);
  s.sys.advance(1s);
  CHECK(s.j->count("start 1") == 2);  // with one that it has started itself
  CHECK(s.helped(top) == 1);
}

TEST_CASE("AC6, L3: a stop takes the children along as any other's, also of one that is down") {
  for (const bool down : {false, true}) {
    CAPTURE(down);
    stage s;
    auto top = s.top(child<keeper>("k", s.j, s.bad).backoff({.min = 1s, .max = 1s, .jitter = 0.0}));
    const auto ended = std::make_shared<journal>();
    top.when_ended([ended](const exit_reason& why) { ended->note(std::string{to_string(why.kind)}); });
    if (down) s.fail(top, "k");
    top.stop();
    s.sys.settle();
    CHECK(s.j->count("helper gone") == 1);
    CHECK(ended->count("shutdown") == 1);
  }
}

TEST_CASE("AC6, S4: a first start that fails takes along whom it has started") {
  stage s;
  CHECK_THROWS_AS(static_cast<void>(s.top(child<early>("k", s.j))), failed);
  s.sys.settle();
  CHECK(s.j->count("helper gone") == 1);
}

}  // namespace tree_keeps_children_test
