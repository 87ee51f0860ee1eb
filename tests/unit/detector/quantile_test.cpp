// The table against what it was worked out from, with the exp and log that a verdict must not hang on.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <troupe/detector/quantile.hpp>

namespace detector_quantile_test {

using namespace troupe::detector;

namespace {

// Pekko's logistic approximation of -log10(1 - F(y)), in a form that loses no digits where the chance is small.
double logistic_phi(double y) {
  const double x = y * (1.5976 + 0.070566 * y * y);
  return (x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x))) / std::log(10);
}

double normal_phi(double y) { return -std::log10(0.5 * std::erfc(y / std::sqrt(2))); }

double deviations(double phi) { return static_cast<double>(deviations_at(std::llround(phi * 1000))) / 1e6; }

}  // namespace

TEST_CASE("QD1: at each threshold the table is off by less than a fiftieth of a deviation") {
  for (std::int64_t phi = 1000; phi <= 16'000; phi += 10) {
    CAPTURE(phi);
    // Where logistic_phi reaches phi, by halving.
    double low = 0, high = 20;
    for (int i = 0; i < 100; ++i)
      (logistic_phi((low + high) / 2) * 1000 < static_cast<double>(phi) ? low : high) = (low + high) / 2;
    const double off = std::abs(static_cast<double>(deviations_at(phi)) / 1e6 - low);
    CHECK(off < 0.02);
    if (phi % 1000 == 0) CHECK(off < 0.00001);
  }
}

TEST_CASE("QD1: phi of any silence is within a twentieth of Pekko's") {
  for (double y = -4; y <= 7.1; y += 0.001) {
    CAPTURE(y);
    CHECK(std::abs(static_cast<double>(phi_at(std::llround(y * 1e6))) / 1000 - logistic_phi(y)) < 0.05);
  }
}

TEST_CASE(
    "the logistic approximation waits less than the normal distribution, by a tenth of a deviation at 4 and "
    "0.4 at 8") {
  CHECK(std::abs(normal_phi(deviations(1)) - 1) < 0.01);
  CHECK(std::abs(normal_phi(deviations(3)) - 3) < 0.1);
  CHECK(std::abs(normal_phi(deviations(8)) - 8) < 1.1);
  for (double phi = 4; phi <= 16; phi += 0.5) CHECK(normal_phi(deviations(phi)) < phi);
}

TEST_CASE("QD2: both ways are monotone and undo each other") {
  for (std::int64_t phi = 1; phi <= 16'000; ++phi) {
    CHECK(deviations_at(phi) > deviations_at(phi - 1));
    const std::int64_t back = phi_at(deviations_at(phi));
    CHECK(back <= phi);
    CHECK(back >= phi - 1);
  }
  for (std::int64_t y = -5'000'000; y <= 8'000'000; y += 1'000) CHECK(phi_at(y) >= phi_at(y - 1'000));
}

TEST_CASE("QD1: beyond the table its ends are the answer") {
  CHECK(deviations_at(-1) == deviations_at(0));
  CHECK(deviations_at(INT64_MAX) == deviations_at(16'000));
  CHECK(phi_at(INT64_MIN) == 0);
  CHECK(phi_at(INT64_MAX) == 16'000);
  CHECK(phi_at(0) == 301);  // half of all silences last longer
}

}  // namespace detector_quantile_test
