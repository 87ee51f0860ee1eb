#include <doctest/doctest.h>

#include "crash_model.hpp"

namespace sqlite_crash_test {

using namespace troupe;
using namespace troupe::test;
using sqlite::durability;

namespace {

struct sums {
  std::uint64_t acked = 0;
  std::uint64_t failed = 0;
  std::uint64_t interrupted = 0;
  std::uint64_t broken = 0;
};

/// Runs the plan with seeds 1 to `seeds`.
sums run_seeds(crash_plan plan, std::uint64_t seeds, bool must_hold = true) {
  sums all;
  for (plan.seed = 1; plan.seed <= seeds; ++plan.seed) {
    const auto one = run(plan);
    all.acked += one.acked;
    all.failed += one.failed;
    all.interrupted += one.interrupted;
    all.broken += !one.broken.empty();
    if (must_hold && !one.broken.empty()) {
      INFO("seed " << plan.seed << ": " << one.broken);
      CHECK(one.broken.empty());
    }
  }
  return all;
}

}  // namespace

TEST_CASE("Q2: with full durability every acknowledged commit survives a power cut that tears") {
  const auto all = run_seeds({.how = stop_kind::power_tears}, 120);
  CHECK(all.interrupted > 100);
  CHECK(all.acked > 1000);
}

TEST_CASE("Q2: with full durability every acknowledged commit survives the loss of all unsynced writes") {
  run_seeds({.how = stop_kind::power_lost}, 50);
}

TEST_CASE("V5: with full durability every acknowledged commit survives noise in the sectors being written") {
  run_seeds({.how = stop_kind::power_spoils}, 150);
}

TEST_CASE("Q2: with normal durability a power cut leaves the first so many commits, each whole") {
  run_seeds({.durable = durability::normal, .how = stop_kind::power_tears}, 80);
  run_seeds({.durable = durability::normal, .how = stop_kind::power_lost}, 30);
  run_seeds({.durable = durability::normal, .how = stop_kind::power_spoils}, 50);
}

TEST_CASE("Q2: the death of the process loses no commit, whatever the durability") {
  run_seeds({.durable = durability::full, .how = stop_kind::process_dies}, 20);
  run_seeds({.durable = durability::normal, .how = stop_kind::process_dies}, 20);
  run_seeds({.durable = durability::off, .how = stop_kind::process_dies}, 20);
}

TEST_CASE("Q2: processes that die and power that fails may follow each other") {
  run_seeds({.durable = durability::full}, 40);
  run_seeds({.durable = durability::normal}, 40);
}

TEST_CASE("Q4: refused operations and a full disk fail single transactions, never the database") {
  const auto all = run_seeds({.how = stop_kind::power_tears, .refusals = true}, 80);
  CHECK(all.failed > 100);
  run_seeds({.durable = durability::normal, .refusals = true}, 50);
}

TEST_CASE("with durability off a power cut does damage, and that ends in errors at worst") {
  CHECK(run_seeds({.durable = durability::off, .how = stop_kind::power_tears}, 30, false).broken > 0);
}

TEST_CASE("the harness can fail: a disk that lies about syncing files loses commits") {
  CHECK(run_seeds({.how = stop_kind::power_lost, .lying_files = true}, 10, false).broken > 0);
  CHECK(run_seeds({.how = stop_kind::power_tears, .lying_files = true}, 10, false).broken > 0);
}

TEST_CASE("the harness can fail: a disk that lies about syncing directories loses commits") {
  CHECK(run_seeds({.how = stop_kind::power_lost, .lying_directories = true}, 10, false).broken > 0);
  CHECK(run_seeds({.how = stop_kind::power_tears, .lying_directories = true}, 10, false).broken > 0);
}

TEST_CASE("D1: the same seed gives the same operations on the disk, in the same order") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const crash_plan plan{.seed = seed, .refusals = true};
    CHECK(run(plan).trace == run(plan).trace);
    CHECK(run(plan).trace != run({.seed = seed + 100, .refusals = true}).trace);
  }
}

}  // namespace sqlite_crash_test
