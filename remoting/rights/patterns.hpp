// How rights are written: patterns of names, of paths, and entries of both. Pure.
#pragma once

#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <vector>

namespace troupe::rights {

/// What is wrong with a pattern of names (of nodes, of messages, of classes), "" for nothing: it is a name, or the beginning of names with a
/// `*` behind it, or `*` for any.
std::string name_pattern_problem(std::string_view pattern);

/// Whether the pattern is about `name`.
bool name_matches(std::string_view pattern, std::string_view name) noexcept;

/// What is wrong with a pattern of paths that can be reached from outside, "" for nothing: as base/path_pattern.hpp, of what lies below `/user`
/// or of the names of resolvers; nobody outside reaches what the system has started.
std::string reach_pattern_problem(std::string_view pattern);

/// Whether every path that `narrow` is about is one that `wide` is about. REQUIRES: both are patterns of paths.
bool covers(std::string_view wide, std::string_view narrow) noexcept;

/// An entry of `send`.
struct send_entry {
  std::string path = {};                ///< a pattern
  std::vector<std::string> types = {};  ///< patterns of wire names of messages; none: all
  friend bool operator==(const send_entry&, const send_entry&) = default;
};

/// What `/user/bank/*` or `/user/bank/*: bank.query desk.*` says: behind the last colon with a space stand types. `errc::invalid` with what was
/// expected.
result<send_entry> parse_send_entry(std::string_view text);

}  // namespace troupe::rights
