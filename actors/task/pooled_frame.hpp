// Where coroutine frames live.
#pragma once

#include <cstddef>
#include <troupe/engine/block_pool.hpp>

namespace troupe::detail {

/// Base of a promise: its coroutine's frame is a block of the pool, so that a handler that awaits allocates as cheaply as a
/// message does.
struct pooled_frame {
  static void* operator new(std::size_t bytes) { return engine::allocate_bytes(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept { engine::free_bytes(frame, bytes); }
};

}  // namespace troupe::detail
