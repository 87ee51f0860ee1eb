// The answer to an ask for a thread that is no actor. An actor awaits instead: see actor/asking.hpp.
//
// Rules
//  FU1 A future is settled once (M5): by the answer, by the deadline, or by who cancels; whoever comes later changes nothing.
//  FU2 Who cancels gives the ask up as an actor does that drops its own (A3): what waits to be run is dropped, a handler that waits
//      on the asker's behalf ends where it waits, on whatever node (M6), and `cancelled` is the outcome.
//  FU3 To destroy a future gives nothing up: who only sends and does not look needs no future.
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
/// Gives the ask up (FU2). False: it was settled before, or `slot` is null. Thread-safe.
bool give_up(thread_slot_ptr slot) noexcept;

}  // namespace detail

/// Cancels one ask of a thread, also while another waits in `get` or a function waits in `then`. Copyable, thread-safe; one that was
/// made by nobody cancels nothing.
class canceller {
 public:
  canceller() noexcept = default;
  explicit canceller(detail::thread_slot_ptr slot) noexcept : slot_(std::move(slot)) {}

  /// Gives the ask up (FU2): its outcome is `cancelled`. False: it has an outcome already, which stays (FU1). What was passed to
  /// `then` runs in this call.
  bool cancel() const noexcept { return detail::give_up(slot_); }

 private:
  detail::thread_slot_ptr slot_;
};

/// An answer that will come. Movable; used by one thread at a time, its cancellers by any.
template <class R>
class [[nodiscard]] future {
 public:
  explicit future(detail::thread_slot_ptr slot) noexcept : slot_(std::move(slot)) {}

  /// Waits for the answer and takes it. Always returns, with `timeout` at the latest (M5). Once only.
  /// Throws `failed` with `invalid`, which names the actor, in a handler that runs on a worker, because a worker that waits can starve
  /// what it waits for; in a simulation in every handler, whatever it runs on (sim/world.hpp, SW4).
  result<R> get() { return detail::to_result<R>(detail::outcome_of(std::exchange(slot_, nullptr))); }

  /// Gives the ask up (FU2): `get` and `then` have `cancelled`. False: it has an outcome already, which stays (FU1), or it was taken.
  /// Never throws, and waits for nothing.
  bool cancel() noexcept { return detail::give_up(slot_); }

  /// What cancels it from elsewhere, or after `get` or `then` has been called. REQUIRES: called before these.
  canceller make_canceller() const noexcept { return canceller{slot_}; }

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
