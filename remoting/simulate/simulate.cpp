#include <algorithm>
#include <cstdio>
#include <exception>
#include <optional>
#include <troupe/simulate/simulate.hpp>

namespace troupe {

namespace {

/// One run.
struct run {
  std::optional<std::string> failure = {};
  std::uint64_t hash = 0;
  std::uint64_t steps = 0;
  std::uint64_t event = 0;
  duration took = duration::zero();
  std::vector<fault> faults = {};
  std::vector<std::string> lines = {};
};

run run_once(const simulation& what, const scenario& play, std::uint64_t seed,
             const std::vector<fault>* faults, std::size_t lines_told) {
  cluster_options o{.seed = seed, .faults = {}, .plan = {}, .world = what.world, .messages = what.messages};
  if (faults)
    o.faults = *faults;
  else if (what.faults)
    o.faults = *what.faults;
  else
    o.plan = what.plan;
  run r;
  cluster c{std::move(o)};
  const time_point began = c.world().now();
  try {
    play(c);
  } catch (const std::exception& e) {
    r.failure = e.what();
  }
  const auto& seen = c.world().record();
  r.hash = seen.hash();
  r.event = seen.count();
  r.steps = c.world().steps();
  r.took = c.world().now() - began;
  r.faults = c.faults();
  const std::size_t from = seen.kept().size() - std::min(seen.kept().size(), lines_told);
  for (std::size_t i = from; i < seen.kept().size(); ++i) r.lines.push_back(sim::to_string(seen.kept()[i]));
  return r;
}

/// Leaves out of the faults of `r` what is not needed for it to fail (SI2): halves first, then quarters, down to single ones.
run shrunk(const simulation& what, const scenario& play, std::uint64_t seed, run r, unsigned& runs) {
  for (std::size_t part = std::max<std::size_t>(1, r.faults.size() / 2); !r.faults.empty();) {
    bool smaller = false;
    for (std::size_t from = 0; from < r.faults.size() && runs < what.shrink_runs_max;) {
      std::vector<fault> fewer;
      for (std::size_t i = 0; i < r.faults.size(); ++i)
        if (i < from || i >= from + part) fewer.push_back(r.faults[i]);
      ++runs;
      run tried = run_once(what, play, seed, &fewer, what.lines_told);
      if (tried.failure) {
        tried.faults = std::move(fewer);  // a scenario that failed before its start has none
        r = std::move(tried);
        smaller = true;
      } else {
        from += part;
      }
    }
    if (runs >= what.shrink_runs_max) break;
    if (part > 1)
      part /= 2;
    else if (!smaller)
      break;
  }
  return r;
}

/// Makes the faults of `r` come earlier and last less, as long as it fails in no more steps than before (SI2).
run hurried(const simulation& what, const scenario& play, std::uint64_t seed, run r, unsigned& runs) {
  if (r.faults.empty()) return r;
  // What a plan leaves alone in the beginning may be needed to get started.
  const duration earliest = what.plan && !what.faults ? what.plan->from : r.faults.front().at;
  const auto fails_sooner = [&](std::size_t i, duration fault::*which, duration least) {
    const duration less = least + duration_cast<milliseconds>((r.faults[i].*which - least) / 2);
    if (less >= r.faults[i].*which || runs >= what.shrink_runs_max) return false;
    std::vector<fault> changed = r.faults;
    changed[i].*which = less;
    std::stable_sort(changed.begin(), changed.end(),
                     [](const fault& a, const fault& b) { return a.at < b.at; });
    ++runs;
    run tried = run_once(what, play, seed, &changed, what.lines_told);
    const bool as_before = which == &fault::lasts && tried.steps == r.steps && tried.failure == r.failure;
    if (!tried.failure || (tried.steps >= r.steps && !as_before)) return false;
    tried.faults = std::move(changed);
    r = std::move(tried);
    return true;
  };
  for (bool again = true; again;) {
    again = false;
    for (std::size_t i = 0; i < r.faults.size(); ++i) {
      again |= fails_sooner(i, &fault::at, earliest);
      if (r.faults[i].lasts > duration::zero()) again |= fails_sooner(i, &fault::lasts, milliseconds{1});
    }
  }
  return r;
}

std::string report_of(const simulation& what, const simulated_failure& f, const run& r) {
  std::string out = "sim: seed " + std::to_string(f.seed) + " failed at event " + std::to_string(f.event) +
                    ": " + f.why + "\n";
  if (!f.same_again)
    out +=
        "     it does not fail the same way each time: something in it depends on more than the seed (D1)\n";
  out += "     faults: " + (f.faults.empty() ? "none are needed" : to_string(f.faults));
  if (f.faults_before != f.faults.size()) out += "  (of " + std::to_string(f.faults_before) + ")";
  const std::string seed = std::to_string(f.seed);
  out += "\n     again: " + what.again + " --seeds " + seed + "-" + seed + " --faults '" +
         to_string(f.faults) + "'\n";
  for (const auto& line : r.lines) out += "       " + line + "\n";
  return out;
}

std::uint64_t mixed(std::uint64_t hash, std::uint64_t more) noexcept { return prng{hash ^ more}.next(); }

}  // namespace

std::string simulated::summary() const {
  char text[200];
  const auto tenths = cluster_time / minutes{6};
  std::snprintf(text, sizeof text,
                "sim: %llu seeds, %zu failures, %lld.%lld cluster-hours, %llu steps, hash %016llx",
                static_cast<unsigned long long>(seeds), failures.size(), static_cast<long long>(tenths / 10),
                static_cast<long long>(tenths % 10), static_cast<unsigned long long>(steps),
                static_cast<unsigned long long>(hash));
  return text;
}

void simulated::add(simulated more) {
  seeds += more.seeds;
  steps += more.steps;
  cluster_time += more.cluster_time;
  hash = mixed(hash, more.hash);
  for (auto& f : more.failures) failures.push_back(std::move(f));
}

simulated simulate(const simulation& what, const scenario& play) {
  simulated out;
  for (std::uint64_t seed = what.first_seed; seed <= what.last_seed; ++seed) {
    run r = run_once(what, play, seed, nullptr, what.lines_told);
    ++out.seeds;
    out.steps += r.steps;
    out.cluster_time += r.took;
    out.hash = mixed(out.hash, r.hash);
    if (!r.failure) continue;
    simulated_failure f{
        .seed = seed, .why = *r.failure, .faults = {}, .faults_before = r.faults.size(), .report = {}};
    const run again = run_once(what, play, seed, nullptr, what.lines_told);
    f.same_again = again.failure == r.failure && again.hash == r.hash;
    if (f.same_again) {
      unsigned runs = 0;
      r = shrunk(what, play, seed, std::move(r), runs);
      r = hurried(what, play, seed, std::move(r), runs);
    }
    f.why = *r.failure;
    f.event = r.event;
    f.faults = r.faults;
    f.report = report_of(what, f, r);
    out.failures.push_back(std::move(f));
    if (out.failures.size() >= what.failures_max) break;
  }
  return out;
}

}  // namespace troupe
