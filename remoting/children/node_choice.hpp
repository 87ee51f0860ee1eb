// On which nodes a remote child may live, and which of them is next. Pure.
//
// Rules
//  PC1 They are tried in a row that begins with the one that is due, and each once a start.
//  PC2 Due is the node where the child was last, as long as that serves: one that can't be reached, refuses, or is going down is passed over, and
//      so is each after a failure where `on_failure::next_node` says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <troupe/base/units.hpp>
#include <utility>
#include <vector>

namespace troupe {

/// Where a child goes that has failed though its node is there.
enum class on_failure_at : std::uint8_t {
  same_node,  ///< where it was
  next_node,  ///< to the next one on the list
};

/// The nodes of a remote child: `on_node("n2")`, `on_nodes({"n2", "n3"})`. A value.
class node_choice {
 public:
  explicit node_choice(std::vector<std::string> nodes) : nodes_(std::move(nodes)) {}

  /// After each failure the child goes to the next node, not only when its node is away.
  node_choice&& next_after_failure() && {
    then_ = on_failure_at::next_node;
    return std::move(*this);
  }
  /// How long a node may be away when the child is to start there, before the next one is tried, or the start has failed: 5 s by default.
  node_choice&& patience(duration time) && {
    patience_ = time;
    return std::move(*this);
  }

  /// In the order in which they are tried.
  const std::vector<std::string>& nodes() const noexcept { return nodes_; }
  /// See there.
  on_failure_at then() const noexcept { return then_; }
  /// See above.
  duration patience() const noexcept { return patience_; }

  /// The place of the node behind that one (PC1).
  std::size_t behind(std::size_t place) const noexcept { return (place + 1) % nodes_.size(); }
  /// The node that is due after the child that was at `place` has ended there; `away`: its node is, or is going (PC2).
  std::size_t due_after(std::size_t place, bool away) const noexcept {
    return away || then_ == on_failure_at::next_node ? behind(place) : place;
  }

  /// What is wrong with it, "" for nothing.
  std::string problem() const;

 private:
  std::vector<std::string> nodes_;
  on_failure_at then_ = on_failure_at::same_node;
  duration patience_ = seconds{5};
};

/// On that node, and no other.
inline node_choice on_node(std::string node) { return node_choice{{std::move(node)}}; }
/// On the first of these that serves.
inline node_choice on_nodes(std::vector<std::string> nodes) { return node_choice{std::move(nodes)}; }

}  // namespace troupe
