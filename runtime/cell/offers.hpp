// Messages that wait with their senders for room in a full mailbox (M8, push back).
//
// Rules
//  OF1 Offers are queued in the order they were made. While any waits, a new one waits behind it and a tell is rejected: room
//      that is made belongs to those who wait.
//  OF2 An offer is settled once: queued, `stopped`, or given up by its sender, whose message is then never queued. Settling
//      only posts (reply_slot.hpp, RS2).
//  OF3 Whoever adds one that waits nudges the receiver afterwards (IN7), so a receiver sleeps only if none waits or there is no
//      room.
#pragma once

#include <atomic>
#include <boost/intrusive/list.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstddef>
#include <mutex>
#include <troupe/engine/bounded_mailbox.hpp>
#include <troupe/engine/envelope.hpp>
#include <utility>
#include <vector>

namespace troupe {

/// One offer. Belongs to whoever makes it, and to the recipient while it waits there.
class offer_under_way : public boost::intrusive_ref_counter<offer_under_way, boost::thread_safe_counter>,
                        public boost::intrusive::list_base_hook<> {
 public:
  /// `sent` is told: `queued` when the message is, or an error.
  offer_under_way(engine::envelope_ptr message, engine::reply_slot_ptr sent, engine::envelope_ptr queued)
      : message_(std::move(message)), sent_(std::move(sent)), queued_(std::move(queued)) {}

  /// The message, for whoever queues it or gives it up. Not while it waits.
  engine::envelope_ptr take_message() noexcept { return std::move(message_); }
  /// Where its sender waits, and what for.
  engine::reply_slot& sent() const noexcept { return *sent_; }
  /// What is offered. Not while it waits.
  const message_type* type() const noexcept { return message_->type; }
  /// It is not queued yet after all. Not while it waits.
  void put_back(engine::envelope_ptr message) noexcept { message_ = std::move(message); }
  /// The message is queued (OF2).
  void settle() noexcept { sent_->complete(std::move(queued_)); }
  /// It never will be (OF2).
  void settle(error why) noexcept { sent_->fail(std::move(why)); }

 private:
  friend class offers;
  engine::envelope_ptr message_;
  engine::reply_slot_ptr sent_;
  engine::envelope_ptr queued_;
};
/// A shared offer.
using offer_ptr = boost::intrusive_ptr<offer_under_way>;

/// Those that wait for room in one mailbox.
class offers {
 public:
  offers() = default;
  offers(const offers&) = delete;
  offers& operator=(const offers&) = delete;
  ~offers();

  /// Adds one at the end (OF3). False: the mailbox has been closed. Thread-safe.
  bool add(const offer_ptr& one);

  /// Takes one out, if it still waits. Thread-safe.
  void withdraw(offer_under_way& one) noexcept;

  /// Whether any waits, as of now. Thread-safe.
  bool any() const noexcept { return waiting_.load(std::memory_order_relaxed) != 0; }

  /// Queues those for whom `push` finds room, the oldest first, and settles them. The receiver only.
  template <class Push>
  void admit(Push push) {
    std::vector<offer_ptr> queued;
    {
      const std::lock_guard hold{mutex_};
      while (!list_.empty() && push(*list_.front().message_)) {
        static_cast<void>(list_.front().message_.release());
        queued.push_back(unlisted_first());
      }
    }
    for (const auto& one : queued) one->settle();
  }

  /// No more: takes out all that wait. The receiver only.
  std::vector<offer_ptr> close();

 private:
  offer_ptr unlisted_first() noexcept;

  std::mutex mutex_;
  boost::intrusive::list<offer_under_way> list_;  // guarded by mutex_; each holds a reference
  bool closed_ = false;                           // guarded by mutex_
  // Written under the lock. relaxed: a sender may look a moment too early or too late; the receiver looks again after the
  // nudge, which makes the number visible (OF3).
  std::atomic<std::size_t> waiting_{0};
};

}  // namespace troupe
