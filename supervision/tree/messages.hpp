// What a running supervisor understands: OTP's administration, as messages, so that it works from threads, actors and other nodes alike.
// `supervision::admin()` (supervise.hpp) is a ref to send them to; so is any ref to a supervisor's path.
//
//     auto all = bank.admin().ask(troupe::which_children{}, 1s).get();
//     auto done = co_await ask<troupe::terminate_child>(bank.admin(), 6s, "ledger");
//
// Rules
//  AD1 They are handled in the order they come, between two decisions of the supervisor. It never waits for a child, so a restart that
//      goes on for ever does not keep it from answering.
//  AD2 What takes a while (a start, a stop) is answered when it is over; a deadline that passes meanwhile stops nothing. A start that
//      comes to nothing because somebody stops the child first is answered `cancelled`.
//  AD3 What changes is gone when the supervisor is restarted by its own parent: it begins again with what it was told at first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <troupe/base/exit.hpp>
#include <troupe/contract/codec_std.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/ref/ref.hpp>
#include <troupe/spec/supervisor_spec.hpp>
#include <troupe/tree/decision.hpp>
#include <troupe/tree/supervisor_ref.hpp>
#include <vector>

namespace troupe {

/// A child as its supervisor knows it.
struct child_info {
  std::string id;    ///< what it is called here: its name, or its number behind a `$`
  std::string path;  ///< where it is; empty: there is none (it is down)
  child_phase phase = child_phase::down;
  restart_type restart = restart_type::permanent;
  bool is_supervisor = false;
  bool is_significant = false;
  std::uint64_t restarts = 0;  ///< in its present cell (L5)
  std::string lives_at =
      {};  ///< of a remote child: where, `n2:/user/spawned/n1/bank.ledger`; empty: here, or nowhere
};
TROUPE_CONTRACT(child_info, "troupe.supervisor.child", 2, id, path, phase, restart, is_supervisor,
                is_significant, restarts, lives_at)

/// How many there are.
struct child_counts {
  std::uint64_t specs = 0;        ///< children, running or not
  std::uint64_t active = 0;       ///< with an actor
  std::uint64_t supervisors = 0;  ///< that are supervisors, running or not
  std::uint64_t workers = 0;      ///< all others
};
TROUPE_CONTRACT(child_counts, "troupe.supervisor.counts", 1, specs, active, supervisors, workers)

/// All children, in the order they are started in (dynamic: in none).
struct which_children {
  using reply = std::vector<child_info>;
};
TROUPE_CONTRACT(which_children, "troupe.supervisor.which_children", 1)

/// How many there are, by kind.
struct count_children {
  using reply = child_counts;
};
TROUPE_CONTRACT(count_children, "troupe.supervisor.count_children", 1)

/// One child more, started behind the others; answered when it has started. Only in this process: a factory can't be sent.
/// `already_exists`: there is one of that name, and the text says whether it runs; `invalid`: every mistake in the spec; `start_failed`:
/// and its spec is not kept; `overloaded`: past `children_max`. A dynamic supervisor with a pattern takes the id and the factory from
/// `spec`, and all else from the pattern.
struct start_child {
  child_spec spec;
  std::size_t children_max =
      std::numeric_limits<std::size_t>::max();  ///< how many there may be, with it: `overloaded` past that
  using reply = child_info;
};

/// One child more of a dynamic supervisor, as its pattern says in full.
struct start_from_pattern {
  using reply = child_info;
};
TROUPE_CONTRACT(start_from_pattern, "troupe.supervisor.start_from_pattern", 1)

/// Stops a child within its shutdown time and keeps its spec, unless it is temporary or dynamic. Nobody else is stopped for that, and
/// nothing is counted. `not_found`: no such child. One that is down already is fine.
struct terminate_child {
  std::string id;
  using reply = child_info;
};
TROUPE_CONTRACT(terminate_child, "troupe.supervisor.terminate_child", 1, id)

/// Starts a child that is down again; answered when it has started. `invalid`: it runs or is being restarted; `not_found`: no such child, or
/// the supervisor is dynamic; `start_failed`: it stays down.
struct restart_child {
  std::string id;
  using reply = child_info;
};
TROUPE_CONTRACT(restart_child, "troupe.supervisor.restart_child", 1, id)

/// Forgets the spec of a child that is down. `invalid`: it runs or is being restarted, or the supervisor is
/// dynamic, which keeps no specs; `not_found`: no such child.
struct delete_child {
  std::string id;
  using reply = child_info;
};
TROUPE_CONTRACT(delete_child, "troupe.supervisor.delete_child", 1, id)

/// Stops the child of the same id, if it runs, and starts the new one in its place: what was after it stays after it. Only in this
/// process. Answered when it has started; `start_failed`: the place stays, down, with the new spec. Its ref by name goes on to the new one;
/// what waited for the old one is lost with it (dead letters).
struct replace_child {
  child_spec spec;
  using reply = child_info;
};

/// Another limit (S3). What has been counted stays, as far as the new period reaches. `invalid`: a period that is none.
struct set_restart_limit {
  std::uint32_t intensity = 1;
  duration period = seconds{5};
  using reply = bool;
};
TROUPE_CONTRACT(set_restart_limit, "troupe.supervisor.set_restart_limit", 1, intensity, period)

/// Another strategy from the next failure on. `invalid`: to or from `dynamic`.
struct set_strategy {
  strategy how = strategy::one_for_one;
  using reply = bool;
};
TROUPE_CONTRACT(set_strategy, "troupe.supervisor.set_strategy", 1, how)

/// What a failure would do.
struct forecast {
  std::string text;  ///< what would stop and start, for people: lines
  std::optional<exit_kind> supervisor_ends =
      {};  ///< how the supervisor that was asked would end of it; none: it goes on
};
TROUPE_CONTRACT(forecast, "troupe.supervisor.forecast", 1, text, supervisor_ends)

/// What a failure of that child would stop and start; nothing is done. `id` may be a path below it, `shards/7`: the supervisor there says what
/// it would do, and where it would end of that, each above it up to the one that was asked. `invalid`: a path below one that is no
/// supervisor. `stopped`: one that is down.
struct what_if {
  std::string id;
  using reply = forecast;
};
TROUPE_CONTRACT(what_if, "troupe.supervisor.what_if", 1, id)

/// What it has decided lately about failures and ends, the oldest first (decisions.hpp). They are in the view of the tree too (inspect.hpp).
struct recent_decisions {
  using reply = std::vector<decision>;
};
TROUPE_CONTRACT(recent_decisions, "troupe.supervisor.recent_decisions", 1)

/// What a supervisor understands.
using supervisor_protocol =
    messages<which_children, count_children, start_child, start_from_pattern, terminate_child, restart_child,
             delete_child, replace_child, set_restart_limit, set_strategy, what_if, recent_decisions>;

}  // namespace troupe
