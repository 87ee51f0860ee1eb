// An offer from inside an actor: `co_await offer<M>(ref, fields...)`, which waits for room in the recipient's mailbox (M8).
//
// Rules
//  OG1 The message is queued or waits from the call of `offer` on, not from its await: so a sender that does not wait for one
//      offer before it makes the next keeps as many messages as it makes.
//  OG2 It completes when the message is queued, or with `stopped`. A recipient whose mailbox does not push back answers at
//      once: with `overloaded` where it rejects. It has no time-out of its own. It fails with `cycle` where there could never be
//      room, because the recipient waits for this very handler (M7).
//  OG3 Destroying it, or the frame that awaits it (L6), takes back a message that still waits.
//  OG4 To an actor of another node it waits in that one's line, and completes a way back after it is queued; with `unreachable` when the
//      connection is lost, whether it was queued or not; with `overloaded` also where too much waits there of what this node has offered.
//      Where too much waits on the way to that node (`node.unsent_max`), it waits here until half of that has left; what is told then is refused.
//      So it is with a member on another node that a router has chosen.
#pragma once

#include <coroutine>
#include <troupe/actor/asking.hpp>
#include <troupe/ref/ref.hpp>

namespace troupe {

class offer_under_way;

/// An offer under way (OG1-OG3). Awaiting gives `result<void>`. Movable; belongs to the actor that made it.
class [[nodiscard]] offering {
 public:
  /// `what` waits at `where`, which is null when it does not.
  offering(boost::intrusive_ptr<detail::cell_slot> slot, boost::intrusive_ptr<offer_under_way> what,
           cell_ptr where) noexcept;
  offering(offering&&) noexcept;
  offering& operator=(offering&&) = delete;
  ~offering();

  bool await_ready() const noexcept { return slot_->arrived; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    slot_->awaited_by(awaiting);
  }
  result<void> await_resume();

 private:
  boost::intrusive_ptr<detail::cell_slot> slot_;
  boost::intrusive_ptr<offer_under_way> what_;
  cell_ptr where_;
};

namespace detail {

/// Offers `e` to `to` on behalf of `owner`.
offering start_offer(cell& owner, const address_ptr& to, engine::envelope_ptr e);

}  // namespace detail
}  // namespace troupe
