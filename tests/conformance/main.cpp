// conformance_tests [--seeds N] [--page FILE | --write-page FILE] [doctest's own options]
//
//   --seeds N          from how many seeds each case is simulated; 20 if not said
//   --page FILE        fails when FILE is not what this run would write
//   --write-page FILE  writes it
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "conformance/report.hpp"

namespace {

struct wishes {
  std::string page;
  bool write = false;
  std::vector<const char*> rest;
};

bool parse(int argc, char** argv, wishes& w) {
  const auto complain = [](const std::string& what) {
    std::fprintf(stderr, "conformance_tests: %s\n", what.c_str());
    return false;
  };
  w.rest.push_back(argv[0]);
  for (int i = 1; i < argc; ++i) {
    const std::string what = argv[i];
    const bool ours = what == "--seeds" || what == "--page" || what == "--write-page";
    if (!ours) {
      w.rest.push_back(argv[i]);
      continue;
    }
    if (++i == argc) return complain(what + " needs a value");
    const std::string value = argv[i];
    if (what == "--seeds") {
      std::uint64_t n = 0;
      const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), n);
      if (ec != std::errc{} || end != value.data() + value.size())
        return complain("'" + value + "' is no number of seeds");
      conformance::want_seeds(n);
    } else {
      w.page = value;
      w.write = what == "--write-page";
    }
  }
  return true;
}

std::string text_of(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

int main(int argc, char** argv) {
  wishes w;
  if (!parse(argc, argv, w)) return 2;
  doctest::Context context;
  context.setOption("no-intro", true);
  context.applyCommandLine(static_cast<int>(w.rest.size()), w.rest.data());
  int code = context.run();
  if (w.page.empty()) return code;
  for (const auto& line : conformance::lines_of_others()) std::printf("%s\n", line.c_str());
  for (const auto& line : conformance::mistakes_in(conformance::played())) {
    std::printf("ERROR: %s\n", line.c_str());
    code = 1;
  }
  const std::string page = conformance::page_of(conformance::played());
  if (w.write) {
    std::ofstream{w.page, std::ios::binary} << page;
  } else if (text_of(w.page) != page) {
    std::printf("ERROR: %s is out of date: run tests/run.sh --conformance and commit what it writes\n",
                w.page.c_str());
    code = 1;
  }
  return code;
}
