// One pending answer. An ask makes a slot, the envelope carries a reference to it, and whoever is first
// settles it: the handler's reply, its error, the deadline, the end of the recipient, a cut link, or the
// asker who gives up.
//
// Rules
//  RS1 A slot is settled exactly once (M5: an ask always completes); later attempts return false and change
//      nothing.
//  RS2 `settled` runs on the thread that settled it, without a lock, and only posts: it never runs user code.
//  RS3 A slot whose last envelope goes away unanswered is settled with `broken_promise`.
//  RS4 Who works on the request for long may leave word where he is. If the asker gives up first, at its deadline or before, he is
//      told, once, on the thread that gave up; once he has taken the word back he never is. Where the request only waits word may
//      be left too (left_word.hpp): nobody is told then, but the asker can find out who keeps him waiting.
#pragma once

#include <atomic>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <memory>
#include <troupe/base/error.hpp>
#include <troupe/engine/block_pool.hpp>
#include <troupe/engine/left_word.hpp>
#include <troupe/engine/message_type.hpp>
#include <troupe/engine/timer.hpp>
#include <variant>

namespace troupe::engine {

struct envelope;
/// How an envelope goes.
struct envelope_deleter {
  /// Destroys the payload, settles a reply slot that is still there (RS3), and frees the memory.
  void operator()(envelope* e) const noexcept;

  /// The first two of these: what is left is memory, for `operator()` to free.
  static void end_contents(envelope& e) noexcept;

 private:
  static void abandon(envelope& e) noexcept;
};
/// An owned envelope.
using envelope_ptr = std::unique_ptr<envelope, envelope_deleter>;

/// The outcome of an ask: an envelope with the reply, or an error.
using outcome = std::variant<error, envelope_ptr>;

class recipient;

/// The asker's end of an ask. Thread-safe where it says so.
class reply_slot : public timer {
 public:
  /// `reply` is the type that is expected back. The first reference belongs to the caller.
  explicit reply_slot(const message_type& reply) noexcept : reply_type_(reply) {}
  virtual ~reply_slot() {
    if (word_.is_left()) [[unlikely]]
      end_word();
  }
  reply_slot(const reply_slot&) = delete;
  reply_slot& operator=(const reply_slot&) = delete;
  /// Slots live in blocks of the pool.
  static void* operator new(std::size_t bytes) { return allocate_bytes(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept { free_bytes(memory, bytes); }

  /// Settles with a reply (RS1). Thread-safe.
  bool complete(envelope_ptr reply) noexcept;

  /// Settles with an error (RS1). Thread-safe.
  bool fail(error why) noexcept;

  /// The same for the asker, who gives up: who works on the request is told (RS4). Thread-safe.
  bool abandon(error why) noexcept;

  /// `who`, which has the request, says so with a note of its own. True: a reference to it goes to the word; false: the asker has
  /// given up, or word is left already. By the one that has the request.
  bool leave_word(recipient& who, word_kind what, const void* note) noexcept {
    return word_.leave(who, what, note);
  }
  /// Takes the word back. True: its reference is the caller's again. By the one that has the request.
  bool take_word_back() noexcept { return word_.take_back(); }
  /// Whether word is left. Thread-safe, as of now.
  bool has_word() const noexcept { return word_.is_left(); }
  /// The word that `who` has left, if it is its. By `who`.
  std::optional<word_left> word_of(const recipient& who) const noexcept { return word_.of(who); }
  /// Who has left word, with a reference for the caller; null for nobody. By the asker, who is one thread at a time.
  recipient* find_holder() noexcept;

  /// Whether it has been settled. Thread-safe.
  bool is_settled() const noexcept { return taken_.load(std::memory_order_acquire); }

  /// The type of a reply.
  const message_type& reply_type() const noexcept { return reply_type_; }

  /// When the ask times out; `never` without a deadline. Set before the slot is shared.
  time_point deadline = never;

  /// The outcome. REQUIRES: called by the one `settled` handed it to.
  outcome take() noexcept {
    if (why_) return std::move(*why_);
    return std::move(reply_);
  }

  void fired() noexcept override;
  void timer_add_ref() noexcept override { intrusive_ptr_add_ref(this); }
  void timer_release() noexcept override { intrusive_ptr_release(this); }

  friend void intrusive_ptr_add_ref(reply_slot* s) noexcept {
    s->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(reply_slot* s) noexcept {
    // acq_rel: the last one out sees all that the others did before they let go.
    if (s->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete s;
  }

 protected:
  /// The outcome is there (RS2).
  virtual void settled() noexcept = 0;

 private:
  void end_word() noexcept;

  std::atomic<std::uint32_t> references_{0};
  std::atomic<bool> taken_{false};  // acq_rel: only the winner touches reply_ and why_
  left_word<recipient> word_;
  const message_type& reply_type_;
  envelope_ptr reply_;
  std::unique_ptr<error> why_;  // apart: errors are rare and large
};

/// A shared slot.
using reply_slot_ptr = boost::intrusive_ptr<reply_slot>;

}  // namespace troupe::engine
