// Whether memory is taken from the system in huge pages or in small ones: whichever were cheaper when it was last tried.
//
// A huge page (2 MiB) saves 511 faults and most misses of the address cache: where its memory is at hand it costs a third of small
// pages. On a virtual machine whose host takes back what lies free, it is the other way round: what it takes back are whole huge
// pages, and to get one again costs twenty times one that stayed, while small pages come from what is left of broken ones. Measured
// on such a machine, ns for 4 KiB: huge 460 at hand, 8,600 taken back; small 1,400 either way.
//
// Rules
//  PG1 A trial takes one huge page and some small ones and goes by which was cheaper. The unit of what they took does not matter.
//  PG2 Huge pages that were cheaper are tried again at once, so that a change is seen; huge pages that were dearer only after
//      1, 2, 4, .. regions of small ones, at most `skipped_max`: the trials stay few, and never end.
//
// A value; no thread-safety of its own.
#pragma once

#include <algorithm>
#include <cstdint>

namespace troupe::engine {

/// Decides for one region of memory after the other (PG1, PG2).
class page_choice {
 public:
  static constexpr unsigned skipped_max = 64;  ///< regions of small pages between two trials

  /// Whether the next region is a trial; if not, it is of small pages. REQUIRES: a trial is judged before the next question.
  bool try_huge() noexcept {
    if (left_ == 0) return true;
    --left_;
    return false;
  }

  /// What a trial took for the same amount of memory. Returns whether the rest of its region is of huge pages.
  bool judge(std::uint64_t huge, std::uint64_t small) noexcept {
    const bool cheaper = huge <= small;
    skipped_ = cheaper ? 0 : std::clamp(2 * skipped_, 1u, skipped_max);
    left_ = skipped_;
    return cheaper;
  }

 private:
  unsigned skipped_ = 0;  // regions between the last trial and the next
  unsigned left_ = 0;     // of them
};

}  // namespace troupe::engine
