// An ask from inside an actor: `co_await ask<M>(ref, timeout, fields...)`.
//
// Rules
//  A1 The request leaves when `ask` is called, not when it is awaited: several can be under way at once.
//  A2 It always completes, with `timeout` at the latest (M5).
//  A3 Destroying it unawaited, or destroying the frame that awaits it (L6), settles it with `cancelled`; a
//     reply that comes later is dropped.
//  A4 Where awaiting it would never end because the other waits for this very handler, it fails with `cycle` (M7, cycle_probe.hpp).
#pragma once

#include <coroutine>
#include <troupe/actor/listed_slot.hpp>
#include <troupe/cell/signal.hpp>
#include <troupe/ref/ref.hpp>
#include <troupe/task/continuation.hpp>
#include <troupe/task/on_behalf.hpp>

namespace troupe {

namespace detail {

/// A slot whose outcome resumes a coroutine in its actor's turn.
class cell_slot final : public listed_slot, public signal {
 public:
  using listed_slot::operator new;
  using listed_slot::operator delete;
  cell_slot(const message_type& reply, cell& owner) noexcept : listed_slot(reply), owner_(&owner) {}

  /// The coroutine that awaits it is suspended, and goes on with the outcome. In the owner's turn.
  template <class Promise>
  void awaited_by(std::coroutine_handle<Promise> awaiting) noexcept {
    waiting = continuation{awaiting};
    wait_begins(behalf_of(awaiting), *owner_);
  }
  /// It is not awaited any more. In the owner's turn.
  void let_go() noexcept {
    waiting = {};
    wait_ends();
  }

  void deliver(cell& at) override;
  void dispose() noexcept override { intrusive_ptr_release(static_cast<reply_slot*>(this)); }

  /// Who waits; in the owner's turn only.
  continuation waiting;
  /// Whether the outcome has been delivered to the owner; in the owner's turn only.
  bool arrived = false;

 private:
  void settled() noexcept override;

  cell_ptr owner_;
};

}  // namespace detail

/// An ask under way (A1-A3). Awaiting gives `result<R>`. Movable; belongs to the actor that made it.
template <class R>
class [[nodiscard]] asking {
 public:
  explicit asking(boost::intrusive_ptr<detail::cell_slot> slot) noexcept : slot_(std::move(slot)) {}
  asking(asking&&) noexcept = default;
  asking& operator=(asking&&) noexcept = default;
  ~asking() {
    if (!slot_) return;
    slot_->let_go();
    slot_->unlist();
    slot_->abandon({errc::cancelled, "the asker gave up"});
  }

  bool await_ready() const noexcept { return slot_->arrived; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    slot_->awaited_by(awaiting);
  }
  result<R> await_resume() {
    slot_->wait_ends();
    return detail::to_result<R>(std::exchange(slot_, nullptr)->take());
  }

 private:
  boost::intrusive_ptr<detail::cell_slot> slot_;
};

namespace detail {

/// Sends `e` to `to` as a request of `owner`, whose open asks are `open`, and returns the slot for its answer.
boost::intrusive_ptr<cell_slot> start_ask(cell& owner, open_asks& open, const address_ptr& to,
                                          engine::envelope_ptr&& e, const message_type& reply,
                                          duration timeout);

}  // namespace detail
}  // namespace troupe
