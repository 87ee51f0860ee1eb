#include <troupe/cell/cell.hpp>
#include <troupe/cell/placement.hpp>
#include <utility>

namespace troupe {

result<void> place(environment& env, const cell* parent, cell_props& props) {
  if (!props.dispatcher && parent && !props.name.empty() && !env.deployed().empty()) {
    const auto name = env.deployed().dispatcher_at(parent->path() + "/" + props.name);
    if (!name.empty()) props.dispatcher = env.dispatchers().find(name);
  }
  if (!props.dispatcher) return {};
  auto taken = props.dispatcher->take_seat();
  if (!taken) return taken.error();
  props.dispatcher = taken->at;
  props.seat = std::move(taken->held);
  return {};
}

}  // namespace troupe
