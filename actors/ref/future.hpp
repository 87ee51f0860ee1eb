// The answer to an ask for a thread that is no actor. An actor awaits instead: see actor/asking.hpp.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <functional>
#include <troupe/cell/address.hpp>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/engine/reply_slot.hpp>
#include <utility>

namespace troupe {

namespace detail {

/// What is wrong with a reply of type `got` where `wanted` is expected.
error wrong_reply(const message_type& got, const message_type& wanted);

/// Takes an outcome apart.
template <class R>
result<R> to_result(engine::outcome what) {
  if (auto* why = std::get_if<error>(&what)) return std::move(*why);
  auto& e = std::get<engine::envelope_ptr>(what);
  if (e->type != &message_type_of<R>) return wrong_reply(*e->type, message_type_of<R>);
  return std::move(e->as<R>());
}

/// A slot that a thread waits for.
class thread_slot;
/// One more owner. Thread-safe.
void intrusive_ptr_add_ref(thread_slot* s) noexcept;
/// One owner less. Thread-safe.
void intrusive_ptr_release(thread_slot* s) noexcept;
/// A shared slot.
using thread_slot_ptr = boost::intrusive_ptr<thread_slot>;

/// Sends `e` to `to` as a thread's request that is answered with a `reply`, and arms its deadline (M6).
thread_slot_ptr ask_from_thread(const address_ptr& to, engine::envelope_ptr e, const message_type& reply,
                                duration timeout);
/// Waits and takes the outcome. Once only. Throws as `future::get`.
engine::outcome outcome_of(thread_slot_ptr slot);
/// Calls `then` once the outcome is there, at once if it is there already. Once only.
void when_settled(thread_slot_ptr slot, std::function<void(engine::outcome)> then);

}  // namespace detail

/// An answer that will come. Movable; used by one thread at a time.
template <class R>
class [[nodiscard]] future {
 public:
  explicit future(detail::thread_slot_ptr slot) noexcept : slot_(std::move(slot)) {}

  /// Waits for the answer and takes it. Always returns, with `timeout` at the latest (M5). Once only.
  /// Throws `failed` with `invalid`, which names the actor, in a handler that runs on a worker, because a worker that waits can starve
  /// what it waits for; in a simulation in every handler, whatever it runs on (sim/world.hpp, SW4).
  result<R> get() { return detail::to_result<R>(detail::outcome_of(std::exchange(slot_, nullptr))); }

  /// Calls `f(result<R>)` when the answer is there, on the thread that brings it; `f` must be quick and must
  /// not throw.
  template <class F>
  void then(F f) {
    detail::when_settled(std::exchange(slot_, nullptr), [f = std::move(f)](engine::outcome what) mutable {
      f(detail::to_result<R>(std::move(what)));
    });
  }

 private:
  detail::thread_slot_ptr slot_;
};

}  // namespace troupe
