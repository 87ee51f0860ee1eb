// The memory of a cell: CAF's control block and the cell, one cache line apart as CAF wants them, in one block of the pool.
#pragma once

#include <caf/abstract_actor.hpp>
#include <caf/actor_control_block.hpp>
#include <memory>
#include <new>
#include <troupe/engine/block_pool.hpp>
#include <utility>

namespace troupe::detail {

/// What `caf::make_actor` does, in a block of the pool. `T` derives from `caf::abstract_actor` first of all. The first
/// strong reference is the caller's. The object dies with the last strong reference, its memory with the last weak one.
template <class T>
class pooled_actor {
 public:
  /// Makes a `T` of `args` behind a control block.
  template <class... Args>
  static T* make(caf::actor_id id, caf::node_id node, caf::actor_system* system, Args&&... args) {
    void* const memory = engine::allocate_bytes(bytes);
    auto* const control = ::new (memory) caf::actor_control_block(id, node, system, &end_object, &end_memory);
    try {
      return ::new (static_cast<std::byte*>(memory) + CAF_CACHE_LINE_SIZE) T(std::forward<Args>(args)...);
    } catch (...) {
      control->~actor_control_block();
      engine::free_bytes(memory, bytes);
      throw;
    }
  }

 private:
  static constexpr std::size_t bytes = CAF_CACHE_LINE_SIZE + sizeof(T);
  static_assert(sizeof(caf::actor_control_block) <= CAF_CACHE_LINE_SIZE);
  static_assert(alignof(T) <= engine::block_alignment);

  static void end_object(caf::abstract_actor* a) {
    a->on_destroy();
    static_cast<T*>(a)->~T();
  }
  static void end_memory(caf::actor_control_block* control) {
    control->~actor_control_block();
    engine::free_bytes(control, bytes);
  }
};

}  // namespace troupe::detail
