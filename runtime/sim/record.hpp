// What happened in a simulation, a line an event, and one number for all of it.
//
// Rules
//  RC1 Two runs of a seed give the same lines (D1); the hash covers every line, kept or not, so equal hashes mean equal logs.
//      What a line is about, apart from its text, is for views (remoting/simulate/views.hpp) and not in the hash.
//  RC2 Lines are numbered from 1. The last `kept_max` are kept; all of them go to the sink, where there is one.
//  RC3 Once it is closed nothing is added: that a world is taken apart is no part of its run.
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

/// What a line tells of.
enum class line_kind : std::uint8_t {
  note,     ///< anything else: a fault, a node that starts or ends, a file that is synced
  handles,  ///< a message is about to be handled
  ended,    ///< it was not handled in peace: failed, abandoned, refused
  arrives,  ///< bytes, the end or a reset on a connection
  log,      ///< a line of a node's log
};

/// `note`, `handles`, ...
std::string_view to_string(line_kind kind) noexcept;

/// What a line is about, for programs; what is not known is empty.
struct line_facts {
  line_kind kind = line_kind::note;
  std::string host = {};     ///< where it happened
  std::string actor = {};    ///< whose it is, by its path
  std::string message = {};  ///< the name of the message's type
  std::string from = {};     ///< who sent the message
  /// The line that led to this one, an earlier one; 0: not known. Of a message that is handled: the handling in which it was sent. Of one that
  /// was not handled in peace: its handling. Of bytes that arrive: the last line of the host that sent them, when it did.
  std::uint64_t cause = 0;
  bool loosely =
      false;  ///< the cause is but the last message that the sender had handled: it sent this one of itself
};

/// One event.
struct line {
  std::uint64_t number = 0;  ///< RC2
  time_point at{};           ///< virtual time
  std::string what;          ///< `n1 /user/bank/ledger handles bank.deposit`
  line_facts about = {};     ///< the same for programs
};

/// `#12 0.001500000 n1 /user/bank/ledger handles ...`: seconds since the start of the simulation, in nanoseconds.
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

  /// One more event. Returns its number; 0 once it is closed.
  std::uint64_t add(time_point at, std::string what, line_facts about = {});

  /// RC3.
  void close() noexcept { closed_ = true; }

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
  bool closed_ = false;
  std::uint64_t count_ = 0;
  std::uint64_t hash_ = 0xcbf29ce484222325ull;  // FNV-1a's start
};

}  // namespace troupe::sim
