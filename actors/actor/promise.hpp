// An answer that a handler gives later: it returns a `promise` and keeps a copy.
//
//     struct ticket { int number; using reply = std::string; };
//
//     class counter : public troupe::actor<ticket, called> {
//      public:
//       troupe::promise<std::string> on(const ticket& m) {
//         return waiting_[m.number] = answer_later<std::string>();
//       }
//       void on(const called& m) { waiting_[m.number].reply("to window " + m.window); }
//
//      private:
//       std::map<int, troupe::promise<std::string>> waiting_;
//     };
//
// Rules
//  LA1 The first answer counts; those after it, and those after the asker's deadline, change nothing and say so.
//  LA2 The asker hears `broken_promise` when the last copy goes without an answer, so when the actor ends with it.
//  LA3 It is no part of the actor: any thread may answer, and other messages are handled meanwhile.
//  LA4 In `on_unknown` it answers whoever sent the message, if he expects an `R`: else `answer_later` throws `failed` with `invalid`, and says
//      what he expects. An ask can be refused without knowing that: `d.refuse(error)`.
#pragma once

#include <memory>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/engine/envelope.hpp>
#include <troupe/engine/reply_slot.hpp>
#include <utility>

namespace troupe {

namespace detail {

/// What the copies of a promise share.
class promised {
 public:
  explicit promised(engine::reply_slot_ptr slot) noexcept : slot_(std::move(slot)) {}
  promised(const promised&) = delete;
  promised& operator=(const promised&) = delete;
  ~promised();

  /// Where the answer goes; null when nobody asked. Thread-safe.
  engine::reply_slot* slot() const noexcept { return slot_.get(); }

 private:
  const engine::reply_slot_ptr slot_;
};

/// Takes the answering of the message in hand over; `reply` is what the promise is for.
std::shared_ptr<promised> promise_reply(const message_type& reply);

}  // namespace detail

/// An `R` that is owed to whoever sent the message (LA1-LA3). Copies are one promise. Thread-safe as a `std::shared_ptr` is.
template <class R>
class promise {
 public:
  /// Owed to nobody.
  promise() = default;
  /// For `actor_base::answer_later`.
  explicit promise(std::shared_ptr<detail::promised> owed) noexcept : owed_(std::move(owed)) {}

  /// Answers. False: nobody waits (any more) (LA1).
  bool reply(R value) const {
    auto* const slot = owed_ ? owed_->slot() : nullptr;
    return slot && slot->complete(engine::make_envelope<R>(message_type_of<R>, std::move(value)));
  }
  /// Answers with an error. False: nobody waits (any more).
  bool fail(error why) const {
    auto* const slot = owed_ ? owed_->slot() : nullptr;
    return slot && slot->fail(std::move(why));
  }
  /// Whether somebody waits for the answer, as of now: an ask that is over needs no more work.
  bool is_awaited() const noexcept {
    auto* const slot = owed_ ? owed_->slot() : nullptr;
    return slot && !slot->is_settled();
  }

 private:
  std::shared_ptr<detail::promised> owed_;
};

}  // namespace troupe
