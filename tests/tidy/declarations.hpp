// Finds the declarations in a header that a user can see. Lexical, not a compiler: it follows braces and the
// words a declaration begins with, which is enough for code that is formatted as ours is.
//
// It looks into namespaces (but not `detail` or unnamed ones) and into the public parts of classes, not into
// functions, initializers or enumerations.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tidy {

/// A declaration that is visible to users.
struct declaration {
  std::string name;
  std::size_t first_line = 0;  ///< where it begins, with its template and attributes
  std::size_t head_line = 0;   ///< where its head ends: before its body, or with it
  std::size_t last_line = 0;   ///< where it ends
  bool wants_doc = false;      ///< it has to be documented
};

/// The visible declarations in order. `code` went through `blank_comments_and_literals` and
/// `blank_directives`.
std::vector<declaration> find_declarations(std::string_view code);

}  // namespace tidy
