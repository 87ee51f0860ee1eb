#include <doctest/doctest.h>

#include <cmath>
#include <deque>
#include <troupe/base/prng.hpp>
#include <troupe/detector/silence_window.hpp>

namespace detector_silence_window_test {

using namespace troupe;
using namespace troupe::literals;

TEST_CASE("a window without samples has neither mean nor deviation") {
  silence_window w{4};
  CHECK(w.size() == 0);
  CHECK(w.mean() == 0s);
  CHECK(w.deviation() == 0s);
  w.add(3s);
  CHECK(w.mean() == 3s);
  CHECK(w.deviation() == 0s);
  w.clear();
  CHECK(w.size() == 0);
  CHECK(w.mean() == 0s);
}

TEST_CASE("AW1: the newest sample takes the oldest one's place") {
  silence_window w{3};
  for (const auto sample : {10ms, 20ms, 30ms}) w.add(sample);
  CHECK(w.mean() == 20ms);
  CHECK(w.deviation() == 8164us);  // the root of 200/3 ms^2
  w.add(70ms);
  CHECK(w.size() == 3);
  CHECK(w.mean() == 40ms);
  for (int i = 0; i < 3; ++i) w.add(5ms);
  CHECK(w.mean() == 5ms);
  CHECK(w.deviation() == 0s);
}

TEST_CASE("AW2: after a million samples the sums are still those of the ones that are there") {
  prng random{7};
  silence_window w{100};
  std::deque<duration> kept;
  for (int i = 0; i < 1'000'000; ++i) {
    // Now and then one that is a million times as long as the others: what it leaves behind would be seen.
    const duration sample = i % 997 == 0 ? duration{1h} : duration{random.below(5'000'000)};
    w.add(sample);
    kept.push_back(sample);
    if (kept.size() > 100) kept.pop_front();
    if (i % 9'973 != 0) continue;
    long double sum = 0, squares = 0;
    for (const duration d : kept) sum += static_cast<long double>(duration_cast<microseconds>(d).count());
    const long double mean = sum / static_cast<long double>(kept.size());
    for (const duration d : kept) {
      const long double off = static_cast<long double>(duration_cast<microseconds>(d).count()) - mean;
      squares += off * off;
    }
    const long double deviation = std::sqrt(squares / static_cast<long double>(kept.size()));
    CHECK(w.size() == kept.size());
    CHECK(std::abs(static_cast<long double>(w.mean() / 1us) - mean) <= 1);
    CHECK(std::abs(static_cast<long double>(w.deviation() / 1us) - deviation) <= 1);
  }
}

TEST_CASE(
    "AW2, AW3: a window full of the longest samples does not overflow, and what is no time counts as 0") {
  silence_window w{std::size_t{1} << 20};
  for (std::size_t i = 0; i < std::size_t{1} << 20; ++i)
    w.add(i % 2 == 0 ? duration::max() : duration::min());
  CHECK(w.mean() == duration_cast<microseconds>(silence_window::sample_max / 2));
  CHECK(w.deviation() >= silence_window::sample_max / 2 - 1us);
  CHECK(w.deviation() <= silence_window::sample_max / 2);
}

}  // namespace detector_silence_window_test
