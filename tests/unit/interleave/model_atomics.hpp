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

#include "unit/interleave/blocking.hpp"
#include "unit/interleave/machine.hpp"
#include "unit/interleave/model_plain.hpp"

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

  T load(std::memory_order order = std::memory_order_seq_cst) const noexcept {
    machine* const m = machine::current();
    return from_bits(m ? m->load(cell_, order) : cell_.bits);
  }
  operator T() const noexcept { return load(); }  // NOLINT: as std::atomic

  void store(T value, std::memory_order order = std::memory_order_seq_cst) noexcept {
    if (machine* const m = machine::current())
      m->store(cell_, to_bits(value), order);
    else
      cell_.bits = to_bits(value);
  }
  T operator=(T value) noexcept {
    store(value);
    return value;
  }

  T exchange(T value, std::memory_order order = std::memory_order_seq_cst) noexcept {
    return change([value](T) { return value; }, order);
  }

  bool compare_exchange_strong(T& expected, T desired, std::memory_order order,
                               std::memory_order otherwise) noexcept {
    bool equal = false;
    const std::uint64_t wanted = to_bits(expected);
    const auto compare = [&](std::uint64_t& bits) {
      equal = bits == wanted;
      if (equal) bits = to_bits(desired);
      return equal;
    };
    const std::uint64_t before = update(compare, order, otherwise);
    if (!equal) expected = from_bits(before);
    return equal;
  }
  bool compare_exchange_strong(T& expected, T desired,
                               std::memory_order order = std::memory_order_seq_cst) noexcept {
    return compare_exchange_strong(expected, desired, order, for_failure(order));
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order order,
                             std::memory_order otherwise) noexcept {
    return compare_exchange_strong(expected, desired, order, otherwise);
  }
  bool compare_exchange_weak(T& expected, T desired,
                             std::memory_order order = std::memory_order_seq_cst) noexcept {
    return compare_exchange_strong(expected, desired, order);
  }

  template <class D>
  T fetch_add(D by, std::memory_order order = std::memory_order_seq_cst) noexcept {
    return change([by](T v) { return static_cast<T>(v + by); }, order);
  }
  template <class D>
  T fetch_sub(D by, std::memory_order order = std::memory_order_seq_cst) noexcept {
    return change([by](T v) { return static_cast<T>(v - by); }, order);
  }
  T fetch_and(T with, std::memory_order order = std::memory_order_seq_cst) noexcept {
    return change([with](T v) { return static_cast<T>(v & with); }, order);
  }
  T fetch_or(T with, std::memory_order order = std::memory_order_seq_cst) noexcept {
    return change([with](T v) { return static_cast<T>(v | with); }, order);
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

  // As the standard has it: what a compare-exchange that fails leaves of its order.
  static constexpr std::memory_order for_failure(std::memory_order order) noexcept {
    if (order == std::memory_order_acq_rel) return std::memory_order_acquire;
    if (order == std::memory_order_release) return std::memory_order_relaxed;
    return order;
  }

  template <class F>
  T change(F f, std::memory_order order) noexcept {
    const auto apply = [&f](std::uint64_t& bits) {
      bits = to_bits(f(from_bits(bits)));
      return true;
    };
    return from_bits(update(apply, order, order));
  }

  template <class F>
  std::uint64_t update(const F& f, std::memory_order order, std::memory_order otherwise) noexcept {
    if (machine* const m = machine::current()) return m->update(cell_, std::ref(f), order, otherwise);
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
  template <class T>
  using plain = model_plain<T>;
  using mutex = model_mutex;

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
