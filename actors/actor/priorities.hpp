// Messages that go before others (M8). A class names them once, or a spawn does:
//
//     class crawler : public troupe::actor<fetch, cancel, report> {
//      public:
//       using high_priority = troupe::messages<cancel>;   // before all others
//       using low_priority = troupe::messages<report>;    // behind all others
//
//     troupe::spawn<indexer>(sys, {.name = "i", .mailbox = troupe::prioritized<troupe::messages<cancel>>()});
//
// Rules
//  PM1 An actor whose class names priorities has a prioritized mailbox, unless its spawn or the configuration says which other it has.
//      `mailbox = "priority"` in `[actor."/user/..."]` is for actors whose class names them.
//  PM2 A message overtakes what waits, also what the actor has put back or unstashed, not what it is doing: a handler that waits in a
//      coroutine lets no other message in, however urgent (M7).
//  PM3 No message starves, and within a level messages of one sender keep their order (engine/priority_lanes.hpp). Between levels
//      they do not: that is what levels are for.
//  PM4 What comes from plain CAF actors is normal: it is looked at when its turn comes.
#pragma once

#include <array>
#include <troupe/base/mailbox_choice.hpp>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/engine/message_priorities.hpp>
#include <troupe/ref/protocol.hpp>

namespace troupe {

namespace detail {

/// The descriptors of a list of messages.
template <class List>
inline constexpr std::array<const message_type*, 0> types_in{};
template <class... Ms>
inline constexpr std::array<const message_type*, sizeof...(Ms)> types_in<messages<Ms...>>{
    &message_type_of<Ms>...};

/// Which go first, as data.
template <class High, class Low>
inline constexpr message_priorities priorities_of{types_in<High>, types_in<Low>};

template <class... Ms, class Other>
constexpr bool share_none(messages<Ms...>, Other) {
  return !(Other::template has<Ms> || ...);
}

template <class A>
struct high_of {
  using type = messages<>;
};
template <class A>
requires requires { typename A::high_priority; }
struct high_of<A> {
  using type = typename A::high_priority;
};
template <class A>
struct low_of {
  using type = messages<>;
};
template <class A>
requires requires { typename A::low_priority; }
struct low_of<A> {
  using type = typename A::low_priority;
};

/// What the class `A` says (PM1); null: nothing.
template <class A>
consteval const message_priorities* class_priorities() {
  using high = typename high_of<A>::type;
  using low = typename low_of<A>::type;
  if constexpr (high::size + low::size == 0) {
    return nullptr;
  } else {
    static_assert(has_all<typename A::protocol>(high{}) && has_all<typename A::protocol>(low{}),
                  "troupe: high_priority and low_priority name messages of the actor's own protocol");
    static_assert(share_none(high{}, low{}),
                  "troupe: a message is in high_priority or in low_priority, not in both");
    return &priorities_of<high, low>;
  }
}

}  // namespace detail

/// A mailbox in which the messages of `High` go first and those of `Low` last; both are `messages<...>` (PM2, PM3). Whoever is
/// spawned with it must understand them.
template <class High, class Low = messages<>>
constexpr mailbox_choice prioritized() noexcept {
  static_assert(detail::share_none(High{}, Low{}), "troupe: a message is high or low, not both");
  return {mailbox_kind::prioritized, overflow::reject, 0, &detail::priorities_of<High, Low>};
}

}  // namespace troupe
