#include <algorithm>
#include <span>
#include <string>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/placement.hpp>
#include <troupe/engine/message_priorities.hpp>
#include <utility>

namespace troupe {

namespace {

std::string class_of(const cell_props& props) {
  return props.type ? std::string{props.type->name} : std::string{"its class"};
}

std::string path_of(const cell* parent, const cell_props& props) {
  return (parent ? parent->path() : std::string{}) + "/" +
         (props.name.empty() ? class_of(props) : props.name);
}

// A message that is named and that the actor does not understand, empty if there is none.
std::string_view stranger_in(std::span<const message_type* const> named, const actor_class& who) {
  for (const message_type* const type : named)
    if (std::find(who.accepts, who.accepts + who.accepts_count, type) == who.accepts + who.accepts_count)
      return type->name;
  return {};
}

std::string mailbox_problem(const cell_props& props) {
  const mailbox_choice& chosen = props.mailbox;
  if (chosen.kind != mailbox_kind::prioritized) return mailbox_choice_problem(chosen);
  if (!chosen.levels)
    return "it is to be prioritized, and " + class_of(props) +
           " does not say which messages go first; give the class `using high_priority = "
           "troupe::messages<...>` or "
           "`low_priority`, or spawn it with troupe::prioritized<troupe::messages<...>>()";
  if (!props.type) return {};
  for (const auto named : {chosen.levels->high, chosen.levels->low})
    if (const std::string_view unknown = stranger_in(named, *props.type); !unknown.empty())
      return "prioritized names " + std::string{unknown} + ", which is no message of " + class_of(props);
  return {};
}

}  // namespace

result<void> place(environment& env, const cell* parent, cell_props& props) {
  if (parent && !props.name.empty() && !env.deployed().empty()) {
    const std::string path = parent->path() + "/" + props.name;
    if (!props.dispatcher) {
      const auto name = env.deployed().dispatcher_at(path);
      if (!name.empty()) props.dispatcher = env.dispatchers().find(name);
    }
    if (!props.wanted_mailbox) props.wanted_mailbox = env.deployed().mailbox_at(path);
  }
  const bool by_class = props.type && props.type->priorities;
  props.mailbox = props.wanted_mailbox.value_or(by_class ? prioritized() : unbounded());
  if (by_class && props.mailbox.kind == mailbox_kind::prioritized && !props.mailbox.levels)
    props.mailbox.levels = props.type->priorities;
  if (props.mailbox.kind != mailbox_kind::unbounded)
    if (const std::string wrong = mailbox_problem(props); !wrong.empty())
      return error{errc::invalid, "the mailbox of " + path_of(parent, props) + ": " + wrong};
  if (!props.dispatcher) return {};
  auto taken = props.dispatcher->take_seat();
  if (!taken) return taken.error();
  props.dispatcher = taken->at;
  props.seat = std::move(taken->held);
  return {};
}

}  // namespace troupe
