// Runs a scenario from many seeds, and makes of one that fails the smallest that does.
//
// Rules
//  SI1 Each seed is a cluster of its own (cluster.hpp) with the faults that the plan makes of it. A run fails when the scenario or an
//      invariant throws.
//  SI2 A run that failed is run again: with its seed it must fail the same way (D1), and with ever fewer faults for as long as it fails at
//      all, then with faults that come earlier and last less, as long as it fails in no more steps; `shrink_runs_max` times at most in all. What
//      is reported is the smallest.
//  SI3 The hash of a simulation is that of the hashes of its runs, in the order of their seeds.
#pragma once

#include <functional>
#include <string>
#include <troupe/simulate/cluster.hpp>
#include <vector>

namespace troupe {

/// A test of a cluster: builds it, starts it, and says what must hold. Called once a run; keeps nothing between runs.
using scenario = std::function<void(cluster&)>;

/// What to run.
struct simulation {
  std::uint64_t first_seed = 1;
  std::uint64_t last_seed = 1;
  std::optional<fault_plan> plan = {};            ///< none: no faults
  std::optional<std::vector<fault>> faults = {};  ///< exactly these instead, which may be none
  sim::world_options world = {};
  bool messages = true;            ///< cluster_options::messages
  unsigned failures_max = 1;       ///< after as many seeds have failed no more are run
  unsigned shrink_runs_max = 100;  ///< SI2
  std::size_t lines_told = 30;     ///< of the record, in a report
  std::string again =
      "the test";  ///< how to run one seed again: a report says it with `--seeds` and `--faults`
};

/// One seed that failed.
struct simulated_failure {
  std::uint64_t seed = 0;
  std::string why;
  std::vector<fault> faults;      ///< the fewest that are needed (SI2)
  std::size_t faults_before = 0;  ///< how many there were
  std::uint64_t event = 0;        ///< the number of the last line of the record
  bool same_again =
      true;  ///< whether it failed the same way when it was run again; if not, it depends on more than its seed
  std::string report;  ///< all of it for a person, with the last lines of the record
};

/// What came of it.
struct simulated {
  std::uint64_t seeds = 0;
  std::uint64_t steps = 0;
  duration cluster_time = duration::zero();  ///< virtual time, the sum over the runs
  std::uint64_t hash = 0;                    ///< SI3
  std::vector<simulated_failure> failures = {};

  /// `sim: 100 seeds, 0 failures, 1.2 cluster-hours, 123456 steps, hash 0123456789abcdef`
  std::string summary() const;
  /// The results of more seeds, of the same or of another scenario.
  void add(simulated more);
};

/// Runs it (SI1-SI3).
simulated simulate(const simulation& what, const scenario& play);

}  // namespace troupe
