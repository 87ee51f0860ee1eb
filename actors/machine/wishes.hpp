// What a handler returns, beneath its types: the outcome, and the contents of the events it starts.
#pragma once

#include <boost/container/small_vector.hpp>
#include <memory>
#include <troupe/base/exit.hpp>
#include <troupe/engine/envelope.hpp>
#include <troupe/statechart/outcome.hpp>
#include <utility>

namespace troupe::detail {

/// An outcome with the events that its actions carry, in the order in which `action::content` counts.
struct wishes {
  statechart::outcome what;
  boost::container::small_vector<engine::envelope_ptr, 1> contents = {};
  std::unique_ptr<exit_reason> stops_for = {};  ///< null: normal

  /// (Re)starts a timer without a content.
  void start(statechart::timer_kind kind, duration delay) {
    what.wanted.push_back(
        {.timer = {kind, kind == statechart::timer_kind::event ? std::uint16_t{0} : statechart::no_state},
         .delay = delay});
  }
  /// (Re)starts a timer that becomes the event of that number.
  void start(std::uint16_t event, duration delay, engine::envelope_ptr content) {
    what.wanted.push_back({.timer = {statechart::timer_kind::named, event},
                           .delay = delay,
                           .content = static_cast<std::uint32_t>(contents.size())});
    contents.push_back(std::move(content));
  }
  /// Ends a timer.
  void cancel(statechart::timer_id timer) {
    what.wanted.push_back({.what = statechart::action_kind::cancel, .timer = timer});
  }
  /// Inserts an event.
  void insert(std::uint16_t event, engine::envelope_ptr content) {
    what.wanted.push_back({.what = statechart::action_kind::insert,
                           .event = event,
                           .content = static_cast<std::uint32_t>(contents.size())});
    contents.push_back(std::move(content));
  }
};

}  // namespace troupe::detail
