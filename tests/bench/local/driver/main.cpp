// local_compare: runs the local benchmark in turns (troupe, CAF, Erlang, troupe, ...) and prints the ratios.
//
//     local_compare PROGRAMS BEAMS JSON [--quick] [--rounds N] [--only ...] [--workers ...] [--by ...]
//
// compare.sh calls it. It ends with code 1 when a program gave a wrong result or none.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>

#include "driver/core_probe.hpp"
#include "driver/options.hpp"
#include "driver/output.hpp"
#include "driver/run.hpp"

namespace {

using namespace bench;

constexpr std::chrono::seconds run_time_max{320};
// A run whose mode changed underway is repeated that often; a row that lacks runs of one mode gets that many rounds more.
constexpr int repeats_max = 2;
constexpr unsigned more_rounds_max = 3;

struct places {
  std::string programs;
  std::string beams;
};

std::vector<std::string> command_of(language l, const planned& p, unsigned workers, std::uint64_t size,
                                    const places& where) {
  const std::string count = std::to_string(workers);
  if (l != language::erlang)
    return {where.programs + "/" + std::string(program_prefix(p.in)) + std::string(to_string(l)),
            std::string(p.name), count, std::to_string(size)};
  std::vector<std::string> out{"erl",      "+S",  count + ":" + count, "+P", "4194304",
                               "-noshell", "-pa", where.beams};
  // A node needs no epmd, which would stay behind (remote/erlang/bench_epmd.erl).
  if (p.in == suite::remote)
    out.insert(out.end(),
               {"-start_epmd", "false", "-epmd_module", "bench_epmd", "-kernel", "inet_dist_use_interface",
                "{127,0,0,1}", "-setcookie", "bench", "-name", "near@127.0.0.1"});
  out.insert(out.end(), {"-run", std::string(erlang_module(p.in)), "main", std::string(p.name)});
  if (p.in == suite::remote) out.push_back(count);  // the other machine is started by this one
  out.push_back(std::to_string(size));
  return out;
}

void store(std::vector<row>& rows, language l, unsigned workers, const figure_line& f, const sample& s) {
  auto at = std::find_if(rows.begin(), rows.end(), [&](const row& r) { return r.figure == f.figure; });
  if (at == rows.end()) at = rows.insert(at, row{.figure = f.figure, .workers = workers, .unit = f.unit});
  if (at->unit != f.unit) throw std::runtime_error(f.figure + " comes in " + at->unit + " and in " + f.unit);
  at->samples[static_cast<std::size_t>(l)].push_back(s);
}

void run_once(std::vector<row>& rows, language l, const planned& p, unsigned workers, std::uint64_t size,
              const places& where) {
  const auto command = command_of(l, p, workers, size, where);
  for (int repeat = 0;; ++repeat) {
    const bool has_mode = workers > 1;
    const double before = has_mode ? core_to_core_ns() : 0;
    const run_result result = run(command, run_time_max);
    if (result.exit_code != 0)
      throw std::runtime_error(std::string(to_string(l)) + " failed in " + std::string(p.name) + " with " +
                               std::to_string(workers) + " workers, size " + std::to_string(size));
    const double after = has_mode ? core_to_core_ns() : 0;
    sample s{.value = 0, .c2c_ns = (before + after) / 2};
    if (has_mode) s.mode = mode_of_run(before, after);
    if (s.mode == core_mode::mixed && repeat < repeats_max) continue;
    for (const figure_line& f : read_figures(result.output)) {
      s.value = f.value;
      store(rows, l, workers, f, s);
    }
    return;
  }
}

// Whether every row has enough runs that may be compared.
bool enough(const std::vector<row>& rows, unsigned rounds) {
  return !rows.empty() &&
         std::all_of(rows.begin(), rows.end(), [&](const row& r) { return comparable_runs(r) >= rounds; });
}

std::vector<compared_row> measure(const planned& p, unsigned workers, const options& o, const places& where) {
  const std::uint64_t size = p.size_of(o.quick);
  std::vector<row> rows;
  for (unsigned round = 0; round < o.rounds + (o.quick ? 0 : more_rounds_max) && !enough(rows, o.rounds);
       ++round)
    for (const language l : p.by)
      if (o.wants(l)) run_once(rows, l, p, workers, size, where);
  std::vector<compared_row> out;
  for (const row& r : rows) out.push_back(compare(r));
  return out;
}

int compare_all(const options& o, const places& where, const std::string& json_path) {
  std::vector<compared_row> all;
  std::printf("medians of %u (lowest-highest), lower is better; ratios are theirs by troupe's\n%s\n",
              o.rounds, table_head().c_str());
  for (const planned& p : plan()) {
    if (!o.wants(p)) continue;
    if (!p.left_out.empty())
      std::printf("%-16s is left out: %s\n", std::string(p.name).c_str(), std::string(p.left_out).c_str());
    for (const unsigned workers : p.workers) {
      if (!o.wants(workers)) continue;
      for (auto& r : measure(p, workers, o, where)) {
        std::printf("%s\n", table_row(r).c_str());
        std::fflush(stdout);
        all.push_back(std::move(r));
      }
    }
  }
  std::printf("%s", scale_lines(all).c_str());
  std::ofstream out(json_path);
  out << to_json(all);
  if (!out.flush()) throw std::runtime_error("can't write " + json_path);
  std::printf("written: %s\n", json_path.c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int arguments_before_options = 4;
  if (argc < arguments_before_options) {
    std::fprintf(stderr, "usage: local_compare PROGRAMS BEAMS JSON [options]; see tests/bench/compare.sh\n");
    return 2;
  }
  try {
    const options o = read_options({argv + arguments_before_options, argv + argc});
    return compare_all(o, {.programs = argv[1], .beams = argv[2]}, argv[3]);
  } catch (const std::invalid_argument& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 2;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
