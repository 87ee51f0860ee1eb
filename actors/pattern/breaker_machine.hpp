// A circuit breaker's decisions: which calls may go, and when it opens and closes. Pure: time is given.
//
//     closed --too many failures--> open --its wait is over--> half open --trial succeeds--> closed
//                                    ^                             |
//                                    +-------- trial fails --------+   (and waits longer)
//
// Rules
//  CB1 Closed: every call may go. It opens at `failures_max` failures in a row; a success sets that count back.
//  CB2 Open: no call may go until the wait is over. Then one may, the trial: half open.
//  CB3 Half open: no other call may go. The trial closes the breaker or opens it again, with the next wait: min, 2 min, 4 min ...
//      up to max. A trial that is given up opens it without a wait, so that another one may try.
//  CB4 What becomes of a call that was let go before the breaker last changed says nothing about now: it is ignored.
//  CB5 With a `window` it opens as well when that many calls have ended since it closed and, of the last so many, at least
//      `percent` in a hundred failed: a callee that fails every other call never fails five times in a row.
//  CB6 A trial that has not ended after `trial_max` is given up for the next call: a callee that never answers keeps nobody out
//      for ever.
//  CB7 By hand: `trip` opens it, from anywhere, with the next wait; `reset` closes it as a trial that succeeds does.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <troupe/base/backoff.hpp>
#include <troupe/base/units.hpp>
#include <vector>

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

/// The most calls a window may have (CB5).
inline constexpr std::uint32_t breaker_window_max = 10'000;

/// When a breaker opens, and for how long.
struct breaker_rules {
  std::uint32_t failures_max = 5;        ///< in a row (CB1); at least 1
  std::uint32_t window = 0;              ///< calls (CB5); 0: none, at most `breaker_window_max`
  std::uint32_t percent = 50;            ///< of the window (CB5); 1 to 100
  duration trial_max = duration::max();  ///< CB6; more than 0
  backoff_settings waits = {};           ///< how long it stays open (CB3)
};

/// The state machine (CB1-CB7). A value; not thread-safe.
class breaker_machine {
 public:
  /// REQUIRES: `rules` are as their comments say.
  explicit breaker_machine(const breaker_rules& rules)
      : rules_(rules), waits_(rules.waits), last_(rules.window, false) {}

  /// May a call go at `now`? Its epoch, to hand to `ended`; none when it may not.
  std::optional<std::uint64_t> admit(time_point now) {
    if (phase_ == breaker_phase::closed) return epoch_;
    if (now < (phase_ == breaker_phase::open ? retry_at_ : trial_until_)) return std::nullopt;
    change(breaker_phase::half_open);
    trial_until_ = after(now, rules_.trial_max);
    return epoch_;
  }

  /// A call that was let go in `epoch` has ended. `random` is for the jitter of the wait.
  void ended(std::uint64_t epoch, call_end how, time_point now, prng& random) {
    if (epoch != epoch_) return;  // CB4
    if (phase_ == breaker_phase::half_open) {
      if (how == call_end::success) return reset();
      open(how == call_end::failure ? after(now, waits_.next_delay(now, random)) : now);
    } else if (how != call_end::given_up) {
      const bool failed = how == call_end::failure;
      in_a_row_ = failed ? in_a_row_ + 1 : 0;
      const bool too_many = remember(failed);
      if (too_many || in_a_row_ >= rules_.failures_max) trip(now, random);
    }
  }

  /// Opens it (CB7). `random` is for the jitter of the wait.
  void trip(time_point now, prng& random) { open(after(now, waits_.next_delay(now, random))); }

  /// Closes it (CB7).
  void reset() {
    change(breaker_phase::closed);
    forget();
    waits_.reset();
  }

  /// Where it is.
  breaker_phase phase() const noexcept { return phase_; }
  /// Counts its changes.
  std::uint64_t epoch() const noexcept { return epoch_; }
  /// Failures in a row, while closed.
  std::uint32_t failures() const noexcept { return in_a_row_; }
  /// Failures among the calls of the window, while closed (CB5).
  std::uint32_t failures_of_window() const noexcept { return window_failures_; }
  /// When the next trial may go, while open.
  time_point retry_at() const noexcept { return retry_at_; }

 private:
  void change(breaker_phase to) noexcept {
    phase_ = to;
    ++epoch_;
  }
  void open(time_point until) noexcept {
    change(breaker_phase::open);
    retry_at_ = until;
  }
  void forget() {
    in_a_row_ = window_failures_ = ended_ = 0;
    last_.assign(last_.size(), false);
  }
  // Whether the window has had too many (CB5).
  bool remember(bool failed) {
    if (last_.empty()) return false;
    const std::size_t at = next_++ % last_.size();
    window_failures_ += failed;
    window_failures_ -= last_[at];
    last_[at] = failed;
    if (ended_ < rules_.window) ++ended_;
    return ended_ == rules_.window &&
           std::uint64_t{window_failures_} * 100 >= std::uint64_t{rules_.window} * rules_.percent;
  }

  breaker_rules rules_;
  backoff waits_;
  breaker_phase phase_ = breaker_phase::closed;
  std::uint32_t in_a_row_ = 0;
  std::uint64_t epoch_ = 0;
  time_point retry_at_{};
  time_point trial_until_{};
  std::vector<bool> last_;   // of the window, a ring: which calls failed
  std::size_t next_ = 0;     // in the ring, modulo its size
  std::uint32_t ended_ = 0;  // since it closed, up to the window
  std::uint32_t window_failures_ = 0;
};

}  // namespace troupe
