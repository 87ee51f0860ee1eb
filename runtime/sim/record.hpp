// What happened in a simulation, a line an event, and one number for all of it.
//
// Rules
//  RC1 Two runs of a seed give the same lines (D1); the hash covers every line, kept or not, so equal hashes mean equal logs.
//  RC2 Lines are numbered from 1. The last `kept_max` are kept; all of them go to the sink, where there is one.
//
// Used on the simulation's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <troupe/base/units.hpp>

namespace troupe::sim {

/// One event.
struct line {
  std::uint64_t number = 0;  ///< RC2
  time_point at{};           ///< virtual time
  std::string what;          ///< `n1 receives /user/bank/ledger bank.deposit`
};

/// `#12 0.001500000 n1 receives ...`: seconds since the start of the simulation, in nanoseconds.
std::string to_string(const line& l);

/// Does nothing, right before event `number` is noted: a place for a breakpoint.
///
///     gdb --args troupe_sim --scenario kv_3 --seeds 18
///     (gdb) break troupe::sim::at_event if $rdi == 3010
void at_event(std::uint64_t number);

/// The log of one run (RC1, RC2).
class record {
 public:
  using sink = std::function<void(const line&)>;

  /// Keeps the last `kept_max` lines and hands each to `to`, if that is not empty.
  explicit record(std::size_t kept_max = 10'000, sink to = {}) : kept_max_(kept_max), to_(std::move(to)) {}

  /// One more event.
  void add(time_point at, std::string what);

  /// Lines so far.
  std::uint64_t count() const noexcept { return count_; }
  /// Of all lines so far (RC1).
  std::uint64_t hash() const noexcept { return hash_; }
  /// The last ones.
  const std::deque<line>& kept() const noexcept { return kept_; }

 private:
  const std::size_t kept_max_;
  const sink to_;
  std::deque<line> kept_;
  std::uint64_t count_ = 0;
  std::uint64_t hash_ = 0xcbf29ce484222325ull;  // FNV-1a's start
};

}  // namespace troupe::sim
