// Where messages between hosts come from (UW1-UW3).
#include <doctest/doctest.h>

#include <troupe/sim/under_way.hpp>

namespace sim_under_way_test {

using namespace troupe;
using sim::under_way;

TEST_CASE(
    "UW1: a message is known again by its way and its text; what was sent before it there has been lost") {
  under_way u;
  u.add("9>n2:/user/a note", "{1}", "n1", {10});
  u.add("9>n2:/user/a note", "{2}", "n1", {20, true});
  u.add("9>n2:/user/b note", "{1}", "n1", {30});
  u.add("9>n2:/user/a note", "{3}", "n1", {40});
  const sim::origin second = u.take("9>n2:/user/a note", "{2}");
  CHECK(second.line == 20);
  CHECK(second.loosely);
  CHECK(u.take("9>n2:/user/a note", "{1}").line == 40);  // the first is lost; of what is left the oldest
  CHECK(u.take("9>n2:/user/a note", "{3}").line == 0);
  CHECK(u.take("9>n2:/user/b note", "{1}").line == 30);
}

TEST_CASE("UW1: of several that look alike the oldest is taken, and of those of different hosts none") {
  under_way u;
  u.add("way", "same", "n1", {10});
  u.add("way", "same", "n1", {20});
  CHECK(u.take("way", "same").line == 10);
  u.add("way", "same", "n3", {30});
  CHECK(u.take("way", "same").line == 0);
  u.add("way", "other", "n3", {40});
  CHECK(u.take("way", "other").line == 40);
  CHECK(u.take("way", "same").line == 20);  // that of n3 came before and has been lost
}

TEST_CASE("UW2: it remembers so many and no more, and what was taken long ago makes it forget nothing new") {
  under_way u;
  u.add("lost", "", "n1", {1});
  for (std::uint64_t n = 1; n < under_way::lines_max; ++n) {
    u.add("busy", "", "n1", {n});
    CHECK(u.take("busy", "").line == n);
  }
  CHECK(u.take("lost", "").line == 1);
  u.add("lost", "", "n1", {2});
  for (std::uint64_t n = 1; n < under_way::lines_max; ++n) {
    u.add("busy", "", "n1", {n});
    CHECK(u.take("busy", "").line == n);
  }
  CHECK(u.take("lost", "").line == 2);
  u.add("lost", "", "n1", {3});
  for (std::uint64_t n = 0; n < under_way::lines_max; ++n) u.add("busy", "", "n1", {n});
  CHECK(u.take("lost", "").line == 0);
}

TEST_CASE("UW2: what is forgotten is the oldest, not what was sent after it on the same way") {
  under_way u;
  for (std::uint64_t n = 1; n <= under_way::lines_max / 2; ++n) {
    u.add("busy", "", "n1", {n});
    CHECK(u.take("busy", "").line == n);
  }
  u.add("busy", "", "n1", {7});
  // The places of those that were taken are needed again.
  for (std::uint64_t n = 1; n < under_way::lines_max; ++n) u.add("other", "", "n1", {n});
  CHECK(u.take("busy", "").line == 7);
}

TEST_CASE("UW3: a span leads to its handling, and spans are forgotten when there are too many") {
  under_way u;
  u.add_span(7, 70);
  CHECK(u.line_of_span(7) == 70);
  CHECK(u.line_of_span(8) == 0);
  for (std::uint64_t n = 0; n < under_way::lines_max; ++n) u.add_span(100 + n, n);
  CHECK(u.line_of_span(7) == 0);
  CHECK(u.line_of_span(99 + under_way::lines_max) == under_way::lines_max - 1);
}

}  // namespace sim_under_way_test
