// When a child that failed is put back: what `restart_pace` asks for, with its memory (S9). One for each child that has such a pace.
//
// Not thread-safe; belongs to the child's supervisor.
#pragma once

#include <optional>
#include <troupe/base/backoff.hpp>
#include <troupe/base/prng.hpp>
#include <troupe/base/restart_window.hpp>
#include <troupe/spec/restart_pace.hpp>
#include <variant>

namespace troupe {

/// The answer to a failure.
struct pace_verdict {
  duration wait{};         ///< how long the restart waits
  bool exhausted = false;  ///< no restart: its failures are used up
  bool open = false;       ///< it waits because its circuit is open
};

/// Paces the restarts of one child.
class restart_pacer {
 public:
  /// REQUIRES: `pace` is one that waits, without a problem.
  explicit restart_pacer(const restart_pace& pace);

  /// It failed at `now`, or its restart did.
  pace_verdict failed(time_point now, prng& random);
  /// It serves again since `now`.
  void worked(time_point now) noexcept;

 private:
  struct waiting {
    backoff waits;
    std::uint32_t failures_max;
  };
  struct breaking {
    restart_window recent;
    duration within, open_for;
    bool is_open = false;                     // and what came after it is a trial
    std::optional<time_point> trial_at = {};  // since when that serves
  };

  std::variant<waiting, breaking> how_;
};

}  // namespace troupe
