#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <troupe/base/backoff.hpp>
#include <vector>

namespace policy_backoff_test {

using namespace troupe;
using namespace troupe::literals;

namespace {

backoff_settings exact(duration min, duration max) { return {.min = min, .max = max, .jitter = 0.0}; }

time_point at(duration since) { return time_point{since}; }

}  // namespace

TEST_CASE("S9: without jitter the waits double from min and stay at max") {
  backoff waits{exact(10ms, 100ms)};
  prng random{1};
  for (const duration expected : {10ms, 20ms, 40ms, 80ms, 100ms, 100ms, 100ms})
    CHECK(waits.next_delay(at(0s), random) == expected);
  CHECK(waits.failures() == 7);
}

TEST_CASE("S9: a long row of failures neither overflows nor leaves the cap") {
  backoff waits{exact(1ns, hours{24 * 365})};
  prng random{1};
  duration last{};
  for (int i = 0; i < 300; ++i) {
    const duration wait = waits.next_delay(at(0s), random);
    REQUIRE(wait >= last);
    REQUIRE(wait <= hours{24 * 365});
    last = wait;
  }
  CHECK(last == hours{24 * 365});
}

TEST_CASE("S9: jitter stays inside min and max for every share and every step") {
  prng random{7};
  for (const double jitter : {0.0, 0.01, 0.2, 0.5, 1.0}) {
    for (const duration max : {duration{20ms}, duration{21ms}, duration{50ms}, duration{1s}}) {
      backoff waits{{.min = 20ms, .max = max, .jitter = jitter}};
      duration base = 20ms;
      for (int i = 0; i < 50; ++i) {
        const duration wait = waits.next_delay(at(0s), random);
        REQUIRE(wait >= 20ms);
        REQUIRE(wait <= max);
        const double widest = static_cast<double>(base.count()) * (1 + jitter);
        REQUIRE(static_cast<double>(wait.count()) <= widest + 1);
        const double narrowest =
            std::min(static_cast<double>(base.count()), static_cast<double>(max.count()) / (1 + jitter));
        REQUIRE(static_cast<double>(wait.count()) >= narrowest - 1);
        base = std::min(max, base * 2);
      }
    }
  }
}

TEST_CASE("S9: at the cap the waits are still spread, with no heap of equal ones at max") {
  backoff waits{{.min = 1ms, .max = 1s, .jitter = 0.5}};
  prng random{3};
  for (int i = 0; i < 20; ++i) (void)waits.next_delay(at(0s), random);
  std::set<duration> seen;
  for (int i = 0; i < 100; ++i) seen.insert(waits.next_delay(at(0s), random));
  CHECK(seen.size() == 100);
  CHECK(*seen.rbegin() - *seen.begin() > 250ms);
}

TEST_CASE(
    "S9: a quiet period after a try that worked starts over from min, and one that is 1 ns shorter does "
    "not") {
  prng random{1};
  const auto third_wait = [&](duration quiet) {
    backoff waits{{.min = 10ms, .max = 100ms, .jitter = 0.0, .reset_after = 1s}};
    (void)waits.next_delay(at(0s), random);
    (void)waits.next_delay(at(1ms), random);
    waits.worked(at(10s));
    return waits.next_delay(at(10s + quiet), random);
  };
  CHECK(third_wait(1s) == 10ms);
  CHECK(third_wait(1s - 1ns) == 40ms);
}

TEST_CASE("S9: time in which no try has worked is not quiet") {
  backoff waits{exact(10ms, 100ms)};
  prng random{1};
  (void)waits.next_delay(at(0s), random);
  CHECK(waits.next_delay(at(1h), random) == 20ms);
  waits.worked(at(2h));
  CHECK(waits.next_delay(at(2h + 1ms), random) == 40ms);
  CHECK(waits.next_delay(at(9h), random) == 80ms);
}

TEST_CASE("S9: the quiet period is (min + max) / 2 unless it is set") {
  CHECK(backoff{exact(10ms, 100ms)}.reset_after() == 55ms);
  CHECK(backoff{exact(11ns, 11ns)}.reset_after() == 11ns);
  CHECK(backoff{{.min = 10ms, .max = 100ms, .reset_after = 7s}}.reset_after() == 7s);
}

TEST_CASE("S9: reset forgets failures and what worked") {
  backoff waits{exact(10ms, 100ms)};
  prng random{1};
  (void)waits.next_delay(at(0s), random);
  (void)waits.next_delay(at(0s), random);
  waits.worked(at(1s));
  waits.reset();
  CHECK(waits.failures() == 0);
  CHECK(waits.next_delay(at(0s), random) == 10ms);
  CHECK(waits.next_delay(at(1h), random) == 20ms);
}

TEST_CASE("D1: the same seed gives the same waits, pinned for every machine") {
  const auto waits_of = [](std::uint64_t seed) {
    backoff waits{{.min = 20ms, .max = 1s, .jitter = 0.2}};
    prng random{seed};
    std::vector<duration::rep> out;
    for (int i = 0; i < 8; ++i) out.push_back(waits.next_delay(at(0s), random).count());
    return out;
  };
  CHECK(waits_of(42) == waits_of(42));
  CHECK(waits_of(42) != waits_of(43));
  CHECK(waits_of(42) == std::vector<duration::rep>{22966260, 41279283, 84457618, 171014103, 322433930,
                                                   751133194, 869734198, 966771980});
}

TEST_CASE("backoff settings that make no sense are refused with what would be right") {
  const auto text = [](backoff_settings s) {
    const auto r = validate(s);
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().code == errc::invalid);
    return r.error().text;
  };
  CHECK(validate(backoff_settings{}).has_value());
  CHECK(validate(backoff_settings{.min = 1ns, .max = 1ns, .jitter = 1.0, .reset_after = 0ns}).has_value());
  CHECK(text({.min = 0ns}) == "backoff: min must be more than 0");
  CHECK(text({.min = -1ns}) == "backoff: min must be more than 0");
  CHECK(text({.min = 2s, .max = 1s}) == "backoff: max must be at least min");
  CHECK(text({.max = hours{24 * 366}}) == "backoff: max must be at most 365 days");
  CHECK(text({.jitter = -0.1}) == "backoff: jitter must be from 0 to 1");
  CHECK(text({.jitter = 1.1}) == "backoff: jitter must be from 0 to 1");
  CHECK(text({.jitter = std::nan("")}) == "backoff: jitter must be from 0 to 1");
  CHECK(text({.reset_after = -1ns}) == "backoff: reset_after must not be negative");
}

}  // namespace policy_backoff_test
