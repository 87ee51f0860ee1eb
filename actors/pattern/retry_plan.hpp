// Whether a call that failed is made again, and when. Pure: time and chance are given.
//
// Rules
//  RP1 A call is made at most `attempts_max` times in all.
//  RP2 Only errors that `retried` says yes to are retried; the others are the answer at once.
//  RP3 The waits grow as a backoff's do (backoff.hpp, B1, B2).
//  RP4 No wait goes on past the deadline: where it would, the last error is the answer, at once.
//  RP5 Each retry is paid for from the budget, if there is one. The last check: what is not made is not paid for.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <troupe/base/backoff.hpp>
#include <troupe/base/units.hpp>
#include <troupe/pattern/call_errors.hpp>
#include <troupe/pattern/retry_budget.hpp>
#include <variant>

namespace troupe {

/// What can be chosen for retries.
struct retry_settings {
  std::uint32_t attempts_max = 3;            ///< in all, the first one included; at least 1
  backoff_settings waits = {};               ///< between attempts
  duration within = duration::max();         ///< all attempts and waits together; more than 0
  bool (*retried)(const error&) = may_pass;  ///< which errors are (RP2)
  retry_budget* budget = nullptr;            ///< shared with other calls; outlives them; null: none
};

/// Success when retries can be made with `s`; otherwise `errc::invalid` with what is wrong.
inline result<void> validate(const retry_settings& s) {
  if (s.attempts_max == 0) return error{errc::invalid, "retry: attempts_max must be at least 1"};
  if (s.within <= duration::zero()) return error{errc::invalid, "retry: within must be more than 0"};
  if (!s.retried) return error{errc::invalid, "retry: retried must be set"};
  if (const auto ok = validate(s.waits); !ok) return error{errc::invalid, "retry: waits: " + ok.error().text};
  return {};
}

/// What follows a failed attempt: a wait before the next, or why there is none.
using retry_verdict = std::variant<duration, std::string>;

/// One call and its retries (RP1-RP5). Not thread-safe.
class retry_plan {
 public:
  /// The call begins at `now`. REQUIRES: `validate(settings)` succeeds; `settings` outlives the plan.
  retry_plan(const retry_settings& settings, time_point now)
      : settings_(settings), waits_(settings.waits), deadline_(after(now, settings.within)) {
    if (settings.budget) settings.budget->call();
  }

  /// The attempt that was under way failed with `why` at `now`.
  retry_verdict failed_with(const error& why, time_point now, prng& random) {
    ++attempts_;
    if (!settings_.retried(why)) return std::string{};
    if (attempts_ >= settings_.attempts_max) return "the last of " + std::to_string(attempts_) + " attempts";
    const duration wait = waits_.next_delay(now, random);
    if (after(now, wait) >= deadline_)
      return "attempt " + std::to_string(attempts_) + "; no time is left for another";
    if (settings_.budget && !settings_.budget->retry())
      return "attempt " + std::to_string(attempts_) + "; the retry budget is used up";
    return wait;
  }

  /// When it is over.
  time_point deadline() const noexcept { return deadline_; }

 private:
  const retry_settings& settings_;
  backoff waits_;
  const time_point deadline_;
  std::uint32_t attempts_ = 0;
};

}  // namespace troupe
