// The wire spelling of a type, taken apart: `map<string,list<i32>>` is `map` of `string` and of `list` of `i32`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe::schema {

/// A type as it is spelled.
struct spelling {
  std::string name;             ///< `list`; a number or a ratio where one stands
  std::vector<spelling> parts;  ///< what is between `<` and `>`
  friend bool operator==(const spelling&, const spelling&) = default;
};

/// Takes `text` apart. What is no spelling of ours (the C++ name of a type with a codec of its own may be anything), or is
/// nested deeper than 64, stays one name.
spelling take_apart(std::string_view text);

}  // namespace troupe::schema
