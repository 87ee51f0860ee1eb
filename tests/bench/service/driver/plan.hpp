// What is measured, as data: the sections, who takes part, and what should be reached.
//
// Rules
//  SP1 Sizes are those of the full benchmark; `--quick` takes a tenth.
//  SP2 A target is a ratio "theirs by ours", at least; every figure is lower-is-better.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Who takes part; `troupe` is always the first.
using contestant = std::string_view;

/// One thing that is run: by each contestant in turn.
struct service_section {
  std::string_view name;       ///< for `--only`
  std::string_view scenario;   ///< what its programs are asked for
  std::vector<contestant> by;  ///< in the order in which they take turns
  unsigned workers;            ///< threads that run actors
  std::uint64_t size;          ///< SP1; 0: its programs take none
};

/// All of them, in the order of the table.
std::span<const service_section> service_plan();

/// The command that runs a section for a contestant once. `programs`: where they were built; `build`: the build's directory.
std::vector<std::string> command_of(const service_section& s, contestant who, bool quick,
                                    const std::string& programs, const std::string& build);

/// The ratio that a figure should reach against a contestant (SP2); 0 where nothing is asked.
double service_target(std::string_view figure, contestant theirs);

}  // namespace bench
