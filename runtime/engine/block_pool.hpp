// Memory for envelopes, cells, reply slots and coroutine frames: blocks of a few sizes, from a list of the calling thread.
//
// Like the arena of any allocator it belongs to the process, not to a system: a handle may outlive its system, and with it
// the memory behind it. Source of the scheme: Bonwick and Adams, Magazines and Vmem (2001); tcmalloc's central lists.
//
// Rules
//  BL1 A block may be freed on any thread. It goes to the list of the thread that frees it, without an atomic.
//  BL2 A list holds at most `cached_max` blocks of a size. What is more goes to the depot in batches, one lock a batch; an
//      empty list is filled from there in batches. So a thread that only allocates and one that only frees share a cost of
//      one lock for `batch` messages, and no thread strands more than `cached_max` blocks of a size.
//  BL3 The depot keeps blocks by the slab they were cut from. A slab whose blocks are all back is given back to the
//      operating system, but for `spare_slabs_max` that are kept warm. Nothing grows without bound, and what a burst took
//      comes back (slab_source.hpp).
//  BL4 Blocks are aligned to 16 bytes, and a fresh slab is cut in address order, so a burst of sends writes memory in the
//      order in which its receiver reads it. The smallest holds a message of one word (48), one the commonest cell (304):
//      what a burst costs beyond the caches is the memory it touches.
//  BL5 Under AddressSanitizer and ThreadSanitizer each block is the allocator's own, so that they see its life.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace troupe::engine {

/// The sizes a block can have, in bytes. What is larger comes from the allocator.
inline constexpr std::array<std::size_t, 9> block_sizes{48, 64, 128, 192, 256, 304, 384, 512, 1024};
/// The alignment of every block (BL4).
inline constexpr std::size_t block_alignment = 16;
/// The "class" of a block that is larger than all sizes.
inline constexpr std::uint8_t large_block = block_sizes.size();

namespace detail {

/// For each number of 16-byte steps the class of the smallest block that holds them.
inline constexpr auto class_of_steps = [] {
  std::array<std::uint8_t, block_sizes.back() / block_alignment + 1> classes{};
  std::uint8_t c = 0;
  for (std::size_t steps = 0; steps < classes.size(); ++steps) {
    while (block_sizes[c] < steps * block_alignment) ++c;
    classes[steps] = c;
  }
  return classes;
}();

}  // namespace detail

/// The class of the smallest size that holds `bytes`; `large_block` if none does.
constexpr std::uint8_t block_class_of(std::size_t bytes) noexcept {
  if (bytes > block_sizes.back()) return large_block;
  return detail::class_of_steps[(bytes + block_alignment - 1) / block_alignment];
}

namespace detail {

/// A free block is a link.
struct free_block {
  free_block* next;
};

/// One thread's free blocks. Trivial, so that reaching it costs one instruction; `limit` is 0 until the thread has
/// registered its end (block_pool.cpp).
struct block_lists {
  struct list {
    free_block* first = nullptr;
    std::uint32_t count = 0;
    std::uint32_t limit = 0;
  };
  std::array<list, block_sizes.size()> of{};
};
extern constinit thread_local block_lists local_blocks;

void* allocate_slowly(std::uint8_t block_class);
void free_slowly(void* block, std::uint8_t block_class) noexcept;
void* from_allocator(std::size_t bytes);

}  // namespace detail

/// A block of class `block_class`, which is not `large_block`. Throws `std::bad_alloc`.
inline void* allocate_block(std::uint8_t block_class) {
  auto& list = detail::local_blocks.of[block_class];
  if (detail::free_block* const b = list.first) [[likely]] {
    list.first = b->next;
    --list.count;
    return b;
  }
  return detail::allocate_slowly(block_class);
}

/// Gives a block of that class back. On any thread (BL1).
inline void free_block(void* block, std::uint8_t block_class) noexcept {
  auto& list = detail::local_blocks.of[block_class];
  if (list.count < list.limit) [[likely]] {
    auto* const b = static_cast<detail::free_block*>(block);
    b->next = list.first;
    list.first = b;
    ++list.count;
    return;
  }
  detail::free_slowly(block, block_class);
}

/// Memory for `bytes`, aligned to 16. Give it back with `free_bytes` and the same number. Throws `std::bad_alloc`.
inline void* allocate_bytes(std::size_t bytes) {
  const std::uint8_t c = block_class_of(bytes);
  return c == large_block ? detail::from_allocator(bytes) : allocate_block(c);
}

/// Gives memory of `allocate_bytes(bytes)` back. On any thread.
inline void free_bytes(void* memory, std::size_t bytes) noexcept {
  const std::uint8_t c = block_class_of(bytes);
  if (c == large_block)
    std::free(memory);
  else
    free_block(memory, c);
}

/// What the process holds, for tests and people.
struct block_pool_usage {
  std::size_t slabs_in_use = 0;  ///< slabs with a block in use or in a thread's list
  std::size_t slabs_spare = 0;   ///< empty ones kept warm (BL3)
  std::size_t slab_bytes = 0;    ///< the size of a slab
};
/// Takes the lock of the depot.
block_pool_usage block_usage() noexcept;

/// Hands the calling thread's lists to the depot: for a thread that is about to wait for long.
void return_cached_blocks() noexcept;

}  // namespace troupe::engine
