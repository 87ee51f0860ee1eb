// A behaviour: one way to handle the messages of a protocol, made of lambdas, one a message.
//
//     behaviour offline() {
//       return {
//           [this](const open& m) { become(online(m.peer)); },
//           [](const ping&) { return false; },
//           troupe::put_aside<send>,       // until the behaviour changes
//           troupe::unhandled<close>,      // is not understood
//       };
//     }
//
// Rules
//  BE1 Each message of the protocol has one handler, which takes it by const reference or by value (a copy), or is named in `put_aside` or
//      `unhandled`. One lambda with `auto` may take all that have none of their own.
//  BE2 A handler returns what an actor's `on` may (AC1), a task among them. What a lambda captures lives as long as its handlers run,
//      also when the behaviour has changed meanwhile: a coroutine may use it after `co_await`.
#pragma once

#include <array>
#include <memory>
#include <troupe/actor/actor.hpp>
#include <type_traits>
#include <utility>

namespace troupe {

namespace detail {

template <class... Ms>
struct put_aside_entry {};
template <class... Ms>
struct unhandled_entry {};

}  // namespace detail

/// In a behaviour: these messages are put aside (stash.hpp) and come again when the behaviour has changed. CAF calls it `skip`.
template <class... Ms>
inline constexpr detail::put_aside_entry<Ms...> put_aside{};

/// In a behaviour: these messages are not understood. They become dead letters, and who asks hears `not_understood`.
template <class... Ms>
inline constexpr detail::unhandled_entry<Ms...> unhandled{};

namespace detail {

/// What an entry of a behaviour says.
template <class F>
struct behaviour_entry {
  static constexpr bool is_handler = true;
  template <class M>
  static constexpr bool takes = std::is_invocable_v<F&, const M&>;
  template <class M>
  static constexpr bool puts_aside = false;
  template <class M>
  static constexpr bool refuses = false;
};
template <class... Ms>
struct behaviour_entry<put_aside_entry<Ms...>> {
  static constexpr bool is_handler = false;
  template <class M>
  static constexpr bool takes = false;
  template <class M>
  static constexpr bool puts_aside = messages<Ms...>::template has<M>;
  template <class M>
  static constexpr bool refuses = false;
  using named = messages<Ms...>;
};
template <class... Ms>
struct behaviour_entry<unhandled_entry<Ms...>> {
  static constexpr bool is_handler = false;
  template <class M>
  static constexpr bool takes = false;
  template <class M>
  static constexpr bool puts_aside = false;
  template <class M>
  static constexpr bool refuses = messages<Ms...>::template has<M>;
  using named = messages<Ms...>;
};

// An entry that is no handler takes nothing, and can be a base of the overloads all the same.
template <class F, bool = behaviour_entry<F>::is_handler>
struct behaviour_overload : F {
  explicit behaviour_overload(F f) : F(std::move(f)) {}
  using F::operator();
};
template <class F>
struct behaviour_overload<F, false> {
  explicit behaviour_overload(F) noexcept {}
  void operator()(const behaviour_overload&) const = delete;
};

/// The entries of a behaviour, as one overloaded function.
template <class... Fs>
struct behaviour_overloads : behaviour_overload<Fs>... {
  explicit behaviour_overloads(Fs... fs) : behaviour_overload<Fs>(std::move(fs))... {}
  using behaviour_overload<Fs>::operator()...;
};

/// What a behaviour does with one message: `runner` gives the means of the actor.
template <class Runner, class M, class Entries>
struct behaviour_row;

template <class Runner, class M, class... Fs>
struct behaviour_row<Runner, M, behaviour_overloads<Fs...>> {
  static constexpr bool puts_aside = (behaviour_entry<Fs>::template puts_aside<M> || ...);
  static constexpr bool refuses = (behaviour_entry<Fs>::template refuses<M> || ...);
  static constexpr bool takes = std::is_invocable_v<behaviour_overloads<Fs...>&, const M&>;
  static constexpr std::size_t takers = (std::size_t{behaviour_entry<Fs>::template takes<M>} + ... + 0);

  static void run(Runner& by, const std::shared_ptr<void>& entries, delivery& d, const M& m) {
    static_assert(takes || takers < 2,
                  "troupe: two handlers of this behaviour take the same message of the protocol");
    static_assert(
        takes || takers > 1 || puts_aside || refuses,
        "troupe: this behaviour has no handler for a message of the protocol: write one, or name the "
        "message in put_aside<...> or unhandled<...>");
    static_assert(!(puts_aside && refuses),
                  "troupe: a message of this behaviour is put aside and unhandled at once");
    if constexpr (puts_aside)
      by.put_aside();
    else if constexpr (refuses)
      by.refuse(d);
    else if constexpr (takes)
      by.template call<M>(*static_cast<behaviour_overloads<Fs...>*>(entries.get()), entries, d, m);
  }
};

}  // namespace detail

/// See above (BE1, BE2). A value; copies are the same behaviour. Belongs to one actor.
template <class Runner, class... Ms>
class behaviour {
 public:
  /// Made of handlers and of what is named in `put_aside` and `unhandled`.
  template <class... Fs>
  requires(!std::is_same_v<std::remove_cvref_t<Fs>, behaviour> && ...) behaviour(Fs... entries)
      : entries_(std::make_shared<detail::behaviour_overloads<Fs...>>(std::move(entries)...)),
        rows_(rows<Fs...>.data()) {
    check_entries<Fs...>();
  }

  /// For the actor: does with the message of `d`, an `M`, what the behaviour says.
  template <class M>
  void run(Runner& by, delivery& d, const M& m) const {
    rows_[place<M>()](by, entries_, d, &m);
  }
  /// For the actor: keeps what the lambdas captured alive.
  const std::shared_ptr<void>& entries() const noexcept { return entries_; }

 private:
  using row_fn = void (*)(Runner&, const std::shared_ptr<void>&, delivery&, const void*);

  template <class M>
  static constexpr std::size_t place() noexcept {
    std::size_t at = 0;
    static_cast<void>(((std::is_same_v<M, Ms> || (++at, false)) || ...));
    return at;
  }
  template <class M, class Entries>
  static void run_row(Runner& by, const std::shared_ptr<void>& entries, delivery& d, const void* m) {
    detail::behaviour_row<Runner, M, Entries>::run(by, entries, d, *static_cast<const M*>(m));
  }
  template <class... Fs>
  static constexpr std::array<row_fn, sizeof...(Ms)> rows{
      &run_row<Ms, detail::behaviour_overloads<Fs...>>...};

  template <class F>
  static constexpr bool belongs() {
    using entry = detail::behaviour_entry<F>;
    if constexpr (entry::is_handler)
      return (entry::template takes<Ms> || ...);
    else
      return all_known(typename entry::named{});
  }
  template <class... Ns>
  static constexpr bool all_known(messages<Ns...>) {
    return (messages<Ms...>::template has<Ns> && ...);
  }
  template <class... Fs>
  static constexpr void check_entries() {
    static_assert((belongs<Fs>() && ...),
                  "troupe: an entry of this behaviour is about what is no message of the actor's protocol");
  }

  std::shared_ptr<void> entries_;
  const row_fn* rows_;
};

}  // namespace troupe
