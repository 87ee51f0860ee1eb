// A message while its receiver runs it.
//
//  DY1 It may still be in its mailbox (inbox.hpp, IN8), which costs the receiver one atomic operation less. Who wants to have it
//      longer than the turn, or to hand it on, asks for it with `keep`, which takes it out.
#pragma once

#include <troupe/engine/envelope.hpp>
#include <utility>

namespace troupe {

class cell;

/// One message that is being run, seen by the body of its cell. In its turn only.
class delivery {
 public:
  /// A message that has been taken out.
  explicit delivery(engine::envelope_ptr e) noexcept : envelope_(e.release()) {}
  /// A message that is alone in the mailbox of `at`.
  delivery(engine::envelope& alone, cell& at) noexcept : envelope_(&alone), at_(&at) {}
  delivery(delivery&& other) noexcept
      : envelope_(std::exchange(other.envelope_, nullptr)), at_(std::exchange(other.at_, nullptr)) {}
  delivery& operator=(delivery&&) = delete;
  /// Destroys it. REQUIRES: it is not in its mailbox any more.
  ~delivery() {
    if (envelope_) engine::envelope_ptr{envelope_}.reset();
  }

  /// The message. REQUIRES: nobody has kept it.
  engine::envelope* operator->() const noexcept { return envelope_; }
  /// The message. REQUIRES: nobody has kept it.
  engine::envelope& operator*() const noexcept { return *envelope_; }
  /// Whether nobody has kept it.
  explicit operator bool() const noexcept { return envelope_ != nullptr; }

  /// Takes it over, out of its mailbox if it is there still.
  engine::envelope_ptr keep() noexcept {
    if (at_) leave_mailbox();
    return engine::envelope_ptr{std::exchange(envelope_, nullptr)};
  }

  /// Takes the answering over: who asked, null when nobody did, or somebody has the message already. An open request of a plain CAF actor is
  /// one too; it takes whatever it is answered with.
  engine::reply_slot_ptr take_reply();

  /// Answers who asked with an error, unless somebody has taken that over. Of a message that nobody asked nothing is seen.
  void refuse(error why);

  /// Destroys it and stands for `other` from now on.
  void replace(engine::envelope_ptr other) noexcept {
    keep().reset();
    envelope_ = other.release();
  }

 private:
  friend class cell;

  void leave_mailbox() noexcept;

  engine::envelope* envelope_;
  cell* at_ = nullptr;  // the cell in whose mailbox it is
};

}  // namespace troupe
