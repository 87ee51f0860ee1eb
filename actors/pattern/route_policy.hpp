// What a strategy does with a message: the working side of routing.hpp.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/engine/envelope.hpp>
#include <troupe/pattern/member_set.hpp>
#include <troupe/pattern/routing.hpp>
#include <troupe/ref/protocol.hpp>

namespace troupe::detail {

class router_address;

/// Sends messages on. Shared by all senders: thread-safe.
class route_policy {
 public:
  virtual ~route_policy() = default;
  /// Sends `e` to some of `to`, which is not empty. What the policy can't send it gives back to `by` (`refuse`).
  virtual void send(engine::envelope_ptr e, const member_set& to, router_address& by) = 0;
  /// The one of `to`, which is not empty, that an offer of `e` is for (RO5); null where a message is for several, or for none.
  virtual const route_member* choose(engine::envelope& /*e*/, const member_set& /*to*/,
                                     router_address& /*by*/) {
    return nullptr;
  }
  /// How many points a member has on the ring; 0: it needs none.
  virtual std::uint32_t points() const noexcept { return 0; }
};
/// An owned policy.
using route_policy_ptr = std::unique_ptr<route_policy>;

/// How an envelope with one of a protocol's messages is copied.
struct message_copier {
  const message_type* type;
  engine::envelope_ptr (*copy)(engine::envelope&);
};

/// A copy of the message, with its cause and its rare part, without its reply slot.
template <class M>
engine::envelope_ptr copy_of(engine::envelope& e) {
  engine::envelope_ptr made;
  if (const engine::envelope_options* const rare = e.options()) {
    made = engine::allocate_envelope(message_type_of<M>, true);
    ::new (made->payload()) M(std::as_const(e.as<M>()));
    made->type = &message_type_of<M>;
    *made->options() = *rare;
  } else {
    made = engine::make_envelope<M>(message_type_of<M>, std::as_const(e.as<M>()));
  }
  made->cause = e.cause;
  return made;
}

/// The copiers of a protocol.
class message_copiers {
 public:
  /// Those of `Ms`.
  template <class... Ms>
  explicit message_copiers(messages<Ms...>) {
    static_assert((std::copy_constructible<Ms> && ...),
                  "troupe: a router that sends a message to several members copies it, and a message of this "
                  "protocol can't be copied");
    (all_.push_back({&message_type_of<Ms>, &copy_of<Ms>}), ...);
  }
  /// A copy of `e`. REQUIRES: its message is of the protocol. Throws what copying it throws.
  engine::envelope_ptr copy(engine::envelope& e) const;
  /// Whether the message is of the protocol.
  bool knows(const engine::envelope& e) const noexcept;

 private:
  std::vector<message_copier> all_;
};

/// From a message to its place on the ring.
using key_reader = std::function<std::uint64_t(engine::envelope&)>;

/// Reads the keys of `Ms` with `key_of`.
template <class Key, class... Ms>
key_reader key_reader_of(Key key_of, messages<Ms...>) {
  static_assert(
      (std::is_invocable_v<const Key&, const Ms&> && ...),
      "troupe: consistent_hash needs a key of every message of the protocol: write an overload for each, or "
      "a generic lambda");
  return [key_of = std::move(key_of)](engine::envelope& e) {
    std::uint64_t place = 0;
    static_cast<void>((
        (e.type == &message_type_of<Ms> && ((place = ring_place(key_of(std::as_const(e.as<Ms>())))), true)) ||
        ...));
    return place;
  };
}

/// Members in turn.
route_policy_ptr make_round_robin();
/// Any member; `seed` is from the entropy port.
route_policy_ptr make_random(std::uint64_t seed);
/// The member with the fewest messages.
route_policy_ptr make_least_loaded(std::uint64_t seed);
/// By key. Throws `failed` with `invalid` for settings that make no sense.
route_policy_ptr make_consistent_hash(key_reader key, hashing settings);
/// To `members` at once, 0: all.
route_policy_ptr make_scatter(std::uint32_t members, message_copiers copiers);
/// One after the other. Throws `failed` with `invalid` for an interval that is not more than 0.
route_policy_ptr make_tail_chopping(duration interval, message_copiers copiers, std::uint64_t seed);

/// What a strategy of routing.hpp does for `protocol`. `env` has the entropy.
template <class... Ms>
route_policy_ptr policy_of(const round_robin&, messages<Ms...>, environment&) {
  return make_round_robin();
}
template <class... Ms>
route_policy_ptr policy_of(const random_member&, messages<Ms...>, environment& env) {
  return make_random(env.platform().entropy().next());
}
template <class... Ms>
route_policy_ptr policy_of(const least_loaded&, messages<Ms...>, environment& env) {
  return make_least_loaded(env.platform().entropy().next());
}
template <class Key, class... Ms>
route_policy_ptr policy_of(const consistent_hash<Key>& how, messages<Ms...> protocol, environment&) {
  return make_consistent_hash(key_reader_of(how.key_of, protocol), how.settings);
}
template <class... Ms>
route_policy_ptr policy_of(const broadcast&, messages<Ms...> protocol, environment&) {
  return make_scatter(0, message_copiers{protocol});
}
template <class... Ms>
route_policy_ptr policy_of(const scatter_gather& how, messages<Ms...> protocol, environment&) {
  return make_scatter(how.members, message_copiers{protocol});
}
template <class... Ms>
route_policy_ptr policy_of(const tail_chopping& how, messages<Ms...> protocol, environment& env) {
  return make_tail_chopping(how.interval, message_copiers{protocol}, env.platform().entropy().next());
}

}  // namespace troupe::detail
