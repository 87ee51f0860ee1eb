// The two halves of a link and what is on its way between them (LK1-LK5), without actors: every order of four steps of each side.
#include <doctest/doctest.h>

#include <deque>
#include <troupe/cell/link_list.hpp>

#include "unit/cell/world.hpp"

namespace cell_link_list_test {

using namespace troupe;

namespace {

/// An address that is nobody.
address_ptr nobody() { return address_ptr{new life::watcher{std::make_shared<life::journal>()}}; }

/// One of two actors, by its number, that may be linked to the other; what it sends waits until it is let through.
struct side {
  enum class kind { asks, gives_up, has_ended };
  struct message {
    kind what;
    link_ids ids;
  };

  explicit side(std::uint64_t n) : number(n) {}

  void ask(side& to) {
    if (const auto id = list.ask(to.number, nobody())) out.push_back({kind::asks, {id, 0}});
  }
  void give_up(side& to) {
    if (const auto was = list.give_up(to.number)) {
      out.push_back({kind::gives_up, {was->ids.theirs, was->ids.mine}});
      ++given_up;
    }
  }
  void end() {
    over = true;
    for (const auto& one : list.take())
      out.push_back({kind::has_ended, {one.what.ids.theirs, one.what.ids.mine}});
  }
  /// Lets the oldest thing through that `from` has sent.
  void hear(side& from) {
    if (from.out.empty()) return;
    const message m = from.out.front();
    from.out.pop_front();
    switch (m.what) {
      case kind::asks:
        if (!list.asked(from.number, nobody(), m.ids.mine)) out.push_back({kind::has_ended, {m.ids.mine, 0}});
        break;
      case kind::gives_up:
        list.given_up(from.number, m.ids);
        break;
      case kind::has_ended:
        if (!over && list.end({from.number, nobody(), {}, m.ids})) ++heard;
        break;
    }
  }
  bool is_linked(side& to) {  // looks, and leaves it as it was
    const auto was = list.give_up(to.number);
    if (was) list.put_back({to.number, nobody(), {}, was->ids});
    return was.has_value();
  }

  const std::uint64_t number;
  link_list list;
  std::deque<message> out;
  bool over = false;
  int heard = 0;
  int given_up = 0;
};

}  // namespace

TEST_CASE("LK1: one that is asked for twice, or by both, is one link") {
  side a{1}, b{2};
  a.ask(b);
  a.ask(b);
  CHECK(a.out.size() == 1);
  b.ask(a);
  a.hear(b);
  b.hear(a);
  b.end();
  while (!b.out.empty()) a.hear(b);
  CHECK(a.heard == 1);
  CHECK_FALSE(a.is_linked(b));
}

TEST_CASE("LK2: the news of a link that was given up does not end the one that came after it") {
  side a{1}, b{2};
  a.ask(b);
  b.hear(a);
  b.end();  // the news of the first link is on its way
  a.give_up(b);
  a.ask(b);
  a.hear(b);  // and is none of the second one
  CHECK(a.heard == 0);
  CHECK(a.is_linked(b));
  while (!a.out.empty()) b.hear(a);
  while (!b.out.empty()) a.hear(b);
  CHECK(a.heard == 1);  // of the second, which found b ended
}

TEST_CASE("LK2: when both give a link up and one asks for it anew, both are linked") {
  side a{1}, b{2};
  a.ask(b);
  b.hear(a);
  a.give_up(b);
  b.give_up(a);
  a.ask(b);
  a.hear(b);
  while (!a.out.empty()) b.hear(a);
  CHECK(a.is_linked(b));
  CHECK(b.is_linked(a));
}

TEST_CASE(
    "LK1, LK2: whatever both do and in whatever order it arrives, in the end both know the same of each "
    "other") {
  // Seven steps: each side asks, gives up, or hears, in every order that there is.
  constexpr int steps = 7, kinds = 6;
  int orders = 1;
  for (int i = 0; i < steps; ++i) orders *= kinds;
  int linked = 0;
  for (int order = 0; order < orders; ++order) {
    side a{1}, b{2};
    for (int i = 0, rest = order; i < steps; ++i, rest /= kinds) switch (rest % kinds) {
        case 0:
          a.ask(b);
          break;
        case 1:
          b.ask(a);
          break;
        case 2:
          a.give_up(b);
          break;
        case 3:
          b.give_up(a);
          break;
        case 4:
          a.hear(b);
          break;
        case 5:
          b.hear(a);
          break;
      }
    while (!a.out.empty() || !b.out.empty()) {
      a.hear(b);
      b.hear(a);
    }
    const bool both = a.is_linked(b);
    if (both != b.is_linked(a)) FAIL("order ", order, ": one side is linked and the other is not");
    linked += both;
    // And the end of one is told the other exactly if it is.
    b.end();
    while (!b.out.empty()) a.hear(b);
    if (a.heard != (both ? 1 : 0)) FAIL("order ", order, ": told ", a.heard, " times");
  }
  CHECK(linked > 0);
  CHECK(linked < orders);
}

TEST_CASE(
    "LK3: an end in the middle of anything is told once to who is linked by then, and never to who gave it "
    "up") {
  // Only `a` asks, so what it said last decides.
  constexpr int steps = 6, kinds = 6;
  int orders = 1;
  for (int i = 0; i < steps; ++i) orders *= kinds;
  for (int order = 0; order < orders; ++order) {
    side a{1}, b{2};
    int owed = 0;  // ends that `a` has to hear of
    for (int i = 0, rest = order; i < steps; ++i, rest /= kinds) switch (rest % kinds) {
        case 0:
          if (!a.is_linked(b)) owed = a.heard + 1;
          a.ask(b);
          break;
        case 1:
          a.give_up(b);
          owed = a.heard;
          break;
        case 2:
          b.give_up(a);
          break;
        case 3:
          a.hear(b);
          break;
        case 4:
          b.hear(a);
          break;
        case 5:
          if (!b.over) b.end();
          break;
      }
    if (!b.over) b.end();
    while (!a.out.empty() || !b.out.empty()) {
      a.hear(b);
      b.hear(a);
    }
    if (b.given_up == 0 ? a.heard != owed : a.heard > owed)
      FAIL("order ", order, ": told ", a.heard, " times instead of ", owed);
    if (a.is_linked(b)) FAIL("order ", order, ": linked to one that has ended");
  }
}

TEST_CASE("LK5: a million links that were made and given up leave nothing behind") {
  link_list list;
  const auto other = nobody();
  for (std::uint64_t n = 1; n <= 1'000'000; ++n) {
    list.ask(n, other);
    list.give_up(n);
  }
  CHECK(list.take().empty());
  link_list many;
  for (std::uint64_t n = 1; n <= 10'000; ++n) many.asked(n, other, 1);
  for (std::uint64_t n = 3; n <= 10'000; ++n) many.given_up(n, {0, 1});
  const auto left = many.take();
  REQUIRE(left.size() == 2);
  CHECK(left[0].number == 1);  // in the order of their numbers (D1)
  CHECK(left[1].number == 2);
}

}  // namespace cell_link_list_test
