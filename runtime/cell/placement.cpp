#include <string>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/placement.hpp>
#include <utility>

namespace troupe {

result<void> place(environment& env, const cell* parent, cell_props& props) {
  if (parent && !props.name.empty() && !env.deployed().empty()) {
    const std::string path = parent->path() + "/" + props.name;
    if (!props.dispatcher) {
      const auto name = env.deployed().dispatcher_at(path);
      if (!name.empty()) props.dispatcher = env.dispatchers().find(name);
    }
    if (!props.bound) props.bound = env.deployed().mailbox_at(path);
  }
  if (props.bound) {
    props.mailbox = *props.bound;
    if (std::string wrong = mailbox_bound_problem(props.mailbox); !wrong.empty())
      return error{errc::invalid, std::move(wrong)};
  }
  if (!props.dispatcher) return {};
  auto taken = props.dispatcher->take_seat();
  if (!taken) return taken.error();
  props.dispatcher = taken->at;
  props.seat = std::move(taken->held);
  return {};
}

}  // namespace troupe
