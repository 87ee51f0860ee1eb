// How many deviations beyond the usual a silence is at a phi, and the way back: the one table behind both.
//
// Phi is -log10 of the chance that a silence of a normal distribution lasts longer still. Pekko takes the logistic approximation of it,
// 1 / (1 + exp(y (1.5976 + 0.070566 y^2))), and so does this table, so that the same threshold gives the same verdicts. It was worked out
// once, because a verdict must not hang on a machine's exp and log (D1).
//
// Rules
//  QD1 Whole numbers only: phi in thousandths, deviations in millionths. Between the entries it is a straight line, which is off by less than
//      a fiftieth of a deviation at any threshold that is allowed.
//  QD2 Both ways are monotone, and each undoes the other within a thousandth.
#pragma once

#include <cstdint>

namespace troupe::detector {

/// The smallest threshold.
inline constexpr int phi_min = 1;
/// The largest threshold, and the most that is shown of phi.
inline constexpr int phi_max = 16;

/// Deviations above the mean, in millionths, at which phi is so many thousandths. Below and above the table: its ends. Pure.
std::int64_t deviations_at(std::int64_t phi_thousandths) noexcept;

/// Phi in thousandths at so many millionths of a deviation above the mean, 0 to 1000 `phi_max`. Pure.
std::int64_t phi_at(std::int64_t deviations_millionths) noexcept;

}  // namespace troupe::detector
