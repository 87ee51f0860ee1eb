// What one thread does in one step, and whether two steps may change places without anybody noticing.
#pragma once

#include <array>
#include <cstdint>

namespace interleave {

/// How many threads a program may have.
inline constexpr unsigned threads_max = 4;
/// Who takes steps: the threads, and for each of them (at `threads_max` + thread) its store buffer, which writes to
/// memory when it likes.
inline constexpr unsigned procs_max = 2 * threads_max;
/// No proc.
inline constexpr unsigned nobody = procs_max;

/// Some of the procs, one bit each.
using proc_set = std::uint32_t;
/// The set of one.
constexpr proc_set only(unsigned proc) noexcept { return proc_set{1} << proc; }
/// Whether it is one of them.
constexpr bool has(proc_set set, unsigned proc) noexcept { return (set >> proc & 1) != 0; }

/// What a step does.
enum class action : std::uint8_t {
  load,    ///< reads a cell, or the newest own store to it that is still in the buffer
  put,     ///< a store enters the own store buffer
  flush,   ///< the oldest store of a buffer becomes visible
  store,   ///< a store that everybody sees at once (seq_cst)
  rmw,     ///< exchange, compare-exchange, fetch and change
  fence,   ///< waits until the own buffer is empty
  summon,  ///< begins a heavy fence
  expel,   ///< ends it: waits until each thread's buffer has been empty since it began
  lock,    ///< waits until a mutex is free and takes it
  unlock,  ///< frees it
  park,    ///< waits for a token and takes it
  unpark,  ///< leaves a token
  free,    ///< gives a block of the heap back
};

class cell;

/// A place that steps can meet at: a cell, a block of the heap, or the store buffers.
using place = std::uint32_t;
/// No place.
inline constexpr place nowhere = ~place{0};
/// The one place that stands for all store buffers.
inline constexpr place the_buffers = 0;

/// One step, announced before it is taken.
struct step {
  action what = action::fence;
  cell* on = nullptr;     ///< the cell it touches, if any
  place at = nowhere;     ///< the place of that cell
  place block = nowhere;  ///< the block of the heap around the cell, or the one that is freed
  bool writes = false;    ///< whether it may change the cell
  bool in_vain = false;   ///< an unpark that found a token there already

  /// Whether it can only be taken when the own store buffer is empty, as a locked instruction on x86.
  bool drains() const noexcept {
    return what != action::load && what != action::put && what != action::flush;
  }
};

/// One place that a step touches.
struct touch {
  place at = nowhere;
  bool writes = false;
};

/// The places that a step touches; unused ones are `nowhere`.
///
/// Putting a store into a buffer and taking one out at the other end commute; only a heavy fence, which waits for
/// the buffers of others, meets both. A step in a block of the heap reads the block, freeing writes it.
constexpr std::array<touch, 3> touched(const step& s) noexcept {
  switch (s.what) {
    case action::put:
      return {{{the_buffers, false}, {s.block, false}, {}}};
    case action::flush:
      return {{{s.at, true}, {the_buffers, false}, {s.block, false}}};
    case action::summon:
    case action::expel:
      return {{{the_buffers, true}, {}, {}}};
    case action::free:
      return {{{s.block, true}, {}, {}}};
    case action::fence:
      return {};
    default:
      return {{{s.at, s.writes}, {s.block, false}, {}}};
  }
}

/// Whether the order of the two can make a difference.
constexpr bool conflict(const step& a, const step& b) noexcept {
  for (const touch& x : touched(a))
    for (const touch& y : touched(b))
      if (x.at != nowhere && x.at == y.at && (x.writes || y.writes)) return true;
  return false;
}

}  // namespace interleave
