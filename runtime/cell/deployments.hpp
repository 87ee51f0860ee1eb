// What the configuration says of actors by their path: `[actor."/user/kv/shards/*"] dispatcher = "blocking"`.
//
// Rules
//  DE1 Looked at once, when a cell that has a name of its own is spawned; what the spawn itself says goes before it.
//  DE2 Of several patterns that match, the most exact one that says something counts: a path without `*` first
//      (base/path_pattern.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <troupe/base/mailbox_choice.hpp>
#include <vector>

namespace troupe {

/// What is said of the actors at the paths that `path` matches.
struct deployment {
  std::string path;                            ///< a pattern: `/user/kv`, `/user/kv/shards/*`
  std::string dispatcher = {};                 ///< the name of one; empty: nothing said
  std::optional<mailbox_choice> mailbox = {};  ///< which mailboxes they have (M8); none: nothing said
};

/// All of them (DE1, DE2). Never changes, so any thread may read it.
class deployments {
 public:
  /// Throws `failed` with `invalid` when a pattern is none or comes twice.
  explicit deployments(std::vector<deployment> all);

  /// Whether nothing is said of anybody.
  bool empty() const noexcept { return all_.empty(); }

  /// The dispatcher for the actor at `path`; empty: nothing said.
  std::string_view dispatcher_at(std::string_view path) const noexcept;

  /// The mailbox of the actor at `path`; none: nothing said.
  std::optional<mailbox_choice> mailbox_at(std::string_view path) const noexcept;

  /// All, the most exact first.
  const std::vector<deployment>& all() const noexcept { return all_; }

 private:
  std::vector<deployment> all_;
};

}  // namespace troupe
