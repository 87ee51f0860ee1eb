// A circuit breaker's decisions: which calls may go, and when it opens and closes. Pure: time is given.
//
//     closed --max_failures in a row--> open --its wait is over--> half open --trial succeeds--> closed
//                                        ^                             |
//                                        +-------- trial fails --------+   (and waits longer)
//
// Rules
//  CB1 Closed: every call may go. A success sets the count of failures back.
//  CB2 Open: no call may go until the wait is over. Then one may, the trial: half open.
//  CB3 Half open: no other call may go. The trial closes the breaker or opens it again, with the next wait: min, 2 min, 4 min ...
//      up to max. A trial that is given up opens it without a wait, so that another one may try.
//  CB4 What becomes of a call that was let go before the breaker last changed says nothing about now: it is ignored.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <troupe/base/backoff.hpp>
#include <troupe/base/units.hpp>

namespace troupe {

/// Where a breaker is.
enum class breaker_phase : std::uint8_t { closed, open, half_open };

/// `closed`, `open`, `half_open`.
constexpr std::string_view to_string(breaker_phase phase) noexcept {
  constexpr std::string_view names[] = {"closed", "open", "half_open"};
  return names[static_cast<std::size_t>(phase)];
}

/// How a call ended.
enum class call_end : std::uint8_t {
  success,  ///< or an error that does not count
  failure,
  given_up,  ///< nobody waited for it to the end
};

/// The state machine (CB1-CB4). A value; not thread-safe.
class breaker_machine {
 public:
  /// Opens after `failures_max` failures in a row, more than 0; `waits` says how long it stays open. REQUIRES: both are valid.
  breaker_machine(std::uint32_t failures_max, const backoff_settings& waits)
      : failures_max_(failures_max), waits_(waits) {}

  /// May a call go at `now`? Its epoch, to hand to `ended`; none when it may not.
  std::optional<std::uint64_t> admit(time_point now) {
    if (phase_ == breaker_phase::closed) return epoch_;
    if (phase_ == breaker_phase::half_open || now < retry_at_) return std::nullopt;
    change(breaker_phase::half_open);
    return epoch_;
  }

  /// A call that was let go in `epoch` has ended. `random` is for the jitter of the wait.
  void ended(std::uint64_t epoch, call_end how, time_point now, prng& random) {
    if (epoch != epoch_) return;  // CB4
    if (phase_ == breaker_phase::half_open) {
      if (how == call_end::success) return close();
      open(how == call_end::failure ? after(now, waits_.next_delay(now, random)) : now);
    } else if (how == call_end::success) {
      failures_ = 0;
    } else if (how == call_end::failure && ++failures_ >= failures_max_) {
      open(after(now, waits_.next_delay(now, random)));
    }
  }

  /// Where it is.
  breaker_phase phase() const noexcept { return phase_; }
  /// Counts its changes.
  std::uint64_t epoch() const noexcept { return epoch_; }
  /// Failures in a row, while closed.
  std::uint32_t failures() const noexcept { return failures_; }
  /// When the next trial may go, while open.
  time_point retry_at() const noexcept { return retry_at_; }

 private:
  void change(breaker_phase to) noexcept {
    phase_ = to;
    ++epoch_;
  }
  void close() noexcept {
    change(breaker_phase::closed);
    failures_ = 0;
    waits_.reset();
  }
  void open(time_point until) noexcept {
    change(breaker_phase::open);
    failures_ = 0;
    retry_at_ = until;
  }

  std::uint32_t failures_max_;
  backoff waits_;
  breaker_phase phase_ = breaker_phase::closed;
  std::uint32_t failures_ = 0;
  std::uint64_t epoch_ = 0;
  time_point retry_at_{};
};

}  // namespace troupe
