// Delays in buckets.
#include <doctest/doctest.h>

#include <troupe/observe/delay_histogram.hpp>

namespace observe_delay_histogram_test {

using namespace troupe;

TEST_CASE("a histogram of delays says how long they took to a quarter, and the longest exactly") {
  delay_histogram h;
  CHECK(h.count() == 0);
  CHECK(h.at(50) == duration{0});
  for (int i = 0; i < 98; ++i) h.add(microseconds{10});
  h.add(milliseconds{5});
  h.add(milliseconds{70});
  CHECK(h.count() == 100);
  CHECK(h.at(50) >= microseconds{10});
  CHECK(h.at(50) <= microseconds{13});
  CHECK(h.at(98) <= microseconds{13});
  CHECK(h.at(99) >= milliseconds{5});
  CHECK(h.at(99) <= milliseconds{7});
  CHECK(h.at(100) == milliseconds{70});
  CHECK(h.longest() == milliseconds{70});
}

TEST_CASE("a histogram of delays takes what is none and what is longer than its last bucket") {
  delay_histogram h;
  h.add(duration{-5});
  CHECK(h.longest() == duration{0});
  CHECK(h.at(100) == duration{0});
  h.add(hours{3});
  CHECK(h.at(100) == hours{3});
  for (std::int64_t ns = 1; ns < std::int64_t{1} << 40; ns = ns * 3 / 2 + 1) {
    delay_histogram one;
    one.add(duration{ns});
    one.add(hours{3});
    CAPTURE(ns);
    CHECK(one.at(50).count() >= ns);
    CHECK((ns < 1024 || one.at(50).count() <= ns + ns / 4));
  }
}

TEST_CASE("a histogram of delays has their sum, and counts those shorter than a power of two exactly") {
  delay_histogram h, other;
  for (unsigned power = 10; power <= 41; ++power) CHECK(h.shorter_than(power) == 0);
  h.add(duration{(1 << 20) - 1});
  h.add(duration{1 << 20});
  h.add(duration{3});
  CHECK(h.shorter_than(10) == 1);
  CHECK(h.shorter_than(19) == 1);
  CHECK(h.shorter_than(20) == 2);
  CHECK(h.shorter_than(21) == 3);
  CHECK(h.shorter_than(41) == 3);
  CHECK(h.sum() == duration{(2 << 20) + 2});
  other.add(hours{3});
  other.add(h);
  CHECK(other.count() == 4);
  CHECK(other.shorter_than(41) == 3);
  CHECK(other.sum() == hours{3} + h.sum());
  CHECK(other.longest() == hours{3});
  CHECK(other.at(50) == h.at(50));
}

}  // namespace observe_delay_histogram_test
