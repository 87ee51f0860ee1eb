// What a cell is made of.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <troupe/cell/failure_rules.hpp>
#include <troupe/cell/recipe.hpp>
#include <troupe/cell/settings.hpp>

namespace troupe {

class cell;

/// Tells how a first start went, on the new cell's thread.
using start_listener = std::function<void(result<void>)>;

/// Everything needed to make an actor.
struct cell_props : cell_settings {
  /// Which mailbox it is to have; none: what the configuration says of its path, else prioritized where its class names priorities, else
  /// unbounded.
  std::optional<mailbox_choice> wanted_mailbox = {};
  std::string name = {};  ///< unique among its siblings; empty: it goes by its number, `$17` (L1)
  recipe_ptr how = {};    ///< makes its body
  start_listener on_first_start = {};  ///< who wants to know how the first start went
  failure_rules_ptr rules = {};        ///< what is to be done about which exception; null: nothing is said
  cell* before = nullptr;  ///< the sibling it stands before, and is stopped after (S5); null: behind all
  std::shared_ptr<void> seat = {};  ///< what ends its thread, where that is its own (placement.hpp)
};

}  // namespace troupe
