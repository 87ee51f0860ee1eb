// The policy that puts a mechanism of the engine on the machine: the interface of engine::real_atomics, each
// operation a step (IM1, IM2).
//
//   engine::inbox<node, interleave::model_atomics> box;
//
// A compare-exchange that is weak never fails without a reason here: a loop around it does not need to be told apart
// from the strong one, and the number of orders stays small.
#pragma once

#include <atomic>
#include <cstring>
#include <type_traits>

#include "unit/interleave/machine.hpp"

namespace interleave {

/// std::atomic<T> on the machine. Outside of a run it is a plain variable.
template <class T>
class model_atomic {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 8, "the machine keeps values in 64 bits");

 public:
  using value_type = T;
  static constexpr bool is_always_lock_free = true;

  model_atomic() noexcept : model_atomic(T{}) {}
  model_atomic(T value) noexcept : cell_(to_bits(value)) {}  // NOLINT: as std::atomic
  model_atomic(const model_atomic&) = delete;
  model_atomic& operator=(const model_atomic&) = delete;

  T load(std::memory_order = std::memory_order_seq_cst) const noexcept {
    machine* const m = machine::current();
    return from_bits(m ? m->load(cell_) : cell_.bits);
  }
  operator T() const noexcept { return load(); }  // NOLINT: as std::atomic

  void store(T value, std::memory_order order = std::memory_order_seq_cst) noexcept {
    if (machine* const m = machine::current())
      m->store(cell_, to_bits(value), order == std::memory_order_seq_cst);
    else
      cell_.bits = to_bits(value);
  }
  T operator=(T value) noexcept {
    store(value);
    return value;
  }

  T exchange(T value, std::memory_order = std::memory_order_seq_cst) noexcept {
    return change([value](T) { return value; });
  }

  bool compare_exchange_strong(T& expected, T desired, std::memory_order = std::memory_order_seq_cst,
                               std::memory_order = std::memory_order_seq_cst) noexcept {
    bool equal = false;
    const std::uint64_t wanted = to_bits(expected);
    const std::uint64_t before = update([&](std::uint64_t& bits) {
      equal = bits == wanted;
      if (equal) bits = to_bits(desired);
      return equal;
    });
    if (!equal) expected = from_bits(before);
    return equal;
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order = std::memory_order_seq_cst,
                             std::memory_order = std::memory_order_seq_cst) noexcept {
    return compare_exchange_strong(expected, desired);
  }

  template <class D>
  T fetch_add(D by, std::memory_order = std::memory_order_seq_cst) noexcept {
    return change([by](T v) { return static_cast<T>(v + by); });
  }
  template <class D>
  T fetch_sub(D by, std::memory_order = std::memory_order_seq_cst) noexcept {
    return change([by](T v) { return static_cast<T>(v - by); });
  }
  T fetch_and(T with, std::memory_order = std::memory_order_seq_cst) noexcept {
    return change([with](T v) { return static_cast<T>(v & with); });
  }
  T fetch_or(T with, std::memory_order = std::memory_order_seq_cst) noexcept {
    return change([with](T v) { return static_cast<T>(v | with); });
  }

  /// What a trace calls it.
  void name(std::string text) const {
    if (machine* const m = machine::current()) m->name(cell_, std::move(text));
  }

 private:
  static std::uint64_t to_bits(T value) noexcept {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    return bits;
  }
  static T from_bits(std::uint64_t bits) noexcept {
    T value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }

  template <class F>
  T change(F f) noexcept {
    return from_bits(update([&f](std::uint64_t& bits) {
      bits = to_bits(f(from_bits(bits)));
      return true;
    }));
  }

  template <class F>
  std::uint64_t update(F f) noexcept {
    if (machine* const m = machine::current()) return m->update(cell_, std::ref(f));
    const std::uint64_t before = cell_.bits;
    std::uint64_t after = before;
    if (f(after)) cell_.bits = after;
    return before;
  }

  mutable cell cell_;
};

/// The policy.
struct model_atomics {
  template <class T>
  using atomic = model_atomic<T>;

  /// Costs nothing and does nothing, as it should (AF1).
  static void light_fence() noexcept {}
  static void heavy_fence() noexcept {
    if (machine* const m = machine::current()) m->heavy_fence();
  }
  static void full_fence() noexcept {
    if (machine* const m = machine::current()) m->full_fence();
  }
};

}  // namespace interleave
