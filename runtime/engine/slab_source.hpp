// Slabs of memory from the operating system, for the block pool.
//
// Rules
//  SL1 A slab lies at a multiple of its size, so that what is cut from it finds it.
//  SL2 Address space is reserved a region at a time and kept; memory is given back. Of `spare_slabs_max` free slabs that are kept warm the
//      `returned_together` that have been free for longest go back at once, those beside each other in one call: each call costs an
//      interruption of every core that runs the process, whatever it gives back. What went back is used again from the lowest address on.
//  SL3 The first region is a small one and left to the system's own choice of pages: a small program does not pay for what it never
//      touches. Of later ones every byte will be used, and they are of the pages that cost less (page_choice.hpp).
//
// Not thread-safe: its owner has a lock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <troupe/engine/page_choice.hpp>
#include <vector>

namespace troupe::engine {

inline constexpr std::size_t slab_bytes = 64u << 10;         ///< the size and alignment of a slab
inline constexpr std::size_t spare_slabs_max = 96;           ///< free slabs that are kept warm, fewer than
inline constexpr std::size_t returned_together = 64;         ///< how many go back at once
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
  /// Address space; which of its slabs have no memory, and are free.
  struct region {
    std::byte* at;
    std::array<std::uint64_t, region_bytes / slab_bytes / 64> returned{};
  };

  void reserve();
  void choose_pages(std::byte* aside) noexcept;
  void give_back() noexcept;
  void* take_returned() noexcept;
  std::size_t region_of(const void* slab) const noexcept;

  void* spare_ = nullptr;        // the first of the warm ones, the newest; each begins with the next
  std::vector<region> regions_;  // by their addresses
  std::size_t returned_count_ = 0;
  std::size_t lowest_ = 0;  // no region before this one has a returned slab
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  bool is_first_ = true;  // no region has been reserved yet
  page_choice pages_;
  std::size_t spare_count_ = 0;
  std::size_t in_use_ = 0;
};

}  // namespace troupe::engine
