// Who handles what a connection brings (RP1, RP2).
#include <doctest/doctest.h>

#include <troupe/node/reading_pace.hpp>

namespace node_reading_pace_test {

using namespace troupe;

namespace {

/// A turn that reads for `reads`, and is handled for `handles`. Returns whether the next one is handled alone.
bool turn(detail::reading_pace& pace, time_point& now, duration reads, duration handles) {
  pace.handled(now);
  const time_point begun = now;
  now += reads;
  pace.read(begun, now);
  now += handles;
  pace.handled(now);
  return pace.alone();
}

}  // namespace

TEST_CASE("RP1: what is handled about as fast as it is read is the reader's") {
  detail::reading_pace pace;
  time_point now{};
  CHECK(pace.alone());
  for (int i = 0; i < 100; ++i) CHECK(turn(pace, now, microseconds{100}, microseconds{300}));
  CHECK_FALSE(turn(pace, now, microseconds{100}, microseconds{301}));
}

TEST_CASE(
    "RP2: behind what took long it is everybody's for some turns, and the reader's again when it does no "
    "more") {
  detail::reading_pace pace;
  time_point now{};
  CHECK_FALSE(turn(pace, now, microseconds{100}, milliseconds{5}));
  int among_others = 0;
  while (!turn(pace, now, microseconds{100}, microseconds{80})) ++among_others;
  CHECK(among_others == 15);
  for (int i = 0; i < 40; ++i) CHECK_FALSE(turn(pace, now, microseconds{100}, milliseconds{1}));
}

TEST_CASE("RP1: what was handled while nothing was read says nothing of the next") {
  detail::reading_pace pace;
  time_point now{};
  CHECK(turn(pace, now, microseconds{100}, microseconds{80}));
  now += seconds{1};  // the peer had nothing to say
  pace.handled(now);
  CHECK(pace.alone());
}

}  // namespace node_reading_pace_test
