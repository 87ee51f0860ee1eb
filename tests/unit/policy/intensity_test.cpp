#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <troupe/base/prng.hpp>
#include <troupe/base/restart_window.hpp>
#include <vector>

namespace policy_intensity_test {

using namespace troupe;
using namespace troupe::literals;

namespace {

time_point at(duration since) { return time_point{since}; }

// S3 word for word, with memory without bound.
class naive_window {
 public:
  naive_window(std::uint32_t intensity, duration period) : intensity_(intensity), period_(period) {}

  bool record(time_point now) {
    std::erase_if(stamps_, [&](time_point stamp) { return stamp + period_ < now; });
    stamps_.push_back(now);
    return stamps_.size() <= intensity_;
  }

 private:
  std::uint32_t intensity_;
  duration period_;
  std::deque<time_point> stamps_;
};

}  // namespace

TEST_CASE("S3: intensity 1 in 5 s takes one restart and gives up at the second one in the window") {
  restart_window window{1, 5s};
  CHECK(window.record(at(0s)));
  CHECK_FALSE(window.record(at(4s)));
}

TEST_CASE("S3: intensity 0 lets the first failure through") {
  restart_window window{0, 5s};
  CHECK_FALSE(window.record(at(1s)));
  CHECK_FALSE(window.record(at(100s)));
}

TEST_CASE("S3: a restart that is exactly one period old still counts, and one older by 1 ns does not") {
  restart_window exact{1, 5s};
  CHECK(exact.record(at(1s)));
  CHECK_FALSE(exact.record(at(6s)));

  restart_window older{1, 5s};
  CHECK(older.record(at(1s)));
  CHECK(older.record(at(6s + 1ns)));
}

TEST_CASE("S3: the window slides: failures every 2.1 s at 1 in 2 s go on for ever") {
  restart_window window{1, 2s};
  for (int i = 0; i < 1000; ++i) CHECK(window.record(at(i * 2100ms)));
}

TEST_CASE("S3: the window is not a tumbling one: a burst across a period's end is seen") {
  restart_window window{3, 10s};
  CHECK(window.record(at(0s)));
  CHECK(window.record(at(9s)));
  CHECK(window.record(at(9500ms)));
  CHECK(window.record(at(11s)));
  CHECK_FALSE(window.record(at(12s)));
}

TEST_CASE("S3: a restarted supervisor starts with an empty window") {
  restart_window window{1, 5s};
  CHECK(window.record(at(0s)));
  CHECK(window.recent(at(0s)) == 1);
  window.clear();
  CHECK(window.recent(at(0s)) == 0);
  CHECK(window.record(at(1s)));
  CHECK_FALSE(window.record(at(2s)));
}

TEST_CASE("S3: at most intensity + 1 restarts are kept, however many there were") {
  restart_window window{2, 1h};
  for (int i = 0; i < 1000; ++i) (void)window.record(at(i * 1ms));
  CHECK(window.recent(at(1s)) == 3);
}

TEST_CASE("S3: for random times, intensities and periods the ring agrees with a list of all restarts") {
  prng random{0x5eed};
  for (int round = 0; round < 400; ++round) {
    const auto intensity = static_cast<std::uint32_t>(random.below(6));
    const duration period{random.below(50)};
    restart_window window{intensity, period};
    naive_window model{intensity, period};
    time_point now{};
    for (int i = 0; i < 200; ++i) {
      now += duration{random.below(4) == 0 ? random.below(60) : random.below(12)};
      const bool expected = model.record(now);
      REQUIRE(window.record(now) == expected);
    }
  }
}

}  // namespace policy_intensity_test
