// What a machine looks like, taken from its declarations: its states, and each handler whose return type says that it may change
// them (ST1). Nothing is run for it.
//
//     std::cout << troupe::mermaid_of<door>();
#pragma once

#include <string>
#include <troupe/machine/state_machine.hpp>
#include <troupe/statechart/diagram.hpp>

namespace troupe {

namespace detail {

/// Puts a machine's description together.
template <class Self>
class describing {
  using parts = machine_parts_of<Self>;
  using handlers = handlers_of<Self>;

 public:
  /// The whole of it.
  static statechart::description run() {
    statechart::description out;
    out.name = last_name(cpp_type_name<Self>);
    out.states.assign(parts::list::table.begin(), parts::list::table.end());
    beginnings(out);
    states(out, std::make_index_sequence<handlers::size + 1>{});
    return out;
  }

 private:
  template <class S>
  static constexpr statechart::state_id id_of() {
    return std::is_same_v<S, stopped> ? statechart::the_end : parts::list::template id_of<S>;
  }
  template <class... Ts>
  static void add_all(std::vector<statechart::state_id>& to, messages<Ts...>) {
    (to.push_back(id_of<Ts>()), ...);
  }

  static void beginnings(statechart::description& out) {
    if constexpr (requires(Self & s) { s.init(); }) {
      using given = typename untasked<decltype(std::declval<Self&>().init())>::type;
      add_all(out.beginnings, typename handler_kind<Self, given>::targets{});
    }
    if (!out.beginnings.empty()) return;
    auto first = parts::list::chart.beginning();
    while (parts::list::chart.parent(first) != statechart::no_state) first = parts::list::chart.parent(first);
    out.beginnings.push_back(first);
  }

  template <std::size_t... I>
  static void states(statechart::description& out, std::index_sequence<I...>) {
    (events<I>(out, typename parts::all{}), ...);
  }
  template <std::size_t I, class... Es>
  static void events(statechart::description& out, messages<Es...>) {
    (one<I, Es>(out), ...);
  }
  template <std::size_t I, class E>
  static void one(statechart::description& out) {
    using state = typename handlers::template state_at<I>;
    if constexpr (has_when<Self, state, E>) {
      using given = typename untasked<returned_by<Self, state, E>>::type;
      std::vector<statechart::state_id> to;
      add_all(to, typename handler_kind<Self, given>::targets{});
      for (const auto t : to)
        out.transitions.push_back(
            {.from = machine_tables<Self>::id_of_place(I), .event = event_name<E>(), .to = t});
    }
  }
};

}  // namespace detail

/// The states of the machine `Self` and its transitions, in the order of the states and events. Thread-safe.
template <class Self>
statechart::description description_of() {
  return detail::describing<Self>::run();
}

/// The machine `Self` as a `stateDiagram-v2` of Mermaid. Thread-safe.
template <class Self>
std::string mermaid_of() {
  return statechart::to_mermaid(description_of<Self>());
}

}  // namespace troupe
