// A runnable with a mailbox, as its senders' outboxes know it.
#pragma once

#include <troupe/engine/envelope.hpp>
#include <troupe/engine/inbox.hpp>
#include <troupe/engine/outbox.hpp>
#include <troupe/engine/runnable.hpp>

namespace troupe::engine {

/// What messages are sent to. All functions but `run_turn` are thread-safe.
class recipient : public runnable {
 public:
  /// Queues the messages of a chain. Runs nobody else's code: the caller holds a lock.
  virtual pushed accept(const chain<envelope>& messages) noexcept = 0;

  /// What must follow when `accept` says so.
  virtual void schedule() noexcept = 0;

  /// What becomes of a chain that was not accepted: dead letters (M2).
  virtual void refuse(const chain<envelope>& messages) noexcept = 0;

  /// The asker of a request it works on, and has left word in, gave up (RS4). The word's reference is its own now.
  virtual void asker_gave_up(reply_slot& request) noexcept = 0;

  /// Whether it is a cell, in whose turn is known what its handlers wait for (M7). What holds a request for others is none.
  virtual bool is_cell() const noexcept { return true; }

  /// One more owner.
  virtual void add_reference() noexcept = 0;
  /// One owner less.
  virtual void release_reference() noexcept = 0;

 protected:
  ~recipient() = default;
};

/// A worker's outbox.
using worker_outbox = outbox<recipient, envelope>;

}  // namespace troupe::engine
