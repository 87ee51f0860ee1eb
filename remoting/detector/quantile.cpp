#include <algorithm>
#include <iterator>
#include <troupe/detector/quantile.hpp>

namespace troupe::detector {

namespace {

struct knot {
  std::int64_t phi;         // thousandths
  std::int64_t deviations;  // millionths
};

// Denser below 3, where the curve bends most.
constexpr knot knots[] = {{0, -4'000'000},     {10, -1'999'950},    {50, -1'233'760},
                          {100, -821'310},     {200, -334'060},     {301, 0},
                          {500, 477'880},      {1'000, 1'282'220},  {1'500, 1'858'340},
                          {2'000, 2'322'750},  {2'500, 2'716'130},  {3'000, 3'058'940},
                          {4'000, 3'638'110},  {5'000, 4'119'190},  {6'000, 4'533'130},
                          {7'000, 4'898'180},  {8'000, 5'225'990},  {9'000, 5'524'410},
                          {10'000, 5'799'020}, {11'000, 6'053'900}, {12'000, 6'292'120},
                          {13'000, 6'516'090}, {14'000, 6'727'700}, {15'000, 6'928'480},
                          {16'000, 7'119'680}};

constexpr bool rises() {
  for (std::size_t i = 1; i < std::size(knots); ++i)
    if (knots[i - 1].phi >= knots[i].phi || knots[i - 1].deviations >= knots[i].deviations) return false;
  return true;
}
static_assert(rises(), "both ways through the table are monotone (QD2)");
static_assert(std::end(knots)[-1].phi == 1000 * phi_max);

// On the straight line between the entries, from one column to the other.
std::int64_t convert(std::int64_t x, std::int64_t knot::*from, std::int64_t knot::*to) noexcept {
  if (x <= knots[0].*from) return knots[0].*to;
  const knot* const high =
      std::find_if(std::begin(knots), std::end(knots), [&](const knot& k) { return x <= k.*from; });
  if (high == std::end(knots)) return std::end(knots)[-1].*to;
  const knot& low = high[-1];
  return low.*to + (high->*to - low.*to) * (x - low.*from) / (high->*from - low.*from);
}

}  // namespace

std::int64_t deviations_at(std::int64_t phi_thousandths) noexcept {
  return convert(phi_thousandths, &knot::phi, &knot::deviations);
}

std::int64_t phi_at(std::int64_t deviations_millionths) noexcept {
  return convert(deviations_millionths, &knot::deviations, &knot::phi);
}

}  // namespace troupe::detector
