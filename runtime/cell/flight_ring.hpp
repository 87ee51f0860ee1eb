// The entries of a flight recorder that one thread writes, or several where there are more threads than rings (flight_recorder.hpp), and anybody
// reads.
//
//   operation      who may call it
//   write          the ring's thread alone
//   write_shared   any thread, of a ring in which nobody calls `write`
//   read           any thread
//
// Rules
//  FL1 An entry that is read is one that was written, whole. A place says that it is being written before any word of it changes, and what is
//      there after all of them have; a reader that finds the same before and after its words has words of that one write (a sequence lock).
//  FL2 Nobody waits. A reader leaves out what is being written; of two writers that come to one place of a shared ring the later one gives
//      its entry up, which takes a whole round of the ring during one write.
//
// No order is weaker than release and acquire, and there are no fences: who reads a word of a newer entry finds that `id` has changed since,
// and TSan can follow it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <troupe/base/units.hpp>
#include <troupe/engine/atomics.hpp>

namespace troupe {

struct message_type;

/// One entry.
struct flight_entry {
  std::uint64_t id = 0;  ///< unique in its recorder
  time_point at{};       ///< the time of the turn
  std::uint64_t actor = 0;
  std::uint64_t sender = 0;  ///< 0: no actor; with `engine::cause_elsewhere`: of another node
  const message_type* type = nullptr;
  std::uint64_t cause =
      0;  ///< the entry of the handling in which it was sent; 0: not known (flight_recorder.hpp, FR2)
  bool failed = false;  ///< not a message, but the actor's failure on one; `type` null: on none
};

/// See above (FL1, FL2).
template <class Atomics = engine::real_atomics>
class flight_ring {
  template <class T>
  using atomic = typename Atomics::template atomic<T>;

  /// A line of the cache.
  struct alignas(64) place {
    atomic<std::uint64_t> id{nothing};
    atomic<std::int64_t> at{0};
    atomic<std::uint64_t> actor{0};
    atomic<std::uint64_t> sender{0};
    atomic<const message_type*> type{nullptr};
    atomic<std::uint64_t> cause{0};
  };

 public:
  // An id: the ring, from 1 on, and the place in it as it has counted them.
  static constexpr unsigned position_bits = 40;
  static constexpr unsigned id_bits = 48;
  /// What an entry takes.
  static constexpr std::size_t place_bytes = sizeof(place);

  /// Ring `number`, from 1 on, with `entries` places, a power of two.
  flight_ring(std::uint64_t number, std::size_t entries)
      : number_(number), mask_(entries - 1), places_(std::make_unique<place[]>(entries)) {}

  /// Its number.
  std::uint64_t number() const noexcept { return number_; }
  /// How many places there are.
  std::size_t size() const noexcept { return mask_ + 1; }

  /// Puts `e` in place of the oldest entry, but for its id, which it returns.
  std::uint64_t write(const flight_entry& e) noexcept {
    const std::uint64_t position = next_.load(std::memory_order_relaxed);
    next_.store(position + 1, std::memory_order_relaxed);  // nobody else writes it
    place& p = places_[position & mask_];
    p.id.store(being_written, std::memory_order_release);
    return fill(p, position, e);
  }

  /// The same; 0 where it gave up (FL2).
  std::uint64_t write_shared(const flight_entry& e) noexcept {
    const std::uint64_t position = next_.fetch_add(1, std::memory_order_relaxed);  // only has to be its own
    place& p = places_[position & mask_];
    // acq_rel: what the last writer has stored lies behind what this one does; pairs with the last store of `fill`.
    if (p.id.exchange(being_written, std::memory_order_acq_rel) == being_written) return 0;
    return fill(p, position, e);
  }

  /// What is in place `i` (FL1); none: nothing, or it is being written.
  std::optional<flight_entry> read(std::size_t i) const noexcept {
    const place& p = places_[i];
    constexpr auto order = std::memory_order_acquire;  // pairs with the stores of `fill`
    flight_entry e{.id = p.id.load(order)};
    if (e.id == nothing || e.id == being_written) return {};
    e.at = time_point{duration{p.at.load(order)}};
    const std::uint64_t actor = p.actor.load(order);
    e.actor = actor & ~failed_bit;
    e.failed = (actor & failed_bit) != 0;
    e.sender = p.sender.load(order);
    e.type = p.type.load(order);
    e.cause = p.cause.load(order);
    if (p.id.load(order) != e.id) return {};
    return e;
  }

 private:
  static constexpr std::uint64_t nothing = 0;
  static constexpr std::uint64_t being_written = ~std::uint64_t{0};  // no id: those have fewer bits
  static constexpr std::uint64_t position_mask = (std::uint64_t{1} << position_bits) - 1;
  static constexpr std::uint64_t failed_bit = std::uint64_t{1} << 63;

  std::uint64_t fill(place& p, std::uint64_t position, const flight_entry& e) noexcept {
    const std::uint64_t id = (number_ << position_bits) | (position & position_mask);
    constexpr auto order = std::memory_order_release;  // pairs with the loads of `read`
    p.at.store(e.at.time_since_epoch().count(), order);
    p.actor.store(e.actor | (e.failed ? failed_bit : 0), order);
    p.sender.store(e.sender, order);
    p.type.store(e.type, order);
    p.cause.store(e.cause, order);
    p.id.store(id, order);
    return id;
  }

  const std::uint64_t number_;
  const std::size_t mask_;
  atomic<std::uint64_t> next_{0};
  const std::unique_ptr<place[]> places_;
};

}  // namespace troupe
