#include <troupe/base/check.hpp>
#include <troupe/policy/verdict.hpp>

namespace troupe {

namespace {

// The clause table of S1: is the child at `i` restarted with the one at `ended`?
bool in_scope(strategy how, std::size_t ended, std::size_t i) noexcept {
  switch (how) {
    case strategy::one_for_one:
    case strategy::dynamic:
      return i == ended;
    case strategy::one_for_all:
      return true;
    case strategy::rest_for_one:
      return i >= ended;
  }
  return false;
}

// A spec outlives its child unless the child is temporary or was made from a template.
bool spec_goes(strategy how, const child_state& child) noexcept {
  return child.type == restart_type::temporary || how == strategy::dynamic;
}

}  // namespace

plan restart_plan(strategy how, std::size_t ended, exit_kind exit, std::span<const child_state> children) {
  check(ended < children.size(), "a restart plan is made for a child of the list");
  plan out;
  if (!should_restart(children[ended].type, exit)) {
    if (spec_goes(how, children[ended])) out.drop.push_back(ended);
    return out;
  }
  out.restart = true;
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (!in_scope(how, ended, i)) continue;
    (children[i].type == restart_type::temporary ? out.drop : out.start).push_back(i);
  }
  for (std::size_t i = children.size(); i-- > 0;)
    if (i != ended && children[i].running && in_scope(how, ended, i)) out.stop.push_back(i);
  return out;
}

plan shutdown_plan(strategy how, std::span<const child_state> children) {
  plan out;
  out.together = how == strategy::dynamic;
  for (std::size_t i = 0; i < children.size(); ++i)
    if (spec_goes(how, children[i])) out.drop.push_back(i);
  for (std::size_t i = children.size(); i-- > 0;)
    if (children[i].running) out.stop.push_back(i);
  return out;
}

}  // namespace troupe
