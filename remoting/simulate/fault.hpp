// What goes wrong in a simulated cluster, as data: single faults with their times, and plans from which a seed makes them.
//
// Rules
//  FT1 A plan is a distribution, a list of faults is what a seed makes of it. A run depends on the list, so that one can be left out of it
//      without a change to the others.
//  FT2 A fault has a text that `parse_faults` reads back: `3.25s crash n2 500ms`. What does not read is an error that quotes it.
//  FT3 Faults inside of handlers say whose: `4s throws n1 /user/bank/* bank.deposit #3 2s`, the third such message there, if it comes
//      within two seconds; with `5%` instead of `#3` each of them, with that chance.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/base/units.hpp>
#include <troupe/config/config.hpp>
#include <vector>

namespace troupe {

/// What can go wrong.
enum class fault_kind : std::uint8_t {
  crash,      ///< `host`'s process is gone, its unsynced bytes perhaps too; it is started again after `lasts`
  pause,      ///< `host`'s process is stopped for `lasts`
  partition,  ///< nothing passes between `host` and `other` for `lasts`
  one_way,    ///< nothing passes from `host` to `other` for `lasts`
  reset,      ///< the connections of `host` and `other` break
  slow,       ///< pieces from `host` to `other` take up to a hundred times as long for `lasts`
  clock_jump,  ///< `host`'s clock goes forward by `lasts`
  disk_error,  ///< one in ten operations of `host`'s disk fails for `lasts`
  disk_full,   ///< `host`'s disk takes no more bytes for `lasts`
  throws,      ///< a handler on `host` throws (FT3): the message has failed (S7, S11), without being handled
  no_memory,  ///< an allocation that a handler's own code on `host` makes fails (FT3, counted in allocations)
  half_open,  ///< `host` has forgotten its connections with `other`, who hears nothing of it for `lasts`
  duplicate,  ///< the next piece of a stream from `host` to `other` arrives twice, as no TCP does it: a broken box on the way
  truncate,   ///< the next piece of a stream from `host` to `other` loses its end, likewise
  clock_back,  ///< `host`'s clock is put back by `lasts`: it stands still until that is made up for, and is behind from then on
  clock_drift,  ///< `host`'s clock runs a tenth too fast for `lasts`
};

/// All of them, in their order.
inline constexpr std::array fault_kinds{
    fault_kind::crash,     fault_kind::pause,    fault_kind::partition,  fault_kind::one_way,
    fault_kind::reset,     fault_kind::slow,     fault_kind::clock_jump, fault_kind::disk_error,
    fault_kind::disk_full, fault_kind::throws,   fault_kind::no_memory,  fault_kind::half_open,
    fault_kind::duplicate, fault_kind::truncate, fault_kind::clock_back, fault_kind::clock_drift};

/// `crash`, `one_way`, ...
std::string_view to_string(fault_kind kind) noexcept;
/// Whether it is about two hosts.
bool is_between(fault_kind kind) noexcept;

/// Whether it is about handlers (FT3).
bool is_inside(fault_kind kind) noexcept;

/// Which handlers, and when (FT3).
struct handler_choice {
  std::string actors = "/user/**";  ///< their paths: `*` is any one name, `/**` at the end everybody below
  std::string messages = "*";  ///< the names of message types; a `*` at the end stands for the rest of a name
  unsigned nth = 1;            ///< the how manieth from then on, counted from 1; 0: by chance
  unsigned percent = 0;        ///< how likely each is, where `nth` is 0

  friend bool operator==(const handler_choice&, const handler_choice&) = default;
};

/// What is wrong with a choice, "" for nothing.
std::string problem_of(const handler_choice& which);
/// Whether a message of type `message` to the actor at `path` is meant.
bool matches(const handler_choice& which, std::string_view path, std::string_view message) noexcept;

/// One of them.
struct fault {
  duration at = duration::zero();  ///< after the start of the cluster
  fault_kind kind = fault_kind::crash;
  std::string host = {};
  std::string other = {};  ///< of those between two hosts
  duration lasts = duration::zero();
  handler_choice in = {};  ///< of those inside handlers

  friend bool operator==(const fault&, const fault&) = default;
};

/// FT2.
std::string to_string(const fault& f);
/// With commas between them.
std::string to_string(const std::vector<fault>& faults);
/// The inverse. `errc::invalid`.
result<std::vector<fault>> parse_faults(std::string_view text);

/// How often what happens. The keys are `faults.from`, `faults.until`, and of each kind `faults.KIND.every`, `.min` and `.max`; of those
/// inside handlers also `.actors`, `.messages`, `.nth` and `.percent`.
struct fault_plan {
  /// Of one kind.
  struct habit {
    duration every = duration::zero();  ///< on average, in the whole cluster; 0: never
    duration min = milliseconds{100};   ///< how long it lasts
    duration max = seconds{3};
    handler_choice in = {.nth = 10};  ///< inside handlers: the seed picks one of the first `nth`
  };

  duration from = seconds{1};                  ///< when the first fault may come
  duration until = seconds{30};                ///< when the last one has come; what it causes may last longer
  std::array<habit, fault_kinds.size()> of{};  ///< by kind

  /// Of that kind.
  habit& operator[](fault_kind kind) noexcept { return of[static_cast<std::size_t>(kind)]; }

  /// The keys above, for a program to add to its own.
  static config_schema schema();
  /// Reads them. REQUIRES: the configuration was made with `schema()`.
  static fault_plan from_config(const config& c);
  /// Reads a file in TOML. Throws `failed` with every mistake in it.
  static fault_plan from_file(const std::string& path);

  /// The faults of a seed, by time (FT1).
  std::vector<fault> expand(std::uint64_t seed, const std::vector<std::string>& hosts) const;
};

}  // namespace troupe
