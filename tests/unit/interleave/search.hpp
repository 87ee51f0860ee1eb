// The order in which schedules are tried: depth first, each run a new one, until every behaviour has been seen.
//
//  IS1 Two schedules that differ only in the order of neighbouring steps that do not conflict behave alike. The
//      search tries at least one of each such class and few more: where two conflicting steps of a run could have
//      come the other way round, it goes back there (dynamic partial-order reduction), and a step that was tried
//      at a point is not tried behind it again until something conflicts with it (sleep sets).
//  IS2 A bound on preemptions, or `reduce = false`, turns both off: then every schedule (within the bound) is run.
//
// Sources: Flanagan, Godefroid: Dynamic Partial-Order Reduction for Model Checking Software (2005); Godefroid:
// Partial-Order Methods (1996), for sleep sets; Musuvathi, Qadeer: Iterative Context Bounding (2007).
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "unit/interleave/clock.hpp"
#include "unit/interleave/machine.hpp"

namespace interleave {

/// The search's options.
struct search_options {
  bool reduce = true;  ///< IS1; only off to check the search itself
  std::optional<unsigned> preemptions_max =
      {};  ///< threads that are made to stop although they could go on; IS2
};

/// A depth-first search. Use: run; while (advance()) run.
class search final : public chooser {
 public:
  explicit search(search_options options) : options_(options) {
    if (options_.preemptions_max) options_.reduce = false;
  }

  /// Moves on to a schedule that has not been tried; false when there is none.
  bool advance();

  void begin() override;
  unsigned choose(const machine& m, proc_set enabled, unsigned current) override;
  void done(unsigned proc, const step& taken) override;

 private:
  // One point of the schedule where somebody was chosen.
  struct point {
    proc_set enabled = 0;
    proc_set sleeping = 0;  // tried before, and nothing that conflicts has happened since
    proc_set wanted = 0;    // to be tried here
    proc_set tried = 0;
    unsigned chosen = nobody;
    unsigned current = nobody;
    unsigned preemptions = 0;  // so far, without this one
    step taken;
    vector_clock clock;  // of that step: what it came after, itself included
  };
  struct seen {
    unsigned proc;
    std::uint32_t index;
    bool writes;
  };
  struct meeting {
    std::vector<seen> steps;
    vector_clock writes;
    vector_clock all;
  };

  static bool enables(const step& first, const step& second);
  proc_set still_sleeping(const machine& m) const;
  bool preempts(const point& p, unsigned proc) const;
  proc_set within_bound(const point& p) const;
  vector_clock before(unsigned proc, const step& s) const;
  void find_races(unsigned proc, const step& s, const vector_clock& known);
  void want(std::uint32_t index, unsigned proc, const step& s, const vector_clock& known);

  search_options options_;
  std::vector<point> points_;
  std::size_t depth_ = 0;
  std::size_t fresh_ = 0;  // the first point whose step has not been looked at for races
  std::array<vector_clock, procs_max> clocks_{};
  std::array<std::deque<vector_clock>, threads_max> put_;  // for the stores in each buffer
  std::vector<meeting> meetings_;
};

}  // namespace interleave
