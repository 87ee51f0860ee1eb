// A look at the living tree: what runs where, in which state, how often restarted, how much waits for it.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/cell/cell.hpp>
#include <vector>

namespace troupe {

class system;

/// One actor as it was when it was looked at.
struct tree_node {
  std::string path;
  std::string type;                 ///< its class
  cell_status status{};             ///< running, failed, ...
  std::uint64_t restarts = 0;       ///< its incarnation (L5)
  std::uint64_t mailbox_depth = 0;  ///< messages that waited (M8)
  std::vector<tree_node> children;  ///< in the order they were started
};

/// The tree below `path`, `/user` by default, as of now; empty path when nothing lives there. Thread-safe;
/// actors go on while it is taken, so it is a picture of no single moment.
tree_node inspect(environment& env, const std::string& path = "/user");

/// One line an actor, indented by depth: `    /user/kv/shards/7 running restarts=2 mailbox=0`.
std::string to_text(const tree_node& top);

}  // namespace troupe
