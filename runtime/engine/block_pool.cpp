#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <new>
#include <troupe/engine/block_pool.hpp>
#include <utility>

namespace troupe::engine {

namespace detail {
constinit thread_local block_lists local_blocks;
}  // namespace detail

namespace {

using detail::local_blocks;
using link = detail::free_block;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool pooling = false;  // BL5
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool pooling = false;
#else
constexpr bool pooling = true;
#endif
#else
constexpr bool pooling = true;
#endif

constexpr std::size_t slab_bytes = 64u << 10;
constexpr std::size_t region_bytes = 16u << 20;
constexpr std::size_t huge_page_bytes = 2u << 20;
constexpr unsigned small_regions_max = 2;
constexpr std::size_t spare_slabs_max = 64;
constexpr std::uint32_t batch = 64;
constexpr std::uint32_t cached_max = 2 * batch;
static_assert(region_bytes % slab_bytes == 0);

/// The head of a slab; its blocks follow. A slab lies at a multiple of its size, so a block finds it.
struct alignas(64) slab {
  slab* previous = nullptr;  // of the list of slabs that have blocks to give
  slab* next = nullptr;
  link* free = nullptr;          // blocks that came back
  std::uint32_t free_count = 0;  // of them
  std::uint32_t cut = 0;         // blocks cut so far, in address order (BL4)
  std::uint32_t blocks_max = 0;  // blocks that fit
  std::uint8_t block_class = 0;
  bool listed = false;

  std::byte* block(std::uint32_t i) noexcept {
    return reinterpret_cast<std::byte*>(this) + sizeof(slab) + i * block_sizes[block_class];
  }
  bool has_blocks() const noexcept { return free || cut < blocks_max; }
  bool is_whole() const noexcept { return free_count == cut; }
};

slab* slab_of(void* block) noexcept {
  return reinterpret_cast<slab*>(reinterpret_cast<std::uintptr_t>(block) & ~(slab_bytes - 1));
}

/// Slabs from the operating system. Address space is reserved a region at a time and kept; memory is given back a slab at
/// a time.
class slab_source {
 public:
  slab* take() {
    void* at = spare_;
    if (at) {
      spare_ = *static_cast<void**>(at);
      --spare_count_;
    } else if (returned_) {
      at = returned_;
      returned_ = static_cast<slab*>(at)->next;  // its first page was kept for this link
    } else {
      if (next_ == end_) reserve();
      at = next_;
      next_ += slab_bytes;
    }
    ++in_use_;
    return ::new (at) slab;
  }

  void give(slab* s) noexcept {
    --in_use_;
    if (spare_count_ < spare_slabs_max) {
      *reinterpret_cast<void**>(s) = spare_;
      spare_ = s;
      ++spare_count_;
      return;
    }
    // BL3. The first page stays for the list; the rest, fifteen sixteenths, goes.
    constexpr std::size_t page = 4096;
    ::madvise(reinterpret_cast<std::byte*>(s) + page, slab_bytes - page, MADV_DONTNEED);
    s->next = returned_;
    returned_ = s;
  }

  std::size_t in_use() const noexcept { return in_use_; }
  std::size_t spare() const noexcept { return spare_count_; }

 private:
  void reserve() {
    // A huge page more than wanted, so that the region can begin at a multiple of one.
    void* const at = ::mmap(nullptr, region_bytes + huge_page_bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) throw std::bad_alloc{};
    const auto address = reinterpret_cast<std::uintptr_t>(at);
    next_ = reinterpret_cast<std::byte*>((address + huge_page_bytes - 1) & ~(huge_page_bytes - 1));
    end_ = next_ + region_bytes;
    // A program that needs this much will touch it all: one fault for 2 MiB instead of 512. A hint: it may be refused.
    if (++regions_ > small_regions_max) ::madvise(next_, region_bytes, MADV_HUGEPAGE);
  }

  void* spare_ = nullptr;
  slab* returned_ = nullptr;
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  unsigned regions_ = 0;
  std::size_t spare_count_ = 0;
  std::size_t in_use_ = 0;
};

/// All slabs of the process, behind one lock (BL2, BL3).
class depot {
 public:
  /// A chain of up to `batch` blocks; `count` says how many.
  link* take(std::uint8_t block_class, std::uint32_t& count) {
    const std::lock_guard hold{mutex_};
    if (!with_blocks_[block_class]) add(block_class);
    slab& s = *with_blocks_[block_class];
    link* chain = nullptr;
    count = 0;
    while (s.free && count < batch) {
      link* const b = s.free;
      s.free = b->next;
      --s.free_count;
      b->next = chain;
      chain = b;
      ++count;
    }
    if (count == 0) {  // cut from the end, so that the chain runs forward (BL4)
      count = std::min(batch, s.blocks_max - s.cut);
      for (std::uint32_t i = s.cut + count; i-- > s.cut;) {
        auto* const b = reinterpret_cast<link*>(s.block(i));
        b->next = chain;
        chain = b;
      }
      s.cut += count;
    }
    if (!s.has_blocks()) unlist(s);
    return chain;
  }

  /// Takes a chain of blocks back.
  void give(link* chain) noexcept {
    const std::lock_guard hold{mutex_};
    while (chain) {
      link* const b = chain;
      chain = b->next;
      slab& s = *slab_of(b);
      b->next = s.free;
      s.free = b;
      ++s.free_count;
      if (s.is_whole()) {
        if (s.listed) unlist(s);
        source_.give(&s);
      } else if (!s.listed) {
        list(s);
      }
    }
  }

  block_pool_usage usage() noexcept {
    const std::lock_guard hold{mutex_};
    return {source_.in_use(), source_.spare(), slab_bytes};
  }

 private:
  void add(std::uint8_t block_class) {
    slab& s = *source_.take();
    s.block_class = block_class;
    s.blocks_max = static_cast<std::uint32_t>((slab_bytes - sizeof(slab)) / block_sizes[block_class]);
    list(s);
  }
  void list(slab& s) noexcept {
    slab*& first = with_blocks_[s.block_class];
    s.listed = true;
    s.previous = nullptr;
    s.next = first;
    if (first) first->previous = &s;
    first = &s;
  }
  void unlist(slab& s) noexcept {
    (s.previous ? s.previous->next : with_blocks_[s.block_class]) = s.next;
    if (s.next) s.next->previous = s.previous;
    s.listed = false;
  }

  std::mutex mutex_;
  slab_source source_;
  std::array<slab*, block_sizes.size()> with_blocks_{};
};

/// Never destroyed: blocks are freed by threads and statics that end later.
depot& the_depot() noexcept {
  alignas(depot) static std::byte place[sizeof(depot)];
  static depot& made = *::new (place) depot;
  return made;
}

/// Gives the thread's blocks back when it ends; from then on its blocks go straight to the depot.
class thread_end {
 public:
  thread_end() noexcept {
    for (auto& l : local_blocks.of) l.limit = cached_max;
  }
  ~thread_end() {
    return_cached_blocks();
    for (auto& l : local_blocks.of) l.limit = 0;
    ended_ = true;
  }
  static bool ended() noexcept { return ended_; }

 private:
  static constinit thread_local bool ended_;
};
constinit thread_local bool thread_end::ended_ = false;

bool may_cache() noexcept {
  if (thread_end::ended()) return false;
  thread_local const thread_end registered;
  return true;
}

}  // namespace

void* detail::from_allocator(std::size_t bytes) {
  void* const made =
      std::aligned_alloc(block_alignment, (bytes + block_alignment - 1) / block_alignment * block_alignment);
  if (!made) throw std::bad_alloc{};
  return made;
}

void* detail::allocate_slowly(std::uint8_t block_class) {
  if constexpr (!pooling) return from_allocator(block_sizes[block_class]);
  std::uint32_t count = 0;
  link* const chain = the_depot().take(block_class, count);
  if (may_cache()) {
    auto& list = local_blocks.of[block_class];
    list.first = chain->next;
    list.count = count - 1;
  } else if (chain->next) {
    the_depot().give(chain->next);
  }
  return chain;
}

void detail::free_slowly(void* block, std::uint8_t block_class) noexcept {
  if constexpr (!pooling) {
    std::free(block);
    return;
  }
  auto& list = local_blocks.of[block_class];
  auto* const freed = static_cast<link*>(block);
  if (!may_cache()) {
    freed->next = nullptr;
    the_depot().give(freed);
    return;
  }
  if (list.count >= cached_max) {  // keep the newest, warm half
    link* last_kept = list.first;
    for (std::uint32_t i = 1; i < cached_max - batch; ++i) last_kept = last_kept->next;
    the_depot().give(std::exchange(last_kept->next, nullptr));
    list.count = cached_max - batch;
  }
  freed->next = list.first;
  list.first = freed;
  ++list.count;
}

block_pool_usage block_usage() noexcept { return the_depot().usage(); }

void return_cached_blocks() noexcept {
  for (auto& list : local_blocks.of) {
    if (list.first) the_depot().give(std::exchange(list.first, nullptr));
    list.count = 0;
  }
}

}  // namespace troupe::engine
