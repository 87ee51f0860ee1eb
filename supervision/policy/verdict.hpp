// What happens after a child has ended: clause tables over restart type, exit and strategy (S1, S2, S4,
// S5). The words are OTP's, and so are the tables, with one difference that is stated at `exhausted_exit`.
//
// Everything here is a pure function of its arguments and thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <troupe/base/exit.hpp>
#include <troupe/spec/kinds.hpp>
#include <vector>

namespace troupe {

/// How a supervisor exits that has used up its restarts (S3). OTP says `shutdown` here, by which a
/// transient supervisor stays down; for us it is a failure, so it is restarted.
inline constexpr exit_kind exhausted_exit = exit_kind::failed;

/// What a plan needs to know of a child. Children are listed in the order they are started in.
struct child_state {
  restart_type type = restart_type::permanent;
  bool running = false;  ///< false: stopped before, or waiting for a restart of its own
};

/// What a supervisor does next. Numbers are places in the list of children. First the stops, then the
/// starts, each list in its order; the next one begins when the one before has finished, except where
/// `together` is set.
struct plan {
  bool restart = false;            ///< a restart, to be recorded in the window (S3) before anything is done
  bool together = false;           ///< the stops run in parallel under one timer (S5, dynamic children)
  std::vector<std::size_t> stop;   ///< running children to stop, last started first
  std::vector<std::size_t> start;  ///< children to start, in order; a retry one of them waits for is void
  std::vector<std::size_t> drop;   ///< children whose specs are removed, in order; never among `start`

  friend bool operator==(const plan&, const plan&) = default;
};

/// The plan after the child at `ended` has ended by itself (not by a plan). Its own `running` is not looked
/// at, so this is also the plan for a restart that failed: the retry is for the child that did not start,
/// with `exit_kind::failed`.
///
/// Temporary siblings that a strategy stops are dropped; siblings that had stopped before are started
/// again, as in OTP. For `one_for_one` and `dynamic` a list of just the one child is enough. REQUIRES:
/// `ended < children.size()`.
plan restart_plan(strategy how, std::size_t ended, exit_kind exit, std::span<const child_state> children);

/// The plan that stops all that run: on shutdown (S5), when the window is exhausted (S3), and when a child
/// did not start (S4: those already started are stopped, in reverse). Temporary ones are dropped, and all
/// dynamic ones.
plan shutdown_plan(strategy how, std::span<const child_state> children);

}  // namespace troupe
