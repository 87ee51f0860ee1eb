// What becomes of the cases: a line for each on standard output, and the page docs/supervision-conformance.md.
//
// Rules
//  RP1 A case is a doctest case whose title begins with its name and a colon; the name is one of the catalogue's (catalogue.hpp).
//      Behind it stands the rule that is shown.
//  RP2 Where we differ on purpose the case shows what we do, and its description begins with `differs: ` and says why.
//  RP3 A case of the catalogue is either played or said not to apply, never both and never neither.
//  RP4 The page depends on the cases and on what became of them, not on when and where they ran.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace conformance {

/// What became of one case.
struct outcome {
  std::string name;     ///< as in the catalogue
  std::string shows;    ///< the rest of the title
  std::string differs;  ///< why we differ; empty: we do not
  std::vector<std::string> remarks;
  bool passed = false;
  bool known_to_fail = false;  ///< it is marked so
};

/// Adds a remark to the case that is being played.
void remark(std::string what);
/// How many checks have failed so far.
std::size_t failed_checks() noexcept;
/// The cases that were played, in the order they were.
const std::vector<outcome>& played();
/// How many seeds each case is played from.
std::uint64_t seeds_wanted() noexcept;
/// Another number of them.
void want_seeds(std::uint64_t n) noexcept;

/// What is wrong with the cases as a whole (RP1, RP3), a line each; empty: nothing.
std::vector<std::string> mistakes_in(const std::vector<outcome>& all);
/// The page (RP4).
std::string page_of(const std::vector<outcome>& all);
/// `NAME: n/a: WHY` for each of the catalogue that does not apply.
std::vector<std::string> lines_of_others();

}  // namespace conformance
