// Where a request is, as far as somebody has left word: whoever has it for long says so in the asker's slot, and is told when the
// asker gives up, or found when the asker wants to know who keeps him waiting.
//
// | who        | may call                     |
// |------------|------------------------------|
// | the holder | leave, take_back, of         |
// | the asker  | find, close                  |
//
// The holder is whoever has the request; it changes hands with it, so there is one at a time. The asker is one thread at a time.
//
// Rules
//  LW1 The word owns a reference to the holder while it is left. Whoever takes the word away has that reference: the holder who
//      takes it back, the asker who closes.
//  LW2 Nobody waits for anybody. An asker who looks borrows the word's reference, marked so that a holder who takes the word back
//      meanwhile leaves the reference to him.
//  LW3 The note is the holder's: written before the word is left, read by that holder while it is.
//  LW4 `leave` and the look of `find` are sequentially consistent: of a holder who leaves word and then looks at another word, and
//      one who does the same the other way round, at least one sees the other's (cycle_probe.hpp, CY3).
#pragma once

#include <cstdint>
#include <optional>
#include <troupe/engine/atomics.hpp>

namespace troupe::engine {

/// What a holder has the request for.
enum class word_kind : std::uint8_t {
  works,  ///< works on it, and wants to be told when the asker gives up
  waits,  ///< has not begun: it waits there
};

/// A word that is left, for the holder.
struct word_left {
  word_kind kind;
  const void* note;
};

/// The place for one word. `Holder` has `add_reference` and `release_reference`, and is aligned to 8 bytes.
template <class Holder, class Atomics = real_atomics>
class left_word {
 public:
  left_word() = default;
  left_word(const left_word&) = delete;
  left_word& operator=(const left_word&) = delete;
  /// The end of the request, by its last owner: gives the reference of a word back that is left still. Not done by a destructor, so
  /// that `Holder` may be incomplete where the place is.
  void end() noexcept {
    if (Holder* const h = holder_of(word_.load(std::memory_order_acquire))) h->release_reference();
  }

  /// `who` has the request. True: a reference to it is the word's now. False: nothing is left, the asker has given up, or word is
  /// left already.
  bool leave(Holder& who, word_kind kind, const void* note) noexcept {
    word expected = none;
    if (word_.load(std::memory_order_relaxed) != none) return false;
    note_ = note;
    // seq_cst: LW4. Its release makes the note visible to whoever hears of it by the word.
    return word_.compare_exchange_strong(expected, word_of(&who) | (kind == word_kind::waits ? waiting : 0),
                                         std::memory_order_seq_cst, std::memory_order_relaxed);
  }

  /// The word is not left any more. True: its reference is the caller's; else it is not his to give back (LW1, LW2).
  bool take_back() noexcept {
    word old = word_.load(std::memory_order_relaxed);
    while (holder_of(old))
      // acquire: pairs with `find` and `close`, what the asker did before; release: pairs with the second exchange of `find`.
      if (word_.compare_exchange_weak(old, none, std::memory_order_acq_rel, std::memory_order_relaxed))
        return (old & borrowed) == 0;
    return false;
  }

  /// Whether word is left, as of now: exact for the holder, unless the asker gives up.
  bool is_left() const noexcept { return holder_of(word_.load(std::memory_order_relaxed)) != nullptr; }

  /// What `who` has left, if the word is its.
  std::optional<word_left> of(const Holder& who) const noexcept {
    // acquire: pairs with `leave`, which another thread may have called in the holder's name before it got the request.
    const word now = word_.load(std::memory_order_acquire);
    if (holder_of(now) != &who) return {};
    return word_left{kind_of(now), note_};
  }

  /// Who has left word, with a reference for the caller; null for nobody.
  Holder* find() noexcept {
    word old = word_.load(std::memory_order_seq_cst);  // LW4
    Holder* h = nullptr;
    do {
      h = holder_of(old);
      if (!h) return nullptr;
      // acquire: pairs with `leave`; the holder is complete.
    } while (!word_.compare_exchange_weak(old, old | borrowed, std::memory_order_seq_cst,
                                          std::memory_order_seq_cst));
    h->add_reference();
    word mine = old | borrowed;
    // release: pairs with `take_back`. It fails when that came meanwhile, and has left us the reference (LW2).
    if (!word_.compare_exchange_strong(mine, old, std::memory_order_acq_rel, std::memory_order_relaxed))
      h->release_reference();
    return h;
  }

  /// A word that was left when the asker gave up.
  struct closed {
    Holder* holder = nullptr;  ///< null: none was. Its reference is the caller's (LW1)
    word_kind kind = word_kind::works;
  };

  /// The asker gives up: no word can be left any more. Once.
  closed close() noexcept {
    // acquire: the holder is complete; release: who can't leave word sees what came before.
    const word old = word_.exchange(too_late, std::memory_order_acq_rel);
    return {holder_of(old), kind_of(old)};
  }

 private:
  // The holder's address and three bits.
  using word = std::uintptr_t;
  static constexpr word none = 0;
  static constexpr word borrowed = 1;
  static constexpr word waiting = 2;
  static constexpr word too_late = 4;
  static constexpr word bits = 7;

  static word word_of(Holder* h) noexcept { return reinterpret_cast<word>(h); }
  static Holder* holder_of(word w) noexcept { return reinterpret_cast<Holder*>(w & ~bits); }
  static word_kind kind_of(word w) noexcept { return (w & waiting) ? word_kind::waits : word_kind::works; }

  typename Atomics::template atomic<word> word_{none};
  typename Atomics::template plain<const void*> note_{nullptr};
};

}  // namespace troupe::engine
