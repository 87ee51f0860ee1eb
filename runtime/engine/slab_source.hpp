// Slabs of memory from the operating system, for the block pool.
//
// Rules
//  SL1 A slab lies at a multiple of its size, so that what is cut from it finds it.
//  SL2 Address space is reserved a region at a time and kept; memory is given back a slab at a time, but for `spare_slabs_max`
//      that are kept warm.
//  SL3 The first region is a small one and left to the system's own choice of pages: a small program does not pay for what it never
//      touches. Of later ones every byte will be used, and they are of the pages that cost less (page_choice.hpp).
//
// Not thread-safe: its owner has a lock.
#pragma once

#include <cstddef>
#include <troupe/engine/page_choice.hpp>

namespace troupe::engine {

inline constexpr std::size_t slab_bytes = 64u << 10;         ///< the size and alignment of a slab
inline constexpr std::size_t spare_slabs_max = 64;           ///< free slabs that are kept warm
inline constexpr std::size_t region_bytes = 16u << 20;       ///< address space reserved at once
inline constexpr std::size_t first_region_bytes = 8u << 20;  ///< the same of the first one (SL3)
static_assert(region_bytes % slab_bytes == 0 && first_region_bytes % slab_bytes == 0);

/// See the top of the file.
class slab_source {
 public:
  /// `slab_bytes` of memory with any content. Throws `std::bad_alloc`.
  void* take();
  /// Takes back what `take` gave.
  void give(void* slab) noexcept;

  std::size_t in_use() const noexcept { return in_use_; }      ///< slabs taken and not given back
  std::size_t spare() const noexcept { return spare_count_; }  ///< free slabs that are kept warm (SL2)

 private:
  void reserve();
  void choose_pages(std::byte* aside) noexcept;

  void* spare_ = nullptr;  // the first of the warm ones; each begins with the next
  void* returned_ =
      nullptr;  // the first of those that went back but for their first page, which holds the next
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  bool is_first_ = true;  // no region has been reserved yet
  page_choice pages_;
  std::size_t spare_count_ = 0;
  std::size_t in_use_ = 0;
};

}  // namespace troupe::engine
