// troupe_sim: runs the scenarios of this project from many seeds. See --help.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/guard.hpp"
#include "sim/looking.hpp"
#include "sim/scenarios.hpp"

namespace {

using namespace simulations;

constexpr const char* help =
    "troupe_sim [--seeds A-B] [--scenario NAME|all] [--plan FILE] [--faults 'LIST'] [--mutant NAME] [--log] "
    "[--list] [--mutants]\n"
    "troupe_sim --scenario NAME --seeds N --view json|mermaid|shiviz [--from T] [--to T] [--only WHO]...\n"
    "troupe_sim --scenario NAME --seeds N --why WHO\n"
    "\n"
    "  --seeds A-B       which seeds, 1-100 if not said\n"
    "  --seconds N       as many seeds from A on as there is time for, of each scenario the same\n"
    "  --scenario NAME   one of those that --list shows, or all\n"
    "  --plan FILE       how often which faults come (TOML; docs/guide/simulation.md), instead of the "
    "scenario's own\n"
    "  --faults LIST     exactly these faults, as a report prints them\n"
    "  --mutant NAME     with a bug that is planted on purpose; the run must fail\n"
    "  --log             each event on standard output, for a single seed\n"
    "  --view KIND       the events of a single seed as JSON lines, a Mermaid sequence diagram or a log for "
    "ShiViz\n"
    "  --from T, --to T  those between two times of the log: 1.5s\n"
    "  --only WHO        those of a host, of actors or both: n1, /user/tree/*, n1:/user/**; may be said more "
    "than once\n"
    "  --clocks WHOSE    in ShiViz's view: host (if not said) or actor\n"
    "  --why WHO         the messages that led to the last failure of an actor\n"
    "  --list            the scenarios and the mutants\n"
    "  --mutants         the names of the mutants, one a line\n";

struct options {
  std::uint64_t first = 1, last = 100;
  std::uint64_t for_seconds = 0;  // 0: all seeds
  std::string scenario = "all";
  std::optional<troupe::fault_plan> plan;
  std::optional<std::vector<troupe::fault>> faults;
  mutant planted = mutant::none;
  std::string mutant_name;
  bool log = false;
  looking look;
};

[[noreturn]] void mistake(const std::string& what) {
  std::fprintf(stderr, "troupe_sim: %s\n\n%s", what.c_str(), help);
  std::exit(2);
}

std::uint64_t number(const std::string& text) {
  char* end = nullptr;
  const auto n = std::strtoull(text.c_str(), &end, 10);
  if (text.empty() || *end != 0) mistake("'" + text + "' is no number of a seed");
  return n;
}

void list() {
  for (const auto& s : scenarios())
    std::printf("%-10s %s\n", std::string{s.name}.c_str(), std::string{s.says}.c_str());
  for (const auto& m : mutants()) std::printf("mutant %-16s %s, found by %s\n", m.name, m.says, m.scenario);
}

options parse(int argc, char** argv) {
  options o;
  for (int i = 1; i < argc; ++i) {
    const std::string what = argv[i];
    const auto value = [&]() -> std::string {
      if (++i == argc) mistake(what + " needs a value");
      return argv[i];
    };
    if (what == "--seeds") {
      const std::string text = value();
      const auto dash = text.find('-');
      o.first = number(text.substr(0, dash));
      o.last = dash == std::string::npos ? o.first : number(text.substr(dash + 1));
      if (o.last < o.first) mistake("--seeds " + text + ": the first is larger than the last");
    } else if (what == "--seconds") {
      o.for_seconds = number(value());
    } else if (what == "--scenario") {
      o.scenario = value();
    } else if (what == "--plan") {
      o.plan = troupe::fault_plan::from_file(value());
    } else if (what == "--faults") {
      o.faults = troupe::parse_faults(value()).value();
    } else if (what == "--mutant") {
      o.mutant_name = value();
      for (const auto& m : mutants())
        if (m.name == o.mutant_name) o.planted = m.what;
      if (o.planted == mutant::none) mistake("there is no mutant '" + o.mutant_name + "'");
    } else if (what == "--log") {
      o.log = true;
    } else if (o.look.takes(what)) {
      if (const std::string why = o.look.set(what, value()); !why.empty()) mistake(why);
    } else if (what == "--list") {
      list();
      std::exit(0);
    } else if (what == "--mutants") {
      for (const auto& m : mutants()) std::printf("%s\n", m.name);
      std::exit(0);
    } else if (what == "--help") {
      std::fputs(help, stdout);
      std::exit(0);
    } else {
      mistake("it knows no '" + what + "'");
    }
  }
  if (o.look.is_on() && (o.first != o.last || o.scenario == "all" || o.for_seconds != 0))
    mistake("--view and --why look at one seed of one scenario");
  return o;
}

/// What came of one scenario so far.
struct total {
  const named_scenario* scenario;
  troupe::simulated sum;
};

troupe::simulation simulation_of(const options& o, const named_scenario& s) {
  troupe::simulation what;
  what.first_seed = o.first;
  what.last_seed = o.last;
  what.plan = o.plan ? o.plan : s.plan;
  what.faults = o.faults;
  what.messages = !s.is_long || o.look.is_on();
  what.again = "troupe_sim --scenario " + std::string{s.name};
  if (!o.mutant_name.empty()) what.again += " --mutant " + o.mutant_name;
  what.world.lines_kept = what.lines_told;
  if (o.log)
    what.world.lines_to =
        first_run([](const troupe::sim::line& l) { std::printf("%s\n", troupe::sim::to_string(l).c_str()); });
  return what;
}

void play(const options& o, total& t) {
  const auto played = t.scenario->make(o.planted);
  auto what = simulation_of(o, *t.scenario);
  std::vector<troupe::sim::line> lines;
  if (o.look.is_on()) {
    what.shrink_runs_max = 0;
    what.world.lines_to = first_run([&lines](const troupe::sim::line& l) { lines.push_back(l); });
  }
  auto got = troupe::simulate(what, [&](troupe::cluster& c) {
    const guard watch;
    played(c);
    watch.check();
  });
  // A view is all that goes to standard output, so that another program can read it.
  std::FILE* const told = o.look.is_on() ? stderr : stdout;
  for (const auto& f : got.failures) std::fprintf(told, "%s", f.report.c_str());
  if (o.look.is_on()) std::fputs(o.look.shown(lines).c_str(), stdout);
  t.sum.add(std::move(got));
}

int run(options o) {
  std::vector<total> totals;
  for (const auto& s : scenarios())
    if ((o.scenario == "all" && !s.is_long) || o.scenario == s.name) totals.push_back({&s, {}});
  if (totals.empty()) mistake("there is no scenario '" + o.scenario + "'");
  if (o.for_seconds == 0) {
    for (auto& t : totals) play(o, t);
  } else {
    // A few seeds of each in turn, so that each gets its share of the time.
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{o.for_seconds};
    constexpr std::uint64_t at_once = 10;
    bool failed = false;
    const std::uint64_t first = o.first;
    for (; !failed && std::chrono::steady_clock::now() < end; o.first = o.last + 1)
      for (auto& t : totals) {
        o.last = o.first + at_once - 1;
        play(o, t);
        failed |= !t.sum.failures.empty();
      }
    // A range that failed is not over in its last round: what comes later in it has not been run.
    std::printf("seeds %llu-%llu of each scenario%s\n", static_cast<unsigned long long>(first),
                static_cast<unsigned long long>(o.first - 1),
                failed ? ", but for those after a failure" : "");
  }
  // The last line is that of all; a line for each before it, where there are several.
  std::FILE* const told = o.look.is_on() ? stderr : stdout;
  if (totals.size() > 1)
    for (const auto& t : totals)
      std::fprintf(told, "%s: %s\n", std::string{t.scenario->name}.c_str(), t.sum.summary().c_str());
  auto all = std::move(totals.front().sum);
  for (std::size_t i = 1; i < totals.size(); ++i) all.add(std::move(totals[i].sum));
  std::fprintf(told, "%s\n", all.summary().c_str());
  return all.failures.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(parse(argc, argv));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "troupe_sim: %s\n", e.what());
    return 2;
  }
}
