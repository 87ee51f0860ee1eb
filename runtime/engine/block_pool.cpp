#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <new>
#include <troupe/engine/block_pool.hpp>
#include <troupe/engine/slab_source.hpp>
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

constexpr std::uint32_t batch = 64;
constexpr std::uint32_t cached_max = 2 * batch;

/// The head of a slab; its blocks follow (SL1).
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
    slab& s = *::new (source_.take()) slab;
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
