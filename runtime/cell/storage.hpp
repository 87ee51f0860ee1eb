// The memory of a cell: CAF's control block, the cell, and room behind it for what belongs to it, in one block of the pool.
//
//     | control block 56 | bytes 4 |  pad  | T ... | room ... |
//     0                            60      64: where CAF looks for the actor
#pragma once

#include <caf/abstract_actor.hpp>
#include <caf/actor_control_block.hpp>
#include <cstdint>
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
  /// Makes a `T` of `args` behind a control block, with `room_bytes` behind it that are `T`'s to use.
  template <class... Args>
  static T* make(std::size_t room_bytes, caf::actor_id id, caf::node_id node, caf::actor_system* system,
                 Args&&... args) {
    const std::size_t bytes = CAF_CACHE_LINE_SIZE + sizeof(T) + room_bytes;
    void* const memory = engine::allocate_bytes(bytes);
    auto* const made =
        ::new (memory) head{{id, node, system, &end_object, &end_memory}, static_cast<std::uint32_t>(bytes)};
    try {
      return ::new (static_cast<std::byte*>(memory) + CAF_CACHE_LINE_SIZE) T(std::forward<Args>(args)...);
    } catch (...) {
      end_memory(&made->control);
      throw;
    }
  }

 private:
  // The size outlives the object, so it stands before it.
  struct head {
    caf::actor_control_block control;
    std::uint32_t bytes;
  };
  static_assert(sizeof(head) <= CAF_CACHE_LINE_SIZE);
  static_assert(alignof(T) <= engine::block_alignment);

  static void end_object(caf::abstract_actor* a) {
    a->on_destroy();
    static_cast<T*>(a)->~T();
  }
  static void end_memory(caf::actor_control_block* control) {
    auto* const h = reinterpret_cast<head*>(control);  // its first member
    const std::size_t bytes = h->bytes;
    h->~head();
    engine::free_bytes(h, bytes);
  }
};

}  // namespace troupe::detail
