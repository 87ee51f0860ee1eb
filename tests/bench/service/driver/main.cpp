// service_compare: runs the benchmarks of what a service is written with, in turns, and prints the ratios.
//
//     service_compare BUILD_DIR JSON [--quick] [--rounds N] [--only codec,router,topic,compile]
//
// service.sh calls it. It ends with code 1 when a program gave a wrong result or none.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>

#include "driver/core_probe.hpp"
#include "driver/run.hpp"
#include "service/driver/table.hpp"

namespace {

using namespace bench;

constexpr std::chrono::seconds run_time_max{320};

struct service_options {
  bool quick = false;
  unsigned rounds = 7;
  std::string only = ",";  // ",codec,router,"
};

service_options read(int argc, char** argv) {
  service_options o;
  bool rounds_given = false;
  for (int i = 3; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--quick") {
      o.quick = true;
    } else if ((word == "--rounds" || word == "--only") && i + 1 < argc) {
      const std::string value = argv[++i];
      if (word == "--only") {
        o.only += value + ",";
        continue;
      }
      rounds_given = true;
      o.rounds = static_cast<unsigned>(std::strtoul(value.c_str(), nullptr, 10));
      if (o.rounds == 0) throw std::invalid_argument("--rounds needs a number above 0, not '" + value + "'");
    } else {
      throw std::invalid_argument("what is '" + word +
                                  "'? --quick, --rounds N, --only codec,router,topic,compile");
    }
  }
  if (o.quick && !rounds_given) o.rounds = 3;
  return o;
}

void run_section(std::vector<service_row>& rows, const service_section& s, const service_options& o,
                 const std::string& build) {
  const std::size_t before = rows.size();
  for (unsigned round = 0; round < o.rounds; ++round) {
    for (const contestant who : s.by) {
      const auto command = command_of(s, who, o.quick, build + "/tests/bench/service", build);
      const run_result result = run(command, run_time_max);
      if (result.exit_code != 0)
        throw std::runtime_error(std::string(who) + " failed in " + std::string(s.scenario));
      for (const figure_line& f : read_figures(result.output)) {
        auto at = std::find_if(rows.begin() + static_cast<std::ptrdiff_t>(before), rows.end(),
                               [&f](const service_row& r) { return r.figure == f.figure; });
        if (at == rows.end()) at = rows.insert(at, service_row{f.figure, s.workers, f.unit});
        at->of(who).push_back(f.value);
      }
    }
  }
  for (std::size_t i = before; i < rows.size(); ++i) std::printf("%s", lines_of(rows[i]).c_str());
  std::fflush(stdout);
}

void compare_all(const service_options& o, const std::string& build, const std::string& json) {
  std::vector<service_row> rows;
  std::printf(
      "medians of %u (lowest-highest), lower is better; ratios are theirs by troupe's; a cache line moves in "
      "%.0f ns\n",
      o.rounds, core_to_core_ns());
  bool any = false;
  for (const service_section& s : service_plan()) {
    if (o.only != "," && o.only.find("," + std::string(s.name) + ",") == std::string::npos) continue;
    any = true;
    run_section(rows, s, o, build);
  }
  if (!any)
    throw std::invalid_argument("nothing is called '" + o.only.substr(1) +
                                "': codec, router, topic, compile");
  std::ofstream out(json);
  out << service_json(rows);
  if (!out.flush()) throw std::runtime_error("can't write " + json);
  std::printf("written: %s\n", json.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: service_compare BUILD_DIR JSON [options]; see tests/bench/service.sh\n");
    return 2;
  }
  try {
    compare_all(read(argc, argv), argv[1], argv[2]);
  } catch (const std::invalid_argument& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 2;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}
