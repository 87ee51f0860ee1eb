// What is measured, as data: the scenarios with their sizes, and what each figure should reach.
//
// Rules
//  PL1 The sizes are those of the full benchmark; `--quick` takes a tenth, or what the scenario says.
//  PL2 A target ratio is "theirs by ours"; every figure is lower-is-better.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Who runs a scenario. `bare` is the machine without any actors: what the operating system itself takes.
enum class language { troupe, caf, erlang, bare };
/// All of them, in the order in which they take turns.
inline constexpr std::array languages{language::troupe, language::caf, language::erlang, language::bare};
/// How many there are.
inline constexpr std::size_t language_count = languages.size();
/// Its name in the table, in the JSON and on the command line.
std::string_view to_string(language l) noexcept;

/// A table of its own, and a file of results: `compare.sh SUITE`.
enum class suite { local, supervision, remote };
/// All of them.
inline constexpr std::array suites{suite::local, suite::supervision, suite::remote};
/// Its name on the command line.
std::string_view to_string(suite s) noexcept;
/// What the suite's programs are called, apart from the language: `local_troupe`, `remote_troupe`.
std::string_view program_prefix(suite s) noexcept;
/// The module of Erlang that runs a scenario of the suite.
std::string_view erlang_module(suite s) noexcept;

/// A scenario to run.
struct planned {
  std::string_view name;
  std::uint64_t size;                 ///< of the full benchmark (PL1)
  std::span<const unsigned> workers;  ///< numbers of workers it is run with
  std::span<const language> by;       ///< who has it
  suite in = suite::local;
  std::uint64_t quick_size = 0;    ///< of `--quick`, where that is not a tenth (PL1)
  std::string_view left_out = {};  ///< why it is not run, where it only has its place in the table

  /// How much work it is.
  std::uint64_t size_of(bool quick) const noexcept {
    if (!quick) return size;
    return quick_size != 0 ? quick_size : size / 10;
  }
};

/// All scenarios, in the order of the table.
std::span<const planned> plan() noexcept;

/// What a figure should reach; 0 where nothing is asked.
struct target {
  std::string_view figure;
  double caf = 0;      ///< ratio to stock CAF, at least
  double erlang = 0;   ///< ratio to Erlang, at least
  double of_bare = 0;  ///< troupe by bare, at most
  double most = 0;     ///< troupe's own value, at most
};

/// The target of a figure; one without demands if there is none.
target target_of(std::string_view figure) noexcept;

/// Two figures of troupe's own: what the larger case costs by the smaller one.
struct scaled {
  std::string says;        ///< of what it is, in the table
  std::string_view small;  ///< a figure
  std::string_view large;  ///< the same of more actors
  double times_max = 0;    ///< what it may cost, at most
};

/// All that is to stay the same however many there are.
const std::vector<scaled>& scaled_figures();

}  // namespace bench
