// In which order, and how fast, a supervisor takes its children down (S5).
#include <doctest/doctest.h>

#include <troupe/testkit/doctest.hpp>

#include "unit/tree/noted.hpp"

namespace tree_stop_order_test {

using namespace troupe;
using namespace life;
using namespace noting;

namespace {

struct ended {};

/// Ends when it is told to; does not return from its stop until it is let.
class lingering : public actor<ended> {
 public:
  lingering(journal_ptr to, std::shared_ptr<port::parker> held_by)
      : to_(std::move(to)), held_by_(std::move(held_by)) {}
  void on(const ended&) { stop_self(); }
  void on_stop() override {
    to_->note("lingers");
    held_by_->park();
  }

 private:
  journal_ptr to_;
  std::shared_ptr<port::parker> held_by_;
};

lines stops(const journal_ptr& j) {
  lines out;
  for (const auto& line : j->all())
    if (line.ends_with(" stop")) out.push_back(line);
  return out;
}

}  // namespace

TEST_CASE(
    "S5: a child that took the place of one that had ended goes down in its place, though it is younger") {
  auto j = std::make_shared<journal>();
  testkit::test_system sys{testkit::for_doctest({.leftovers = false})};
  auto top = supervise(sys, "top", one_for_one{.intensity = 10}, noted("a", j), noted("b", j), noted("c", j));
  const cell_ptr before = sys.env().resolve("/user/top/b");
  top.ref<quit>("b").tell(quit{});
  top.ref<quit>("a").tell(quit{});
  sys.settle();
  CHECK(sys.env().resolve("/user/top/b") != before);
  lines order;
  for (const cell_ptr& one : sys.env().resolve("/user/top")->children()) order.push_back(one->own_name());
  CHECK(order == lines{"a", "b", "c"});
  const std::size_t from = stops(j).size();
  top.stop();
  sys.settle();
  const lines all = stops(j);
  CHECK(lines(all.begin() + static_cast<std::ptrdiff_t>(from), all.end()) ==
        lines{"c stop", "b stop", "a stop"});
}

TEST_CASE("S5: one that is waited for has its own time, however many others end meanwhile") {
  auto j = std::make_shared<journal>();
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual, .leftovers = false})};
  const std::shared_ptr<port::parker> held = sys.platform().make_parker();
  auto top = supervise(sys, "top", one_for_one{}, noted("a", j).transient(), noted("b", j).transient(),
                       child<lingering>("slow", j, held).shutdown(1s));
  auto end = std::make_shared<journal>();
  note_end(sys.env().resolve("/user/top"), end);
  top.stop();
  sys.settle();
  for (const char* id : {"a", "b"}) {
    sys.advance(400ms);
    top.ref<quit>(id).tell(quit{});
    sys.settle();
  }
  sys.advance(300ms);
  CHECK(end->count("gone /user/top shutdown") == 1);
  held->unpark();
  sys.settle();
}

}  // namespace tree_stop_order_test
