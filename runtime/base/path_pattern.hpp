// Patterns of actor paths, as a configuration writes them: `/user/kv/shards/*`, where `*` stands for any one name, and `/user/kv/**`, where
// `**` at the end stands for one name or more: all that lies below. Pure.
#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// What is wrong with `pattern`, "" for nothing: it begins with `/user/` or `/system/`, and has no empty name, no name with a `*` among other
/// letters, and `**` as its last name only.
std::string path_pattern_problem(std::string_view pattern);

/// Whether the pattern is about the actor at `path`.
bool path_matches(std::string_view pattern, std::string_view path) noexcept;

/// Whether `a` goes before `b` where both match: the one that has a name where the other has its first `*` that the first
/// has not, or a `*` where the other has its `**`. A path without any goes before all. A strict order.
bool more_exact_path(std::string_view a, std::string_view b) noexcept;

}  // namespace troupe
