// What the engine's lock-free mechanisms take their atomics from. A mechanism is a template over such a policy, so
// that tests/unit/interleave can run the very same code under every order of its steps.
//
//   template <class Atomics = real_atomics>
//   class inbox {
//     typename Atomics::template atomic<node*> head_;
//     ...
//     Atomics::light_fence();
//   };
#pragma once

#include <atomic>
#include <mutex>
#include <troupe/engine/asymmetric_fence.hpp>

namespace troupe::engine {

/// The policy of production: std::atomic, and the fences of asymmetric_fence.hpp.
struct real_atomics {
  /// An atomic value.
  template <class T>
  using atomic = std::atomic<T>;
  /// A value that is no atomic and passes from one thread to another through one that is; the checker sees to it that
  /// it never belongs to two.
  template <class T>
  using plain = T;
  /// A lock.
  using mutex = std::mutex;

  /// The cheap side of the pair (AF1).
  static void light_fence() noexcept { engine::light_fence(); }
  /// The dear side of the pair (AF1).
  static void heavy_fence() noexcept { engine::heavy_fence(); }
  /// A fence that stands for itself.
  static void full_fence() noexcept { engine::full_fence(); }
};

}  // namespace troupe::engine
