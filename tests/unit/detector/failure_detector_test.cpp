#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <troupe/base/prng.hpp>
#include <troupe/detector/failure_detector.hpp>
#include <vector>

namespace detector_failure_detector_test {

using namespace troupe;
using namespace troupe::literals;

namespace {

// A detector with a clock of its own. 5.22599 deviations are phi 8.
struct watched {
  explicit watched(detector_settings s = {}, duration most = 1h, duration every = 500ms)
      : d{s, most, every, now} {}

  void hears_after(duration silence) {
    now += silence;
    d.heard(now);
  }
  void hears_each(duration silence, int times) {
    for (int i = 0; i < times; ++i) hears_after(silence);
  }

  time_point now = time_point{100s};
  failure_detector d;
};

// Pekko's own computation, with doubles.
double pekko_phi(const std::vector<duration>& samples, duration silent, const detector_settings& s) {
  double mean = 0, variance = 0;
  for (const duration d : samples)
    mean += static_cast<double>(d.count()) / static_cast<double>(samples.size());
  for (const duration d : samples)
    variance += std::pow(static_cast<double>(d.count()) - mean, 2) / static_cast<double>(samples.size());
  const double deviation = std::max(std::sqrt(variance), static_cast<double>(s.min_deviation.count()));
  const double y =
      (static_cast<double>(silent.count()) - mean - static_cast<double>(s.acceptable_pause.count())) /
      deviation;
  const double e = std::exp(-y * (1.5976 + 0.070566 * y * y));
  return y > 0 ? -std::log10(e / (1 + e)) : -std::log10(1 - 1 / (1 + e));
}

}  // namespace

TEST_CASE("PD5: a peer of which nothing is known yet is taken to be as even as a quarter of an interval") {
  const watched w;
  // mean 500 ms, deviation 125 ms
  CHECK(w.d.limit() == 500ms + 3s + 653248us);
  CHECK(w.d.look(w.now) ==
        suspicion{.silent = 0s, .mean = 500ms, .deviation = 125ms, .limit = w.d.limit(), .phi = 0});
}

TEST_CASE("PD1: of a peer that is as even as a clock the smallest deviation is taken") {
  watched w;
  w.hears_each(500ms, 1000);  // what was taken at first has left the window
  CHECK(w.d.limit() == 500ms + 3s + 522599us);
  CHECK(w.d.look(w.now).mean == 500ms);
  CHECK(w.d.look(w.now).deviation == 100ms);
  CHECK(w.d.deadline() == w.now + w.d.limit());

  watched exact{{.min_deviation = 1ms}};
  exact.hears_each(500ms, 1000);
  CHECK(exact.d.limit() == 500ms + 3s + 5225us);
}

TEST_CASE("PD1: phi is the threshold where the limit is, as Pekko works it out, whatever the samples were") {
  prng random{3};
  for (int round = 0; round < 200; ++round) {
    detector_settings s;
    s.threshold = 1 + static_cast<double>(random.below(15'001)) / 1000;
    s.acceptable_pause = duration{random.below(5'000'000'000)};
    s.min_deviation = milliseconds{random.below(500) + 1};
    s.samples_max = random.below(200) + 2;
    watched w{s};
    std::vector<duration> samples{375ms, 625ms};
    const std::uint64_t width = random.below(1'000'000'000) + 1;
    for (int i = 0; i < 300; ++i) {
      const duration silence = 500ms + duration{random.below(width)};
      if (silence <= w.d.limit()) samples.push_back(silence);
      w.hears_after(silence);
    }
    if (samples.size() > s.samples_max)
      samples.erase(samples.begin(), samples.end() - static_cast<std::ptrdiff_t>(s.samples_max));
    CAPTURE(s.threshold);
    CAPTURE(w.d.limit().count());
    if (w.d.limit() > 1s) CHECK(std::abs(pekko_phi(samples, w.d.limit(), s) - s.threshold) < 0.06);
    CHECK(w.d.look(w.d.deadline()).phi >= s.threshold - 0.002);
    const duration some{random.below(8'000'000'000)};
    const double expected = std::min(16.0, pekko_phi(samples, some, s));  // infinite, far out
    CHECK(std::abs(w.d.look(w.now + some).phi - expected) < 0.06);
  }
}

TEST_CASE("PD1: the higher the threshold the later the verdict") {
  duration last{};
  for (double threshold = 1; threshold <= 16; threshold += 0.125) {
    watched w{{.threshold = threshold}};
    CHECK(w.d.limit() > last);
    last = w.d.limit();
  }
  CHECK(last == 500ms + 3s + 889960us);
}

TEST_CASE("phi never falls while nothing is heard, and something heard makes it 0") {
  watched w;
  w.hears_each(600ms, 50);
  double last = 0;
  for (int i = 0; i < 1000; ++i) {
    const double phi = w.d.look(w.now += 10ms).phi;
    CHECK(phi >= last);
    last = phi;
  }
  CHECK(last == 16);
  w.d.heard(w.now);
  CHECK(w.d.look(w.now).phi == 0);
  CHECK(w.d.look(w.now).silent == 0s);
}

TEST_CASE("an acceptable pause is no verdict, and each nanosecond beyond the limit is") {
  watched w;
  w.hears_each(500ms, 1000);
  CHECK(w.now + 3500ms < w.d.deadline());
  w.hears_after(3500ms);
  CHECK(w.d.look(w.now).mean == 503ms);
  CHECK(w.d.limit() >
        500ms + 3s + 522599us);  // a sample like the others: this one is waited for a little longer
  w.hears_each(500ms, 1000);
  CHECK(w.d.limit() == 500ms + 3s + 522599us);  // and forgotten
}

TEST_CASE("PD2: a limit is two intervals at least: a ping must have time to be answered") {
  watched w{{.acceptable_pause = 0s, .min_deviation = 1ms}};
  w.hears_each(1ms, 20'000);
  CHECK(w.d.look(w.now).mean == 500ms);
  CHECK(w.d.limit() == 1s);
}

TEST_CASE("PD2: a limit is `most` at most, however slow a peer becomes") {
  watched w{{}, 10s};
  CHECK_FALSE(w.d.is_at_most());
  for (int i = 0; i < 2000; ++i) w.hears_after(w.d.limit());
  CHECK(w.d.limit() == 10s);
  CHECK(w.d.is_at_most());

  watched strict{{}, 2s};
  CHECK(strict.d.limit() == 2s);
  CHECK(strict.d.is_at_most());
}

TEST_CASE("PD3: a burst is one sample an interval, and leaves the peer as it would be with pings alone") {
  watched quiet{{.samples_max = 10}}, busy{{.samples_max = 10}};
  quiet.hears_each(500ms, 20);
  busy.hears_each(1us, 10'000'000);  // ten seconds
  CHECK(busy.d.look(busy.now) == quiet.d.look(quiet.now));

  // 1.5 s are three samples: with the first two of 500 ms -+ 125 ms the variance is 2 x 125^2 / 5.
  watched counted{{.min_deviation = 1ms}};
  counted.hears_each(1ms, 1'500);
  CHECK(counted.d.look(counted.now).deviation == 79'056us);
}

TEST_CASE("PD3: of a stretch the silence that ends it counts") {
  watched w{{.samples_max = 2}};
  w.hears_after(100ms);
  w.hears_after(390ms);
  w.hears_after(700ms);  // 1190 ms: over
  w.hears_after(500ms);  // the next
  CHECK(w.d.look(w.now).mean == 600ms);
  CHECK(w.d.look(w.now).deviation == 100ms);
}

TEST_CASE("PD4: an outage that ended is no sample") {
  watched w{{.min_deviation = 1ms}};
  w.hears_each(500ms, 100);
  const suspicion before = w.d.look(w.now);
  w.hears_after(1min);
  CHECK(w.d.look(w.now) == before);
  w.hears_after(1ms);  // a stretch has begun with it
  CHECK(w.d.look(w.now) == before);
  w.hears_after(w.d.limit());  // to the last nanosecond it is one
  CHECK(w.d.look(w.now).mean > before.mean);
}

TEST_CASE("PD6: a resumed connection begins with what was known, and its silence begins anew") {
  watched w;
  w.hears_each(900ms, 2000);
  const suspicion known = w.d.look(w.now);
  CHECK(known.mean == 900ms);
  w.now += 1h;
  w.d.begin(w.now, 500ms);
  CHECK(w.d.look(w.now) == known);
  CHECK(w.d.last_heard() == w.now);
  w.now += 499ms;
  w.d.heard(w.now);  // the stretch has begun anew too: this one is not over
  CHECK(w.d.look(w.now) == known);

  w.d.begin(w.now, 100ms);  // another interval
  CHECK(w.d.look(w.now).mean == 100ms);
  CHECK(w.d.limit() == 100ms + 3s + 522599us);
  w.hears_each(900ms, 2000);
  w.d.forget();  // another peer
  CHECK(w.d.look(w.now).mean == 100ms);
}

TEST_CASE("K6: time in which nobody listened here is not held against the peer, and is no part of a sample") {
  watched w{{.samples_max = 4}};
  w.hears_each(500ms, 4);
  const suspicion before = w.d.look(w.now);
  w.now += 3s;
  w.d.forgive(2500ms, w.now);
  CHECK(w.d.look(w.now).silent == 500ms);
  w.d.heard(w.now);
  CHECK(w.d.look(w.now) == before);
  w.d.forgive(1h, w.now);  // never into what is to come
  CHECK(w.d.last_heard() == w.now);
  w.hears_after(500ms);
  CHECK(w.d.look(w.now) == before);
}

TEST_CASE("D1: whatever comes, a limit stays between two intervals and `most`, and is that of the samples") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    prng random{seed};
    const duration every{random.below(1'000'000'000) + 10'000'000};
    const duration most = 2 * every + duration{random.below(20'000'000'000)};
    detector_settings s;
    s.acceptable_pause = duration{random.below(4'000'000'000)};
    s.samples_max = random.below(50) + 2;
    watched w{s, most, every}, twin{s, most, every};
    for (int i = 0; i < 2000; ++i) {
      const duration silence{random.below(random.below(20) == 0 ? 30'000'000'000 : 300'000'000)};
      const bool over = silence > w.d.limit();
      const suspicion before = w.d.look(w.now);
      REQUIRE((w.now + silence > w.d.deadline()) == over);
      for (watched* one : {&w, &twin}) one->hears_after(silence);
      REQUIRE(w.d.limit() >= 2 * every);
      REQUIRE(w.d.limit() <= most);
      REQUIRE(w.d.look(w.now).mean <= most);
      REQUIRE(w.d.look(w.now).deviation >= s.min_deviation);
      if (over) REQUIRE(w.d.limit() == before.limit);
      if (random.below(100) == 0) {
        const duration other = random.below(2) == 0 ? every : every / 2;
        for (watched* one : {&w, &twin}) one->d.begin(one->now, other);
        for (watched* one : {&w, &twin}) one->d.begin(one->now, every);
      }
      REQUIRE(w.d.look(w.now) == twin.d.look(twin.now));
    }
  }
}

TEST_CASE("a verdict reads well") {
  CHECK(to_string(suspicion{.mean = 500ms, .deviation = 104999us, .phi = 8}) ==
        "phi 8.0: mean 0.50 s, deviation 0.10 s");
  CHECK(to_string(suspicion{.mean = 1h, .deviation = 105ms, .phi = 15.96}) ==
        "phi 16.0: mean 3600.00 s, deviation 0.11 s");
  CHECK(in_seconds(4022599us) == "4.02 s");
  CHECK(in_seconds(9995ms) == "10.00 s");
  CHECK(in_seconds(0s) == "0.00 s");
  CHECK(in_seconds(duration::max()) == "9223372036.85 s");
}

TEST_CASE("detector settings that make no sense are refused with what would be right") {
  const auto text = [](detector_settings s) {
    const auto r = validate(s);
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().code == errc::invalid);
    return r.error().text;
  };
  CHECK(validate({}).has_value());
  for (const double no : {0.999, 16.001, -8.0, std::numeric_limits<double>::quiet_NaN(),
                          std::numeric_limits<double>::infinity()})
    CHECK(text({.threshold = no}) == "failure detector: the threshold must be from 1 to 16");
  CHECK(validate({.threshold = 1}).has_value());
  CHECK(validate({.threshold = 16, .acceptable_pause = 0s}).has_value());
  CHECK(text({.acceptable_pause = -1ns}) ==
        "failure detector: the acceptable pause must be from 0 to 24 hours");
  CHECK(text({.acceptable_pause = 24h + 1ns}) ==
        "failure detector: the acceptable pause must be from 0 to 24 hours");
  CHECK(text({.min_deviation = 999us}) ==
        "failure detector: the smallest deviation must be from 1 ms to 24 hours");
  CHECK(text({.min_deviation = 25h}) ==
        "failure detector: the smallest deviation must be from 1 ms to 24 hours");
  CHECK(text({.samples_max = 1}) == "failure detector: the samples that are kept must be from 2 to 10000");
  CHECK(text({.samples_max = 10'001}) ==
        "failure detector: the samples that are kept must be from 2 to 10000");
  // The longest of all, and nothing overflows.
  watched w{{.threshold = 16, .acceptable_pause = 24h, .min_deviation = 24h, .samples_max = 10'000},
            duration::max()};
  CHECK(w.d.limit() == 500ms + 24h + 24h * 7 + duration_cast<microseconds>(24h) * 11968 / 100000);
  CHECK(w.d.look(w.now + 24h * 365 * 100).phi == 16);
}

}  // namespace detector_failure_detector_test
