// The table of states: what is around what (CH1, CH2).
#include <doctest/doctest.h>

#include <troupe/statechart/chart.hpp>

namespace statechart_chart_test {

using namespace troupe::statechart;

namespace {

//   day            night
//     work  rest     resting
//       desk
constexpr auto table = with_firsts(
    std::array<state_info, 6>{{{"day"}, {"work", 0}, {"desk", 1}, {"rest", 0}, {"night"}, {"resting", 4}}});
constexpr chart c{table};
constexpr state_id day = 0, work = 1, desk = 2, rest = 3, night = 4, resting = 5;

}  // namespace

TEST_CASE("CH1: a state is entered at the first state inside of it, down to one that has none") {
  static_assert(c.leaf_of(day) == desk);
  static_assert(c.leaf_of(work) == desk);
  static_assert(c.leaf_of(desk) == desk);
  static_assert(c.leaf_of(rest) == rest);
  static_assert(c.leaf_of(night) == resting);
  CHECK(c.is_composite(work));
  CHECK_FALSE(c.is_composite(resting));
}

TEST_CASE("CH1: a machine begins in the first state that is inside of no other, wherever that is listed") {
  static_assert(c.beginning() == desk);
  constexpr auto inside_first = with_firsts(std::array<state_info, 3>{{{"inner", 2}, {"other"}, {"outer"}}});
  static_assert(chart{inside_first}.beginning() == 1);
  static_assert(chart{inside_first}.leaf_of(2) == 0);
  CHECK(c.name(c.beginning()) == "desk");
}

TEST_CASE("what is around two states is the innermost that is around both, or one of them") {
  static_assert(c.around(desk, rest) == day);
  static_assert(c.around(desk, desk) == desk);
  static_assert(c.around(desk, work) == work);
  static_assert(c.around(day, desk) == day);
  static_assert(c.around(desk, resting) == no_state);
  CHECK(c.is_in(desk, day));
  CHECK_FALSE(c.is_in(day, desk));
  CHECK(c.depth(desk) == 2);
  CHECK(c.depth(night) == 0);
  CHECK(c.name(no_state).empty());
}

}  // namespace statechart_chart_test
