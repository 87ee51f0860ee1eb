// Glob patterns as Redis has them: `*`, `?`, `[a-z]`, `[^a-z]` and a backslash before any of these. Pure
// functions.
//
// Time is at most pattern bytes x text bytes: only the last `*` is ever tried again, because whatever an
// earlier one could take instead, the last one can take as well. Source: R. Cox, Glob Matching Can Be Simple
// And Fast Too (2017).
#pragma once

#include <string_view>

namespace kv::resp {

/// Whether how letters are written matters to a pattern.
enum class letter_case : bool {
  exact,    ///< `A` is not `a`
  ignored,  ///< `A` is `a`, for ASCII letters; as in `CONFIG GET`
};

/// True when `pattern` describes all of `text`. A class that is not closed ends with the pattern, as in
/// Redis; so no pattern is wrong.
bool glob_match(std::string_view pattern, std::string_view text,
                letter_case letters = letter_case::exact) noexcept;

}  // namespace kv::resp
