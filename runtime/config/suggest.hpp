// "did you mean": the known name that a person most likely wanted when they wrote an unknown one. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe::configuration {

/// How many letters must be added, dropped, changed, or swapped with their neighbour to get from `a` to `b`.
/// Source: optimal string alignment, the restricted form of Damerau's distance (1964).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The nearest of `known` to `wrong`, empty if none is near. A name that `wrong` opens or ends as a whole
/// part
/// (`listen` or `port` for `listen.port`) counts as near; so does a typo in up to a third of the letters. The
/// earliest of equals wins. `separator` stands between parts.
std::string_view nearest(std::string_view wrong, const std::vector<std::string>& known, char separator);

}  // namespace troupe::configuration
