// What a cell shows that stands in a tree for an actor on another node.
#pragma once

#include <string>
#include <troupe/cell/extras_slot.hpp>

namespace troupe {

/// See above. Thread-safe.
class lives_elsewhere : public body_display {
 public:
  /// Where the actor is now: `n2:/user/spawned/n1/bank.ledger`; empty: nowhere.
  virtual std::string lives_at() const = 0;
};

}  // namespace troupe
