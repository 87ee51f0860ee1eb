#include <doctest/doctest.h>

#include <troupe/os/adaptive_spin.hpp>

namespace os_adaptive_spin_test {

using namespace troupe;
using os::adaptive_spin;

constexpr time_point start{seconds{100}};
constexpr duration shortly = microseconds{10};
constexpr duration too_long = adaptive_spin::spin_max + nanoseconds{1};
constexpr duration stall = adaptive_spin::stall_min + nanoseconds{1};

void wait_shortly(adaptive_spin& spin, int waits) {
  for (int i = 0; i < waits; ++i) spin.waited(shortly, spin.is_worth_it());
}

// Short waits until it spins.
int short_waits_until_it_spins(adaptive_spin spin) {
  int waits = 0;
  for (; !spin.is_worth_it(); ++waits) spin.waited(shortly, false);
  return waits;
}

// One that has saved all it may.
adaptive_spin rich() {
  adaptive_spin spin;
  wait_shortly(spin, 100'000);
  return spin;
}

// Looks every microsecond until told to stop; how long that took.
duration spin_for_nothing(adaptive_spin& spin) {
  adaptive_spin::looks looks{spin, start};
  time_point now = start;
  do now += microseconds{1};
  while (looks.once_more(now));
  return now - start;
}

TEST_CASE("AS1: enough short waits make the next one spin") {
  CHECK(short_waits_until_it_spins(adaptive_spin{}) == adaptive_spin::enough_min);
  adaptive_spin spin;
  for (int i = 0; i < adaptive_spin::enough_min; ++i) spin.waited(adaptive_spin::spin_max, false);
  CHECK(spin.is_worth_it());
}

TEST_CASE("AS1: a long wait costs what many short ones have brought") {
  adaptive_spin spin;
  wait_shortly(spin, adaptive_spin::enough_min + adaptive_spin::miss_price);
  spin.waited(too_long, true);
  CHECK(spin.is_worth_it());
  spin.waited(too_long, true);
  CHECK_FALSE(spin.is_worth_it());
}

TEST_CASE("AS1: nobody owes anything for having waited long") {
  adaptive_spin spin;
  for (int i = 0; i < 1000; ++i) spin.waited(seconds{1}, false);
  CHECK(short_waits_until_it_spins(spin) == adaptive_spin::enough_min);
}

TEST_CASE("AS1: what is saved is bounded, so long waits end the spinning soon") {
  adaptive_spin spin = rich();
  int waits = 0;
  for (; spin.is_worth_it(); ++waits) spin.waited(too_long, true);
  CHECK(waits == 6);
}

TEST_CASE("a spin that gets nothing is over after spin_max") {
  adaptive_spin spin = rich();
  CHECK(spin_for_nothing(spin) == adaptive_spin::spin_max);
  CHECK(spin.is_worth_it());
}

TEST_CASE(
    "AS2: where somebody else runs between two looks the spin is over, and a few of these end all of them") {
  adaptive_spin spin = rich();
  int spins = 0;
  for (; spin.is_worth_it(); ++spins) {
    adaptive_spin::looks looks{spin, start};
    CHECK(looks.once_more(start + adaptive_spin::gap_max));
    CHECK_FALSE(looks.once_more(start + 2 * adaptive_spin::gap_max + nanoseconds{1}));
    spin.waited(shortly, true);
  }
  CHECK(spins == 3);
  // From then on one wait in as many as `crowd_price` spins.
  int spun = 0;
  for (int i = 0; i < 2000; ++i) {
    const bool spins_now = spin.is_worth_it();
    if (spins_now) {
      ++spun;
      adaptive_spin::looks looks{spin, start};
      CHECK_FALSE(looks.once_more(start + adaptive_spin::gap_max + nanoseconds{1}));
    }
    spin.waited(shortly, spins_now);
  }
  CHECK(spun == 2000 / adaptive_spin::crowd_price);
}

TEST_CASE("AS3: each spin that ends in a stall doubles what is enough, up to a limit") {
  adaptive_spin spin;
  for (int enough = adaptive_spin::enough_min; enough <= adaptive_spin::enough_max; enough *= 2) {
    CAPTURE(enough);
    while (!spin.is_worth_it()) spin.waited(shortly, false);
    adaptive_spin poor = spin;
    poor.waited(stall, true);
    const int again = short_waits_until_it_spins(poor);
    CHECK(again >= enough / 2);
    CHECK(again <= 2 * enough);
    spin = poor;
  }
  while (!spin.is_worth_it()) spin.waited(shortly, false);
  spin.waited(stall, true);
  CHECK(short_waits_until_it_spins(spin) <= adaptive_spin::enough_max);
}

TEST_CASE("AS3: a stall of one that did not spin says nothing about spinning") {
  adaptive_spin spin;
  for (int i = 0; i < 100; ++i) spin.waited(stall, false);
  CHECK(short_waits_until_it_spins(spin) == adaptive_spin::enough_min);
}

TEST_CASE("AS3: spins in a row that were worth it bring back what one stall has taken") {
  adaptive_spin spin = rich();
  spin.waited(stall, true);
  while (!spin.is_worth_it()) spin.waited(shortly, false);
  wait_shortly(spin, 10'000);
  for (int i = 0; i < 1000; ++i) spin.waited(seconds{1}, false);  // all that was saved
  CHECK(short_waits_until_it_spins(spin) == adaptive_spin::enough_min);
}

}  // namespace os_adaptive_spin_test
