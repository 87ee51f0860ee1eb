#include "sim/hierarchy_model.hpp"

#include <algorithm>

namespace simulations {

using troupe::exit_kind;
using troupe::restart_type;
using troupe::strategy;

hierarchy_model::hierarchy_model(troupe::prng& random, std::size_t actors, std::size_t breadth)
    : top_(std::make_unique<model_node>()) {
  constexpr std::uint32_t any_number = 1'000'000;
  top_->id = "top";
  top_->is_supervisor = true;
  top_->intensity = any_number;
  top_->period = troupe::seconds{1};
  std::size_t left = actors;
  while (left > 0 && top_->children.size() < breadth) grow(random, *top_, 1, left, breadth);
}

void hierarchy_model::grow(troupe::prng& random, model_node& at, std::size_t depth, std::size_t& left,
                           std::size_t breadth) {
  constexpr std::size_t depth_max = 5;
  const auto made = [&](bool supervisor) -> model_node& {
    auto n = std::make_unique<model_node>();
    n->id = (supervisor ? "s" : "l") + std::to_string(at.children.size());
    n->parent = &at;
    n->is_supervisor = supervisor;
    constexpr restart_type types[] = {restart_type::permanent, restart_type::permanent,
                                      restart_type::transient, restart_type::temporary};
    n->type = types[random.below(supervisor ? 3 : 4)];
    ++size_;
    --left;
    at.children.push_back(std::move(n));
    return *at.children.back();
  };
  if (depth == depth_max || random.below(3) == 0) {
    leaves_.push_back(&made(false));
    return;
  }
  model_node& s = made(true);
  constexpr strategy ways[] = {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one};
  s.how = ways[random.below(3)];
  s.intensity = static_cast<std::uint32_t>(random.below(4));
  // Half a second off the steps' full seconds: nothing is decided by how long a turn takes.
  s.period = troupe::milliseconds{500 + 1000 * static_cast<std::int64_t>(random.below(6))};
  const std::size_t children = 1 + random.below(breadth);
  while (left > 0 && s.children.size() < children) grow(random, s, depth + 1, left, breadth);
}

// A new life: a leaf's next object; a supervisor with all the children it was told of.
void hierarchy_model::begin_anew(model_node& n) {
  n.up = n.present = true;
  if (!n.is_supervisor) {
    ++n.made;
    return;
  }
  n.restarts.clear();
  for (const auto& child : n.children) begin_anew(*child);
}

void hierarchy_model::goes_down(model_node& n) {
  n.up = false;
  for (const auto& child : n.children) goes_down(*child);
}

void hierarchy_model::ends(model_node& n, exit_kind how, troupe::time_point now) {
  goes_down(n);
  const bool again =
      n.type == restart_type::permanent || (n.type == restart_type::transient && how == exit_kind::failed);
  if (!again) {
    if (n.type == restart_type::temporary) n.present = false;
    return;
  }
  model_node& above = *n.parent;
  std::erase_if(above.restarts, [&](troupe::time_point t) { return now - t > above.period; });
  above.restarts.push_back(now);
  if (above.restarts.size() > above.intensity) return ends(above, exit_kind::failed, now);
  bool behind = false;
  for (const auto& sibling : above.children) {
    behind |= sibling.get() == &n;
    const bool along = above.how == strategy::one_for_all || (above.how == strategy::rest_for_one && behind);
    if (sibling.get() != &n && !along) continue;
    if (!sibling->present) continue;
    if (sibling->type == restart_type::temporary) {
      goes_down(*sibling);
      sibling->present = false;
    } else {
      begin_anew(*sibling);
    }
  }
}

}  // namespace simulations
