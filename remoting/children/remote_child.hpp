// A child of a supervisor that lives on another node. Include it beside <troupe/troupe.hpp>.
//
//     auto top = troupe::supervise(sys, "bank", troupe::one_for_one{},
//                                  troupe::remote_child<account>("ada", troupe::on_nodes({"n2", "n3"}), "ada", 100)
//                                      .backoff({.min = 500ms, .max = 10s}));
//     auto ada = top.ref<account>("ada");   // here; what is sent to it is handed on, wherever the actor is
//
// The class needs a TROUPE_SPAWNABLE (spawnable.hpp), and its nodes must make it for this one (node_options::types and `spawnable`). All that is said
// of a child is said of it too: it is restarted, alone or with its group, waits, and is stopped in its turn. What differs: far_child.hpp, FC1-FC6.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <troupe/children/node_choice.hpp>
#include <troupe/node/far_spawn.hpp>
#include <troupe/tree/supervise.hpp>
#include <tuple>
#include <utility>

namespace troupe {

namespace detail {

/// The class of what stands for an `A`: it takes what an `A` takes.
template <class A>
struct far_class_of {
 private:
  template <class... Ms>
  static constexpr std::array<const message_type*, sizeof...(Ms)> list(messages<Ms...>) {
    return {&message_type_of<Ms>...};
  }
  static constexpr auto accepts = list(typename A::protocol{});

 public:
  static constexpr actor_class value{type_name_of<A>, accepts.data(), accepts.size(), false};
};

/// Makes the props of such a child: `request` is called in the child's turn, at each start.
std::function<cell_props(environment&)> far_child_factory(const actor_class& kind, const std::string& id,
                                                          node_choice where,
                                                          std::function<spawn_request(environment&)> request);

}  // namespace detail

/// A child that is an `A` on one of the nodes of `where`, made of `args`. Throws `failed` with `invalid` for a choice of nodes that makes no
/// sense.
template <class A, class... Args>
child_builder remote_child(std::string id, node_choice where, Args&&... args) {
  static_assert(spawnable<A>, "troupe: a remote child needs a TROUPE_SPAWNABLE behind its class");
  child_spec spec;
  spec.id = std::move(id);
  if constexpr (spawnable<A>) {
    constexpr bool fits = detail::fits_spawnable<A, Args...>;
    static_assert(fits, "troupe: the arguments are not those that TROUPE_SPAWNABLE says");
    if constexpr (fits) {
      auto kept = std::make_shared<const spawn_arguments<A>>(std::forward<Args>(args)...);
      spec.make = detail::far_child_factory(detail::far_class_of<A>::value, spec.id, std::move(where),
                                            [kept = std::move(kept)](environment& env) {
                                              spawn_request out = detail::order_of<A>({}).what;
                                              out.bytes = pack(*kept, detail::names_of(env));
                                              return out;
                                            });
    }
  }
  return child_builder{std::move(spec)};
}

}  // namespace troupe
